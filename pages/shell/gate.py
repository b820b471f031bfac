"""The gate to every page: nobody passes without signing in, and nobody opens a page outside their role."""

from collections.abc import Iterable
from contextlib import suppress

import streamlit as st

from data_access import door, record_door
from data_access.access import sign_in
from data_access.access.roles import load_roles
from data_access.access.settings import setting
from data_access.access.users import User
from data_access.errors import AccessError, AppError, ScopeError
from data_access.ledger.audit_chain import Event
from data_access.ledger.declaration import LONGEST_TEXT
from pages.shell import identity, notices, provider_cookie
from pages.shell.texts import language, t
from pages.shell.view_state import View


def admitted() -> bool:
    """Whether the run may continue; where nobody is signed in, the sign-in is drawn instead."""
    try:
        if sign_in.mode() == sign_in.OIDC:
            _begin_session()
        identity.user()
    except AccessError as error:
        _ask_to_sign_in(error)
        return False
    except AppError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return False
    return True


def watch() -> None:
    """Close a screen that was left open once its session has ended: checks at intervals, which is not use."""
    if identity.user() is not None:
        st.fragment(_close_if_ended, run_every=setting("sessions", "look_seconds"))()


def _close_if_ended() -> None:
    shown = identity.secret()
    with notices.errors_shown():
        if shown is not None and door.sessions().find(shown, used=False) is None:
            st.rerun()


def pages() -> frozenset[str] | None:
    """The pages in the reader's role; None for all of them. Only call it once the reader is admitted."""
    known = identity.user()
    return None if known is None else known.role.pages


def check(page: str) -> None:
    """Raises ScopeError if a page is not in the reader's role, and enters that into the audit record."""
    allowed = pages()
    if allowed is None or page in allowed:
        return
    note(Event(kind="page_refused", detail={"page": page if page in load_roles().pages else "?"}))
    raise ScopeError("page_not_allowed", page=t(f"page.{page}"))


def show_reader(view: View | None) -> None:
    """Who is signed in, and the way to sign out; or that there is only one user."""
    known = identity.user()
    if known is None:
        with st.container(key="bar_alone", width="content"):
            st.markdown(f":gray-badge[{t('access.single_user')}]", width="content")
        return
    with st.popover(known.label, icon=":material/person:"):
        role, places = t(f"role.{known.role.key}"), _places(known, view=view)
        st.markdown(t("access.reader", user=known.user_id, role=role, places=places))
        if st.button(t("access.sign_out"), icon=":material/logout:", key="sign_out"):
            sign_out()


def sign_out() -> None:
    """End the session on the server, and from then on the browser's cookie is worthless; at the provider too, if it
    says where (Streamlit asks its `end_session_endpoint`)."""
    shown = identity.secret()
    if shown is not None:
        door.sessions().end(shown)
    if sign_in.mode() == sign_in.OIDC:
        st.logout()
        st.stop()  # a run begun anew could throw away what sends the browser to the provider
    st.rerun()


def require(action: str) -> None:
    """Raises ScopeError if the reader's role does not allow the action, and enters that into the audit record."""
    with door.ledger().refusals_noted(recorded_by=identity.signature()):
        identity.scope().require(action)


def note(*events: Event) -> None:
    """Enter events into the audit record under the reader's name. Raises LedgerError where that is impossible: what
    cannot be recorded must not happen."""
    door.ledger().note(*events, recorded_by=identity.signature())


def note_rules() -> None:
    """Enter a change of the rules into the audit record. If the ledger cannot be written, the pages that need it say
    so; figures can still be seen."""
    with suppress(AppError):
        door.note_rules()


def warn_of_record() -> None:
    """Say to those who read the audit record where it does not agree with what was noted of it elsewhere."""
    if identity.may("read_audit"):
        with suppress(AppError):  # a ledger that cannot be read says so where it is needed
            for doubt in record_door.record_doubts():
                st.error(notices.error_text(doubt), icon=":material/gpp_maybe:")


def note_once(event: Event, *, key: str) -> None:
    """Like `note`, once per visit for each key, because a page runs again with every click. Raises as `note` does."""
    noted: set[str] = st.session_state.setdefault("gate.noted", set())
    if key not in noted:
        note(event)
        noted.add(key)


def _begin_session() -> None:
    """Begin a session of our own for a user signed in by a provider: Streamlit's cookie alone would last thirty
    days. A sign-in begins one session, which ends for good."""
    claims = provider_cookie.read(st.context.cookies)
    # Streamlit checks more than the signature: where the visit came from, and the token against forged ones.
    if claims is None or not st.user.get("is_logged_in") or door.sessions().known(provider_cookie.key(claims)):
        return
    known = sign_in.load_claims_map()
    try:
        if claims.get("provider") != (known.provider or provider_cookie.DEFAULT_PROVIDER):
            raise AccessError("access_other_provider")
        user = sign_in.user_of_claims(claims, known=known)
    except AccessError as error:
        _note_refused(error, who=str(claims.get(known.user_id) or "?"))
        raise
    door.sessions().start(provider_cookie.key(claims), user)


def _note_refused(error: AccessError, *, who: str) -> None:
    """Enter, once per visit, that somebody was refused for whom a provider vouches: nobody is signed in yet."""
    if st.session_state.get("gate.refused") != error.key:
        event = Event(kind="sign_in_refused", detail={"why": error.key, **error.details})
        door.ledger().note(event, recorded_by=who[:LONGEST_TEXT])
        st.session_state["gate.refused"] = error.key


def _ask_to_sign_in(problem: AccessError) -> None:
    st.title(t("app.title"))
    st.markdown(t("access.why"))
    if problem.key != "access_not_signed_in":
        st.error(notices.error_text(problem), icon=":material/error:")
    if sign_in.mode() == sign_in.LOCAL:
        st.markdown(f":material/login: [{t('access.sign_in')}]({identity.SIGN_IN_PATH})")
        return
    if st.button(t("access.sign_in"), icon=":material/login:", type="primary", key="sign_in"):
        st.login(sign_in.load_claims_map().provider)
    # A session that ended by itself leaves the provider signed in, and the next one here would be its user again.
    if st.user.get("is_logged_in") and st.button(
        t("access.sign_out_provider"), icon=":material/logout:", key="sign_out_provider"
    ):
        st.logout()


def _places(known: User, *, view: View | None) -> str:
    if known.places is not None:
        return _joined(known.places)
    return t("access.whole_district") if view is None else view.regions.whole(language())


def _joined(codes: Iterable[str]) -> str:
    names = door.regions(scope=identity.scope()).names[language()]
    return t("list.separator").join(names.get(code, code) for code in codes)
