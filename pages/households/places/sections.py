"""What is shown below the map and the comparison; the link remembers the choice."""

from pages.shell.texts import t
from pages.widgets import link_choice

SECTIONS = ("below", "households", "items")


def choose() -> str:
    """Let the reader choose: a value of SECTIONS."""
    names = {section: t(f"places.section_{section}") for section in SECTIONS}
    return link_choice.choose("section", names, label=t("places.section"))
