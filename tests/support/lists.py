"""Lists asked for by the names of what a request holds."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from data_access.database.engine import Snapshot
from data_access.lists.lists import ListRequest

NAMES = tuple(field.name for field in fields(ListRequest))


def asked(**arguments: Any) -> dict[str, Any]:
    """The arguments of a query for a list: those that a request holds as one."""
    held = {name: value for name, value in arguments.items() if name in NAMES}
    others = {name: value for name, value in arguments.items() if name not in NAMES}
    return {"request": ListRequest(**held), **others}


def names_asked(query: Callable[..., Any]) -> list[str]:
    """The names of what a query is asked by, its snapshot left out; of a request the names of what it holds."""
    names: list[str] = []
    for name, parameter in inspect.signature(query).parameters.items():
        if parameter.annotation is ListRequest:
            names += NAMES
        elif parameter.annotation is not Snapshot:
            names.append(name)
    return names


def arguments_of(query: Callable[..., Any], values: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a query from values under the names it is asked by."""
    takes_request = any(one.annotation is ListRequest for one in inspect.signature(query).parameters.values())
    return asked(**values) if takes_request else values
