"""The server: `streamlit run app.py` finds `app` here. The interface itself is pages/components/frame.py."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.components.server import health, sign_in_form
from pages.components.server.closed_paths import ClosedPaths
from pages.components.server.cookies import SecureCookies
from pages.components.server.lifespan import lifespan
from pages.components.server.local_only import LocalOnly, refuse_public_address
from pages.components.server.security_headers import SecurityHeaders
from pages.components.server.signed_in_only import SignedInOnly
from pages.components.server.start_check import refuse_unsafe_settings
from pages.components.server.static_files import CompressedStaticFiles

refuse_public_address()
refuse_unsafe_settings()

app = st.App(
    Path(__file__).parent / "pages" / "components" / "frame.py",
    lifespan=lifespan,
    routes=[health.route, *sign_in_form.routes],
    middleware=[  # outermost first: the headers are on every answer, a refusal too
        Middleware(SecurityHeaders),
        Middleware(SecureCookies),
        Middleware(LocalOnly),
        Middleware(ClosedPaths),
        Middleware(SignedInOnly),
        Middleware(CompressedStaticFiles),
    ],
)
