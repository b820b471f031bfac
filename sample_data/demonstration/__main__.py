"""The command: `python -m sample_data.demonstration`."""

import sys
import time

from data_access import registry as registry
from data_access.database.engine import DEFAULT_POINTER, household_url
from data_access.errors import AppError
from data_access.ledger.demonstration import DEMONSTRATION_FILE, demonstration_url, is_ones_own
from sample_data.demonstration.telling import tell


def main() -> int:
    """Make the demonstration ledger of the embedded sample; returns the exit code. Nothing is made where there is a
    ledger already, or no such sample."""
    if is_ones_own() or not DEFAULT_POINTER.exists():
        return 0
    began = time.perf_counter()
    try:
        tell(demonstration_url(), sample=household_url())
    except AppError as error:
        print(f"sample_data.demonstration: {error.text('zh')}", file=sys.stderr)
        return 1
    print(f"[{time.perf_counter() - began:5.1f} s] demonstration ledger: {DEMONSTRATION_FILE}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
