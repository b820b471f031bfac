"""Build the sample database: `python -m sample_data.build [--scale 1.0] [--seed N] [--url URL]`."""

import argparse
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from data_access.database.engine import DEFAULT_POINTER
from data_access.database.versions import is_database
from sample_data.block import Block, block_count, make_block
from sample_data.cases import case_table
from sample_data.casework import make_measures, make_visits, measure_tables, visit_table
from sample_data.checks import clue_table, phone_check_table, screening_table
from sample_data.common import CUT_OFF, NEVER, Ints, table
from sample_data.facilities import (
    Facilities,
    department_table,
    grid_workers,
    helpers,
    plan_facilities,
    project_tables,
    settle,
    site_table,
    target_table,
    unmatched_table,
    workplace_table,
)
from sample_data.geography import DAZHUYUAN, Places, grid_table, load_places, region_table
from sample_data.incomes import draw_relief, income_table, make_incomes
from sample_data.indicators import indicator_table
from sample_data.intervals import make_intervals
from sample_data.jobs import employment_table, make_jobs, year_workers
from sample_data.people import people_tables
from sample_data.plan import Plan, Quotas, make_plan
from sample_data.shocks import make_shocks
from sample_data.write import Writer, open_writer

DEFAULT_SEED = 610902
SMALLEST_SCALE = 0.01
LARGEST_SCALE = 20.0
_LOADED_AT = datetime(2022, 10, 1, 6, 0)  # noqa: DTZ001 (the column holds local time without a zone)
"""The same in every build, so that the same seed and scale give the same database."""
_YEARS = (2020, 2021)


class BadRequestError(ValueError):
    """A wrong option; the message says what to use instead."""


def default_url() -> str:
    """The database that the app opens: HOUSEHOLD_DATABASE_URL, else the embedded database of this project."""
    return os.environ.get("HOUSEHOLD_DATABASE_URL") or f"duckdb:///{DEFAULT_POINTER.as_posix()}"


def read_number(name: str, text: str) -> float:
    """A number from the command line. Raises BadRequestError."""
    try:
        return float(text)
    except ValueError as error:
        raise BadRequestError(f"{name} {text!r} is not a number: write for example --{name} 1.") from error


def check_scale(scale: float) -> float:
    """Return the scale if a district of that size can be built. Raises BadRequestError if not."""
    if not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise BadRequestError(
            f"scale {scale:g} is out of range: give a number from {SMALLEST_SCALE} to {LARGEST_SCALE:g}."
        )
    return scale


def check_url(text: str) -> sa.URL:
    """Return the database address if it can be written to. Raises BadRequestError if not."""
    remedy = "use duckdb:///folder/household or postgresql+psycopg://user@host:port/database."
    try:
        url = sa.make_url(text)
    except ArgumentError as error:
        raise BadRequestError(f"{text!r} is not a database address: {remedy}") from error
    if url.get_backend_name() not in ("duckdb", "postgresql"):
        raise BadRequestError(f"a {url.get_backend_name()} database cannot be written: {remedy}")
    if url.get_backend_name() == "duckdb":
        if url.database in (None, "", ":memory:"):
            raise BadRequestError(f"{text!r} names no file: {remedy}")
        pointer = Path(str(url.database))
        if pointer.is_dir() or is_database(pointer):
            raise BadRequestError(f"{pointer} is there already and no pointer to versions: name another file in --url.")
    return url


def _write_block(
    writer: Writer, block: Block, *, facilities: Facilities, site_of: Ints, helper_of: Ints, helper_ids: pa.Array
) -> dict[int, Ints]:
    """Simulate and write one block; returns each year's workers by township, and under key 0 those of each
    workplace."""
    shocks = make_shocks(block)
    jobs = make_jobs(block, shocks, factories=facilities.open_by_township, opened=facilities.factory_opened)
    block.relief = draw_relief(block)
    incomes = make_incomes(block, jobs, shocks, block.relief)
    measures, visits = make_measures(block), make_visits(block)
    owner = block.cases.household[measures.case]
    order = np.argsort(owner, kind="stable")
    household, member = people_tables(
        block, site_of=site_of, site_ids=facilities.site_ids, helper_of=helper_of, helper_ids=helper_ids
    )
    writer.write("household", household)
    writer.write("member", member)
    indicators = indicator_table(
        block,
        make_intervals(block, shocks),
        jobs=jobs,
        incomes=incomes,
        shocks=shocks,
        measures=(owner[order], measures.started[order], measures.done[order]),
        visits=visits,
    )
    writer.write("household_indicator", indicators)
    writer.write("income_record", income_table(block, incomes))
    writer.write(
        "monitoring_case", case_table(block.cases, block.ids_of(block.cases.household), first=block.first_case)
    )
    need, measure = measure_tables(block, measures)
    writer.write("need", need)
    writer.write("measure", measure)
    writer.write("visit", visit_table(block, visits, helper_of, helper_ids))
    writer.write("screening", screening_table(block, shocks))
    writer.write("clue", clue_table(block, shocks))
    writer.write("employment", employment_table(block, jobs, facilities.workplace_ids))
    writer.write("phone_check", phone_check_table(block))
    present = jobs.workplace[(jobs.workplace >= 0) & (jobs.ended == NEVER)]
    counts = {year: year_workers(block, jobs, year) for year in _YEARS}
    return counts | {0: np.bincount(present, minlength=len(facilities.kind))}


def _write_loads(writer: Writer) -> None:
    """One row per table; the numbers continue those of the database that this build replaces."""
    names = list(writer.rows)
    count = len(names)
    writer.write(
        "data_load",
        table(
            "data_load",
            {
                "load_id": writer.last_load_id + 1 + np.arange(count),
                "source": pa.array(["sample_data"] * count),
                "table_name": pa.array(names),
                "rows": np.array([writer.rows[name] for name in names]),
                "sha256": pa.array([writer.sha256(name) for name in names]),
                "cut_off": np.full(count, CUT_OFF),
                "is_sample": np.full(count, True),
                "loaded_at": pa.array([_LOADED_AT] * count),
                "kind": pa.array([f"table_{name}" for name in names]),
                "as_of": np.full(count, CUT_OFF),
            },
        ),
    )


def _write_places(writer: Writer, rng: np.random.Generator, plan: Plan, places: Places) -> tuple[pa.Array, Ints]:
    """Everything that does not need the households' history; returns helper numbers and the helper of each
    household."""
    writer.write("region", region_table(places))
    writer.write("grid", grid_table(places, grid_workers(rng, places)))
    writer.write("department", department_table())
    helper_rows, helper_ids, helper_of = helpers(rng, plan, places)
    writer.write("helper", helper_rows)
    projects, assets = project_tables(rng, plan, places)
    writer.write("project", projects)
    writer.write("asset", assets)
    writer.write("clue_unmatched", unmatched_table(rng, plan, places))
    return helper_ids, helper_of


def build(
    *, scale: float = 1.0, seed: int = DEFAULT_SEED, url: str | None = None, quiet: bool = False
) -> dict[str, int]:
    """Write the whole sample database. Returns the number of rows of each table.

    The same scale and seed give the same rows. Raises BadRequestError for a scale or address that cannot be used.
    """
    started = time.perf_counter()
    check_scale(scale)
    if seed < 0:
        raise BadRequestError(f"seed {seed} is negative: give 0 or more.")
    address = check_url(url or default_url())

    def say(text: str) -> None:
        if not quiet:
            print(f"[{time.perf_counter() - started:5.1f} s] {text}", file=sys.stderr, flush=True)

    places = load_places()
    rng = np.random.default_rng([seed, 0])
    facilities = plan_facilities(rng, places, factories=Quotas.at(scale).factories, scale=scale)
    has_factory = np.isin(np.arange(len(places.townships)), list(facilities.open_by_township))
    plan = make_plan(rng, places=places, scale=scale, factory_townships=has_factory)
    site_of = settle(rng, plan, places, facilities)
    say(f"  5 %  planned {plan.quotas.households} households, {plan.quotas.persons} persons")
    with open_writer(address) as writer:
        helper_ids, helper_of = _write_places(writer, rng, plan, places)
        writer.write("resettlement_site", site_table(places, facilities, site_of, plan))
        totals: dict[int, Ints] = {}
        dazhuyuan = places.township_index(DAZHUYUAN)
        blocks = block_count(plan)
        for number in range(blocks):
            block = make_block(plan, places, seed=seed, number=number, dazhuyuan=dazhuyuan)
            own = slice(block.start, block.start + len(block))
            counts = _write_block(
                writer,
                block,
                facilities=facilities,
                site_of=site_of[own],
                helper_of=helper_of[own],
                helper_ids=helper_ids,
            )
            totals = {key: totals.get(key, 0) + value for key, value in counts.items()}
            say(f"{5 + round(90 * (number + 1) / blocks):3d} %  block {number + 1} of {blocks}")
        writer.write("workplace", workplace_table(places, facilities, totals[0]))
        writer.write("target", target_table(places, totals))
        _write_loads(writer)
        where = writer.publish()
        rows = dict(writer.rows)
    say(f"100 %  {sum(rows.values())} rows in {len(rows)} tables: {where}")
    if not quiet:
        print(summary(plan.quotas, rows), file=sys.stderr)
    return rows


def summary(quotas: Quotas, rows: dict[str, int]) -> str:
    """What was built, in readable form."""
    return "\n".join(
        [
            f"  households {quotas.households}, persons {quotas.persons}",
            f"  monitored {quotas.open + quotas.eliminated} households,"
            f" {quotas.open_persons + quotas.eliminated_persons} persons;"
            f" eliminated {quotas.eliminated}, {quotas.eliminated_persons}; open {quotas.open}, {quotas.open_persons}",
            f"  community factories {quotas.factories}; off-farm workers {quotas.off_farm};"
            f" public-welfare posts {quotas.posts}",
            "  rows: " + ", ".join(f"{name} {count}" for name, count in sorted(rows.items())),
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 2 for a wrong option, 1 when the database cannot be written."""
    parser = argparse.ArgumentParser(
        prog="python -m sample_data.build", description="Write the sample household database."
    )
    parser.add_argument("--scale", default="1.0", help="size of the district: 1.0 = 148,000 households")
    parser.add_argument("--seed", default=str(DEFAULT_SEED), help="another number makes another district")
    parser.add_argument("--url", help="database address; without it HOUSEHOLD_DATABASE_URL or the embedded database")
    options = parser.parse_args(arguments)
    try:
        build(scale=read_number("scale", options.scale), seed=int(read_number("seed", options.seed)), url=options.url)
    except BadRequestError as error:
        print(f"sample_data.build: {error}", file=sys.stderr)
        return 2
    except (SQLAlchemyError, duckdb.Error, psycopg.Error, OSError) as error:
        reason = str(error).splitlines()[0]
        print(
            f"sample_data.build: the database cannot be written ({reason}); check the address and the server.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
