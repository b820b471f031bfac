"""What is shown below the map and the comparison; the link remembers the choice."""

from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import link_choice
from pages.widgets.card_link import SECTION as CARD

SECTIONS = ("below", "households", "items", CARD)


def is_card(view: View) -> bool:
    """Whether the whole page is the card of a township."""
    return view_state.remembered("section", known=set(_offered(view)), default=SECTIONS[0]) == CARD


def choose(view: View) -> str:
    """Let the reader choose: a value of SECTIONS. The card is offered to who sees a township."""
    names = {section: t(f"places.section_{section}") for section in _offered(view)}
    return link_choice.choose("section", names, label=t("places.section"))


def _offered(view: View) -> tuple[str, ...]:
    sees_one = any(view_state.scope().opens(township) for township in view.children(view.county))
    return SECTIONS if sees_one else tuple(section for section in SECTIONS if section != CARD)
