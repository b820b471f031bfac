"""Two registers compared: households and persons by their numbers, within what the file speaks of. No database."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from data_access.load.differences import registers
from data_access.load.differences.registers import DAYS, DIFFERENCE, HOUSEHOLD, PERSON, Compared, Register

A, B, FAR = "610902100201", "610902100202", "610902107201"


def register(*homes: tuple[dict[str, Any], Sequence[dict[str, Any]]]) -> Register:
    """Households with their persons; a person is `{"certificate": …}`, numbered within the household."""
    households = [{"village_code": A, "household_type": "lifted_out", "loaded": True, **home} for home, _ in homes]
    persons = [
        {"household_id": home["household_id"], "member_id": f"{at}", "village_code": home.get("village_code", A)} | one
        for home, members in homes
        for at, one in enumerate(members, start=1)
    ]
    return Register(_frame(households, HOUSEHOLD), _frame(persons, PERSON))


def _frame(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    types = {name: "datetime64[s]" if name in DAYS else "bool" if name == "loaded" else "str" for name in columns}
    return pd.DataFrame(rows, columns=list(columns)).astype(types)


def home(number: str, *certificates: str, **columns: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return {"household_id": number, **columns}, [{"certificate": one} for one in certificates]


def compare_registers(there: Register, here: Register) -> Compared:
    return registers.compare_registers(there, here, from_percent=50)


def found(compared: Compared) -> set[tuple[str, ...]]:
    """Matter, household, what the file says, what is held, effect."""
    assert tuple(compared.rows) == DIFFERENCE
    columns = ["matter", "household_id", "there", "here", "effect"]
    return {tuple(row) for row in compared.rows[columns].itertuples(index=False)}


SAME = home("H1", "a", "b")


def test_the_same_register_does_not_differ() -> None:
    compared = compare_registers(register(SAME, home("H2", "c")), register(home("H2", "c"), SAME))
    assert (found(compared), compared.unheld.empty, compared.not_looked_for) == (set(), True, 0)


def test_households_and_persons_of_one_side_only_count_once() -> None:
    there = register(home("H1", "a", "new"), home("H3", "x", "y", "z"))
    here = register(home("H1", "a", "old"), home("H4", "p", "q"))
    assert found(compare_registers(there, here)) == {
        ("household_only_there", "H3", "3", "", "added"),
        ("household_only_here", "H4", "", "2", "kept"),
        ("id_number", "H1", "", "", "takes"),
    }
    # With numbers of persons that differ, too, nothing says that they are one person.
    there.persons["member_id"] = "n" + there.persons["member_id"]
    assert {row[0] for row in found(compare_registers(there, here))} == {
        *("household_only_there", "household_only_here", "person_only_there", "person_only_here")
    }


@pytest.mark.parametrize(
    ("said", "held", "expected"),
    [
        ({"household_type": "general"}, {}, ("household_type", "general", "lifted_out", "takes")),
        ({"household_type": None}, {}, None),  # a blank says nothing
        ({"village_code": B}, {}, ("village", B, A, "takes")),
        ({"category": "sudden"}, {"category": "marginal"}, ("category", "sudden", "marginal", "takes")),
        ({"head": "a"}, {"head": "b"}, ("head", "", "", "takes")),
        ({"head": None}, {"head": "b"}, None),
        ({"helper_id": "F2"}, {"helper_id": "F1"}, ("helper", "F2", "F1", "takes")),
        ({"helper": "张三"}, {"helper": "李四", "helper_id": "F1"}, ("helper", "", "F1", "kept")),
        ({"helper": "张三"}, {"helper": "张三", "helper_id": "F1"}, None),
        ({}, {"closed_on": "2022-05-01"}, ("household_closed", "", "2022-05-01", "kept")),
    ],
)
def test_values_of_a_household(
    said: dict[str, Any], held: dict[str, Any], expected: tuple[str, str, str, str] | None
) -> None:
    there, here = register(home("H1", "a", **said)), register(home("H1", "a", **held))
    rows = {(matter, *rest) for matter, _, *rest in found(compare_registers(there, here))}
    assert rows == (set() if expected is None else {expected})


MARGINAL = {"category": "marginal", "outcome": "open", "identified_on": "2022-03-17"}


@pytest.mark.parametrize(
    ("said", "held", "expected"),
    [
        ({"identified_on": "2022-03-01"}, {}, None),  # of the same month
        ({"identified_on": "2022-04-01"}, {}, ("identified_on", "2022-04", "2022-03", "kept")),
        ({"outcome": "eliminated"}, {}, ("outcome", "eliminated", "open", "takes")),
        ({}, {"outcome": "eliminated"}, ("outcome", "open", "eliminated", "kept")),
        (
            {"outcome": "eliminated", "eliminated_on": "2022-09-01"},
            {"outcome": "eliminated", "eliminated_on": "2022-08-31"},
            ("eliminated_on", "2022-09", "2022-08", "kept"),
        ),
        ({"category": None, "identified_on": None}, {}, ("category", "", "marginal", "kept")),
    ],
)
def test_days_of_a_case(said: dict[str, Any], held: dict[str, Any], expected: tuple[str, ...] | None) -> None:
    other = home("H9", "z", **MARGINAL)
    there = register(home("H1", "a", **MARGINAL | said), other)
    here = register(home("H1", "a", **MARGINAL | held), other)
    rows = {(matter, *rest) for matter, _, *rest in found(compare_registers(there, here))}
    assert rows == (set() if expected is None else {expected})


def test_a_sheet_without_a_column_of_categories_says_nothing_of_them() -> None:
    assert found(compare_registers(register(SAME), register(home("H1", "a", "b", **MARGINAL)))) == set()


def test_a_household_split_in_two() -> None:
    there = register(home("H1", "a", "b"), home("H2", "c", "d"))
    here = register(home("H1", "a", "b", "c", "d"))
    assert found(compare_registers(there, here)) == {
        ("household_only_there", "H2", "2", "", "added"),
        ("members", "H1", "2", "4", "takes"),  # nobody is only here
        ("person_elsewhere", "H2", "H2", "H1", "doubled"),
    }


def test_a_person_in_two_households_of_the_sheet_and_one_here_in_two() -> None:
    there = register(home("H1", "a"), home("H2", "b", "a"), home("H3", "c"), home("H4", "d"))
    here = register(home("H1", "a"), home("H2", "b"), home("H3", "c"), home("H4", "d", "c"))
    assert found(compare_registers(there, here)) == {
        ("person_elsewhere", "H2", "H2", "H1", "doubled"),
        ("members", "H2", "2", "1", "takes"),
        ("person_elsewhere", "H4", "H3", "H4", "kept"),
        ("members", "H4", "1", "2", "takes"),
    }


def test_a_family_with_another_number_is_one_household() -> None:
    there, here = register(home("N1", "a", "b", "new")), register(home("H1", "a", "b"))
    here.persons["member_id"] = "h" + here.persons["member_id"]
    assert found(compare_registers(there, here)) == {
        ("household_number", "N1", "N1", "H1", "doubled"),
        ("members", "N1", "3", "2", "takes"),
        ("person_only_there", "N1", "", "", "added"),
    }


def test_who_left_here_is_told_and_does_not_count() -> None:
    there = register(home("H1", "a", "b"))
    here = register(({"household_id": "H1"}, [{"certificate": "a"}, {"certificate": "b", "left_on": "2022-06-01"}]))
    assert found(compare_registers(there, here)) == {
        ("person_left", "H1", "", "2022-06-01", "kept"),
        ("members", "H1", "2", "1", "takes"),
    }


def test_a_file_says_nothing_of_other_villages_and_of_classes_of_which_it_names_few() -> None:
    general = [home(f"G{number}", f"g{number}", household_type="general") for number in range(3)]
    here = register(SAME, home("H2", "c", village_code=B), home("H3", "d"), *general)
    compared = compare_registers(register(SAME, general[0]), here)
    assert found(compared) == {("household_only_here", "H3", "", "1", "kept")}
    assert (compared.not_looked_for, compared.unheld.empty) == (2, True)
    monitored = home("H1", "a", "b", **MARGINAL)
    compared = compare_registers(register(monitored), register(monitored, home("H2", "c")))
    assert (found(compared), compared.not_looked_for) == (set(), 1), "a list of monitored households"


def test_where_nothing_is_held_households_are_counted_and_not_listed() -> None:
    there = register(SAME, home("H2", "c"), home("H7", "x", "y", village_code=FAR), home("H8", "z", village_code=FAR))
    compared = compare_registers(there, register(SAME))
    assert found(compared) == {("household_only_there", "H2", "1", "", "added")}
    assert compared.unheld.to_dict("records") == [{"township_code": "610902107", "households": 2, "persons": 3}]
    compared = compare_registers(there, register())
    assert (found(compared), compared.unheld["households"].sum()) == (set(), 4)


def test_of_a_rejected_household_nothing_is_taken() -> None:
    there = register(home("H1", "a", household_type="general", loaded=False), home("H2", "b", loaded=False))
    assert found(compare_registers(there, register(home("H1", "a"), home("H3", "c")))) == {
        ("household_type", "H1", "general", "lifted_out", "not_loaded"),
        ("household_only_there", "H2", "1", "", "not_loaded"),
        ("household_only_here", "H3", "", "1", "kept"),
    }
