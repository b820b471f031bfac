"""Lists that were sent out and came back, calls that came in by sheet, and conclusions about single households."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

import pandas as pd
from sqlalchemy import select

from data_access.clock import last_day
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.facts.metrics import load_metrics
from data_access.handouts import handouts
from data_access.handouts.consequences import consequences
from data_access.handouts.forms import asks_for_conclusion
from data_access.handouts.handouts import Answer, Handout
from data_access.inspection import calls
from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.calls import CallResult
from data_access.inspection.problems import problem_batches
from data_access.lists import lists
from data_access.region_codes import township_of
from data_access.schema.indicators import code_label
from data_access.schema.tables import household, phone_check
from data_access.scope import Scope
from data_access.warnings.dispositions import Disposition, add_dispositions, read_fingerprints
from sample_data.demonstration.story import MonthOfWork, SentList
from sample_data.demonstration.told import LANGUAGE, SCOPE, Telling

_REASON, _NEEDS_REASON = "assets", "not_include"
_KEPT = tuple(name for name in calls.SAID if name in phone_check.c)
"""Of what a household is asked, what the sample holds."""


def send_out(told: Telling, sent: SentList) -> str:
    """Send a list out, one part for each township; returns its number."""
    day = last_day(sent.month)
    homes = told.read(lists.read_breakdown, metric=sent.metric, by=("household_id", "village_code"), on=day)
    rows = handouts.split(homes.sort_values(["village_code", "household_id"], ignore_index=True), level="township")
    one = Handout(
        handout_id=handouts.new_handout_id(day),
        metric=sent.metric,
        filters="",
        place=told.story.county,
        day=day,
        level="township",
        due_on=told.day(sent.due),
    )
    handouts.send_out(told.ledger, one, rows=rows, recorded_by=told.story.people.staff, scope=SCOPE)
    return one.handout_id


def answer(told: Telling, sent: SentList, *, handout_id: str) -> None:
    """The answers that came back: some townships all of theirs, some a part, the others nothing yet."""
    rows = handouts.read_rows(told.ledger, handout_id=handout_id, scope=SCOPE)
    parts = [own for _, own in rows.groupby("part")]
    day, homes = last_day(sent.month), tuple(rows["household_id"].unique())
    lamps = told.read(read_fingerprints, on=day, household_ids=homes) if asks_for_conclusion(sent.metric) else rows
    whole, partly = round(sent.complete * len(parts)), round(sent.partial * len(parts))
    for position, own in enumerate(parts[: whole + partly]):
        known = own if position < whole else own.head(max(len(own) // 2, 1))
        _merge(told, sent, known, handout_id=handout_id, lamps=lamps)


def _merge(told: Telling, sent: SentList, rows: pd.DataFrame, *, handout_id: str, lamps: pd.DataFrame) -> None:
    people, words = told.story.people, told.story.words
    answers = [_answer(told, row, verdict=verdict) for row, verdict in _each(rows, sent.verdicts)]
    follow = consequences(
        told.ledger,
        answers,
        metric=sent.metric,
        handout_id=handout_id,
        day=last_day(sent.month),
        read_lamps=lambda ids: lamps[lamps["household_id"].isin(ids)],
        note=lambda one: words.concluded.format(by=one.checked_by, handout=handout_id),
        problem=lambda one: words.returned.format(list=load_metrics()[sent.metric].label[LANGUAGE], number=one.number),
    )
    file = hashlib.sha256(f"{handout_id} {rows['part'].iloc[0]}".encode()).hexdigest()
    handouts.add_answers(
        told.ledger,
        answers,
        *follow,
        handout_id=handout_id,
        file_sha256=file,
        recorded_by=people.staff,
        scope=SCOPE,
    )


def _each(rows: pd.DataFrame, verdicts: tuple[str, ...]) -> Iterator[tuple[dict, str]]:
    return zip(rows.to_dict("records"), cycle(verdicts), strict=False)


def _answer(told: Telling, row: dict, *, verdict: str) -> Answer:
    return Answer(
        number=row["number"],
        household_id=row["household_id"],
        village_code=row["village_code"],
        verdict=verdict,
        checked_by=told.story.people.inspector,
        reason=_REASON if verdict == _NEEDS_REASON else None,
        settle_by=told.today + timedelta(days=told.story.settle_in) if verdict == "confirmed" else None,
    )


def read_calls(snapshot: Snapshot, *, scope: Scope, month: MonthOfWork) -> pd.DataFrame:
    """The first calls of a month in the order of their households; one row per call, as the sample holds them.

    Columns: household_id, village_code, and those of `phone_check` that a call sheet has.
    """
    called = phone_check.c
    query = (
        select(household.c.village_code, *called["household_id", "called_on", "outcome", *_KEPT])
        .join_from(phone_check, household, household.c.household_id == called.household_id)
        .where(called.called_on.between(month.last.replace(day=1), month.last), scope.rows(household.c.village_code))
        .order_by(called.household_id, called.called_on)
    )
    return read_frame(snapshot.connection, query)


def call(told: Telling, work: MonthOfWork) -> None:
    """The calls of a month that came in by sheet, spread over the townships; a complaint is a problem. The sample holds
    the same calls: its figures stay as they are."""
    found = told.read(read_calls, month=work)
    chosen = found.iloc[:: max(len(found) // max(work.calls, 1), 1)].head(work.calls)
    results = [
        CallResult(
            household_id=row["household_id"],
            township_code=township_of(row["village_code"]),
            village_code=row["village_code"],
            called_on=pd.Timestamp(row["called_on"]).date(),
            outcome=row["outcome"],
            caller=caller,
            **{name: _said(row[name]) for name in _KEPT},
        )
        for row, caller in zip(chosen.to_dict("records"), cycle(told.story.people.callers), strict=False)
        if not pd.isna(row["outcome"])
    ]
    words = told.story.words.complaint
    opened = calls.problems_of(
        results,
        on=told.clock.day,
        describe=lambda one: words.format(complaint="、".join(_trouble(one, name) for name in one.troubles)),
    )
    by = told.story.people.staff
    calls.add_results(told.ledger, results, *problem_batches(opened), recorded_by=by, scope=SCOPE)
    told.problems.setdefault(work.month, []).extend(one.problem_id for one in opened)


def _said(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value if isinstance(value, str) else bool(value)


def _trouble(one: CallResult, question: str) -> str:
    if question == "complaint":
        return code_label(codes=question, code=one.complaint or "", language=LANGUAGE)
    return load_call_questions()[question].label[LANGUAGE]


def conclude(told: Telling, work: MonthOfWork) -> None:
    """Red households that are watched further, each looked at by itself."""
    declared, day = told.story.conclusions, work.last
    red = told.read(lists.read_breakdown, metric="red_households", by=("household_id",), on=day)["household_id"]
    chosen = tuple(red.iloc[:: max(len(red) // max(declared.households, 1), 1)].head(declared.households))
    seen = told.read(read_fingerprints, on=day, household_ids=chosen)
    concluded = [
        Disposition(
            household_id=row["household_id"],
            village_code=row["village_code"],
            lamp=row["lamp"],
            fingerprint=row["fingerprint"],
            conclusion="watch",
            until=told.day(declared.watch_until),
        )
        for row in seen.to_dict("records")
    ]
    add_dispositions(told.ledger, concluded, recorded_by=told.story.people.inspector, scope=SCOPE)
