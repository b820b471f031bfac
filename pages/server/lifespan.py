"""What runs beside the pages for as long as the server does."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import streamlit as st
from streamlit import config

from data_access import ahead, door, record_door
from data_access.access import sign_in
from data_access.errors import AppError
from data_access.files import temporary
from data_access.posting import writer
from pages.shell.texts import LOCALES, error_sentence, in_all_languages

COLLECT_EVERY_SECONDS = 300
PREPARE_EVERY_SECONDS = 5
NOTE_EVERY_SECONDS = 600

_SWITCH_SECONDS = 0.0005
"""For how long a page that computes keeps others from going on. With Python's own five milliseconds a page that hands
over often, as each does for its queries and messages, waits for them dozens of times beside one that never does."""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    temporary.remove_abandoned()
    sys.setswitchinterval(_SWITCH_SECONDS)
    # Streamlit's own greeting would suggest sharing the address; ours says where the app is.
    print(in_all_languages("server.running", address=_own_address()), flush=True)
    beside = [asyncio.create_task(one) for one in (collect_garbage(), prepare(), watch_record())]
    writer.start(ahead.post_waiting_reports, tell=_tell)
    try:
        yield {}
    finally:
        await asyncio.to_thread(writer.stop)
        for task in beside:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        temporary.remove_own()


async def collect_garbage() -> None:
    """Free what sessions left in reference cycles, on a timer.

    Streamlit would do so after every run of every session (`runner.postScriptGC`), which cost more than the pages
    themselves. Python's own collector stays on; this only limits how much its oldest generation may retain.
    """
    while True:
        await asyncio.sleep(COLLECT_EVERY_SECONDS)
        gc.collect()


async def prepare() -> None:
    """Ask what takes longest, and compress what readers begin with, soon after it was made: nobody should wait for
    it."""
    while True:
        await asyncio.sleep(PREPARE_EVERY_SECONDS)
        with suppress(AppError):  # it is said where data are shown
            await asyncio.to_thread(ahead.ask_longest)
            await asyncio.to_thread(door.store().compress_kept)


async def watch_record() -> None:
    """Say in the journal, when the server starts, whether the ledger is still the one it was; from then on note the
    head of its audit record elsewhere every day."""
    await asyncio.to_thread(tell_doubts)
    while True:
        await asyncio.sleep(NOTE_EVERY_SECONDS)
        await asyncio.to_thread(note_head)


def tell_doubts() -> None:
    """Every doubt about the audit record and what should still be done for it, or why it cannot be read."""
    with _told():
        alone = sign_in.mode() == sign_in.NOBODY  # on a machine of one's own there is no safe
        for error in [*record_door.record_doubts(), *([] if alone else record_door.record_advice())]:
            _tell(error)


def note_head() -> None:
    """Note the head if it was not noted today."""
    with _told():
        record_door.note_head_daily()


@contextmanager
def _told() -> Iterator[None]:
    """An error inside goes into the journal."""
    try:
        yield
    except AppError as error:
        _tell(error)


def _tell(error: AppError) -> None:
    print(" / ".join(error_sentence(error, language=language) for language in LOCALES), file=sys.stderr, flush=True)


def _own_address() -> str:
    host = config.get_option("server.address")
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{config.get_option('server.port')}"
