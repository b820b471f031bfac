"""The page around signing in: plain HTML in the reader's language, which needs nothing of Streamlit."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from pages.shell.texts import LOCALES, load_catalogue

_TEMPLATES = Jinja2Templates(Path(__file__).parent)  # escapes everything it fills in


def language_of(request: Request) -> str:
    """The language that an address or a browser asks for; Chinese where it asks for none of ours."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "zh")[:2].lower()
    return asked if asked in LOCALES else "zh"


def page(request: Request, shown: Mapping[str, Any], *, status: int = 200) -> Response:
    """The page, filled in; no browser keeps it."""
    language = language_of(request)
    filled = {**shown, "language": language, "word": load_catalogue(language).gettext}
    headers = {"Cache-Control": "no-store"}
    return _TEMPLATES.TemplateResponse(request, "sign_in_form.html", filled, status_code=status, headers=headers)
