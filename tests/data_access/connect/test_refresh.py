"""A database of another shape becomes the household database, in one load; again and again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from data_access.connect.errors import ConnectError
from data_access.load.loading import undo
from tests.data_access.connect.conftest import ID_ONE, MAPPING, VILLAGE, Connected, home, office, person, rkxx, rows
from tests.support.databases import write_version

pytestmark = pytest.mark.opens_a_database


@pytest.fixture
def connected(connected: Connected) -> Connected:
    """The embedded database has its tables: making them takes longer than most runs."""
    write_version(Path(str(connected.target.database)), {})
    return connected


def faults(connected: Connected, done: object) -> dict[tuple[str, str, str], int]:
    return dict(done.assembled.told.counts)  # type: ignore[attr-defined]


def test_words_dates_codes_regions_months_of_work_warnings_and_amounts_of_theirs_become_ours(
    connected: Connected,
) -> None:
    homes = [home(1, jdsj="2014.5.1", xhsj="2022年8月31日"), home(2, aac006="05", jdsj="20140501")]
    people = [person(1, 1, jsrq="202202", xm="张三/户主"), person(2, 1, zjhm=ID_ONE.lower(), xm="李红（户主）")]
    months = [{"rbh": "101", "ny": month, "qy": "省外"} for month in ("202201", "202202", "202204", "202209")]
    months += [{"rbh": "201", "ny": "202209", "qy": "县外省内"}]
    pushed = [
        {"id": 1, "sfzh": ID_ONE, "lx": "住院", "sj": "2022-09-05 08:00:00", "je": "12,500"},
        {"id": 2, "sfzh": "999902190001010000", "lx": "住院", "sj": "2022-09-06", "je": None},
    ]
    road = {"id": 1, "mc": "产业路", "cdm": VILLAGE, "ztz": "12.35"}
    connected.fill(rows(ac01=homes, rkxx=people, wgjc=months, bmts=pushed, project=[road]))
    said = MAPPING.replace("place: qy", "place: {column: qy, codes: {县外省内: province}}")
    said = said.replace("      amount: je\n", f"      amount: je\n      village_code: {{fixed: '{VILLAGE}'}}\n")
    said = said.replace("name: xm", "name: {column: xm, part: 1}").replace("yhzgx", "{column: xm, part: 2}")
    counts = faults(connected, connected.refresh(said))
    # The digits of a region are those of its level.
    assert connected.held("region", "code", "parent_code") == [
        ("999902", None),
        ("999902101", "999902"),
        (VILLAGE, "999902101"),
    ]
    assert connected.held("household", "household_id", "household_type", "registered_on", "closed_on") == [
        ("1", "lifted_out", date(2014, 5, 1), date(2022, 8, 31)),
        ("2", "general", date(2014, 5, 1), None),
    ]
    # Birth and gender are those of the certificate, where nothing else says them.
    assert connected.held("member", "name") == [("张三",), ("李红",)]
    assert connected.held("member", "member_id", "relation", "joined_on", "left_on", "birth_date", "gender") == [
        ("101", "head", date(2014, 5, 1), date(2022, 2, 28), None, None),
        ("201", "head", date(2014, 5, 1), None, date(1990, 3, 7), "male"),
    ]
    # Months of work that follow each other are one job.
    assert connected.held("employment", "member_id", "started_on", "ended_on", "place") == [
        ("101", date(2022, 1, 1), date(2022, 3, 1), "outside"),
        ("101", date(2022, 4, 1), date(2022, 5, 1), "outside"),
        ("101", date(2022, 9, 1), None, "outside"),
        ("201", date(2022, 9, 1), None, "province"),
    ]
    # A warning finds the household of its person, or stands alone.
    assert connected.held("clue", "household_id", "clue_id", "amount", "received_on") == [
        ("2", "1", 12_500, date(2022, 9, 5))
    ]
    assert connected.held("clue_unmatched", "clue_id", "kind", "village_code") == [("2", "medical_cost", VILLAGE)]
    assert counts["clue", "sfzh", "person_unknown"] == 1
    assert counts["member", "zjhm", "id_check_digit"] == 1  # told, and yet what the person is known by
    assert connected.held("project", "budget") == [(123_500,)]


def test_a_region_that_is_not_below_its_parent_is_told(connected: Connected) -> None:
    told = rows()
    [regions] = [entries for table, entries in told.items() if table.name == "sys_xzqh"]
    regions[2]["dm"] = "888802101200"
    connected.fill(told)
    counts = faults(connected, connected.refresh())
    assert counts["region", "parent_code", "not_below"] == 1
    assert counts["household", "village_code", "place_unknown"] == 2
    assert len(connected.held("household", "household_id")) == 2  # a household is one, wherever it is said to live


def test_yearly_rows_become_intervals_and_the_newest_is_the_household(connected: Connected) -> None:
    """The newest has the largest number: as text 9 is more than 10, and nothing more than a number."""
    years = [home(1, year="2021", gzxsr=20000, aac006="05"), home(1, year="2022", gzxsr=30000)]
    numbered = [home(2, gzxsr=number, aac006=kind) for number, kind in ((9, "05"), (None, "05"), (10, "01"))]
    connected.fill(rows(ac01=[*years, *numbered], rkxx=[]))
    connected.refresh(MAPPING.replace("newest: nd", "newest: gzxsr"))
    assert connected.held("household", "household_type") == [("lifted_out",)] * 2
    assert connected.held("household_indicator", "valid_from", "valid_to", "wage_income")[:2] == [
        (date(2021, 9, 1), date(2022, 9, 1), 20_000),
        (date(2022, 9, 1), None, 30_000),
    ]


TWO_PARTS = """
  - from: ac01
    since: jdsj
    columns: {household_id: aac001, tv: tx}
"""


def test_what_a_row_leaves_empty_is_not_known_and_what_other_parts_said_holds_on(connected: Connected) -> None:
    years = [home(1, year="2021", tx="否"), home(1, year="2022", tx=None, gzxsr=None)]
    connected.fill(rows(ac01=years, rkxx=[]))
    counts = faults(connected, connected.refresh(MAPPING.rstrip() + TWO_PARTS))
    assert connected.held("household_indicator", "valid_from", "toilet", "wage_income", "tv") == [
        (date(2014, 5, 1), None, None, False),
        (date(2021, 9, 1), False, 30_000, False),
        (date(2022, 9, 1), None, None, False),
    ]
    assert counts["household_indicator", "aac001", "key_twice"] == 1  # both years say the same day of the second part


def test_persons_are_counted_where_every_one_has_a_value_and_a_blank_that_means_no_disability_is_one(
    connected: Connected,
) -> None:
    people = [person(1, 1, jsrq="2"), person(1, 2, ldjn="无劳动力"), person(1, 3, jsrq="四级"), person(2, 1)]
    connected.fill(rows(rkxx=[*people, person(2, 2, ldjn=None)]))
    grade = "disability_grade: {column: jsrq, codes: {四级: 4}, otherwise: 0}"
    connected.refresh(MAPPING.replace("left_on: {column: jsrq, month: last}", grade))
    assert connected.held("member", "disability_grade") == [(2,), (0,), (4,), (0,), (0,)]
    assert connected.held("household_indicator", "family_size", "labor_n", "disabled_n", "severe_n") == [
        (3, 2, 2, 1),
        (2, None, 0, 0),
    ]


def test_seconds_since_1970_are_days_and_zeros_none(connected: Connected) -> None:
    days = {"1": "1398873600", "2": "1398873599", "3": "1398873600000", "4": "2014-05-01"}
    ends = ["0", "0000-00-00 00:00:00", "没有", "1661875200"]
    homes = [home(int(number), jdsj=day, xhsj=end) for (number, day), end in zip(days.items(), ends, strict=True)]
    connected.fill(rows(ac01=homes))
    told = faults(
        connected, connected.refresh(MAPPING.replace("closed_on: xhsj", "closed_on: {column: xhsj, codes: {没有: }}"))
    )
    assert connected.held("household", "registered_on", "closed_on") == [
        (date(2014, 5, 1), None),
        (date(2014, 4, 30), None),
        (date(2014, 5, 1), None),
        (date(2014, 5, 1), date(2022, 8, 31)),
    ]
    assert not [about for about in told if about[0] == "household"]


def test_a_bare_month_of_birth_is_the_day_of_the_certificate(connected: Connected) -> None:
    columns = MAPPING.replace("      name: xm\n", "      name: xm\n      birth_date: jsrq\n").replace(
        "      left_on: {column: jsrq, month: last}\n", ""
    )
    people = [person(1, 1, zjhm=ID_ONE, jsrq="1990.03"), person(2, 1, zjhm=ID_ONE, jsrq="1990.04")]
    connected.fill(rows(rkxx=people))
    connected.refresh(columns)
    assert connected.held("member", "birth_date") == [(date(1990, 3, 7),), (date(1990, 4, 1),)]


def test_what_cannot_be_read_is_null_and_told(connected: Connected) -> None:
    homes = [home(1, tx="大概"), home(2, xhsj="走了"), home(3, jdsj="2014-02-30")]
    connected.fill(rows(ac01=homes, rkxx=[]))
    counts = faults(connected, connected.refresh())
    assert counts == {
        ("household", "jdsj", "not_a_date"): 1,
        ("household", "jdsj", "needed"): 1,
        ("household", "xhsj", "no_end_household"): 1,
        ("household_indicator", "tx", "unknown_word"): 1,
        ("household_indicator", "household_id", "unknown_reference"): 1,
    }
    assert connected.held("household", "closed_on") == [(None,), (None,)]


def test_a_day_that_its_month_does_not_have_and_a_month_that_is_not_over_end_what_ended(connected: Connected) -> None:
    homes = [
        home(number, xhsj=said) for number, said in enumerate(("2022-02-30", "2022年9月", "2022-10", "20220931"), 1)
    ]
    connected.fill(rows(ac01=homes, rkxx=[]))
    mapping = MAPPING.replace("closed_on: xhsj", "closed_on: {column: xhsj, month: last}")
    earlier, later = (mapping.replace("2022-09-30", day) for day in ("2022-09-28", "2022-10-01"))
    counts = faults(connected, connected.refresh(earlier))
    assert counts == {("household", "xhsj", "end_of_month"): 2}
    days = [date(2022, 2, 28), date(2022, 9, 28), date(2022, 10, 31), date(2022, 9, 28)]
    assert connected.held("household", "closed_on") == [(day,) for day in days]
    connected.refresh(later)  # the month is over: its last day holds
    days = [date(2022, 2, 28), date(2022, 9, 30), date(2022, 10, 1), date(2022, 9, 30)]
    assert connected.held("household", "closed_on") == [(day,) for day in days]


def test_a_flag_without_a_day_ends_a_row_on_the_day_on_which_it_was_first_read(connected: Connected) -> None:
    flag = "closed_on: {column: xhsj, when: {tx: [否, N]}}"
    homes = [home(1, tx=" 否"), home(2, tx="否", xhsj="2022-05-01"), home(3), home(4, tx="否", xhsj="走了")]
    connected.fill(rows(ac01=homes, rkxx=[]))
    first = MAPPING.replace("closed_on: xhsj", flag)
    assert faults(connected, connected.refresh(first))["household", "tx", "day_of_reading"] == 2
    held = [(date(2022, 9, 30),), (date(2022, 5, 1),), (None,), (date(2022, 9, 30),)]
    assert connected.held("household", "closed_on") == held
    assert connected.refresh(first.replace("2022-09-30", "2022-10-01")).changed == 0
    assert connected.held("household", "closed_on") == held


def test_of_a_key_twice_one_row_is_taken_and_a_row_without_what_is_needed_none(connected: Connected) -> None:
    connected.fill(rows(ac01=[home(1), home(1, gzxsr=1), home(2, jdsj=None)], rkxx=[]))
    counts = faults(connected, connected.refresh(MAPPING.replace("    newest: nd\n", "")))
    assert (counts["household", "aac001", "key_twice"], counts["household", "jdsj", "needed"]) == (1, 1)
    assert connected.held("household", "household_id") == [("1",)]


def test_the_same_again_changes_nothing_and_a_run_that_knows_it_ends_once_the_source_is_read(
    connected: Connected,
) -> None:
    work = [{"rbh": "101", "ny": "202209", "qy": "省外"}]
    connected.fill(rows(wgjc=work))
    assert connected.refresh().changed > 0
    whole = connected.refresh()
    assert (whole.changed, whole.assembled is None) == (0, False)
    assert len({load for (load,) in connected.held("data_load", "source")}) == 1
    again = connected.refresh(last=whole.state)
    assert (again.assembled, again.changed, again.state) == (None, 0, whole.state)
    connected.fill(rows(ac01=[home(1, tx="否"), home(2, aac006="05")], wgjc=work))
    assert connected.refresh(last=whole.state).changed == 1


def test_a_run_is_whole_where_the_mapping_or_the_household_database_is_another(connected: Connected) -> None:
    connected.fill(rows())
    left = connected.refresh().state
    assert connected.refresh(MAPPING.replace("      name: xm\n", ""), last=left).assembled is not None
    connected.fill(rows(ac01=[home(1)]))
    connected.refresh(accept_loss=True)
    connected.fill(rows())
    assert connected.refresh(last=left).changed > 0  # what is read is as it was, what is held is not
    undo(url=connected.target)
    assert connected.refresh(last=left).changed > 0


def test_the_history_of_indicators_is_written_again_where_that_is_asked_and_can_be_taken_back(
    connected: Connected,
) -> None:
    connected.fill(rows(ac01=[home(1, year="2021"), home(1)]))
    columns = ("valid_from", "valid_to", "toilet", "wage_income")
    first = MAPPING.replace("wage_income: gzxsr", "wage_income: {column: gzxsr, times: 10}")
    connected.refresh(first)
    wrong = connected.held("household_indicator", *columns)
    assert [row[-1] for row in wrong] == [300_000, 300_000]
    connected.refresh(anew=True)
    assert connected.held("household_indicator", *columns) == [(*row[:-1], 30_000) for row in wrong]
    undo(url=connected.target)
    assert connected.held("household_indicator", *columns) == wrong


def test_what_changed_is_changed_what_vanished_is_ended_unless_it_is_much_and_a_refresh_can_be_taken_back(
    connected: Connected,
) -> None:
    people = [person(1, number) for number in range(1, 21)]
    connected.fill(rows(ac01=[home(number) for number in range(1, 21)], rkxx=people))
    connected.refresh()
    columns = ("household_id", "valid_from", "valid_to", "toilet", "family_size")
    before = connected.held("household_indicator", *columns)
    later = MAPPING.replace("2022-09-30", "2022-10-31")
    connected.fill(rows(ac01=[home(number) for number in range(1, 19)], rkxx=people))  # two of twenty are gone
    with pytest.raises(ConnectError) as refused:
        connected.refresh(later)
    assert (refused.value.key, refused.value.details["rows"], refused.value.details["share"]) == (
        "mass_loss",
        "2",
        "10",
    )
    assert connected.held("household", "closed_on") == [(None,)] * 20
    homes = [home(1, tx="否"), *(home(number) for number in range(2, 20))]
    connected.fill(rows(ac01=homes, rkxx=people[:-1]))  # one of twenty
    connected.refresh(later)
    ended = [number for number, closed in connected.held("household", "household_id", "closed_on") if closed]
    assert ended == ["20"]
    left = [one for one in connected.held("member", "member_id", "left_on") if one[1]]
    assert left == [("120", date(2022, 10, 31))]
    assert [row[1:] for row in connected.held("household_indicator", *columns) if row[0] == "1"] == [
        (date(2022, 9, 1), date(2022, 10, 31), True, 20),
        (date(2022, 10, 31), None, False, 19),
    ]
    undo(url=connected.target)
    assert connected.held("household_indicator", *columns) == before


@pytest.mark.parametrize(
    ("wrong", "right", "key"),
    [
        (
            "    from: rkxx",
            "    sql: SELECT hbh, rbh, xm, zjhm, yhzgx, ldjn, zjsj, jsrq, ryxx FROM rkxx",
            "sql_refused",
        ),
        ("from: rkxx", "from: ryxx", "no_such_table"),
        ("name: xm", "name: xingming", "no_such_column"),
        ("name: xm\n      id_no: zjhm", "name: xingming\n      id_no: zjh", "names_missing"),
    ],
)
def test_a_table_or_column_that_is_not_there_is_named(connected: Connected, wrong: str, right: str, key: str) -> None:
    connected.fill(rows())
    with pytest.raises(ConnectError) as refused:
        connected.refresh(MAPPING.replace(wrong, right))
    assert refused.value.key == key
    assert "ryxx" in str(refused.value) or "xingming" in str(refused.value)


def test_servers_of_two_makes_give_what_a_file_gives_and_are_read_in_one_state(
    connected: Connected, on_servers: Callable[[str], Connected]
) -> None:
    told = rows(
        ac01=[home(1, year="2021"), home(1, tx="否"), home(2)],
        wgjc=[{"rbh": "101", "ny": "202209", "qy": "省外"}],
        bmts=[{"id": 1, "sfzh": ID_ONE, "lx": "住院", "sj": "2022-09-05", "je": "12500"}],
    )
    found, indicators = [], ("valid_from", "valid_to", "toilet", "wage_income", "family_size")
    for one in (connected, on_servers("postgresql"), on_servers("mariadb")):
        one.fill(told)
        one.refresh()
        found.append(
            [
                one.held("household", "household_id", "household_type", "registered_on"),
                one.held("household_indicator", "household_id", *indicators),
                one.held("employment", "member_id", "started_on", "ended_on"),
                one.held("clue", "household_id", "amount"),
            ]
        )
        if one is not connected:
            assert one.refresh(progress=_somebody_comes(one)).changed == 0  # who came meanwhile is there the next time
            assert one.refresh().changed > 0
        if one.source.get_backend_name() == "postgresql":
            _move_tables(one.source, to="Amt")
            selected = MAPPING.replace("from: bmts", "sql: SELECT * FROM bmts")
            assert one.refresh(f"schema: Amt{selected}").changed == 0, "a SELECT names no schema"
    assert found[0] == found[1] == found[2]


def _move_tables(source: URL, *, to: str) -> None:
    engine = create_engine(source)
    with engine.begin() as connection:
        connection.execute(text(f'CREATE SCHEMA "{to}"'))
        for table in office.sorted_tables:
            connection.execute(text(f'ALTER TABLE {table.name} SET SCHEMA "{to}"'))
    engine.dispose()


def _somebody_comes(connected: Connected) -> Callable[[float, str], None]:
    """Before the persons are read another one is put in."""

    def meanwhile(done: float, what: str) -> None:
        if what == "member" and done < 0.4:
            engine = create_engine(connected.source)
            with engine.begin() as connection:
                connection.execute(rkxx.insert(), person(2, 9))
            engine.dispose()

    return meanwhile


def test_what_is_taken_out_of_the_mapping_is_emptied_and_what_the_source_never_filled_stays(
    connected: Connected,
) -> None:
    road = {"id": 1, "mc": "产业路", "cdm": VILLAGE, "ztz": "12.35"}
    gone = [home(1, year="2021"), home(1), home(2, year="2021")]
    connected.fill(rows(ac01=gone, rkxx=[person(1, 1), person(2, 1)], project=[road]))
    connected.refresh()
    connected.write("UPDATE household SET phone = '13900000000'")
    connected.write("UPDATE household_indicator SET house_grade = 'D'")
    connected.write("INSERT INTO visit (household_id, visited_on) VALUES ('1', DATE '2022-09-01')")
    connected.fill(rows(ac01=gone, rkxx=[person(1, 1)], project=[road]))
    connected.refresh(accept_loss=True)  # a member has left, and is the source's no more

    def held() -> dict[str, list[tuple[object, ...]]]:
        asked = {
            "household": ("closed_on", "phone"),
            "household_indicator": ("toilet", "wage_income", "house_grade"),
            "member": ("labour",),
            "project": ("project_id",),
            "visit": ("visited_on",),
        }
        return {table: connected.held(table, *columns) for table, columns in asked.items()}

    before = held()
    less = MAPPING.replace(", toilet: tx", "").replace("      labour: ldjn\n", "")
    less = "\n".join(line for line in less.splitlines() if "project" not in line)
    done = connected.refresh(less)
    assert (done.written["project"].gone, done.written["member"].changed) == (1, 2)
    after = {
        **before,
        "household_indicator": [(None, *rest) for _, *rest in before["household_indicator"]],
        "member": [(None,), (None,)],
        "project": [],
    }
    assert before["member"] == [("ordinary",), ("ordinary",)]
    assert held() == after
    undo(url=connected.target)
    assert held() == before
    assert connected.refresh(less).changed > 0
    assert held() == after
    assert connected.refresh(less).changed == 0


def test_what_files_said_before_the_source_was_connected_stays_where_it_had_ended(connected: Connected) -> None:
    connected.fill(rows(ac01=[home(1)], rkxx=[]))
    connected.refresh(MAPPING.replace("2022-09-30", "2022-09-01"))
    connected.write("UPDATE data_load SET kind = 'households'")  # as if a file had brought it
    connected.write("DELETE FROM filled_by_source")
    connected.fill(rows(ac01=[home(1, tx="否", gxsj="20220930")], rkxx=[]))
    connected.refresh()
    connected.refresh(MAPPING.replace(", toilet: tx", ""))
    assert connected.held("household_indicator", "valid_to", "toilet") == [(date(2022, 9, 30), True), (None, None)]
