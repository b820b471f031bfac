"""Changes of households and persons are entered into the national system: they wait until a sheet that is loaded holds
them, and count nowhere before."""

from datetime import date
from typing import Any

import pytest

from data_access.errors import LedgerError
from data_access.posting.waiting import asked_of, read_arrived_numbers
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import FieldReport
from data_access.scope import Scope
from tests.data_access.load.conftest import WriteCsv
from tests.data_access.posting.district import MakeOffice, Office
from tests.support.households import VILLAGE, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

DAY, NEXT = date(2022, 10, 5), date(2022, 10, 31)
DISTRICT = Scope.district()
BASE = merged(village(), load(), *(household(home, members=[{"relation": "head"}, {}]) for home in ("H1", "H2")))
BORN = {"join_reason": "born", "relation": "daughter", "gender": "female"}
MARRIED = {"join_reason": "married_in", "relation": "daughter_in_law", "gender": "female"}


def tell(office: Office, kind: str, home: str = "H1", /, *, thing: str = "", words: str = "", **values: Any) -> str:
    declared = load_report_kinds()[kind]
    number = thing or declared.number(home, on=DAY, values=values)
    report = FieldReport(kind, home, VILLAGE, number, DAY, "李村干", values=values, words=words)
    records.add_reports(office.ledger, [report], recorded_by="李村干", scope=DISTRICT)
    return report.number


def arrived(office: Office) -> set[str]:
    reports = records.read_reports(office.ledger, scope=DISTRICT)
    return set(office.ask(read_arrived_numbers, scope=DISTRICT, asked=asked_of(reports)))


def test_what_is_entered_elsewhere_waits_until_a_sheet_holds_it(make_office: MakeOffice, write_csv: WriteCsv) -> None:
    office = make_office(BASE)
    told = {
        "girl": tell(office, "member_joined", **BORN),
        "twin": tell(office, "member_joined", words="双胞胎", **BORN),
        "wife": tell(office, "member_joined", "H2", **MARRIED),
        "dead": tell(office, "member_left", thing="H1-P2", leave_reason="died"),
        "split": tell(office, "household_split", "H2", thing="H2-P2"),
        "gone": tell(office, "household_left", "H2", thing="H2", closed_reason="moved"),
    }
    with pytest.raises(LedgerError, match="report_unknown_value"):
        tell(office, "member_joined", join_reason="initial", relation="son", gender="male")
    assert office.post() == 0, "the national system keeps it"
    assert arrived(office) == set()
    [persons] = office.numbers("persons")
    heading = ["户编号", "人编号", "与户主关系", "性别", "出生日期", "村代码"]
    rows = [
        ["H1", "N1", "之女", "女", DAY.isoformat(), ""],
        ["H1", "N2", "之子", "男", DAY.isoformat(), ""],
        ["H2", "N3", "之儿媳", "女", "1999-01-01", ""],
        ["H3", "H2-P2", "户主", "男", "1990-01-01", VILLAGE],
    ]
    assert not office.target.load(write_csv([heading, *rows]), as_of=NEXT).problems["rejects"].any()
    assert arrived(office) == {told["girl"], told["wife"], told["split"]}, "a boy is not the twin"
    assert office.numbers("persons", on=NEXT) == [persons + 4]
    left = write_csv([["户编号", "人编号", "减少日期", "减少原因"], ["H1", "H1-P2", "2022-10-03", "死亡"]])
    office.target.load(left, "table_member", as_of=NEXT)
    closed = write_csv([["户编号", "销户日期", "销户原因"], ["H2", "2022-10-20", "整户迁出"]])
    office.target.load(closed, "table_household", as_of=NEXT)
    assert arrived(office) == set(told.values()) - {told["twin"]}, "whatever day the sheet has"


def test_a_household_from_outside_waits_until_a_sheet_has_one_that_is_new_in_its_village(
    make_office: MakeOffice, write_csv: WriteCsv
) -> None:
    office = make_office(BASE)

    def arrives(token: str, on: date = DAY) -> str:
        said = {"household_type": "general", "words": "3口人，自旬阳迁入", "reported_by": "李村干"}
        report = records.arrival(village_code=VILLAGE, happened_on=on, token=token, **said)
        records.add_reports(office.ledger, [report], recorded_by="李村干", scope=DISTRICT)
        return report.number

    told = [arrives("a"), arrives("b")]
    assert (office.post(), arrived(office)) == (0, set())
    heading = ["户编号", "人编号", "与户主关系", "性别", "出生日期", "村代码", "户类型"]
    split = ["H3", "H2-P2", "户主", "男", "1990-01-01", VILLAGE, "一般农户"]
    office.target.load(write_csv([heading, split]), as_of=NEXT)
    assert arrived(office) == set(), "it split off another"
    new = ["H4", "N1", "户主", "男", "1990-01-01", VILLAGE, "一般农户"]
    office.target.load(write_csv([heading, split, new]), as_of=NEXT)
    assert len(arrived(office) & set(told)) == 1, "two households need two"
    late = arrives("c", on=date(2022, 11, 1))
    assert late not in arrived(office)
