"""Parts of a page that are the same for everybody who looks at the same: drawn once, and sent to the next reader as
they were.

What tells one look from another is `View.same`. The messages of a part, and the fields in it that a
reader can select in, are kept with it; nothing is kept that is not the same for all of them: no notice of an
error, no file that belongs to a session, nothing outside the part's own place on the page.

When people record something, or their reports come into the data, a part stays if what it was drawn from is still the
same: its figures, answers of the door and arguments are noted (`data_access.noted`) and looked at again.

Streamlit has this for its own caches, but not for charts that open lists. What it is built on (`ScriptRunContext`,
`SafeSessionState`, the cursor of a container) is looked at by tests/pages/shell/test_kept.py.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import pandas as pd
import streamlit as st
from streamlit.cursor import Cursor
from streamlit.delta_generator_singletons import get_dg_singleton_instance
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, get_script_run_ctx
from streamlit.runtime.state.common import WidgetMetadata, user_key_from_element_id

from data_access import noted
from data_access.access.capacity import load_capacity
from data_access.facts.metrics import Breakdown
from data_access.lists.lists import ListRequest
from data_access.memory import Memory
from data_access.noted import Notes
from data_access.scope import Scope

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_PRIVATE = {"alert", "exception"}
"""Elements that say how it stands at this moment: a part that shows one is drawn anew."""

_TOLD_APART = (str, int, float, tuple, frozenset, ListRequest, Scope)
"""What is given to a part besides what follows from the view."""

_COMPARED = (pd.DataFrame, Breakdown)
"""What was read for a part, and is compared with what it was drawn from."""

_OF_A_SESSION = b"/media/"
"""In the address of files that Streamlit keeps for a session."""


@dataclass(frozen=True)
class Same:
    """What tells a look from one that shows something else."""

    apart: tuple[Hashable, ...]
    """File of data, rules, reader, language, month."""
    place: str
    moment: Hashable
    """How far data and records have come since that file."""


@dataclass(kw_only=True)
class _Made:
    """What was made at a moment, and of what."""

    moment: Hashable
    notes: Notes = field(default_factory=Notes)

    def holds(self, moment: Hashable) -> bool:
        """Whether the same would be made now."""
        if self.moment != moment:
            if not self.notes.hold():
                return False
            self.moment = moment
        return True


@dataclass
class _Part(_Made):
    """A part as it was drawn."""

    begins: tuple[int, ...]
    """Where on the page: the path of the first piece."""
    given: tuple[Any, ...] = ()
    """What was read for it before."""
    height: int = 0
    """So many pieces of the container that it stands in are its own."""
    messages: list[ForwardMsg] = field(default_factory=list)
    fields: list[WidgetMetadata[Any]] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    whole: bool = True
    """Whether it may be kept."""


@dataclass
class _Value(_Made):
    """A value as it was computed."""

    result: Any


@st.cache_resource(show_spinner=False)
def _store() -> Memory:
    return Memory(load_capacity().kept_parts)


@st.cache_resource(show_spinner=False)
def _values() -> Memory:
    return Memory(load_capacity().kept_values)


_DRAWN: ContextVar[_Part | None] = ContextVar("_DRAWN", default=None)
"""The part that is drawn in this thread for the first time."""


_SAME: ContextVar[Callable[[], Same | None]] = ContextVar("_SAME", default=lambda: None)


def settle(same: Callable[[], Same | None]) -> None:
    """Says for this run what tells it from others that show something else; None where nothing is to be kept."""
    _SAME.set(same)


def nothing_more() -> None:
    """Something could not be read in this run: what is drawn without it is nobody else's."""
    settle(lambda: None)


def part(draw: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Marks a function that draws the same for everybody who looks at the same: it reads no field of the page, and what
    it is given follows from the view, but for texts, numbers, and what is asked of a list."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        context, same = get_script_run_ctx(), _SAME.get()()
        if same is None or context is None or _DRAWN.get() is not None:
            draw(*args, **kwargs)
            return
        given = (*args, *kwargs.values())
        told = [one for one in given if one is None or isinstance(one, _TOLD_APART)]
        read = tuple(one for one in given if isinstance(one, _COMPARED))
        key = (draw.__module__, draw.__qualname__, context.page_script_hash, same.apart, same.place, *told)
        found: _Part | None = _store().find(key)
        if found is not None and found.holds(same.moment) and all(map(noted.same, found.given, read)):
            _send(found, context)
            return
        with _recorded(context, moment=same.moment, given=read) as made:
            draw(*args, **kwargs)
        if made.whole and _SAME.get()() == same:
            _store().keep(key, made)

    return drawn


def value(name: Hashable, compute: Callable[[], Result], *, everywhere: bool = False) -> Result:
    """What is the same for everybody who looks at the same, computed once.

    Args:
        everywhere: whether it is the same at every place, too.
    """
    same = _SAME.get()()
    if same is None:
        return compute()
    key = (name, same.apart, "" if everywhere else same.place)
    found: _Value | None = _values().find(key)
    if found is not None and found.holds(same.moment):
        noted.note_all(found.notes)
        return found.result
    with noted.noting() as notes:
        result = compute()
    if _SAME.get()() == same:
        _values().keep(key, _Value(result, moment=same.moment, notes=notes))
    return result


def afterwards(act: Callable[[], None]) -> None:
    """Does what follows a part's fields, now and each time the part is sent again: looks at what was selected."""
    made = _DRAWN.get()
    if made is not None:
        made.afterwards.append(act)
    act()


@contextmanager
def _recorded(context: ScriptRunContext, *, moment: Hashable, given: tuple[Any, ...]) -> Iterator[_Part]:
    """Notes what is sent, registered and asked inside."""
    cursor = _cursor()
    made = _Part(begins=tuple(cursor.delta_path), given=given, moment=moment)
    enqueue, state = context.enqueue, context.session_state
    register = state.register_widget

    def noting(message: ForwardMsg) -> None:
        enqueue(message)
        made.whole = made.whole and _may_be_kept(message, begins=made.begins)
        made.messages.append(message)

    def noting_fields(metadata: WidgetMetadata[Any], user_key: str | None) -> Any:
        made.fields.append(metadata)
        return register(metadata, user_key)

    context.enqueue = noting  # type: ignore[method-assign,assignment]
    object.__setattr__(state, "register_widget", noting_fields)
    before = _DRAWN.set(made)
    try:
        with noted.noting(apart=True) as made.notes:
            yield made
    finally:
        _DRAWN.reset(before)
        del context.enqueue
        object.__delattr__(state, "register_widget")
    made.height = _cursor().index - made.begins[-1]
    made.messages = [_copy(message) for message in made.messages]


def _may_be_kept(message: ForwardMsg, *, begins: tuple[int, ...]) -> bool:
    path = tuple(message.metadata.delta_path)
    inside = path[: len(begins) - 1] == begins[:-1] and path[len(begins) - 1 :] >= begins[-1:]
    if message.WhichOneof("type") != "delta" or not inside:
        return False
    delta = message.delta
    kind = delta.new_element.WhichOneof("type") if delta.WhichOneof("type") == "new_element" else None
    return kind not in _PRIVATE and _OF_A_SESSION not in delta.SerializeToString()


def _send(found: _Part, context: ScriptRunContext) -> None:
    """Sends a part again, in the place where the page stands now."""
    cursor = _cursor()
    begins, last = cursor.delta_path, len(found.begins) - 1
    moved = begins[-1] - found.begins[-1]
    for metadata in found.fields:
        context.shared.widget_ids_this_run.check_and_add(metadata.id)
        user_key = user_key_from_element_id(metadata.id)
        if user_key:
            context.shared.widget_user_keys_this_run.check_and_add(user_key)
        context.session_state.register_widget(metadata, user_key)
    for kept in found.messages:
        message, path = _copy(kept), kept.metadata.delta_path
        message.metadata.delta_path[:] = [*begins[:-1], path[last] + moved, *path[last + 1 :]]
        context.enqueue(message)
    for _ in range(found.height):
        cursor.lock_element()
    for act in found.afterwards:
        act()


def _copy(message: ForwardMsg) -> ForwardMsg:
    copied = ForwardMsg()
    copied.CopyFrom(message)
    return copied


def _cursor() -> Cursor:
    """Where the next piece of the page will stand."""
    cursor = get_dg_singleton_instance().main_dg._active_dg._cursor
    if cursor is None:
        raise LookupError("nothing is drawn here")
    return cursor
