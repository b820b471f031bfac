"""Answers asked for before a reader asks: reports came into the data, and what was asked lately will be asked again."""

from contextlib import suppress
from itertools import islice

from data_access import door
from data_access.errors import AppError
from data_access.posting.post import Posted

MOST_ASKED = 300
"""So many questions are asked again after reports. One whose tables they do not change takes no time."""


def post_waiting_reports() -> Posted:
    """Put what was reported into the data, as the door does, and ask again what they may have changed. Raises
    AppError."""
    done = door.post_waiting_reports()
    if done.applied:
        for ask in islice(door.asked_lately(), MOST_ASKED):
            with suppress(AppError):  # it is said where it is shown
                ask()
    return done
