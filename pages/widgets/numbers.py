"""Numbers as people in the field write them: exact below 100,000, in 万 above; shares with one decimal; a dash where
nothing is known."""

from babel.numbers import format_decimal

from data_access.facts.metrics import Metric
from data_access.inspection.rates import wilson
from pages.shell import view_state
from pages.shell.texts import language, locale, t

_WAN = 10_000
_MILLION = 1_000_000
_EXACT_BELOW = 100_000
_EXACT_IN_WAN = 100
_NEARLY_ALL, _ALL = 99.9, 100


def count(number: float | None) -> str:
    """A count: 18392, 14.8万, 1.23万 where two decimals say it exactly; in English 18,392. A dash if there is none."""
    if number is None or number != number:
        return t("value.none")
    whole = round(number)
    if language() != "zh":
        return format_decimal(whole, locale=locale())
    if abs(whole) >= _EXACT_BELOW or (abs(whole) >= _WAN and whole % _EXACT_IN_WAN == 0):
        return f"{format_decimal(whole / _WAN, format='0.##', locale=locale())}万"
    return str(whole)


def exact(number: float) -> str:
    """A whole number to its last digit, however large, where it is that of a list or a file: 148000; in English
    148,000."""
    return str(round(number)) if language() == "zh" else count(number)


def change(number: float) -> str:
    """A change of a count, with its sign: +23, −5, 0."""
    if round(number) == 0:
        return "0"
    return ("+" if number > 0 else "−") + count(abs(number))


def one_decimal(number: float) -> str:
    """An average: 8.8."""
    return format_decimal(number, format="0.0", locale=locale())


def share(number: float | None) -> str:
    """A share in per cent with one decimal; a dash if there is none. Only the whole is shown as 100%."""
    if number is None:
        return t("value.none")
    shown = _NEARLY_ALL if _NEARLY_ALL < number < _ALL else number
    return f"{format_decimal(shown, format='0.0', locale=locale())}%"


def rate(found: int, of: int) -> str:
    """A sample's share with its 95 % interval and its counts: 12.3%（8.0%–18.4%，19/155）; a dash if there are none.

    Raises ValueError if more was found than was looked at.
    """
    interval = wilson(found, of)
    if interval is None:
        return t("value.none")
    low, high = (share(100 * end) for end in interval)
    return t("value.rate", share=share(100 * found / of), low=low, high=high, wrong=found, compared=of)


def yuan(amount: float) -> str:
    """An amount of money: 12732元, 5913.8万元; in English 12,732 yuan, 59.1 million yuan."""
    chinese = language() == "zh"
    if abs(amount) < (_EXACT_BELOW if chinese else _MILLION):
        return t("unit.元", number=exact(amount))
    large = amount / (_WAN if chinese else _MILLION)
    return t("unit.large_yuan", number=format_decimal(large, format="0.0", locale=locale()))


def points(number: float) -> str:
    """A difference of shares in percentage points, with its sign and one decimal."""
    size = format_decimal(abs(number), format="0.0", locale=locale())
    if size == format_decimal(0, format="0.0", locale=locale()):
        return size
    return ("+" if number > 0 else "−") + size


def in_unit(number: float | None, *, metric: Metric) -> str:
    """A metric's value with its unit: 23户, 56.9%. Where there is none: that it is not collected here, or a dash."""
    if number is None:
        return t("value.none") if view_state.collects(metric) else t("figure.not_collected")
    if metric.unit == "%":
        return share(number)
    if metric.unit == "元":
        return yuan(number)
    is_average = metric.denominator is not None and metric.per == 1 and number % 1 != 0
    return t(f"unit.{metric.unit}", number=one_decimal(number) if is_average else count(number))


def both_in_unit(households: float | None, persons: float | None, *, metric: Metric) -> str:
    """A headline of households and the persons in them, as far as both are known."""
    if households is None or persons is None:
        return in_unit(households, metric=metric)
    return households_and_persons(households, persons)


def households_and_persons(households: float, persons: float) -> str:
    """The usual headline, both at once: 5408户18392人."""
    return t("value.households_persons", households=count(households), persons=count(persons))
