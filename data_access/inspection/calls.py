"""Call sheets: the households to be called are distributed among callers; what they hear is returned and recorded.

Results are records of the ledger, and reports from the field: as those they become calls of the household database
(`phone_check`), beside the ones that are loaded with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Boolean, Column, Date, String, select

from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.problems import Problem, new_problem_id, usual_due
from data_access.inspection.sampling import in_order
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Batch, Ledger
from data_access.reports import corrections
from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import CALLS, FieldReport, correction
from data_access.schema.limits import limit
from data_access.scope import Scope

call_result = record_table(
    "call_result",
    "一次电话抽查的结果",
    "the result of one call",
    Column("household_id", String, nullable=False, index=True, comment="户编号 / household number"),
    Column("township_code", String, nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("called_on", Date, nullable=False, comment="拨打日期 / called on"),
    Column("outcome", String, nullable=False, comment="接通情况 / outcome"),
    Column("income_change", String, comment="收入变化 / income change"),
    Column("satisfaction", String, comment="满意度 / satisfaction"),
    Column("complaint", String, comment="诉求 / complaint"),
    Column("note", String(LONGEST_TEXT), comment="说明 / note"),
    Column("caller", String(LONGEST_TEXT), nullable=False, comment="拨打人 / caller"),
    Column("food_problem", Boolean, comment="吃饭有无困难 / food a problem"),
    Column("clothing_problem", Boolean, comment="穿衣有无困难 / clothing a problem"),
    Column("education_problem", Boolean, comment="上学有无困难 / school a problem"),
    Column("medical_problem", Boolean, comment="看病有无困难 / medical care a problem"),
    Column("housing_problem", Boolean, comment="住房有无问题 / housing a problem"),
    Column("water_problem", Boolean, comment="饮水有无问题 / water a problem"),
    Column("knows_helper", Boolean, comment="是否知晓帮扶人 / knows the helper"),
    action="record_findings",
)

SAID = (
    *("income_change", "food_problem", "clothing_problem", "education_problem", "medical_problem"),
    *("housing_problem", "water_problem", "knows_helper", "satisfaction", "complaint"),
)
"""What only a household that was reached can answer: the questions of `call_questions.yaml`."""

REACHED = "reached"
NO_NUMBER = ("wrong_number", "suspended")
"""Outcomes after which the number is to be corrected."""
CALLED = "call"
"""How that is known (`correction_basis`)."""


@dataclass(frozen=True)
class CallResult:
    """The result of a call."""

    household_id: str
    township_code: str
    village_code: str
    called_on: date
    outcome: str
    caller: str
    income_change: str | None = None
    food_problem: bool | None = None
    clothing_problem: bool | None = None
    education_problem: bool | None = None
    medical_problem: bool | None = None
    housing_problem: bool | None = None
    water_problem: bool | None = None
    knows_helper: bool | None = None
    satisfaction: str | None = None
    complaint: str | None = None
    note: str | None = None

    @property
    def troubles(self) -> tuple[str, ...]:
        """The questions whose answer says that something needs to be done."""
        asked = load_call_questions()
        return tuple(name for name in SAID if str(getattr(self, name)) in asked[name].trouble)

    @property
    def complains(self) -> bool:
        """Whether something needs to be done."""
        return bool(self.troubles)


def problems_of(results: Sequence[CallResult], *, on: date, describe: Callable[[CallResult], str]) -> list[Problem]:
    """A problem for every call that told of one.

    Args:
        on: today; the time to settle a problem starts then, or on the day of the call if that is later.
        describe: puts a complaint into words, in the language of the records.
    """
    return [
        Problem(
            problem_id=new_problem_id(),
            township_code=one.township_code,
            village_code=one.village_code,
            household_id=one.household_id,
            description=describe(one),
            problem_class="work",
            source="telephone",
            source_id=f"{one.household_id}/{one.called_on}",
            found_on=one.called_on,
            due_on=usual_due(max(on, one.called_on)),
        )
        for one in results
        if one.complains
    ]


def reports_of(results: Sequence[CallResult], *, recorded_by: str) -> list[FieldReport]:
    """A report for every call: coverage counts it once it is in the data."""
    return [
        FieldReport(
            kind="call",
            household_id=one.household_id,
            village_code=one.village_code,
            thing=one.called_on.isoformat(),
            happened_on=one.called_on,
            values={name: said for name in _reported() if (said := getattr(one, name)) is not None},
            words=one.note,
            reported_by=one.caller or recorded_by,
            origin=CALLS,
        )
        for one in results
    ]


def corrections_of(
    results: Sequence[CallResult], *, phones: Mapping[str, str], recorded_by: str, alone: bool
) -> list[FieldReport]:
    """A correction for every call that found the number to be wrong: it counts once a second person has approved it.

    Args:
        phones: household -> its number, masked, as the data hold it; who has none is left out.
        alone: as for `records.correction`.
    """
    return [
        correction(
            kind=corrections.PHONE,
            household_id=one.household_id,
            village_code=one.village_code,
            column=corrections.PHONE_COLUMN,
            old=phones[one.household_id],
            new=None,
            basis=CALLED,
            happened_on=one.called_on,
            words=one.note,
            reported_by=one.caller or recorded_by,
            alone=alone,
        )
        for one in results
        if one.outcome in NO_NUMBER and one.household_id in phones
    ]


def _reported() -> tuple[str, ...]:
    """What of a call becomes data: of food, clothing, school and medical care the household database keeps nothing."""
    return tuple(name for name in ("outcome", *SAID) if name in load_report_kinds()["call"].says)


def asked_here(results: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """What was answered to the questions that become no data, which nobody counts otherwise: question -> how many were
    asked it, and how many told of a problem.

    Args:
        results: as returned by `read_results`.
    """
    own = [name for name in SAID if name not in _reported()]
    return {name: (int(results[name].notna().sum()), int((results[name] == True).sum())) for name in own}  # noqa: E712


def to_call(due: pd.DataFrame, *, results: pd.DataFrame, on: date) -> pd.DataFrame:
    """The households that are dealt to callers: those nobody called this month, and those that were tried and not
    reached, once the declared days are over. Who was reached or tried lately is not dealt again.

    Args:
        due: households to be called in the month; column household_id.
        results: the calls of the month; columns household_id, called_on, outcome.
        on: the day on which they are dealt.
    """
    reached = set(results.loc[results["outcome"] == REACHED, "household_id"])
    tried = pd.to_datetime(results["called_on"]).groupby(results["household_id"]).max()
    again = tried[tried <= pd.Timestamp(on - timedelta(days=limit("call_again_days", on=on)))]
    fresh = ~due["household_id"].isin(tried.index)
    return due[fresh | due["household_id"].isin(set(again.index) - reached)].reset_index(drop=True)


def deal(rows: pd.DataFrame, *, callers: Sequence[str], seed: str) -> pd.DataFrame:
    """Distribute households among callers, at random and evenly: no caller has more than one household more than
    another.

    Args:
        rows: one row per household; column `household_id`.
        callers: at least one name.

    Adds the column caller; the rows are in the order of callers and calls. Raises ValueError without a caller.
    """
    if not callers:
        raise ValueError("households can only be dealt to somebody")
    order = in_order(rows["household_id"], seed=seed, kind="call", stratum="")
    turn = {code: position for position, code in enumerate(order)}
    position = rows["household_id"].map(turn)
    dealt = rows.assign(caller=[callers[place % len(callers)] for place in position], position=position)
    ranks = {caller: number for number, caller in enumerate(callers)}
    dealt = dealt.assign(rank=dealt["caller"].map(ranks)).sort_values(["rank", "position"], ignore_index=True)
    return dealt.drop(columns=["rank", "position"])


def add_results(ledger: Ledger, results: Sequence[CallResult], *more: Batch, recorded_by: str, scope: Scope) -> int:
    """Record results together with what follows from them (`more`: problems), all or nothing; returns how many results.
    Raises LedgerError as `Ledger.append` does."""
    ledger.append((call_result, [asdict(one) for one in results]), *more, recorded_by=recorded_by, scope=scope)
    return len(results)


def read_results(ledger: Ledger, *, scope: Scope, first: date, last: date) -> pd.DataFrame:
    """The results of calls between two days, both included; one row per household and day (the newest record), all
    columns of the table."""
    rows = ledger.read(
        select(call_result)
        .where(call_result.c.called_on.between(first, last), scope.rows(call_result.c.village_code))
        .order_by(call_result.c.record_id)
    )
    return rows.drop_duplicates(["household_id", "called_on"], keep="last").reset_index(drop=True)
