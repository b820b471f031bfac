"""What a load records of a list of events: its kind and the day it speaks of, so that scoring knows it came."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from data_access.database import versions
from data_access.database.engine import HouseholdDatabase
from data_access.load.loading import undo
from tests.data_access.load.conftest import LoadedInto, WriteCsv
from tests.support.databases import ON_BOTH
from tests.support.households import Rows, household, merged, village

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

HEADING = ["户编号", "个人自付", "推送日期"]
DEPARTMENT = {"department": [{"code": "medical_insurance", "name_zh": "医保局", "name_en": "Insurance"}]}
ROWS = merged(village(), DEPARTMENT, household("H1"))
KIND = "push_medical_insurance"


def delivered(target: LoadedInto) -> list[tuple[str, date, date]]:
    """Kind, first and newest day of every kind of file that counts."""
    database = HouseholdDatabase(make_url(target.url))
    coverage = database.version().coverage
    database.dispose()
    assert coverage is not None
    return [(files.kind, files.first, files.newest) for files in coverage.files]


@ON_BOTH
def test_a_list_counts_from_its_day_until_it_is_taken_back(
    make_target: Callable[..., LoadedInto], write_csv: WriteCsv
) -> None:
    target = make_target(ROWS)
    assert delivered(target) == []
    path = write_csv([HEADING, ["H1", "15000", "2022-06-10"]])
    checked = target.load(path, KIND, as_of=date(2022, 6, 30), dry_run=True)
    assert ("note_first_list", "1") in checked.notes, "before it is loaded: whom it does not name will be judged by it"
    assert delivered(target) == []
    target.load(path, KIND, as_of=date(2022, 6, 30))
    assert delivered(target) == [(KIND, date(2022, 6, 30), date(2022, 6, 30))]
    more = write_csv([HEADING, ["H1", "16000", "2022-07-10"]], name="more.csv")
    assert "note_first_list" not in dict(target.load(more, KIND, as_of=date(2022, 7, 31)).notes)
    assert delivered(target) == [(KIND, date(2022, 6, 30), date(2022, 7, 31))]
    undo(url=make_url(target.url))
    assert delivered(target) == [(KIND, date(2022, 6, 30), date(2022, 6, 30))]
    drop_kinds(target)
    assert delivered(target) == [], "where no kinds are recorded, values count"


def test_a_list_of_some_places_says_nothing_of_whom_it_does_not_name(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(ROWS)
    path = write_csv([HEADING, ["H1", "15000", "2022-06-10"]])
    report = target.load(path, KIND, as_of=date(2022, 6, 30), part=True)
    assert {"note_list_of_part"} == {key for key, _ in report.notes if "list" in key}
    assert [row["amount"] for row in target.rows("clue")] == [15000]
    assert KIND not in [kind for kind, *_ in delivered(target)]
    assert not target.load(write_csv([HEADING]), KIND, as_of=date(2022, 7, 31), part=True).published
    whole = write_csv([HEADING, ["H1", "16000", "2022-07-10"]], name="whole.csv")
    assert ("note_first_list", "1") in target.load(whole, KIND, as_of=date(2022, 7, 31)).notes


def drop_kinds(target: LoadedInto) -> None:
    url = make_url(target.url)
    if url.get_backend_name() == "duckdb":
        url = url.set(database=str(versions.current_file(Path(str(url.database)))))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE data_load DROP COLUMN kind"))
    engine.dispose()


def test_a_title_of_one_township_is_told_of_every_list_for_the_whole_district(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(merged(ROWS, village("610902101201", township="610902101")))
    of_one = write_csv([["镇610902100医保推送名单"], HEADING, ["H1", "15000", "2022-06-10"]])
    of_two = write_csv([["镇610902100、镇610902101名单"], HEADING, ["H1", "15000", "2022-06-10"]], name="two.csv")
    told = [target.load(path, KIND, as_of=date(2022, 6, 30), dry_run=True).notes for path in (of_one, of_two)]
    assert [dict(notes).get("note_list_names_township") for notes in told] == ["镇610902100", None]


def test_what_a_clerk_has_to_look_at_is_told_of_a_list(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(ROWS)
    heading = ["户编号", "证件号码", "个人自付", "推送日期"]
    target.load(write_csv([heading, ["H1", "", "15000", "2022-06-10"]]), KIND, as_of=date(2022, 6, 30))
    rows = [
        ["H1", "", "1500", "2022-06-10"],
        ["H1", "", "1500", "2022-06-10"],
        ["", "610902197001050000", "9", "2022-06-11"],
    ]
    corrected = target.load(write_csv([heading, *rows], name="again.csv"), KIND, as_of=date(2022, 6, 30), partial=True)
    assert ("note_other_amount", "2") in corrected.notes, "an earlier list is corrected, and its warning stays"
    told = {row["rule"]: row["value"] for row in corrected.problems.to_dict("records")}
    assert told == {"row_twice": "H1", "not_matched_zeros": "610902197001050000"}


def test_a_list_without_a_row_says_that_nothing_happened_up_to_its_day(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(ROWS)
    nothing = write_csv([HEADING])
    report = target.load(nothing, KIND, as_of=date(2022, 6, 30))
    assert (report.rows, report.published) == (0, True)
    assert delivered(target) == [(KIND, date(2022, 6, 30), date(2022, 6, 30))]
    assert not target.load(nothing, KIND, as_of=date(2022, 6, 30)).published  # the same day once
    assert not target.load(nothing, KIND, as_of=date(2022, 5, 31)).published  # nor an earlier one
    assert target.load(nothing, KIND, as_of=date(2022, 7, 31)).published
    undo(url=make_url(target.url))
    assert delivered(target) == [(KIND, date(2022, 6, 30), date(2022, 6, 30))]
