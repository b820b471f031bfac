"""The server: `streamlit run app.py` finds `app` here. The interface itself is pages/shell/entry.py."""

import atexit
import gc
from pathlib import Path

gc.disable()  # what is imported stays: looking through it for garbage, again and again, took a quarter of the start

import streamlit as st
from starlette.middleware import Middleware

from pages.server import health, provider_form, sign_in_form
from pages.server.bodies import BoundedBodies
from pages.server.closed_paths import ClosedPaths
from pages.server.connections import BoundedConnections
from pages.server.cookies import SecureCookies
from pages.server.forwarded import ForwardedHeaders
from pages.server.index_page import IndexPage
from pages.server.lifespan import lifespan
from pages.server.local_only import LocalOnly, refuse_public_address
from pages.server.messages import NeededMessages
from pages.server.own_files import OwnFiles
from pages.server.own_origin import OwnOrigin
from pages.server.security_headers import SecurityHeaders
from pages.server.signed_in_only import SignedInOnly
from pages.server.start_check import refuse_broken_declarations, refuse_unsafe_settings
from pages.server.static_files import CompressedStaticFiles

refuse_public_address()
refuse_unsafe_settings()
refuse_broken_declarations()

app = st.App(
    Path(__file__).parent / "pages" / "shell" / "entry.py",
    lifespan=lifespan,
    routes=[health.route, *sign_in_form.routes, *provider_form.routes],
    middleware=[  # outermost first: every response gets the headers, a refusal too
        Middleware(SecurityHeaders),
        Middleware(LocalOnly),
        Middleware(ForwardedHeaders),
        Middleware(OwnOrigin),
        Middleware(SecureCookies),
        Middleware(ClosedPaths),
        Middleware(SignedInOnly),
        Middleware(BoundedConnections),
        Middleware(BoundedBodies),
        Middleware(NeededMessages),
        Middleware(OwnFiles),
        Middleware(IndexPage),
        Middleware(CompressedStaticFiles),
    ],
)

gc.freeze()  # nor is it looked through afterwards, until the server ends
atexit.register(gc.unfreeze)
gc.set_threshold(2_000, 10, 100)  # the oldest is looked through on a timer (pages/server/lifespan.py): nobody waits
gc.enable()
