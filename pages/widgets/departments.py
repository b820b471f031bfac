"""The names of departments, and the filter for one department."""

from collections.abc import Mapping

from data_access import door
from data_access.clues.departments import read_departments
from data_access.lists.lists import DEPARTMENT, NOT_RECORDED
from pages.shell import view_state
from pages.shell.texts import language, t


def names() -> dict[str, str]:
    """The titles that departments bear in the chosen month, by their code."""
    rows = door.read(read_departments, scope=view_state.scope(), on=view_state.current().on, language=language())
    return dict(zip(rows["code"], rows["name"], strict=True))


def name(code: object) -> str:
    """The name of a department; says so if none was recorded."""
    return names().get(code, code) if isinstance(code, str) else t("list.no_department")


def only(code: object) -> Mapping[str, str]:
    """The filter that keeps what belongs to one department."""
    return {DEPARTMENT: code if isinstance(code, str) else NOT_RECORDED}
