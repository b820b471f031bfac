"""Check whether a database keeps the contract, and its data: `python -m data_access.check URL`."""

import sys

from data_access.quality.check_command import main

if __name__ == "__main__":
    sys.exit(main())
