"""Every query of the package, found there and not listed here; what it may be asked, much of it forged; and the check
that it answers as if nothing outside the reader's scope existed, and shows no name or number that is hidden.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from data_access.cases import visits
from data_access.clock import Months, month_number
from data_access.database.engine import Snapshot
from data_access.disclosure import PERSONAL
from data_access.dispatch import editions
from data_access.errors import NotCollectedError, ScopeError
from data_access.facts.metrics import load_metrics
from data_access.income.incomes import BASES
from data_access.lists import figures, lists, village_parts
from data_access.lists.lists import LISTINGS
from data_access.lists.selection import OPERATORS, Condition, Selection, load_fields
from data_access.quality.validation import rules_run
from data_access.region_codes import LEVELS
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.support.lists import arguments_of, names_asked
from tests.support.query_walk import gives_a_statement, query_functions
from tests.support.worlds import (
    EVERYTHING,
    TOWNSHIPS,
    VILLAGES,
    head_name,
    households_of,
    id_number,
    member_name,
    phone,
    secrets_of,
)

Worlds = Mapping[frozenset[str], Snapshot]

QUERIES = {
    name: function
    for name, function in query_functions().items()
    if "scope" in inspect.signature(function).parameters
    and not name.rpartition(".")[2].startswith("_")
    and function not in (editions.read_all, editions.read_content)  # of the whole district, for editions alone
    and not gives_a_statement(function)  # it is asked as a part of others
}
LISTS = {name: query for name, query in QUERIES.items() if query.__module__ == lists.__name__}
SELECTIONS = {name: query for name, query in QUERIES.items() if "selection" in inspect.signature(query).parameters}
_ASKED_BY_NUMBER = {"household_id", "household_ids", "project_ids", "text"}
_SCORES = ("explanation", "dispositions", "elimination")
"""Modules whose queries score: each takes as long as twenty that do not."""
LOOKED_UP = {
    name: query
    for name, query in QUERIES.items()
    if _ASKED_BY_NUMBER & set(inspect.signature(query).parameters) and name.split(".")[1] not in _SCORES
}
OTHERS = {name: query for name, query in QUERIES.items() if name not in {**LISTS, **SELECTIONS, **LOOKED_UP}}

HOMES = [home for code in VILLAGES for home in households_of(code)]
LISTED = sorted(key for key, metric in load_metrics().items() if metric.numerator.fact in LISTINGS)

forged = st.one_of(
    st.sampled_from(
        [
            "' OR '1'='1",
            "x'; DROP TABLE household; --",
            "%",
            "_",
            "610902%",
            "\\",
            "1) UNION SELECT head_name FROM household --",
            "",
            "\u202e",
            "household_id",
            "head_name",
        ]
    ),
    st.text(max_size=20),
)
regions = st.one_of(
    # Few places, since every set of villages is a world of its own, and the villages are alike.
    st.sampled_from([(), ("610902",), TOWNSHIPS[1:2], (VILLAGES[3],), (TOWNSHIPS[0], VILLAGES[-1])]),
    forged.filter(lambda text: text != "" and not any(code.startswith(text) for code in VILLAGES)).map(lambda t: (t,)),
)
scopes = st.builds(
    Scope,
    regions=st.one_of(st.none(), regions),
    masked=st.sampled_from([True, True, True, False]),
    unmasked_places=st.sampled_from([(), (VILLAGES[0],), TOWNSHIPS[:1]]),
    unmasked_households=st.sampled_from([(), (HOMES[0],)]),
    opened=st.sampled_from([frozenset(), frozenset(), frozenset({"phone"}), frozenset({"head_id_no", "member_name"})]),
    actions=st.just(frozenset()),
)


def conditions() -> st.SearchStrategy[Condition]:
    made = st.deferred(
        lambda: st.sampled_from(sorted(load_fields())).flatmap(
            lambda key: st.builds(
                Condition,
                field=st.just(key),
                operator=st.sampled_from(OPERATORS[load_fields()[key].kind]),
                wanted=st.lists(_wanted(key), max_size=2).map(tuple),
            )
        )
    )
    return st.one_of(
        made,
        made,
        st.builds(Condition, field=forged, operator=forged, wanted=st.lists(forged, max_size=2).map(tuple)),
    )


def _wanted(key: str) -> st.SearchStrategy[str]:
    field = load_fields()[key]
    if field.kind == "number":
        return st.one_of(st.integers(-5, 50_000).map(str), forged)
    if field.kind == "rule":
        return st.one_of(st.sampled_from(["water_unsafe", "major_illness"]), forged)
    codes = {"code": field.codes, "boolean": "boolean"}.get(field.kind)
    return st.one_of(st.sampled_from(sorted(load_codes()[codes])), forged) if codes else forged


def filters_of(metric: str) -> st.SearchStrategy[lists.Filters]:
    facets = LISTINGS[load_metrics()[metric].numerator.fact].facets
    known = [(column, code) for column, codes in facets.items() for code in load_codes()[codes]]
    known += [("group_no", "1"), ("rule", "water_unsafe"), ("received_month", "2022-09"), ("department", "-")]
    return st.lists(st.one_of(st.sampled_from(known), st.tuples(forged, forged)), max_size=2).map(tuple)


def sorts_of(metric: str) -> st.SearchStrategy[str | None]:
    details = list(LISTINGS[load_metrics()[metric].numerator.fact].details)
    return st.one_of(st.none(), st.sampled_from(["", *details]))


texts = st.one_of(
    st.sampled_from(HOMES).flatmap(
        lambda home: st.sampled_from(
            [home, head_name(home), member_name(home, 1), id_number(home, 1), id_number(home, 0)[-6:], phone(home)]
        )
    ),
    st.sampled_from(["司", "马", "1234", "6109021980"]),
    forged,
)
BY_NAME: Mapping[str, st.SearchStrategy] = {
    "on": st.sampled_from([date(2022, 9, 30), date(2022, 6, 30), date(2021, 12, 31), date(2022, 10, 15)]),
    "until": st.just(date(2022, 9, 30)),
    "today": st.just(date(2022, 10, 30)),
    "months": st.just(Months(first=month_number(date(2021, 5, 1)), cut_off=date(2022, 9, 30))),
    "language": st.sampled_from(["zh", "en"]),
    "household_id": st.one_of(st.sampled_from(HOMES), forged),
    "household_ids": st.lists(st.one_of(st.sampled_from(HOMES), forged), max_size=6).map(tuple),
    "things_of": st.sampled_from(("clue_result", "need_met")),
    "codes": st.lists(st.one_of(st.sampled_from(VILLAGES), forged), max_size=4).map(tuple),
    "item": st.sampled_from([(), ("water_problem",), ("house_grade", "house_damaged")]),
    "project_ids": st.lists(st.one_of(st.sampled_from([f"XM{code}" for code in VILLAGES]), forged), max_size=4).map(
        tuple
    ),
    "township": st.one_of(st.sampled_from(TOWNSHIPS), forged),
    "year": st.sampled_from([2021, 2022]),
    "weeks": st.integers(1, 12),
    "basis": st.sampled_from(sorted(BASES)),
    "level": st.sampled_from(LEVELS),
    "limits": st.just((5_000, 10_000)),
    "offset": st.integers(0, 6),
    "limit": st.integers(1, 50),
    "rows": st.sampled_from([1, 3, 2048]),
    "text": texts,
    "selection": st.builds(
        Selection,
        conditions=st.lists(conditions(), max_size=3).map(tuple),
        columns=st.lists(st.one_of(st.sampled_from(sorted(load_fields())), forged), max_size=4).map(tuple),
    ),
    "concluded": st.lists(
        st.tuples(st.sampled_from(HOMES), st.sampled_from(["watch", "include"])),
        max_size=3,
        unique_by=lambda two: two[0],
    ).map(tuple),
    "without": st.lists(st.one_of(st.sampled_from(HOMES), forged), max_size=2).map(tuple),
    "left_out": st.sampled_from([(), ((LISTED[0], (HOMES[0],)),)]),
    "descending": st.booleans(),
    "rules_of": st.just(date(2022, 9, 30)),
    "rules": st.sampled_from([None, (), rules_run(on=date(2022, 9, 30), is_sample=False)]),
    "metrics": st.lists(st.sampled_from(LISTED), min_size=1, max_size=3, unique=True).map(tuple),
    "tell": st.just(lambda *_: None),
    "asked": st.just(tuple((f"R{home}", "clue_result", home, f"{home}-L1", "2022-09-20", "{}") for home in HOMES)),
}
_OWN: Mapping[Callable[..., Any], Mapping[str, st.SearchStrategy]] = {
    village_parts.read_groups: {
        "by": st.sampled_from(sorted(village_parts.PARTS)),
        "metrics": st.just(("households", "open_households")),
    },
    visits.read_workload: {
        "by": st.sampled_from(["grid_code", "helper_id"]),
        "visited": st.lists(st.sampled_from(HOMES), max_size=2).map(tuple),
    },
    lists.read_breakdown: {"by": st.just(("village_code",))},
    figures.read_figures: {
        "by": st.just(("village_code",)),
        "without": st.sampled_from([(), ((LISTED[0], (HOMES[0],)),)]),
    },
}


@st.composite
def cases(
    draw: st.DrawFn, queries: Mapping[str, Callable[..., Any]]
) -> tuple[Callable[..., Any], dict[str, Any], bool]:
    """A query, what it is asked, and whether it may begin with what is kept in memory."""
    query = draw(st.sampled_from([queries[name] for name in sorted(queries)]))
    asked: dict[str, Any] = {"scope": draw(scopes)}
    names = names_asked(query)
    own = _OWN.get(query, {})
    if "metric" in names:
        asked["metric"] = draw(st.sampled_from(LISTED))
    for name in names:
        if name in asked:
            continue
        if name == "filters":
            asked[name] = draw(filters_of(asked["metric"]))
        elif name == "sort":
            asked[name] = draw(sorts_of(asked["metric"]))
        else:
            asked[name] = draw(own[name] if name in own else BY_NAME[name])
    return query, arguments_of(query, asked), draw(st.booleans())


def whole(known: Worlds, *, kept: bool) -> Snapshot:
    """The whole world, with what every reader begins with in memory or worked out for this one."""
    return known[EVERYTHING] if kept else replace(known[EVERYTHING], kept=None)


def check(
    known: Worlds, query: Callable[..., Any], asked: dict[str, Any], kept: bool, *, allowed: Sequence[Any] = ()
) -> Any:
    """Looks whether a query answers as it may; returns the answer (a tuple: the reason of a refusal).

    Args:
        allowed: answers to the same question in the same regions that were found to show nothing outside them.
    """
    scope: Scope = asked["scope"]
    seen = frozenset(code for code in VILLAGES if scope.covers(code))
    answer = answered(whole(known, kept=kept), query, asked)
    if seen != EVERYTHING and answer not in allowed:
        assert answer == answered(known[seen], query, asked), "as if there were nothing else"
    told = str(answer)
    hidden = PERSONAL.keys() - scope.opened if scope.masked else frozenset()
    for code in VILLAGES:
        if code not in seen:
            assert f"H{code}" not in told
        for column, values in secrets_of(code).items():
            if column in hidden or code not in seen:
                assert not [value for value in values if value in told], column
    return answer


def answered(snapshot: Snapshot, query: Callable[..., Any], asked: dict[str, Any]) -> Any:
    """What a query answers, as plain values that can be compared; what it refuses, as the reason."""
    snapshot.connection.rollback()  # so that it sees what is kept by now
    try:
        return plain(query(snapshot, **asked))
    except (ScopeError, NotCollectedError) as error:
        return ("refused", error.key)


def plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        numbered = pd.api.types.is_integer_dtype(value.index)
        return [list(value.columns), sorted(map(str, value.itertuples(index=not numbered, name=None)))]
    if isinstance(value, pd.Series):
        return plain(value.to_frame())
    if isinstance(value, Mapping):
        return [(str(key), plain(one)) for key, one in value.items()]
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, plain(getattr(value, field.name))) for field in fields(value)]
    if isinstance(value, str) or not isinstance(value, Iterator | list | tuple):
        return str(vars(value)) if type(value).__module__.startswith("data_access") else str(value)
    return [plain(one) for one in value]
