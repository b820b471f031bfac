"""What happens to the problems of the story: assigned, worked at, struck off, looked at again."""

from datetime import timedelta
from itertools import cycle

from data_access.inspection import draws, look_back, problems
from data_access.inspection.problems import ProblemStep
from sample_data.demonstration.story import LookedBack, MonthOfWork
from sample_data.demonstration.told import SCOPE, Telling


def take(told: Telling, work: MonthOfWork, *, step: str) -> None:
    """Take a step on those problems of a month whose way has it."""
    for number, way in zip(told.problems.get(work.month, ()), cycle(work.ways), strict=False):
        if step in way.steps:
            _record(told, number, step=step, due_in=way.due_in if step == "assigned" else None)


def raise_at_meeting(told: Telling) -> None:
    """A problem that somebody named at the dispatch meeting."""
    raised = told.story.meeting
    one = problems.problem_at(
        raised.township,
        description=told.story.words.meeting,
        problem_class="work",
        source="meeting",
        found_on=told.clock.day,
        due_on=told.day(raised.due),
        owner=told.story.people.staff,
    )
    problems.open_problems(told.ledger, [one], recorded_by=told.story.people.leader, scope=SCOPE)


def look_again(told: Telling, looked: LookedBack) -> None:
    """回头看: a draw of what was struck off; some held, some came back and have to be settled anew."""
    on = told.clock.day
    settled = look_back.struck_off_lately(problems.read_problems(told.ledger, scope=SCOPE, on=on), on=on)
    made = look_back.draw_to_look_back(
        settled, seed=f"{on}", size=min(looked.size, len(settled)), on=on, data_version=told.data_version
    )
    draws.add_draw(told.ledger, made, recorded_by=told.story.people.leader, scope=SCOPE)
    ways = ["held"] * looked.held + ["reopened"] * looked.reopened
    for unit, step in zip(made.units, ways, strict=False):
        days = (told.today - on).days + looked.due_in
        _record(told, unit.code, step=step, due_in=days if step == "reopened" else None)


def _record(told: Telling, number: str, *, step: str, due_in: int | None = None) -> None:
    words, people, on = told.story.words, told.story.people, told.clock.day
    assigned = step == "assigned"
    done = ProblemStep(
        step=step,
        done_on=on,
        owner=people.staff if assigned else None,
        due_on=None if due_in is None else on + timedelta(days=due_in),
        measures={"assigned": words.measures, "progress": words.progress}.get(step),
        evidence=words.evidence if step in ("struck_off", "held", "reopened") else None,
    )
    by = people.staff if assigned else people.inspector
    problems.record_step(told.ledger, number, done, recorded_by=by, scope=SCOPE)
