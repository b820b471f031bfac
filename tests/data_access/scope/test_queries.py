"""Whatever anybody asks, a query gives what it would give if nothing outside the reader's scope existed, and shows no
name or number that is not open to the reader.

Every query in each kind of scope, under every mask where a mask changes its answers, and 185 forged questions. `make
fuzz` asks more than 10,000 made up by chance; that every statement is bound by the scope is proven in
`test_statements.py`, and what a scope makes of its regions, forged ones too, in `test_scope.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from data_access.cases import visits
from data_access.clock import Months, month_number
from data_access.income.incomes import BASES
from data_access.lists import figures, lists, village_parts
from data_access.lists.selection import Condition, Selection, load_fields
from data_access.quality.validation import rules_run
from data_access.region_codes import LEVELS
from data_access.scope import Scope
from tests.support.lists import arguments_of, names_asked
from tests.support.scope_cases import (
    HOMES,
    LISTED,
    LISTS,
    LOOKED_UP,
    QUERIES,
    SELECTIONS,
    Worlds,
    answered,
    cases,
    check,
    whole,
)
from tests.support.worlds import DEPARTMENT, TOWNSHIPS, VILLAGES, head_name, id_number, member_name, phone, worlds

pytestmark = pytest.mark.opens_a_database

REGIONS: Mapping[str, tuple[str, ...] | None] = {
    "everybody": None,
    "a township and a village": (TOWNSHIPS[0], VILLAGES[-1]),
    "nobody": (),
}
MASKS: Mapping[str, Mapping[str, Any]] = {
    "masked": {},
    "unmasked": {"masked": False},
    "columns opened": {"opened": frozenset({"head_id_no", "member_name"})},
    "a place and a household unmasked": {"unmasked_places": (VILLAGES[0],), "unmasked_households": (HOMES[2],)},
}
DAY = date(2022, 9, 30)
ASKED: Mapping[str, tuple[Any, ...]] = {
    "on": (DAY,),
    "until": (DAY,),
    "today": (date(2022, 10, 30),),
    "months": (Months(first=month_number(date(2021, 5, 1)), cut_off=DAY),),
    "language": ("zh", "en"),
    "household_id": (HOMES[0], HOMES[-1], HOMES[4]),
    "codes": (VILLAGES,),
    "item": (("water_problem", "house_grade"),),
    "household_ids": (tuple(HOMES),),
    "things_of": ("clue_result", "need_met"),
    "project_ids": (tuple(f"XM{code}" for code in VILLAGES),),
    "township": TOWNSHIPS,
    "year": (DAY.year,),
    "weeks": (10,),
    "basis": tuple(sorted(BASES)),
    "level": LEVELS,
    "limits": ((5_000, 10_000),),
    "offset": (0,),
    "limit": (50,),
    "rows": (2_048,),
    "text": ("司", HOMES[-1], head_name(HOMES[0]), member_name(HOMES[-1], 1), id_number(HOMES[4], 0), phone(HOMES[-1])),
    "selection": (
        Selection(columns=tuple(key for key, field in load_fields().items() if field.kind != "rule")),
        Selection(conditions=(Condition("rule", "is", ("water_unsafe",)),), columns=("head_name", "phone")),
    ),
    "concluded": ((), ((HOMES[0], "watch"), (HOMES[-1], "include"))),
    "without": ((), (HOMES[0],)),
    "left_out": ((), ((LISTED[0], (HOMES[0],)),)),
    "descending": (False, True),
    "rules_of": (DAY,),
    "rules": (None, rules_run(on=DAY, is_sample=False)),
    "metric": tuple(LISTED[:: len(LISTED) // len(REGIONS)]),
    "metrics": (tuple(LISTED[:3]),),
    "filters": ((), (("group_no", "1"),), (("rule", "water_unsafe"),)),
    "sort": (None, "head_name"),
    "tell": (lambda *_: None,),
    "asked": (tuple((f"R{home}", "clue_result", home, f"{home}-L1", "2022-09-20", "{}") for home in HOMES),),
}
"""Name of an argument -> what it is asked with, one after the other."""
OWN: Mapping[Any, Mapping[str, tuple[Any, ...]]] = {
    village_parts.read_groups: {"by": tuple(sorted(village_parts.PARTS))},
    visits.read_workload: {"by": ("grid_code", "helper_id"), "visited": ((), (HOMES[0],))},
    lists.read_breakdown: {"by": (("village_code",),)},
    figures.read_figures: {"by": (("village_code",),), "without": ((), ((LISTED[0], (HOMES[0],)),))},
}
"""What a query understands in its own way."""


@pytest.fixture(scope="module")
def known_worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    with worlds(tmp_path_factory.mktemp("worlds")) as made:
        yield made


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_answers_as_if_there_were_nothing_outside_the_scope(known_worlds: Worlds, name: str) -> None:
    query, given, hides = QUERIES[name], [], False
    every = list(REGIONS.values())
    for turn in range(len(ASKED["text"]) if "text" in names_asked(query) else len(every)):
        regions = every[turn % len(every)]
        asked = _asked(query, turn=turn)
        answers: list[Any] = []
        for mask in list(MASKS.values())[: 2 if regions is None else None]:
            if len(answers) == 1 and turn and not hides:
                break  # not even of everybody does it tell what a mask hides
            if len(answers) == 2 and answers[0] == answers[1]:
                break  # a mask changes nothing, nor does a part of it
            scope = Scope(regions=regions, actions=frozenset(), **mask)
            kept = bool(answers) or turn % 2 == 1  # worked out anew, and out of what is kept
            answers.append(
                check(known_worlds, query, arguments_of(query, {"scope": scope, **asked}), kept=kept, allowed=answers)
            )
        hides = hides or any(answer != answers[0] for answer in answers)
        given += answers
    assert not all(isinstance(answer, tuple) for answer in given), "it is answered, not always refused"


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_department_is_told_of_no_household_but_those_with_something_of_it(known_worlds: Worlds, name: str) -> None:
    query = QUERIES[name]
    scope = Scope(regions=None, masked=False, department=DEPARTMENT, actions=frozenset())
    by_number = {"household_id", "text"} & set(names_asked(query))  # of one of theirs, and of another
    for turn in (0, 1) if by_number else (len(name) % 2,):
        asking = arguments_of(query, {"scope": scope, **_asked(query, turn=turn)})
        told = str(answered(whole(known_worlds, kept=turn == 1), query, asking))
        assert "rows_of_no_household" not in told
        for home in HOMES[1::2]:
            said = (home, head_name(home), member_name(home, 1), id_number(home, 0), phone(home))
            assert not [one for one in said if one in told]


def _asked(query: Callable[..., Any], *, turn: int) -> dict[str, Any]:
    """What a query is asked besides the scope."""
    return {
        argument: values[turn % len(values)]
        for argument in names_asked(query)
        if argument != "scope"
        for values in [OWN.get(query, {}).get(argument) or ASKED[argument]]
    }


@pytest.mark.parametrize(("metric", "rows"), [("households", 1), ("clues_open", 2)])
def test_a_department_sees_all_of_the_households_with_a_clue_of_it(
    known_worlds: Worlds, metric: str, rows: int
) -> None:
    scope = Scope(regions=None, masked=False, department=DEPARTMENT, actions=frozenset())
    asked = {"scope": scope, "metric": metric, "on": DAY, "language": "zh"}
    query = LISTS["data_access.lists.lists.read_list"]
    listed = query(whole(known_worlds, kept=False), **arguments_of(query, asked))
    assert sorted(listed["household_id"]) == sorted(HOMES[::2] * rows)


@pytest.mark.parametrize(
    ("queries", "number"),  # a question about a list takes as long as ten about a selection
    [(LISTS, 25), (SELECTIONS, 100), (LOOKED_UP, 60)],
    ids=["lists", "selections", "looked up"],
)
def test_a_forged_question_shows_nothing_outside_the_scope(
    known_worlds: Worlds, queries: Mapping[str, Any], number: int
) -> None:
    @given(case=cases(queries))
    @settings(
        max_examples=number,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    def ask(case: tuple) -> None:
        check(known_worlds, *case)

    ask()
