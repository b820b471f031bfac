"""A district that works: its database, its ledger, its officers, and what its board says."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import make_url, select

from data_access.cases import opening, recording
from data_access.database.engine import HouseholdDatabase
from data_access.dispatch.matters import left_out
from data_access.facts.metrics import MetricTable
from data_access.facts.store import FactsStore
from data_access.ledger.ledger import Ledger
from data_access.lists.figures import read_amounts, read_figures
from data_access.lists.lists import ListRequest, count_list, read_list
from data_access.load.entry_forms import load_entry_forms
from data_access.posting.post import post_waiting
from data_access.posting.waiting import not_in_data, read_posted_numbers
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from data_access.schema.tables import metadata
from data_access.scope import Scope
from tests.data_access.load.conftest import LoadedInto
from tests.support.households import COUNTY, CUT_OFF, Rows

VILLAGE_ACTIONS = frozenset({"record_reports", "open_cases", "take_village_steps"})
OFFICERS = {
    "village": Scope(regions=None, actions=VILLAGE_ACTIONS),
    "township": Scope(regions=None, actions=frozenset({"record_reports", "take_township_steps"})),
    "county": Scope(regions=None, actions=frozenset({"record_reports", "take_county_steps"})),
}


NOBODY = pd.DataFrame(columns=["household_id"])

MakeOffice = Callable[[Rows], "Office"]


class Office:
    """A district: its database, its ledger, and what its board says."""

    def __init__(self, target: LoadedInto, ledger: Ledger) -> None:
        self.target, self.ledger = target, ledger
        self.database = HouseholdDatabase(make_url(target.url))
        self._facts = FactsStore(self.database)

    def ask(self, query: Callable[..., Any], *, scope: Scope, **arguments: Any) -> Any:
        with self._facts.snapshot() as snapshot:
            return query(snapshot, scope=scope, **arguments)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table as it is now, in the order of its key."""
        query = select(metadata.tables[table]).order_by(*metadata.tables[table].primary_key.columns)
        with self.database.connect() as (connection, _):
            return [dict(row) for row in connection.execute(query).mappings()]

    def post(self) -> int:
        return post_waiting(self.ledger, url=make_url(self.target.url)).applied

    def cases(self, *homes: str) -> list[dict[str, Any]]:
        held = self.ask(recording.read_case_files, scope=Scope.district(), household_ids=homes)
        posted = self.ask(read_posted_numbers, scope=Scope.district())
        waiting = not_in_data(records.read_reports(self.ledger, scope=Scope.district()), posted=posted)
        return recording.as_reported(held, waiting[waiting["household_id"].isin(homes)])

    def open(self, *homes: str, scope: Scope = OFFICERS["village"]) -> int:
        known = self.ask(opening.read_openings, scope=scope, household_ids=homes, on=CUT_OFF)
        said: dict[str, Any] = {"found_on": None, "values": {"cause_1": "illness"}, "words": None, "recorded_by": "甲"}
        return opening.open_cases(self.ledger, known, **said, alone=False, scope=scope)

    def take(self, kind: str, on: date, *homes: str, level: str, by: str = "", **values: Any) -> int:
        return recording.take_step(
            self.ledger,
            self.cases(*homes),
            kind=load_report_kinds()[kind],
            happened_on=on,
            values=values,
            words=None,
            recorded_by=by or {"village": "甲", "township": "丙", "county": "丁"}[level],
            alone=by == "独自",
            on=CUT_OFF,
            scope=OFFICERS[level],
        )

    def form(self, metric: str) -> pd.DataFrame:
        """What the 回填表 of a list holds."""
        asked = {"request": ListRequest(metric, CUT_OFF), "language": "zh"}
        form = load_entry_forms().forms[metric]
        return form.filled(self.ask(read_list, scope=Scope.district(), **asked)).rename(columns=form.headings)

    def board(self, metric: str, *, month: str) -> int:
        return MetricTable(self._facts.current().facts).count(metric, month=month, place=COUNTY)

    def awaited(self, *metrics: str) -> list[int]:
        """What is to be done once what waits is left out: the number is that of its list, however it is counted."""
        posted = self.ask(read_posted_numbers, scope=Scope.district())
        waiting = not_in_data(records.read_reports(self.ledger, scope=Scope.district()), posted=posted)
        off = {metric: left_out(metric, concluded=NOBODY, reported=waiting) for metric in metrics}
        asked = {"metrics": metrics, "by": ("village_code",), "on": CUT_OFF, "without": tuple(off.items())}
        together = self.ask(read_figures, scope=Scope.district(), **asked)
        for metric, without in off.items():
            if without:
                request = ListRequest(metric, CUT_OFF, without=without)
                listed = self.ask(count_list, scope=Scope.district(), request=request).amount
                alone = self.ask(read_amounts, scope=Scope.district(), metric=metric, on=CUT_OFF, without=without)
                assert listed == alone["count"].sum() == together[metric].sum(), metric
        return [int(together[metric].sum()) for metric in metrics]

    def numbers(self, *metrics: str, on: date = CUT_OFF) -> list[int]:
        return [
            self.ask(count_list, scope=Scope.district(), request=ListRequest(metric, on)).amount for metric in metrics
        ]
