"""What the reader is looking at: language, edition, month and place. It is kept in the link, carried from page to page,
and checked on every run.

The link decides; where it says nothing (after a click in the menu), what the session remembers is written back into it.
Values from links and widgets are untrusted: a month that does not exist or a place outside the scope falls back to the
newest month and the whole district.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeVar

import pandas as pd
import streamlit as st

from data_access import clock, door, noted
from data_access.clock import last_day
from data_access.database.regions import Regions
from data_access.dispatch import matters
from data_access.dispatch.editions import EditionHead, read_heads
from data_access.errors import AppError, DatabaseError, LedgerError
from data_access.facts.metrics import Breakdown, Metric, MetricTable, load_metrics
from data_access.facts.store import CurrentFacts
from data_access.lists.figures import read_amounts
from data_access.lists.lists import Without
from data_access.posting import waiting
from data_access.region_codes import path_of
from data_access.schema.collected import is_collected, is_filled
from data_access.scope import Scope
from pages.shell import identity, kept
from pages.shell.kept import Same
from pages.shell.texts import LANGUAGE_KEY, error_sentence, language, month_name, t

Result = TypeVar("Result")

LANGUAGE, MONTH, PLACE, EDITION = "lang", "month", "place", "edition"

WALL = "wall"
"""In the link of a page that is shown on the wall, without the menu."""

_NOW, _PAGE, _STAYS, _MISSED = "view.now", "view.page", "view.stays", "view.missed"
_CAME_FROM = "view.came_from"
_OPENED = ("worklist", "household")
"""Pages that other pages open: whoever goes back means the one before them."""
_LONGEST_SAID = 24

NO_REPORTS = pd.DataFrame(columns=["kind", "household_id", "village_code", "thing", "happened_on", "content"])
_SESSION_KEYS = {LANGUAGE: LANGUAGE_KEY, MONTH: "view.month", PLACE: "view.place", EDITION: "view.edition"}


@dataclass(frozen=True)
class View:
    """Month (2022-09), place (region code), edition (None: current data), and what can be chosen."""

    month: str
    place: str
    months: list[str]
    regions: Regions
    names: Mapping[str, str]
    county: str
    current: CurrentFacts
    """The facts in view."""
    live: CurrentFacts
    """Those of the newest data."""
    edition: EditionHead | None
    editions: tuple[EditionHead, ...]
    recorded: door.Recorded | None
    """How far the ledger has come; None while it cannot be read."""
    ledger_error: LedgerError | None

    @cached_property
    def same(self) -> Same | None:
        """The same for everybody who sees the same: what is drawn from it may be kept for the next one (`kept`). None
        while database, ledger or rules cannot be read."""
        if self.live.error is not None or self.recorded is None:
            return None
        facts, shown, known = self.live.facts, self.current.facts, identity.user()
        edition = None if self.edition is None else (self.edition.edition_id, shown.rules_hash)
        files = (_said(facts.whole_version), facts.rules_hash, *sorted(facts.begins.items()), self.recorded.ledger)
        reader = (repr(scope()), None if known is None else known.role.key, language(), st.query_params.get(WALL))
        return Same(
            apart=(*files, edition, self.editions, clock.today(), *reader, self.month),
            place=self.place,
            moment=(_said(facts.version), self.recorded),
        )

    @property
    def on(self) -> date:
        """The day on which the month is judged: its last, or the cut-off in a month in progress."""
        return min(last_day(self.month), self.current.facts.months.cut_off)

    def month_name(self, month: str | None = None) -> str:
        """A month, or the chosen one, as the reader writes it; one in progress says up to which day (截至25日)."""
        return month_name(month or self.month, cut_off=self.current.facts.months.cut_off)

    @property
    def concluded(self) -> pd.DataFrame:
        """The conclusions of people that hold in the chosen month; one row per household.

        If the ledger cannot be read, a message says so and there are no conclusions. Nor are there any while the
        database is unavailable and they cannot be compared with the data; the banner on top says so.
        """
        return _noted(self, "concluded", lambda view: view._concluded)

    @cached_property
    def _concluded(self) -> pd.DataFrame:
        try:
            newest = self.on == self.live.facts.months.cut_off  # the last month of an edition may be an older one
            found = kept.value(
                "concluded",
                lambda: door.conclusions(on=self.on, newest=newest, scope=scope().figures),
                everywhere=True,
            )
            return found.copy(deep=False)
        except LedgerError as error:
            st.warning(error_sentence(error, language=language()), icon=":material/warning:")
        except DatabaseError:
            if self.current.error is None:
                raise
        kept.nothing_more()
        return pd.DataFrame(columns=["household_id", "village_code", "conclusion", "recorded_at"])

    @property
    def reported(self) -> pd.DataFrame:
        """The reports from the field that the data in view do not hold yet and that count in the chosen month, of an
        edition in its days; one row per report. None while database or ledger cannot be read: said elsewhere."""
        return _noted(self, "reported", lambda view: view._reported)

    @cached_property
    def _reported(self) -> pd.DataFrame:
        try:
            held = kept.value("waiting", lambda: door.waiting_reports(scope=scope().figures), everywhere=True)
        except (LedgerError, DatabaseError) as error:
            if isinstance(error, DatabaseError) and self.current.error is None:
                raise
            kept.nothing_more()
            return NO_REPORTS
        shown, newest = held.copy(deep=False), self.edition is None and self.month == self.months[-1]
        return shown if newest else shown[shown["happened_on"] <= self.on]

    def left_out(self, metric: str) -> Without:
        """What conclusions and waiting reports take off the list of a metric."""
        return _noted(
            self,
            ("left_out", metric),
            lambda view: matters.left_out(metric, concluded=view.concluded, reported=view.reported),
        )

    def left_out_of(self, *metrics: str) -> tuple[tuple[str, Without], ...]:
        """The same of several metrics, as far as there is any."""
        return tuple((key, without) for key in metrics if (without := self.left_out(key)))

    def waiting(self, *metrics: str) -> tuple[int, int]:
        """How many reports of the place in view change one of some metrics (`waiting.count_touching`)."""
        return _noted(
            self, ("waiting", metrics), lambda view: waiting.count_touching(metrics, view.reported, place=view.place)
        )

    @property
    def last_edition(self) -> EditionHead | None:
        """The newest edition from before the day of this view: what figures are compared with."""
        return next((one for one in self.editions if one.day < self.on), None)

    @property
    def link(self) -> dict[str, str]:
        """The link parameters that show the same view."""
        frozen = {} if self.edition is None else {EDITION: self.edition.edition_id}
        return {MONTH: self.month, PLACE: self.place, LANGUAGE: language(), **frozen}

    def keeps(self, fact: str, *columns: str) -> bool:
        """Whether what a fact is counted by is collected here (`schema/collected.yaml`)."""
        coverage = self.current.facts.version.coverage
        return is_collected(fact, *columns, never_filled=() if coverage is None else coverage.never_filled)

    def fills(self, table: str) -> bool:
        """Whether a table of the household database is kept here."""
        coverage = self.current.facts.version.coverage
        return coverage is None or is_filled(table, never_filled=coverage.never_filled)

    def require(self, *metrics: str, by: Collection[str] = ()) -> None:
        """Raises NotCollectedError where one of some metrics, or a column that divides them, is not collected."""
        for key in metrics:
            load_metrics()[key].require(*by, coverage=self.current.facts.version.coverage)

    def name(self, code: str) -> str:
        """The name of a region in the reader's language."""
        return self.names[code]

    def children(self, code: str) -> tuple[str, ...]:
        """The codes of the regions directly below one, in order."""
        return self.regions.children.get(code, ())


# The same string each time: its hash is worked out once, and it is in the key of every part.
_said = lru_cache(maxsize=8)(repr)


def _noted(view: View, question: Hashable, ask: Callable[[View], Result]) -> Result:
    """What a view answers, noted as such, whatever it was made of."""
    with noted.noting(apart=True):
        found = ask(view)
    noted.note(question, ask=lambda: ask(current()), answer=found)
    return found


def scope() -> Scope:
    """What the reader may see and do. Raises AccessError for anyone who is not signed in."""
    return identity.scope()


def collects(metric: Metric) -> bool:
    """Whether the figures in view keep what a metric is counted by."""
    return not lacking(metric)


def lacking(metric: Metric) -> tuple[str, ...]:
    """The columns without a value in the figures in view, of those that a metric is counted by."""
    view = st.session_state.get(_NOW)
    return metric.lacking(coverage=view.current.facts.version.coverage) if isinstance(view, View) else ()


def divides(metric: Metric, column: str) -> bool:
    """Whether the figures in view keep a column by which the metric's count is divided."""
    return metric.divides(column, coverage=current().current.facts.version.coverage)


def metric_table() -> MetricTable:
    """Every metric, from current data or from the edition in view; in the chosen month without what conclusions and
    waiting reports take off their lists. Raises AppError when there are no facts."""
    with noted.noting(apart=True):  # what is read from it is noted by itself
        return kept.value("metric_table", _metric_table, everywhere=True)


def _metric_table() -> MetricTable:
    view, table = current(), door.metric_table(scope=scope(), edition=_edition_id()).found_by(metric_table)
    if view.edition is not None and view.month == view.months[-1]:
        return table  # so it was counted when it was frozen
    for key in (*matters.load_dispatch_matters(), *matters.taken_off()):
        if table.knows(key) and (without := view.left_out(key)):
            counted = door.read(read_amounts, scope=scope().figures, metric=key, on=view.on, without=without)
            table = table.recounted(key, month=view.month, villages=counted)
    return table


def breakdown(*, metric: str, by: tuple[str, ...]) -> Breakdown:
    """A metric's count by some columns, from current data or the edition. Raises AppError when there are no facts."""
    return door.breakdown(metric=metric, by=by, scope=scope(), edition=_edition_id())


def _edition_id() -> str | None:
    frozen = current().edition
    return None if frozen is None else frozen.edition_id


def remember(key: str, value: str | None) -> None:
    """Put a choice into the link and the session; None removes it."""
    if value is None:
        st.session_state.pop(_SESSION_KEYS[key], None)
        st.query_params.pop(key, None)
    else:
        st.session_state[_SESSION_KEYS[key]] = value
        st.query_params[key] = value


def settle(page: str) -> View | None:
    """Settle the view of this run from the link, checked against what exists; None when there are no facts to view.

    Args:
        page: the key of the page that runs. Where it is that of the run before, what the link no longer says was taken
            back (the browser's Back), and is not written into it again.
    """
    before = st.session_state.get(_PAGE)
    st.session_state[_STAYS] = before == page
    if before is not None and before not in (page, *_OPENED):
        st.session_state[_CAME_FROM] = before
    st.session_state[_PAGE], st.session_state[_MISSED] = page, []
    try:
        st.session_state[_NOW] = _settle()
    except AppError as error:
        st.session_state[_NOW] = error
        kept.nothing_more()
        return None
    view: View = st.session_state[_NOW]
    kept.settle(lambda: view.same)
    return view


def came_from(*, default: str) -> str:
    """The key of the page from which the reader came to a list or a household."""
    return str(st.session_state.get(_CAME_FROM, default))


def missed() -> list[tuple[str, str]]:
    """What the link of this run names and is not there, or not for this reader: which parameter, and its value."""
    return st.session_state[_MISSED]


def said_in_link(value: str) -> str:
    """A value from a link as it may be shown: letters and digits, no marks."""
    return "".join(letter for letter in value if letter.isalnum() or letter in "-_")[:_LONGEST_SAID]


def problem() -> AppError | None:
    """Why there are no facts to view in this run; None if there are."""
    view: View | AppError = st.session_state[_NOW]
    return view if isinstance(view, AppError) else None


def current() -> View:
    """The view of this run. Raises AppError when there are no facts to view."""
    view: View | AppError = st.session_state[_NOW]
    if isinstance(view, AppError):
        raise view
    return view


def _settle() -> View:
    recorded, known, ledger_error = _recorded()
    frozen = known.get(_adopt(EDITION, known=known.keys(), default=""))
    live = door.current_facts()
    facts = live if frozen is None else _frozen_facts(frozen)
    here = scope()
    regions = door.regions(scope=here)
    if regions.county is None:
        raise DatabaseError("no_regions", database=facts.facts.version.database)
    names = {
        code: t("bar.my_range_in", name=name) if here.gathers(code) else name
        for code, name in regions.names[language()].items()
    }
    places, whole = {code for code in names if here.opens(code)}, here.whole or regions.county
    months = facts.facts.months.texts
    return View(
        month=_adopt(MONTH, known=set(months), default=months[-1]),
        place=_adopt(PLACE, known=places, default=whole, nearest=_nearest_place(known=places, default=whole)),
        months=months,
        regions=regions,
        names=names,
        county=regions.county,
        current=facts,
        live=live,
        edition=frozen,
        editions=tuple(known.values()),
        recorded=recorded,
        ledger_error=ledger_error,
    )


def _nearest_place(*, known: set[str], default: str) -> str:
    """The place that a link to one that is gone comes nearest to: that above it."""
    wanted = st.query_params.get(PLACE, "")
    return next((code for code in reversed(path_of(wanted)) if code in known), default) if wanted.isdigit() else default


def _recorded() -> tuple[door.Recorded | None, dict[str, EditionHead], LedgerError | None]:
    """How far the ledger has come, and the editions by their number; none, and the error, while it cannot be read."""
    try:
        heads = door.read_records(read_heads, scope=scope())
        return door.recorded(), {one.edition_id: one for one in heads}, None
    except LedgerError as error:
        return None, {}, error


def _frozen_facts(frozen: EditionHead) -> CurrentFacts:
    facts = door.load_edition(frozen.edition_id, scope=scope()).facts
    return CurrentFacts(facts=facts, error=None, error_since=None)


def remembered(key: str, *, known: set[str], default: str) -> str:
    """A choice of one page that its link carries, checked against what exists; taken from the session when the link
    does not name it."""
    session_key = f"view.{key}"
    wanted = st.query_params.get(key, _remembered(session_key))
    chosen = wanted if wanted in known else default
    st.session_state[session_key] = chosen
    if st.query_params.get(key, default) != chosen:
        st.query_params[key] = chosen
    return chosen


def _remembered(session_key: str) -> str | None:
    return None if st.session_state.get(_STAYS) else st.session_state.get(session_key)


def _adopt(key: str, *, known: Collection[str], default: str, nearest: str | None = None) -> str:
    wanted = st.query_params.get(key, _remembered(_SESSION_KEYS[key]))
    if wanted and wanted not in known and key in st.query_params:
        st.session_state[_MISSED].append((key, wanted))
        wanted = default if nearest is None else nearest
    if st.query_params.get(key) == default:  # a link may say it; taken out, it would be one more step back
        st.session_state.pop(_SESSION_KEYS[key], None)
        return default
    if wanted is None or wanted == default or wanted not in known:
        remember(key, None)
        return default
    if st.query_params.get(key) != wanted or st.session_state.get(_SESSION_KEYS[key]) != wanted:
        remember(key, wanted)
    return wanted
