"""Which rules are in force where certain files were delivered: never connected, connected, late; without a database."""

from datetime import date
from pathlib import Path

import pytest

from data_access.clock import months_after
from data_access.declarations import DeclarationError
from data_access.risk.answers import points_of
from data_access.risk.rulebook import RuleBook, load_rulebook
from data_access.risk.sources import Coverage, Files, read_sources

ON = date(2022, 9, 30)
BOOK = load_rulebook()
COLUMNS = sorted({name for rule in BOOK.rules for name in rule.columns})


def book(*, without: tuple[str, ...] = (), since: date = date(2021, 5, 1), files: tuple[Files, ...] = ()) -> RuleBook:
    """The rule book where a sheet had every column but some."""
    return BOOK.here(Coverage(tuple((name, since) for name in COLUMNS if name not in without), files))


def costs(first: date, newest: date) -> Files:
    return Files("push_medical_insurance", first=first, newest=newest, load_id=2)


def out_of_force(rulebook: RuleBook, *, on: date = ON) -> set[str]:
    return {rule.id for rule in rulebook.rules_laid_down(on=on)} - {rule.id for rule in rulebook.rules_in_force(on=on)}


def test_where_nobody_asked_what_was_delivered_every_rule_is_in_force() -> None:
    assert out_of_force(BOOK) == out_of_force(book()) == set()
    assert BOOK.late_on(on=ON) == BOOK.event_sources(on=ON) == ()


@pytest.mark.parametrize(
    ("column", "rules"),
    [
        ("accident", {"accident"}),
        ("water_problem", {"water_unsafe"}),
        ("compliant_self_pay", {"self_pay_general", "self_pay_lifted_out", "self_pay_share"}),
        ("last_net_income", set()),  # the persons of that year came with it: a blank in a source that is connected
        ("wage_income", set()),
        ("disaster_loss", set()),
    ],
)
def test_a_rule_whose_source_never_came_is_not_in_force(column: str, rules: set[str]) -> None:
    assert out_of_force(book(without=(column,))) == rules


def test_a_rule_needs_all_its_sources_and_says_which_are_lacking() -> None:
    found = book(without=("last_net_income", "last_income_persons"))
    assert out_of_force(found) == {"income_fall"}
    fall = next(rule for rule in found.rules if rule.id == "income_fall")
    assert [source.key for source in found.lacking(fall, on=ON)] == ["income_before"]


def test_a_source_is_connected_from_the_first_day_on_which_it_says_something() -> None:
    found = book(since=date(2022, 3, 10))
    assert len(found.rules_in_force(on=date(2022, 3, 9))) == 0
    assert out_of_force(found, on=date(2022, 3, 10)) == set()
    assert date(2022, 3, 10) in found.changes(after=date(2022, 2, 28), until=ON)


def test_lists_of_events_connect_a_source_and_speak_until_the_next_one_is_late() -> None:
    found = book(without=("compliant_self_pay",), files=(costs(date(2022, 3, 31), date(2022, 6, 30)),))
    days = [date(2022, 3, 30), date(2022, 3, 31), date(2022, 8, 9), date(2022, 8, 10)]
    assert ["self_pay_share" in out_of_force(found, on=day) for day in days] == [True, False, False, False]
    assert [len(found.event_sources(on=day)) for day in days] == [0, 1, 1, 0]
    assert [[source.key for source in found.late_on(on=day)] for day in days] == [[], [], [], ["medical_cost"]]
    assert {days[1], days[3]} <= set(found.changes(after=date(2022, 2, 28), until=ON))


@pytest.mark.parametrize(
    ("since", "filled", "compared"),
    [
        (date(2021, 5, 1), 95.0, True),
        (date(2021, 5, 1), 94.9, False),  # what the list says of whom it does not name decides for many
        (date(2022, 3, 30), 100.0, True),
        (date(2022, 3, 31), 100.0, False),  # the list itself brought them
    ],
)
def test_months_before_and_after_a_first_list_are_compared_where_it_only_fills_gaps(
    since: date, filled: float, compared: bool
) -> None:
    columns = tuple((name, since if name == "house_grade" else date(2021, 5, 1)) for name in COLUMNS)
    lists = (Files("push_housing", first=date(2022, 3, 31), newest=date(2022, 3, 31), load_id=2),)
    found = BOOK.here(Coverage(columns, filled=(("house_grade", filled),), files=lists))
    assert (date(2022, 3, 31) in found.connected_days) is not compared
    assert date(2022, 3, 31) in found.changes(after=date(2022, 3, 30), until=ON)


def test_what_a_source_brought_before_is_not_taken_away_with_what_it_began_to_bring() -> None:
    whole = Coverage(
        (("house_grade", date(2021, 5, 1)), ("dropout_n", date(2022, 3, 10))),
        files=(
            Files("push_housing", date(2022, 3, 31), ON, load_id=2),
            Files("push_education", date(2022, 2, 28), ON, load_id=2),
        ),
    )
    sources = [BOOK.sources[key] for key in ("house_grade", "schooling")]
    before = whole.without(sources, since=date(2022, 3, 1))
    assert before.columns == whole.columns[:1]
    assert before.files == whole.files[1:]


def test_whom_a_list_does_not_name_had_no_event_and_a_value_counts_all_the_same() -> None:
    rule = next(rule for rule in BOOK.rules if rule.id == "self_pay_general")

    def points(paid: int | None, unnamed: bool | None) -> int | None:
        answers = {"household_type": "general", "compliant_self_pay": paid, "unnamed_medical_cost": unnamed}
        return points_of(rule, answers, rulebook=BOOK, on=ON)

    assert [points(None, True), points(None, False), points(None, None)] == [0, None, None]
    assert points(30_000, True) == points(30_000, False) == 14


def test_every_change_says_what_it_is() -> None:
    found = book(without=("compliant_self_pay",), files=(costs(date(2022, 3, 31), date(2022, 6, 30)),))
    told = {
        day: [(change.kind, change.label and change.label.zh) for change in found.changes_on(day)]
        for day in found.changes(after=date(2021, 5, 1), until=ON)
    }
    assert told == {
        date(2022, 1, 1): [("rule", "有补充医疗或防贫保险")],
        date(2022, 3, 31): [("connected", "医保自付支出")],
        date(2022, 8, 10): [("late", "医保自付支出")],
    }
    silent = book(without=("extra_insurance",))
    assert silent.changes_on(date(2022, 1, 1)) == ()  # a rule that judges nobody here


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 12, 5), 12, date(2023, 12, 5)),
    ],
)
def test_months_after_a_day(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def test_a_column_that_two_sources_bring_is_refused(tmp_path: Path) -> None:
    one = "{label: {zh: 甲, en: A}, columns: [accident], files: [persons], every_months: 1, status: placeholder}"
    (tmp_path / "sources.yaml").write_text(f"a: {one}\nb: {one}\n", encoding="utf-8")
    with pytest.raises(DeclarationError) as refused:
        read_sources(tmp_path / "sources.yaml")
    assert (refused.value.place, refused.value.kind) == ("b.columns.0", "stands_twice")
