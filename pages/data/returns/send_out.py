"""按镇拆分: a list is sent out as one workbook per township or village, all in one ZIP file, and this is recorded."""

from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from data_access import clock, door
from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.handouts import handouts
from data_access.handouts.handouts import Handout
from data_access.handouts.parts import write_parts
from data_access.ledger.file_passwords import keep_password
from data_access.schema.indicators import code_label
from data_access.schema.limits import is_placeholder, limit
from pages.data.returns import correction, form, sent_list
from pages.shell import identity, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import conditions, download, numbers, password
from pages.widgets.purposes import choose


def show(view: View) -> None:
    """Choose a list, how it is split and when it is due; build and record."""
    listed = sent_list.choose(view)
    if listed is None:
        return
    contents = listed.contents
    corrected = correction.choose(listed.name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = st.selectbox(
            t("returns.level"), handouts.PART_LEVELS, format_func=_level_word, key="returns_level", width=200
        )
        due_on = st.date_input(
            t("returns.due_on"), value=handouts.usual_due(clock.today()), min_value=clock.today(), width=180
        )
        annex = st.text_input(t("returns.annex"), value="1", max_chars=10, width=100, key="returns_annex")
        name = identity.recorder(t("returns.by"), key="returns_sent_by", width=200)
    if is_placeholder("handout_due_days", on=clock.today()):
        st.caption(t("returns.due_placeholder", days=limit("handout_due_days", on=clock.today())))
    if not (name.strip() and isinstance(due_on, date)):
        st.caption(t("returns.fill_in"))
        return
    purpose = choose.show(contents)
    secret = password.ask("returns") if password.is_needed(purpose) else None
    if secret is None and password.is_needed(purpose):
        return
    # Built again, the same list of the same data is the same handout.
    asked = (listed.asked, corrected, level, due_on, purpose, view.current.facts.version)
    sent = Handout(
        handout_id=_number_of(asked, day=view.on),
        metric=listed.name,
        filters=t("list.separator").join(
            one for one in (listed.filters, "" if corrected is None else correction.label(corrected)) if one
        ),
        place=view.place,
        day=view.on,
        level=level,
        due_on=due_on,
    )
    own, about = listed.columns(purpose), listed.about(purpose)
    columns = form.columns(
        listed.name,
        own=own,
        day=view.on,
        restricted=contents.conditions,
        corrected=None if corrected is None else corrected.name,
    )
    scope = view_state.scope().narrowed(view.place)

    def write(path: Path, progress: Progress) -> Written:
        opened = choose.opened(purpose, contents=contents, scope=scope)
        rows = listed.rows(opened, purpose)
        if corrected is not None:
            rows = correction.filled(rows, corrected, view=view, scope=scope)
        rows = handouts.split(rows, level=level)
        written = write_parts(
            path,
            rows,
            words=lambda part, count: form.part_words(
                part, sent=sent, rows=count, annex=annex.strip() or "1", view=view
            ),
            sheet=t("download.sheet"),
            columns=columns,
            about=about,
            progress=progress,
            password=secret,
        )
        by: dict[str, Any] = {"recorded_by": name, "scope": view_state.scope()}
        handouts.send_out(door.ledger(), sent, rows=rows, **by)
        if secret is not None:
            keep_password(door.ledger(), secret, about=sent.handout_id, **by)
        return written

    words = (view.name(view.place), conditions.list_name(listed.name), _level_word(level))
    download.build(
        t("returns.build", rows=numbers.exact(contents.rows)),
        name=export.file_name(*words, view.on.isoformat(), suffix="zip"),
        rows=contents.rows,
        write=write,
        key="handout",
        told=download.told_of(columns, about=about) | {"handout": sent.handout_id},
        stamp=(asked, password.stamp(secret)),
        purpose=purpose,
    )


def _number_of(asked: Hashable, *, day: date) -> str:
    """The number of a handout: a list that was asked for before in this session keeps its own."""
    numbers: dict[Hashable, str] = st.session_state.setdefault("handout_numbers", {})
    return numbers.setdefault(asked, handouts.new_handout_id(day))


def _level_word(level: str) -> str:
    return code_label(codes="handout_level", code=level, language=language())
