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


def of_person(certificate: str) -> str:
    """The ID number behind the number of a certificate, by which a person is the same: that of a disability begins with
    it, and a card of 15 digits is one of a person born before 2000. Any other number is returned as it is."""
    number = certificate.strip().upper()
    if len(number) > LENGTH and number[: len(WEIGHTS)].isdigit():
        return number[:LENGTH]
    if len(number) == OLD_LENGTH and number.isdigit():
        number = f"{number[:6]}19{number[6:]}"
        return number + check_character(number)
    return number
