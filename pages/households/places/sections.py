"""What is shown below the map and the comparison; the link remembers the choice."""

from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice
from pages.widgets.card_link import SECTION as CARD

SECTIONS = ("below", "households", "items", CARD)


def is_card() -> bool:
    """Whether the whole page is the card of a township."""
    return view_state.remembered("section", known=set(SECTIONS), default=SECTIONS[0]) == CARD


def choose() -> str:
    """Let the reader choose: a value of SECTIONS."""
    names = {section: t(f"places.section_{section}") for section in SECTIONS}
    return link_choice.choose("section", names, label=t("places.section"))
