"""Do weighted rates of a draw meet the truth, and do their intervals hold it? python -m tests.benchmarks.draws [DRAWS]

Draws again and again from districts of which the truth is known (26 townships, 8 to 20 villages each, 60 to 300
households a village), in which the system is wrong in different ways. Prints a row for each.
"""

import sys
import time

from data_access.inspection.draw_settings import settings_of
from tests.support.draw_simulation import WORLDS, answers_in, district, simulate

TIMES = 2000


def main(times: int = TIMES) -> None:
    """Print the table of docs/performance.md."""
    townships = district(townships=26, villages=(8, 20), households=(60, 300))
    print("| wrong | truth | mean | off (standard errors) | interval holds it | width | unweighted | design effect |")
    for name, world in WORLDS.items():
        started = time.process_time()
        seen = simulate(
            townships, wrong=answers_in(townships, world=world), settings=settings_of("2022-09"), seeds=range(times)
        )
        took = time.process_time() - started
        print(
            f"| {name} | {seen.truth:.2%} | {seen.mean:.2%} | {seen.off:+.1f} | {seen.covered:.1%} | {seen.width:.1%} "
            f"| {seen.unweighted:.2%} | {seen.design_effect:.1f} | {took:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
