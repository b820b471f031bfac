"""The draws of the story, what was found on the spot, and at the desk."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from data_access.inspection import (
    draw_settings,
    draws,
    findings,
    inspection_draw,
    problems,
    recheck,
    sampling_frame,
    seeds,
)
from data_access.inspection.findings import Finding, Question
from sample_data.demonstration.story import MonthOfWork
from sample_data.demonstration.told import LANGUAGE, SCOPE, Telling, in_words

_INSPECTION = draw_settings.INSPECTION


def draw(told: Telling, work: MonthOfWork) -> None:
    """The draw of a month, as the page makes it."""
    settings = draw_settings.settings_of(work.month)
    before = inspection_draw.months_before(work.month, count=settings.excluded_months)
    frame = sampling_frame.leave_out(
        told.read(sampling_frame.read_frame_units, on=work.last),
        excluded=draws.recently_drawn(told.ledger, kind=_INSPECTION, months=before),
        settings=settings,
    )
    base = told.seed_base(work.month)
    seed = seeds.seed_of(base, work.called)
    made = inspection_draw.draw_inspection(
        frame, month=work.month, seed=seed, settings=settings, data_version=told.data_version
    )
    made = draws.with_seed_of(made, base, called=work.called)
    number = draws.add_draw(told.ledger, made, recorded_by=told.story.people.leader, scope=SCOPE)
    told.draws[_INSPECTION + work.month] = number


def inspect(told: Telling, work: MonthOfWork) -> None:
    """What the groups found, township by township; a household that nobody was at home in is replaced."""
    number, by = told.draws[_INSPECTION + work.month], told.story.people.inspector
    _replace_one(told, draw_id=number, by=by)
    active = draws.read_units(told.ledger, scope=SCOPE, draw_id=number).query("active")
    townships = sorted(active["township_code"].unique())
    seen = townships[: round(work.share * len(townships))]
    own = active[active["township_code"].isin(seen)]
    found = _found(told, work, own, draw_id=number, differs_every=work.differs_every)
    for township in seen:
        here = [one for one in found if one.township_code == township]
        _record(told, work, here, source="inspection", by=by)


def _replace_one(told: Telling, *, draw_id: str, by: str) -> None:
    units = draws.read_units(told.ledger, scope=SCOPE, draw_id=draw_id)
    homes, spare = units["kind"] == "household", units["replacement"].astype(bool) & ~units["active"]
    replaceable = homes & units["active"] & units["stratum"].isin(units[homes & spare]["stratum"])
    for code in units[replaceable]["code"].tail(1):
        reason = told.story.words.gone
        draws.replace_unit(told.ledger, draw_id=draw_id, code=code, reason=reason, recorded_by=by, scope=SCOPE)


def check_records(told: Telling, work: MonthOfWork) -> None:
    """The recheck of what was collected in a month, at the desk."""
    declared, size, base = told.story.recheck, draw_settings.settings_of(work.month), told.seed_base(work.month)
    made = recheck.draw_records(
        told.read(recheck.read_collected, on=work.last),
        month=work.month,
        seed=seeds.seed_of(base, declared.called),
        size=size.records,
        spare=size.spare["household"],
        data_version=told.data_version,
    )
    made = draws.with_seed_of(made, base, called=declared.called)
    by = told.story.people.quality
    number = draws.add_draw(told.ledger, made, recorded_by=by, scope=SCOPE)
    units = draws.read_units(told.ledger, scope=SCOPE, draw_id=number).query("active")
    done = units.head(round(declared.share * len(units)))
    found = _found(told, work, done, draw_id=number, differs_every=declared.differs_every)
    held = [one for one in found if findings.load_questions()[one.kind][one.question].is_compared]
    _record(told, work, held, source="recheck", by=by)


def _found(told: Telling, work: MonthOfWork, units: pd.DataFrame, *, draw_id: str, differs_every: int) -> list[Finding]:
    """Every question about every unit; one of so many answers disagrees."""
    questions = findings.load_questions()
    homes = tuple(units.loc[units["kind"] == "household", "code"])
    held = told.read(findings.read_household_values, on=work.last, household_ids=homes)
    values = {row["household_id"]: row for row in held.to_dict("records")}
    rows: list[dict[str, Any]] = [{str(name): value for name, value in row.items()} for row in units.to_dict("records")]
    asked = [(unit, question) for unit in rows for question in questions[unit["kind"]].values()]
    found = []
    for unit, question in asked:
        agrees = _turn(unit["code"], question.key) % differs_every != 0
        found.append(
            findings.new_finding(
                question,
                draw_id=draw_id,
                unit=unit,
                agrees=agrees,
                found_on=told.clock.day,
                system_value=_system_value(question, values.get(unit["code"])),
                found_value=None if agrees else told.story.found[question.key],
            )
        )
    return found


def _turn(*about: str) -> int:
    """A number that is the same whenever the ledger is made, and that follows no order of the units."""
    return int.from_bytes(hashlib.sha256(" ".join(about).encode()).digest()[:8], "big")


def _system_value(question: Question, row: dict | None) -> str | None:
    return None if row is None or not question.is_compared else in_words(question, row)


def _record(told: Telling, work: MonthOfWork, found: Sequence[Finding], *, source: str, by: str) -> None:
    """Findings with the problems they open."""
    opened = findings.problems_of(
        found,
        due_on=problems.usual_due(told.clock.day),
        source=source,
        describe=lambda one: _in_words(told, one),
    )
    batches = problems.problem_batches(opened)
    findings.add_findings(told.ledger, found, *batches, recorded_by=by, scope=SCOPE)
    told.problems.setdefault(work.month, []).extend(one.problem_id for one in opened)


def _in_words(told: Telling, one: Finding) -> str:
    label = findings.load_questions()[one.kind][one.question].label[LANGUAGE]
    words = told.story.words
    if one.system_value is None:
        return words.seen.format(label=label, found=one.found_value)
    return words.problem.format(label=label, system=one.system_value, found=one.found_value)
