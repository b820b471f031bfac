"""Brings the household database and the ledger up to this version: `python -m data_access.upgrade [--check] [URL…]`."""

import sys

from data_access.load.upgrade import main

if __name__ == "__main__":
    sys.exit(main())
