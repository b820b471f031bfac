"""The editions of the story: frozen before the last cases of each month were told, which are corrections later."""

from dataclasses import dataclass

import pandas as pd

from data_access.database.engine import Snapshot
from data_access.dispatch import editions
from data_access.dispatch.editions import Content
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from sample_data.demonstration.known_then import known_then
from sample_data.demonstration.story import MonthOfWork
from sample_data.demonstration.told import SCOPE, Telling


@dataclass(frozen=True)
class Known:
    """What was known when the edition of a month was frozen."""

    facts: MonthlyFacts
    content: Content
    judged: pd.DataFrame


def as_known(told: Telling) -> dict[str, Known]:
    """What was known of each month. It is counted once for all, up to the last of them; an edition keeps what its facts
    hold, for counting all the rest would take longer than making the sample."""
    months = told.story.months
    late = {work.last: work.late for work in months}
    with told.store.database.connect() as (connection, version), known_then(connection, late=late):
        seen = Snapshot(connection=connection, version=version, rulebook=told.store.rulebook())
        counted = read_monthly_facts(seen, until=max(work.last for work in months)).within(SCOPE)
        known = {}
        for work in months:
            facts = counted.until(work.month)
            content = editions.read_content(seen, scope=SCOPE, facts=facts, from_lists=False)
            known[work.month] = Known(facts, content, editions.read_judged(seen, scope=SCOPE, on=work.last))
        return known


def freeze(told: Telling, work: MonthOfWork, *, known: Known) -> None:
    """Freeze the edition of a month."""
    editions.freeze(
        told.ledger,
        known.content,
        facts=known.facts,
        judged=known.judged,
        name=work.name,
        recorded_by=told.story.people.leader,
        scope=SCOPE,
    )
