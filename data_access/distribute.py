"""Distribute the tables of a household database over a Citus cluster: `python -m data_access.distribute URL`."""

import sys

from data_access.database.distribution import main

if __name__ == "__main__":
    sys.exit(main())
