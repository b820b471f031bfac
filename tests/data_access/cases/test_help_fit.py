"""Help that does not fit the cause: what must be there, what must not, and from which day."""

from datetime import date
from typing import Any

from data_access.cases.help_fit import load_help_fit
from data_access.database.engine import Snapshot
from data_access.lists import lists
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import Rows, household, merged, village

ON = date(2022, 9, 30)


def found(make_database: MakeDatabase, *homes: Rows) -> list[tuple[str, ...]]:
    with make_database(merged(village(), *homes)).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        rows = lists.read_list(
            snapshot,
            scope=Scope.district(),
            request=lists.ListRequest(metric="help_misfits", on=ON, offset=0, limit=99),
            language="zh",
        )
    keys = rows[["household_id", "misfit", "cause", "help_item"]]
    return sorted(tuple(row) for row in keys.itertuples(index=False))


def case(
    name: str, *kinds: str, labour: int | None = 0, identified_on: date = date(2022, 8, 30), **causes: Any
) -> Rows:
    """A case without labour and identified long enough ago to need its first measure, unless told otherwise."""
    return household(
        name,
        indicators={"labor_n": labour},
        cases=[{"identified_on": identified_on, **causes}],
        measures=[{"kind": kind} for kind in kinds],
    )


def test_a_cause_is_answered_by_one_of_its_kinds_of_measure(make_database: MakeDatabase) -> None:
    assert found(
        make_database,
        case("fits", "water", cause_1="unsafe_water"),
        case("moved", "relocation", cause_1="unsafe_housing"),
        case("second cause", "health", cause_1="illness", cause_5="schooling"),
        case("no rule", "social", cause_1="other"),
        case("nothing", cause_1="unsafe_water"),
    ) == [
        ("nothing", "cause_unanswered", "unsafe_water", "case"),
        ("second cause", "cause_unanswered", "schooling", "case"),
    ]


def test_a_cause_is_unanswered_from_the_day_its_first_measure_is_due(make_database: MakeDatabase) -> None:
    assert found(
        make_database,
        case("due today", cause_1="illness", identified_on=date(2022, 8, 30)),
        case("due tomorrow", cause_1="illness", identified_on=date(2022, 9, 1)),
    ) == [("due today", "cause_unanswered", "illness", "case")]


def test_a_reserved_kind_needs_one_of_its_causes(make_database: MakeDatabase) -> None:
    need = {"household_id": "need", "need_id": "N", "case_id": "need-C1", "kind": "water"}
    assert found(
        make_database,
        case("third cause", "health", "water", cause_1="illness", cause_3="unsafe_water"),
        case("never", "health", "water", cause_1="illness"),
        case("free kind", "health", "industry", cause_1="illness"),
        case("need", "health", cause_1="illness"),
        {"need": [need]},
    ) == [
        ("need", "kind_without_cause", "illness", "need"),
        ("never", "kind_without_cause", "illness", "measure"),
    ]


def test_labour_with_social_security_only_or_long_without_development_is_doubtful(make_database: MakeDatabase) -> None:
    old, young = date(2022, 3, 30), date(2022, 4, 1)
    other: dict[str, Any] = {"cause_1": "other"}
    assert found(
        make_database,
        case("only security", "security", labour=1, identified_on=young, **other),
        case("no labour", "security", identified_on=old, **other),
        case("labour unknown", "security", labour=None, identified_on=old, **other),
        case("six months", "social", labour=1, identified_on=old, **other),
        case("not yet", "social", labour=1, identified_on=young, **other),
        case("works", "security", "public_post", labour=1, identified_on=old, **other),
    ) == [
        ("only security", "security_only", "other", "case"),
        ("six months", "no_development", "other", "case"),
    ]


def test_the_declaration_names_causes_and_kinds_that_exist() -> None:
    fit, codes = load_help_fit(), load_codes()
    assert {*fit.required, *(cause for causes in fit.reserved.values() for cause in causes)} <= set(codes["cause"])
    kinds = {*fit.reserved, *fit.development, *fit.security, *(kind for one in fit.required.values() for kind in one)}
    assert kinds <= set(codes["measure_kind"])
