"""What runs beside the pages for as long as the server does."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import streamlit as st
from streamlit import config

from data_access.files import temporary
from pages.shell.texts import in_all_languages

COLLECT_EVERY_SECONDS = 300


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    temporary.remove_abandoned()
    # Streamlit's own greeting would suggest sharing the address; ours says where the app is.
    print(in_all_languages("server.running", address=_own_address()), flush=True)
    housekeeping = asyncio.create_task(collect_garbage())
    try:
        yield {}
    finally:
        housekeeping.cancel()
        with suppress(asyncio.CancelledError):
            await housekeeping
        temporary.remove_own()


async def collect_garbage() -> None:
    """Free what sessions left in reference cycles, on a timer.

    Streamlit would do so after every run of every session (`runner.postScriptGC`), which cost more than the pages
    themselves. Python's own collector stays on; this only limits how much its oldest generation may retain.
    """
    while True:
        await asyncio.sleep(COLLECT_EVERY_SECONDS)
        gc.collect()


def _own_address() -> str:
    host = config.get_option("server.address")
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{config.get_option('server.port')}"
