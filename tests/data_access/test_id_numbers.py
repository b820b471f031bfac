"""ID numbers."""

from data_access.id_numbers import check_character


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_character("11010519491231002") == "X"  # the example of GB 11643
