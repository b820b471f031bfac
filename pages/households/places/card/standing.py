"""What the township stands at, and what changed in the month."""

from data_access.facts.metrics import load_metrics
from pages.households.places.card.reading import Card, heading
from pages.shell.texts import language, t
from pages.widgets import numbers

STANDS_AT = (
    "monitored_households",
    "eliminated_households",
    "open_households",
    "open_persons",
    "red_households",
    "yellow_households",
    "undetermined_households",
)
SHARES = ("open_share", "in_work_share", "completeness")
FLOWS = ("identified_households", "rolled_back_households", "newly_eliminated_households", "ended_households")


def show(card: Card) -> None:
    """The figures with their change, the shares beside the district's, and the flows of the month."""
    heading(t("card.standing"))
    for key in STANDS_AT:
        card.line(key, with_change=True)
    for key in SHARES:
        metric = load_metrics()[key]
        text = t("strip.matter", number=numbers.in_unit(card.value(key), metric=metric), name=metric.label[language()])
        if card.sees_all:
            whole = numbers.in_unit(card.value(key, place=card.view.county), metric=metric)
            text = f"{text} :gray[{t('card.district', whole=card.view.regions.whole(language()), number=whole)}]"
        card.link(key, text=text)
    heading(t("card.flows", month=card.view.month_name()))
    for key in FLOWS:
        card.line(key)
