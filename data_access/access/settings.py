"""Times and limits of sign-in, unmasking and the audit record, as declared in `settings.yaml`."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data_access.declarations import Declared, read_declared

_FILE = Path(__file__).with_name("settings.yaml")

_Some = Annotated[int, Field(ge=1)]
_Hour = Annotated[int, Field(ge=0, le=24)]


class _Sessions(Declared):
    idle_minutes: _Some
    longest_hours: _Some
    look_seconds: _Some


class _Passwords(Declared):
    shortest: _Some
    at_once: _Some
    waiting: _Some
    refusal_ms: _Some
    tries: _Some
    account_tries: _Some
    address_tries: _Some
    locked_minutes: _Some
    longest_locked_minutes: _Some
    counted_hours: _Some
    known_days: _Some


class _SecondFactor(Declared):
    steps_off: Annotated[int, Field(ge=0)]
    offered_minutes: _Some


class _Unmasking(Declared):
    minutes: _Some
    shortest_reason: _Some
    draw_days: _Some


class _Purposes(Declared):
    longest_days: _Some
    growth_percent: Annotated[int, Field(ge=0)]


class _Audit(Declared):
    many_exports: _Some
    many_households: _Some
    many_searches: _Some
    search_chain: _Some
    chain_minutes: _Some
    day_starts: _Hour
    day_ends: _Hour


class _Suppression(Declared):
    smallest: _Some


class Settings(Declared):
    """Every setting, by part and key."""

    sessions: _Sessions
    passwords: _Passwords
    second_factor: _SecondFactor
    unmasking: _Unmasking
    purposes: _Purposes
    audit: _Audit
    suppression: _Suppression


@cache
def load_settings(file: Path = _FILE) -> Settings:
    """Every setting. Raises DeclarationError."""
    return read_declared(file, Settings)


def setting(part: str, key: str) -> int:
    """One setting. Raises AttributeError if it is not declared."""
    return int(getattr(getattr(load_settings(), part), key))
