"""What visitors do besides looking: they build files, return filled-in forms, record findings.

Everything goes through the pages, as people click; only what a spreadsheet would be filled in with is written here.
"""

import io
import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from sqlalchemy import make_url

from data_access.access.sessions import Sessions
from data_access.access.users import make_user
from data_access.handouts import handouts
from data_access.handouts.forms import KEYS, OF_HOUSEHOLDS
from data_access.inspection import draws
from data_access.ledger.ledger import Ledger
from data_access.schema.indicators import code_label
from data_access.scope import Scope
from pages.shell.identity import COOKIE
from pages.shell.texts import load_catalogue
from tests.support.sessions import Run, ScriptFailedError, Session

LIST = "red_unchecked"
FILLED = 20
"""Rows of a returned form that somebody answered."""
ROLES = ("leader", "inspector", "staff", "manager")
MONTH = "month=2022-09"

_EVERYTHING = Scope.everything()


@dataclass(frozen=True)
class Prepared:
    """Who is signed in, the list that was sent out, and the households that were drawn."""

    cookies: dict[str, list[str]]
    """Role -> what its people's browsers present."""
    handout_id: str
    rows: list[dict[Hashable, Any]]
    draw_id: str
    households: list[tuple[str, str]]
    """Village and number of each."""


def sign_in(ledger_url: str, *, people: int) -> dict[str, list[str]]:
    """Begin sessions for so many people, in turn of each role; role -> what their browsers present."""
    ledger = Ledger(make_url(ledger_url))
    sessions = Sessions(ledger)
    cookies: dict[str, list[str]] = {role: [] for role in ROLES}
    for number in range(people):
        role = ROLES[number % len(ROLES)]
        sessions.start(f"secret-{number}", make_user(user_id=f"{role}{number}", label=role, role=role, places=()))
        cookies[role].append(f"{COOKIE}=secret-{number}")
    ledger.dispose()
    return cookies


def prepare(url: str, *, ledger_url: str, cookies: dict[str, list[str]]) -> Prepared:
    """Send a list out and draw villages, as a manager does on the pages."""
    manager = cookies["manager"][0]
    with Session(url, page="returns", cookie=manager) as session:
        session.run(query=f"{MONTH}&list={LIST}")
        press(session, "build_handout", query=f"{MONTH}&list={LIST}")
    with Session(url, page="draw", cookie=manager) as session:
        session.run(query=f"{MONTH}&part=make")
        session.set("draw_called", string_value="37 12 05")
        press(session, "draw_press", query=f"{MONTH}&part=make")
    ledger = Ledger(make_url(ledger_url))
    handout_id = handouts.read_handouts(ledger, scope=_EVERYTHING)["handout_id"].iloc[0]
    rows = handouts.read_rows(ledger, handout_id=handout_id, scope=_EVERYTHING).to_dict("records")
    draw_id = draws.read_draws(ledger, scope=_EVERYTHING)["draw_id"].iloc[0]
    units = draws.read_units(ledger, scope=_EVERYTHING, draw_id=draw_id)
    ledger.dispose()
    homes = units[units["active"] & units["kind"].eq("household")]
    return Prepared(cookies, handout_id, rows, draw_id, list(zip(homes["village_code"], homes["code"], strict=True)))


def cookie_of(number: int, prepared: Prepared | None) -> str:
    """What the browser of a visitor presents; nothing where nobody signs in."""
    if prepared is None:
        return ""
    people = [cookie for cookies in prepared.cookies.values() for cookie in cookies]
    return people[number % len(people)]


def press(session: Session, key: str, *, query: str) -> Run:
    """Click a button that is on the page. Raises ScriptFailedError where it is not."""
    if key not in session.widgets:
        raise ScriptFailedError(f"{key} is not on the page")
    session.set(key, trigger_value=True)
    run = session.run(query=query)
    session.sent.pop(session.widgets[key])
    return run


def build_file(url: str, prepared: Prepared, chance: random.Random) -> list[Run]:
    """A list of a township as an Excel file."""
    cookie = chance.choice(prepared.cookies["staff"])
    place = chance.choice(prepared.rows)["township_code"]
    query = f"{MONTH}&place={place}&list=red_households"
    with Session(url, page="worklist", cookie=cookie) as session:
        runs = [session.run(query=query)]
        session.set("download_list_red_households", bool_value=True)
        return [*runs, session.run(query=query), press(session, "build_list_red_households_xlsx", query=query)]


def return_form(url: str, prepared: Prepared, chance: random.Random) -> list[Run]:
    """A form comes back with some rows answered, and is merged."""
    cookie = chance.choice(prepared.cookies["staff"])
    query = f"{MONTH}&part=collect"
    with Session(url, page="returns", cookie=cookie) as session:
        runs = [session.run(query=query)]
        session.upload("returns_file", "form.xlsx", _form(prepared, chance))
        return [*runs, session.run(query=query), press(session, "returns_merge", query=query)]


def record_findings(url: str, prepared: Prepared, chance: random.Random) -> list[Run]:
    """An inspector says of one drawn household that the system agrees with what they found."""
    cookie = chance.choice(prepared.cookies["inspector"])
    village, home = chance.choice(prepared.households)
    query = f"{MONTH}&draw={prepared.draw_id}&village={village}&unit={home}"
    with Session(url, page="villages", cookie=cookie) as session:
        runs = [session.run(query=query)]
        session.set(f"villages_{home}_water_answer", string_value=_words("villages.answer_agrees"))
        return [*runs, press(session, "villages_record", query=query)]


ACTS: tuple[Callable[[str, Prepared, random.Random], list[Run]], ...] = (build_file, return_form, record_findings)


def _form(prepared: Prepared, chance: random.Random) -> bytes:
    """The form of the list that was sent out, as a township fills it in."""
    titles = [_words(f"returns.column.{key}") for key in (*KEYS, *OF_HOUSEHOLDS)]
    verdict = code_label(codes="disposition", code="watch", language="zh")
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [prepared.handout_id])
        sheet.write_row(2, 0, titles)
        picked = chance.sample(prepared.rows, min(FILLED, len(prepared.rows)))
        for position, row in enumerate(picked, start=3):
            said = row | {"verdict": verdict, "checked_by": f"核实人{chance.random():.6f}"}
            sheet.write_row(position, 0, [said[key] for key in (*KEYS, *OF_HOUSEHOLDS)])
    return stream.getvalue()


def _words(key: str) -> str:
    """A text as visitors from here read it."""
    return load_catalogue("zh").gettext(key)
