"""Numbers as the field writes them: exact below 100,000, in 万 above; shares with one decimal; nothing where nothing
is known."""

from babel.numbers import format_decimal

from data_access.metrics import Metric
from pages.components.texts import language, locale, t

_WAN = 10_000
_EXACT_BELOW = 100_000
_EXACT_IN_WAN = 100


def count(number: float) -> str:
    """A count: 18392, 14.8万, 1.23万 where two decimals say it exactly; in English 18,392."""
    whole = round(number)
    if language() != "zh":
        return format_decimal(whole, locale=locale())
    if abs(whole) >= _EXACT_BELOW or (abs(whole) >= _WAN and whole % _EXACT_IN_WAN == 0):
        return f"{format_decimal(whole / _WAN, format='0.##', locale=locale())}万"
    return str(whole)


def change(number: float) -> str:
    """A change of a count, with its sign: +23, −5, 0."""
    if round(number) == 0:
        return "0"
    return ("+" if number > 0 else "−") + count(abs(number))


def share(number: float | None) -> str:
    """A share in per cent with one decimal; a dash where there is none."""
    return t("value.none") if number is None else f"{format_decimal(number, format='0.0', locale=locale())}%"


def in_unit(number: float | None, *, metric: Metric) -> str:
    """A metric's value with its unit: 23户, 56.9%."""
    if number is None:
        return t("value.none")
    if metric.unit == "%":
        return share(number)
    return t(f"unit.{metric.unit}", number=count(number))


def households_and_persons(households: float, persons: float) -> str:
    """The headline of the field, both at once: 5408户18392人."""
    return t("value.households_persons", households=count(households), persons=count(persons))
