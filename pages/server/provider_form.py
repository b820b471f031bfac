"""Where a provider signs people in: a plain page that leads to it, before anything of Streamlit is loaded."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.user_info import generate_login_redirect_url

from data_access.access import sign_in
from pages.server.plain_page import page
from pages.shell import identity

PROVIDER = f"{identity.SIGN_IN_PATH}/provider"
_LEAVE = f"{PROVIDER}/go"


async def show(request: Request) -> Response:
    """The way to the provider, and out of it for whom it still vouches; 404 where there is none."""
    if sign_in.mode() != sign_in.OIDC:
        return Response(status_code=404)
    return page(request, {"provider": _LEAVE, "vouched_for": identity.secret_of(request.cookies) is not None})


async def leave(_request: Request) -> Response:
    """To the provider, by an address that holds for two minutes; 404 where there is none."""
    if sign_in.mode() != sign_in.OIDC:
        return Response(status_code=404)
    return RedirectResponse(generate_login_redirect_url(sign_in.load_claims_map().provider or "default"), 303)


routes = [Route(PROVIDER, show, methods=["GET"]), Route(_LEAVE, leave, methods=["GET"])]
