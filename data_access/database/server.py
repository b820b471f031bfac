"""How a household database on a server is asked, as declared in `server.yaml`."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field
from sqlalchemy import Connection

from data_access.declarations import Declared, read_declared

_FILE = Path(__file__).with_suffix(".yaml")

_LOOK_SECONDS = 0.5
"""How often it is looked whether somebody still waits for an answer."""

Answer = TypeVar("Answer")


class ServerLimits(Declared):
    """What a statement may take."""

    statement_seconds: Annotated[int, Field(ge=1)]
    work_memory_mb: Annotated[int, Field(ge=1)]
    kept_from_households: Annotated[int, Field(ge=0)]
    kept_months: Annotated[int, Field(ge=1)]
    kept_months_later: Annotated[int, Field(ge=0)]


@cache
def load_server(file: Path = _FILE) -> ServerLimits:
    """The declared limits. Raises DeclarationError."""
    return read_declared(file, ServerLimits)


def session_options(*, limited: bool) -> str:
    """The settings of a connection to PostgreSQL, as libpq takes them.

    Args:
        limited: whether statements are ended that take too long.
    """
    settings = {
        **planner_settings(),
        "statement_timeout": f"{load_server().statement_seconds}s" if limited else "0",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def planner_settings() -> dict[str, str]:
    """How PostgreSQL is to plan what is asked about a district."""
    return {
        # Compiling the rule book's expressions takes longer than it saves.
        "jit": "off",
        # A loop over rows is right where few are expected, and rightly. Nearly every question here is about a district,
        # a connected database may consist of views of which nothing is known, and a loop chosen in error takes minutes
        # where a join takes a second. One household is found by its keys as before.
        "enable_nestloop": "off",
        "work_mem": f"{load_server().work_memory_mb}MB",
    }


def answered(connection: Connection, ask: Callable[[], Answer], *, wanted: Callable[[], object]) -> Answer:
    """What a question gives that is asked over a connection; on a server its statement ends when nobody waits for it.

    Args:
        wanted: called again and again while a server works; what it raises ends the statement and is raised here.
    """
    if connection.dialect.name != "postgresql":
        return ask()
    driver = connection.connection.driver_connection
    if driver is None:
        raise TypeError("the connection is closed")
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(copy_context().run, ask)
        try:
            while not wait([answer], timeout=_LOOK_SECONDS).done:
                wanted()
        except BaseException:
            while not answer.done():  # again, if it was between two statements
                driver.cancel()
                wait([answer], timeout=_LOOK_SECONDS)
            raise
    return answer.result()
