"""A part of a page. Where a figure that it is made of is not collected here, it says so in its place, and the page goes
on."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from data_access.errors import NotCollectedError
from pages.shell import notices

Arguments = ParamSpec("Arguments")


def part(draw: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Marks a function that draws a part of a page: what cannot be said in it is not collected, never 0."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except NotCollectedError as error:
            notices.not_collected(error)

    return drawn
