"""Every page as its readers turn to it: `python -m tests.benchmarks.pages --sessions 1` and `--sessions 20`.

Each session opens page after page (a page switch), and on each turns to links with other months, places and choices (a
filter change). Every link comes up for the first time in one session and from memory in the next ones, as in a meeting.
Without --url the app is started for the measurement. Whichever database it reads, one plain question about the whole
district is asked of it bare, before and after: what the machine and the database give at that time.
"""

import argparse
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from data_access.database.engine import HouseholdDatabase, household_url
from data_access.households.population import households_on
from data_access.schema.tables import household
from data_access.scope import Scope
from tests.benchmarks.measuring import machine, measured_app, report, spread
from tests.support.sessions import Run, ScriptFailedError, Session

BARE_TURNS = 3
MONTHS = ("2022-09", "2022-06", "2021-12")
PLACES = ("610902", "610902107", "610902110")
CHOICES = {
    "": ("",),
    "trends": ("split=places", "split=groups"),
    "projects": ("",),
    "warnings": ("part=places", "part=rules", "part=shortfalls", "part=changes", "part=households"),
    "clues": ("part=work_list", "part=self_reports", "part=case_help", "part=visits", "part=misfits"),
    "comparison": ("part=departments", "part=months", "part=places"),
    "places": ("section=below", "section=households", "section=items"),
    "employment": ("",),
    "income": ("year=assessment", "year=calendar"),
    "worklist": ("list=red_households", "list=households&by_household_type=lifted_out", "list=off_farm_workers"),
}
"""Page -> what its own controls put into the link."""


@dataclass
class Measured:
    """Runs by page."""

    switches: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Measures and reports. Returns 1 when any run failed, else 0."""
    options = _parser().parse_args(arguments)
    measured = Measured()
    links = {page: links_of(choices) for page, choices in CHOICES.items()}
    links["household"] = [f"household={number}&month=2022-09" for number in some_households(options.changes + 1)]
    links = {page: found[: options.changes + 1] for page, found in links.items()}
    bare = bare_seconds()
    with measured_app(options.url) as (url, process):
        with Session(url) as session:
            session.run()  # the monthly facts are counted once, before anybody is measured
        with ThreadPoolExecutor(options.sessions) as threads:
            for number in range(options.sessions):
                threads.submit(_visit, url, number, links, measured)
        memory = process.memory_info().rss if process else None
    bare += bare_seconds()
    runs = [run for by_page in (measured.switches, measured.changes) for page in by_page.values() for run in page]
    measured.errors += [f"on the page: {text}" for run in runs for text in run.errors]
    result = {
        "database": household_url().get_backend_name(),
        "bare_question_seconds": spread(bare),
        "sessions": options.sessions,
        "pages": {page or "overview": _of_page(page, measured) for page in links},
        "page_switch_seconds": spread([run.seconds for page in measured.switches.values() for run in page]),
        "filter_change_seconds": spread([run.seconds for page in measured.changes.values() for run in page]),
        "server_memory_mb": memory and memory // 1_000_000,
        "errors": len(measured.errors),
        "error_samples": sorted(set(measured.errors))[:5],
        **machine(),
    }
    report(result, options.output)
    return 1 if measured.errors else 0


def links_of(choices: tuple[str, ...]) -> list[str]:
    """Links with every choice of a page, in some months and places."""
    return [f"month={month}&place={place}&{choice}" for choice in choices for month in MONTHS for place in PLACES]


def some_households(most: int) -> list[str]:
    """Numbers of some households of the database."""
    database = HouseholdDatabase(household_url())
    with database.connect() as (connection, _):
        query = select(household.c.household_id).order_by(household.c.village_code.desc()).limit(most)
        found = [str(number) for number in connection.execute(query).scalars()]
    database.dispose()
    return found


def bare_seconds() -> list[float]:
    """Seconds of a plain question, asked a few times: households with their indicators in force, by village."""
    database = HouseholdDatabase(household_url())
    taken = []
    with database.connect() as (connection, version):
        if version.cut_off is not None:
            homes = households_on(version.cut_off, scope=Scope.everything())
            counts = (func.count(homes.c.valid_from), func.sum(homes.c.wage_income))
            query = select(homes.c.village_code, *counts).group_by(homes.c.village_code)
            for _ in range(BARE_TURNS):
                began = time.perf_counter()
                connection.execute(query).all()
                taken.append(time.perf_counter() - began)
    database.dispose()
    return taken


def _visit(url: str, number: int, links: dict[str, list[str]], measured: Measured) -> None:
    """One visitor through all pages; each begins with another one."""
    pages = list(links)
    try:
        for turn in range(len(pages)):
            page = pages[(turn + number) % len(pages)]
            with Session(url, page=page) as session:
                measured.switches[page].append(session.run(query=links[page][0]))
                measured.changes[page] += [session.run(query=link) for link in links[page][1:]]
    except (OSError, TimeoutError, ScriptFailedError) as error:
        measured.errors.append(f"{type(error).__name__}: {error}")


def _of_page(page: str, measured: Measured) -> dict[str, object]:
    switches, changes = measured.switches[page], measured.changes[page]
    return {
        "switch_seconds": spread([run.seconds for run in switches]),
        "change_seconds": spread([run.seconds for run in changes]),
        "most_bytes": max((run.received for run in [*switches, *changes]), default=0),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--url", help="a running app over the same database; without it one is started")
    parser.add_argument("--sessions", type=int, default=1)
    parser.add_argument("--changes", type=int, default=30, help="links that each session turns to on a page, at most")
    parser.add_argument("--output", type=Path, help="JSON file; without it the screen")
    return parser


if __name__ == "__main__":
    sys.exit(main())
