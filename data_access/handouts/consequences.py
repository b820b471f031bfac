"""What follows from the answers to a handout: results of things, conclusions about lamps, or problems to be settled."""

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd

from data_access.handouts.asked import asked_of, corrected_in
from data_access.handouts.forms import asks_for_conclusion
from data_access.handouts.handouts import Answer
from data_access.handouts.reported import Reporting, each_once, reports_of
from data_access.inspection.problems import Problem, new_problem_id, not_yet_opened, problem_batches
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.ledger.ledger import Batch, Ledger
from data_access.region_codes import township_of
from data_access.reports.records import reports_batch
from data_access.warnings.dispositions import Disposition, disposition_batch

CONFIRMED = "confirmed"

InWords = Callable[[Answer], str]


def consequences(
    ledger: Ledger,
    answers: Sequence[Answer],
    *,
    metric: str,
    handout_id: str,
    day: date,
    read_lamps: Callable[[tuple[str, ...]], pd.DataFrame],
    note: InWords,
    problem: InWords,
    reporting: Reporting | None = None,
) -> list[Batch]:
    """What is recorded together with the answers to a list of a given day, for `handouts.add_answers`.

    Args:
        read_lamps: reads the lamps of some households, as `dispositions.read_fingerprints` does for the day of the
            list.
        note, problem: the note of a conclusion, and the description of a problem if the answer gives no reason; in the
            language of the records.
        reporting: who enters answers that report something; None where the question is whether a row is so.

    Raises LedgerError as `disposition_batch`, `problem_batches` and `reported.reports_of` do; ScopeError as that does.
    """
    corrected = corrected_in(answers[0].thing) if answers else None
    asked = asked_of(metric, corrected=corrected)
    if asked is not None and reporting is not None and asked.has_answers(one.verdict for one in answers):
        with ledger.refusals_noted(recorded_by=reporting.recorded_by):
            made = [reports_of(answer, asked=asked, reporting=reporting) for answer in answers]
        return [reports_batch(ledger, each_once(report for reports in made for report in reports))]
    if asks_for_conclusion(metric):
        lamps = read_lamps(tuple(sorted({answer.household_id for answer in answers})))
        return [disposition_batch(conclusions(answers, lamps=lamps, note=note))]
    found = problems_to_settle(answers, handout_id=handout_id, found_on=day, problem=problem)
    return list(problem_batches(not_yet_opened(ledger, found)))


def conclusions(answers: Sequence[Answer], *, lamps: pd.DataFrame, note: InWords) -> list[Disposition]:
    """Every answer as a conclusion about what the rules found then; none for a household that is no longer among
    `lamps`."""
    known = {row["household_id"]: row for row in lamps.to_dict("records")}
    return [
        Disposition(
            household_id=answer.household_id,
            village_code=answer.village_code,
            conclusion=answer.verdict,
            reason=answer.reason,
            note=note(answer)[:LONGEST_TEXT],
            lamp=known[answer.household_id]["lamp"],
            fingerprint=known[answer.household_id]["fingerprint"],
        )
        for answer in answers
        if answer.household_id in known
    ]


def problems_to_settle(
    answers: Sequence[Answer], *, handout_id: str, found_on: date, problem: InWords
) -> list[Problem]:
    """A problem for every answer that confirms its row and says when it will be settled."""
    return [
        Problem(
            problem_id=new_problem_id(),
            township_code=township_of(answer.village_code),
            village_code=answer.village_code,
            household_id=answer.household_id,
            description=answer.reason or problem(answer),
            problem_class="work",
            source="returned",
            source_id=f"{handout_id}/{answer.number}",
            found_on=found_on,
            owner=answer.checked_by,
            due_on=answer.settle_by,
        )
        for answer in answers
        if answer.verdict == CONFIRMED and answer.settle_by is not None
    ]
