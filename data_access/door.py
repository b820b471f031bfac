"""The door between pages and data: the only module here that imports streamlit, and the only place where caching is
decided.

Everything is cached by data version, rule book and the reader's scope, so that nobody is ever shown rows of another
reader or of an old version. What is returned is a copy (free, thanks to copy-on-write), so that sessions cannot change
each other's frames.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from sqlalchemy import URL, make_url

from data_access import registry as registry
from data_access.access.audit_log import note_rules as note_rules_in
from data_access.access.sessions import Sessions
from data_access.access.unmasking import read_unmasked
from data_access.access.users import Unmasked, User
from data_access.connect.runs import Run
from data_access.connect.runs import newest_runs as newest_runs_in
from data_access.database.engine import DataVersion, HouseholdDatabase, Snapshot, household_url
from data_access.database.regions import Regions
from data_access.database.server import answered
from data_access.dispatch import editions
from data_access.dispatch.editions import Edition
from data_access.errors import AppError
from data_access.facts.answers import MOST_RESULTS_KEPT, Answers, KeptAnswer
from data_access.facts.metrics import Amounts, Breakdown, MetricTable
from data_access.facts.monthly import MonthlyFacts
from data_access.facts.store import CurrentFacts, FactsStore
from data_access.ledger.demonstration import demonstration_url, is_demonstrated
from data_access.ledger.ledger import Ledger, ledger_url
from data_access.lists import figures, lists
from data_access.load.errors import UnderWayError
from data_access.load.target import can_load, load_url
from data_access.memory import Memory
from data_access.noted import asked, is_noting, note
from data_access.one_look import look_again, once
from data_access.posting import writer
from data_access.posting.post import Posted, post_waiting
from data_access.posting.running import RunningState, read_running_state
from data_access.posting.waiting import asked_of, is_posted, not_in_data, read_arrived_numbers, read_posted_numbers
from data_access.reports import records
from data_access.risk.rulebook import RuleBook
from data_access.scope import Scope
from data_access.warnings import dispositions

Result = TypeVar("Result")

# Streamlit's own caches tell keys apart by going through all of them, on each call anew: a quarter of a page's time.
_RESULTS, _ANSWERS = Memory(MOST_RESULTS_KEPT), Answers()
_TABLES, _BREAKDOWNS, _RECORDS, _EDITIONS = Memory(64), Memory(64), Memory(256), Memory(16)


@st.cache_resource(show_spinner=False)
def _store(url: str) -> FactsStore:
    return FactsStore(HouseholdDatabase(household_url(), limited=True))


def store() -> FactsStore:
    """The facts store of the database that the environment currently names."""
    return once("store", lambda: _store(household_url().render_as_string(hide_password=False)))


def current_facts() -> CurrentFacts:
    """The state of the facts: version, cut-off, error. Raises AppError when there are none."""
    return store().current()


def rulebook() -> RuleBook:
    """The rule book as it judges the data on screen: the last good one if its files cannot be read, or
    DeclarationError."""
    held = store()
    try:
        return held.rulebook().here(held.current().facts.version.coverage)
    except AppError:  # nothing could be read yet: no source is known to be missing
        return held.rulebook()


def regions(*, scope: Scope) -> Regions:
    """The regions in a scope, as of the facts. Raises AppError when there are none."""
    return store().current().facts.regions.within(scope)


def metric_table(*, scope: Scope, edition: str | None = None) -> MetricTable:
    """Every metric of every place in a scope, current or from an edition. Raises AppError when there are no facts."""
    again = partial(metric_table, scope=scope, edition=edition)

    def ask() -> MetricTable:
        facts = _facts(scope, edition=edition)
        key = (facts.version, facts.rules_hash, scope, edition)
        return _TABLES.get(key, lambda: MetricTable(facts.within(scope), again=again))

    return asked((metric_table, scope, edition), ask)


def breakdown(*, metric: str, by: tuple[str, ...], scope: Scope, edition: str | None = None) -> Breakdown:
    """A metric's count by some columns, for every place in a scope, current or from an edition. Raises AppError when
    there are no facts."""

    def ask() -> Breakdown:
        facts = _facts(scope, edition=edition)
        key = (facts.version, facts.rules_hash, scope, edition, metric, by)
        return _BREAKDOWNS.get(key, lambda: Breakdown(facts.within(scope), metric=metric, by=by))

    return asked((breakdown, metric, by, scope, edition), ask)


def _facts(scope: Scope, *, edition: str | None) -> MonthlyFacts:
    return store().current().facts if edition is None else load_edition(edition, scope=scope).facts


@dataclass(frozen=True)
class Recorded:
    """A ledger, and the newest record of each of its tables: while they stay, records change no figure."""

    ledger: str
    newest: tuple[int, ...]


@dataclass(frozen=True)
class FrozenEdition:
    """An edition and the monthly facts it was counted from."""

    edition: Edition
    facts: MonthlyFacts


def load_edition(edition_id: str, *, scope: Scope) -> FrozenEdition:
    """An edition, as it was frozen. Raises LedgerError when it is damaged or not known in the scope."""
    held = ledger()

    def load() -> FrozenEdition:
        kept = editions.load_edition(held, edition_id, scope=scope)
        return FrozenEdition(edition=kept, facts=editions.load_facts(held, kept, scope=scope))

    return _EDITIONS.get((held, edition_id, scope), load)


def recorded() -> Recorded:
    """Which ledger there is and how far it has come. Raises LedgerError."""
    return asked(recorded, _recorded)


def _recorded() -> Recorded:
    held = _ledger(_ledger_address())
    return once(recorded, lambda: Recorded(str(held), held.newest()))


def read_records(query: Callable[..., Result], *, scope: Scope, **arguments: Any) -> Result:
    """Run a query of the ledger under a scope, or return its earlier result while nothing more was recorded.

    Args:
        query: a function of data_access that takes a Ledger, `scope` and `arguments`.
        arguments: hashable values.

    Raises LedgerError when it cannot be read.
    """
    held, question = _ledger(_ledger_address()), (query, scope, tuple(sorted(arguments.items())))
    ask = partial(query, held, scope=scope, **arguments)
    return _isolated(asked(question, lambda: _RECORDS.get_of((held, *question), moment=_recorded(), work_out=ask)))


def amounts(*, metric: str, on: date, scope: Scope, without: lists.Without = ()) -> Amounts:
    """A metric on a day at every place in a scope, counted from its list without what is left out. Raises AppError as
    `read` does."""
    return read(figures.count_amounts, scope=scope.figures, metric=metric, on=on, without=without)


def shows_demonstration() -> bool:
    """Whether the records on screen are those of the demonstration ledger: it goes with the sample alone."""
    return is_demonstrated() and store().holds_sample()


def _ledger_address() -> str:
    held = once("ledger", lambda: demonstration_url() if shows_demonstration() else ledger_url())
    return held.render_as_string(hide_password=False)


def ledger() -> Ledger:
    """The app's own records, at the address that the environment currently names. Raises LedgerError."""
    if is_noting():  # whoever asks it stays the same until something more is recorded
        note(ledger, ask=_recorded, answer=_recorded())
    return _ledger(_ledger_address())


@st.cache_resource(show_spinner=False)
def _ledger(url: str) -> Ledger:
    return Ledger(make_url(url))


def note_rules() -> None:
    """Enter into the audit record that the rules in force have changed; checked once per rule book."""
    held = store().rulebook()
    _note_rules(_ledger_address(), held.hash, held.version)


@st.cache_resource(show_spinner=False, max_entries=1)  # rules that are restored count as another change
def _note_rules(url: str, rules_hash: str, version: str) -> bool:
    return note_rules_in(_ledger(url), rules_hash=rules_hash, version=version, recorded_by="server")


def newest_runs() -> dict[str, Run]:
    """The newest check and refresh of a connected source: looked up again after a minute. Raises LedgerError."""
    return _newest_runs(_ledger_address())


@st.cache_resource(show_spinner=False, ttl=60.0, max_entries=16)
def _newest_runs(url: str) -> dict[str, Run]:
    return newest_runs_in(_ledger(url))


def sessions() -> Sessions:
    """The sessions of the users who are signed in. Raises LedgerError."""
    return _sessions(_ledger_address())


@st.cache_resource(show_spinner=False)
def _sessions(url: str) -> Sessions:
    return Sessions(_ledger(url))


def unmasked(user: User) -> Unmasked:
    """What is currently unmasked for a user: looked up again after a second, or at once after `forget_unmasked`."""
    return _unmasked(_ledger_address(), user.user_id, user.role.key, user.places, user)


def forget_unmasked() -> None:
    """Look up again what is unmasked for users, after something was unmasked."""
    _unmasked.clear()


@st.cache_resource(show_spinner=False, ttl=1.0, max_entries=1_000)
def _unmasked(url: str, user_id: str, role: str, places: tuple[str, ...] | None, _user: User) -> Unmasked:
    return read_unmasked(_ledger(url), reader=_user, at=datetime.now(UTC))


def conclusions(*, on: date, newest: bool, scope: Scope) -> pd.DataFrame:
    """The conclusions of people in force on a day; one row per household, as `dispositions.in_force` returns them.

    Raises AppError when the database or the ledger cannot be read.
    """
    known = read_records(dispositions.read_dispositions, scope=scope)
    if known.empty:
        return known
    ids = tuple(sorted(known["household_id"].unique()))
    prints = read(dispositions.read_fingerprints, scope=scope, on=on, household_ids=ids)
    return dispositions.in_force(known, prints, on=on, newest=newest)


def waiting_reports(*, scope: Scope) -> pd.DataFrame:
    """The reports from the field that the data do not hold yet; as `posting.waiting.not_in_data` returns them.

    Raises AppError when the database or the ledger cannot be read.
    """

    def ask() -> pd.DataFrame:
        waiting = not_in_data(reports(scope=scope), posted=read(read_posted_numbers, scope=scope))
        entered = waiting[[not is_posted(kind) for kind in waiting["kind"]]]
        if entered.empty:
            return waiting
        arrived = read(read_arrived_numbers, scope=scope, asked=asked_of(entered))
        return waiting[~waiting["report_no"].isin(arrived)]

    return _isolated(asked((waiting_reports, scope), lambda: once((waiting_reports, scope), ask)))


def reports(*, scope: Scope) -> pd.DataFrame:
    """Every report from the field in a scope; as `records.read_reports` returns them. Raises LedgerError."""
    return read_records(records.read_reports, scope=scope)


def post_waiting_reports() -> Posted:
    """Put what was reported into the data, and count what it or another process of the board changed there. While
    something else writes, what waits is left for the next time. Raises AppError."""
    if not can_load():
        return Posted()
    done = Posted()
    with suppress(UnderWayError):
        done = post_waiting(ledger(), url=load_url())
    if done.applied or store().is_counted:
        store().current()
    return done


def running_state() -> RunningState:
    """What whoever runs the server should know; looked up again after ten seconds. Raises AppError."""
    return _running_state(_ledger_address(), household_url())


@st.cache_resource(show_spinner=False, ttl=10.0, max_entries=4, hash_funcs={URL: repr})
def _running_state(url: str, household: URL) -> RunningState:
    return read_running_state(_ledger(url), url=household)


def post_reports() -> None:
    """Have what was reported put into the data: on a server now, in its own transaction; into an embedded database by
    its one writer, at once unless it is at work. Raises AppError where a server refuses."""
    if not can_load():
        return
    if load_url().get_backend_name() == "postgresql":
        post_waiting(ledger(), url=load_url())
    else:
        writer.wake()


def read(query: Callable[..., Result], *, scope: Scope, **arguments: Any) -> Result:
    """Run a query function under a scope, or return its earlier result for the same version.

    Args:
        query: a function of data_access that takes a Snapshot, `scope` and `arguments`.
        arguments: hashable values.

    Raises AppError when the database or the rules cannot be read.
    """
    question = (query, scope, tuple(sorted(arguments.items())))
    return _isolated(asked(question, partial(_answer, query, scope, arguments)))


def _answer(query: Callable[..., Result], scope: Scope, arguments: Mapping[str, Any]) -> Result:
    held = store()
    rules = held.rulebook()
    question = (rules.hash, scope, query, tuple(sorted(arguments.items())))
    while True:
        version = held.version()
        ask = partial(_read, version, partial(query, scope=scope, **arguments), held, rules, question)
        try:
            return _RESULTS.get((version, *question), ask)
        except _VersionMovedError:
            look_again()


def asked_lately() -> list[Callable[[], object]]:
    """What readers asked, as it can be asked again; what was asked last first. Raises AppError when the rules cannot be
    read."""
    rules, found = store().rulebook().hash, dict[tuple, Callable[[], object]]()
    for _, _, scope, edition in _TABLES.newest_first():
        found[scope, edition] = partial(metric_table, scope=scope, edition=edition)
    for _, _, scope, edition, metric, by in _BREAKDOWNS.newest_first():
        found[scope, edition, metric, by] = partial(breakdown, metric=metric, by=by, scope=scope, edition=edition)
    for of_rules, scope, query, arguments in _ANSWERS.questions():
        if of_rules == rules:
            found[scope, query, arguments] = partial(read, query, scope=scope, **dict(arguments))
    return [*found.values()]


@contextmanager
def stream(query: Callable[..., Iterator[Result]], *, scope: Scope, **arguments: Any) -> Iterator[Iterator[Result]]:
    """Run a query function that yields its rows in parts, for a file: nothing is cached, and all parts are of one
    version.

    Args:
        query: a function of data_access that takes a Snapshot, `scope` and `arguments`.

    Raises AppError when the database or the rules cannot be read.
    """
    with store().snapshot() as snapshot:
        yield query(snapshot, scope=scope, **arguments)


def run(query: Callable[..., Result], *, scope: Scope, **arguments: Any) -> Result:
    """Run a query function once without caching its result: for what is recorded and not shown again.

    Raises AppError when the database or the rules cannot be read.
    """
    with store().snapshot() as snapshot:
        return query(snapshot, scope=scope, **arguments)


class _VersionMovedError(Exception):
    """The data changed between reading its version and running the query: try again."""


def _read(
    version: DataVersion, query: Callable[[Snapshot], Result], held: FactsStore, rules: RuleBook, question: tuple
) -> Result:
    answer = _ANSWERS.find(question, version=version, changed=held.changed_between)
    if answer is None:
        with held.snapshot(rulebook=rules) as snapshot, held.noted_reads(snapshot) as reads:
            if snapshot.version != version:
                raise _VersionMovedError
            result = answered(snapshot.connection, partial(query, snapshot), wanted=_run_wanted)
            answer = KeptAnswer(version, result, reads=reads.found)
    _ANSWERS.keep(question, answer)
    return answer.result


def _run_wanted() -> None:
    """Streamlit ends a run that gave way to a newer one, or whose page was closed, when it touches the session."""
    st.session_state.get("read")


def _isolated(result: Result) -> Result:
    return result.copy(deep=False) if isinstance(result, pd.DataFrame) else result
