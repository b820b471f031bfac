"""抽签: the seed is a hash that stands before the meeting and a number called out in it; the first draw of a month
binds."""

from dataclasses import dataclass

import streamlit as st

from data_access import door
from data_access.dispatch import editions
from data_access.inspection import draws, seeds
from data_access.inspection.draws import Draw
from data_access.inspection.seeds import DATA, EDITION, SeedBase
from data_access.ledger.declaration import LONGEST_TEXT
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets.record_form import RecordForm


@dataclass(frozen=True)
class Ceremony:
    """What was entered: the base of the seed, the number, and why it is drawn again if it is."""

    base: SeedBase
    called: str
    reason: str
    again: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.called.strip()) and (bool(self.reason.strip()) or not self.again)

    def noted_on(self, made: Draw) -> Draw:
        """A draw with what its seed was made of. Raises LedgerError for what is no number."""
        return draws.with_seed_of(made, self.base, called=self.called, reason=self.reason.strip())

    @property
    def seed(self) -> str:
        """The seed. Raises LedgerError for what is no number."""
        return seeds.seed_of(self.base, self.called)


def ask(view: View, *, kind: str, month: str, form: RecordForm, key: str) -> Ceremony:
    """The hash that stands, the number, and, where the month was drawn, the reason to draw again."""
    version = view.current.facts.version
    base = editions.seed_base(door.ledger(), month=month, version=version, scope=view_state.scope())
    again = kind in draws.BINDING and draws.is_drawn(door.ledger(), kind=kind, month=month)
    st.markdown(base_words(base))
    if again:
        st.warning(t("draw.again"), icon=":material/repeat:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = st.text_input(
            t("draw.called"),
            max_chars=LONGEST_TEXT,
            help=t("draw.called_help"),
            key=form.key(f"{key}_called"),
            width=240,
        )
        reason = (
            st.text_input(t("draw.reason"), max_chars=LONGEST_TEXT, key=form.key(f"{key}_reason"), width=400)
            if again
            else ""
        )
    return Ceremony(base=base, called=called, reason=reason, again=again)


def base_words(base: SeedBase) -> str:
    """What stands before the meeting, in words."""
    words = {EDITION: t("draw.base_edition", number=base.source_id), DATA: t("draw.base_data", number=base.source_id)}
    return t("draw.base", what=words[base.source], digest=base.digest)
