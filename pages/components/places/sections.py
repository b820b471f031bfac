"""What stands below map and comparison; the link keeps the choice."""

from pages.components import switch
from pages.components.texts import t

SECTIONS = ("below", "households", "items")


def choose() -> str:
    """Let the reader choose: a value of SECTIONS."""
    names = {section: t(f"places.section_{section}") for section in SECTIONS}
    return switch.choose("section", names, label=t("places.section"))
