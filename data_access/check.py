"""Check whether a database keeps the contract: `python -m data_access.check URL`."""

import sys

from data_access.quality.compliance import main

if __name__ == "__main__":
    sys.exit(main())
