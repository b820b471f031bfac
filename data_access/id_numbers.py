"""The check character of an ID number (GB 11643): each of the first seventeen digits has a weight, and their weighted
sum modulo eleven determines the eighteenth."""

from operator import mul

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
"""Indexed by the remainder."""

LENGTH = len(WEIGHTS) + 1

OLD_LENGTH = 15
"""Numbers of cards issued before 1999: without the century and the check character."""


def check_character(number: str) -> str:
    """The check character of an ID number, from its first seventeen digits."""
    digits = map(int, number[: len(WEIGHTS)])
    return CHECK_CHARACTERS[sum(map(mul, digits, WEIGHTS)) % len(CHECK_CHARACTERS)]
