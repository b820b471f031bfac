"""The audit page tells in words what was recorded; its file has it letter by letter too."""

import ast
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.access import accounts, audit_log, purposes
from data_access.access.purposes import Purpose
from data_access.access.second_factor import SecondFactors
from data_access.access.settings import setting
from data_access.access.tries import Origin
from data_access.access.users import make_user
from data_access.clock import today
from data_access.errors import AccessError
from data_access.ledger import anchors
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.lists.selection import Condition
from data_access.scope import Scope
from pages.about.audit import details
from pages.shell import identity
from tests.pages.conftest import ROOT, OpenApp, build_file, says, wording
from tests.support.households import VILLAGE, household, merged, village

pytestmark = pytest.mark.facts("households")

ROWS = merged(village(), household("H1"))
EVERYTHING = Scope.everything()


def recorded() -> Iterator[dict[str, Any]]:
    """What the program enters into the audit record: the literal parts of it."""
    for folder in ("data_access", "pages"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "detail" and isinstance(node.value, ast.Dict):
                    yield {"file": file.name, "keys": keys_of(node.value)}
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                    if names == ["detail"]:
                        yield {"file": file.name, "keys": keys_of(node.value)}


def keys_of(node: ast.Dict) -> set[str]:
    return {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}


def test_whatever_the_program_enters_has_a_word() -> None:
    found = list(recorded())
    assert {"sessions.py", "unmasking.py", "purposes.py", "report.py", "download.py"} <= {one["file"] for one in found}
    assert [one for one in found if not one["keys"] <= set(details.KEYS)] == []


def entries_of(app: AppTest) -> pd.DataFrame:
    """The table of entries; late at night a table of alerts stands above it."""
    [shown] = [table.value for table in app.dataframe if "detail" in table.value]
    return shown


def fill() -> None:
    ledger = door.ledger()
    accounts.add_account(
        ledger, user_id="zhang", label="张三", role="township", places=(VILLAGE[:9],), recorded_by="管理员"
    )
    red = Condition("lamp", "is", ("red",))
    asked = Purpose(
        "核查", "逐户核查", purposes.SELECTION, ("head_name", "lamp"), until=today(),
        place=VILLAGE, day=today(), rows=1, conditions=(red,),
    )  # fmt: skip
    purposes.approve(ledger, asked, on=today(), recorded_by="主管", scope=EVERYTHING)
    ledger.note(Event("sign_in_refused", detail={"why": "access_claim_missing", "claim": "groups"}), recorded_by="?")
    ledger.note(Event("exported", detail={"columns": ["household_id", "reason"]}), recorded_by="张三")
    ledger.note(Event("page_refused", place=VILLAGE, detail={"page": "audit"}), recorded_by="张三")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            [
                "角色：镇（街道）工作人员",
                "列：户主、预警等级",
                "列：户编号、reason",
                "条件：预警等级 是 红色预警",
                "页面：审计",
                "首次登录须改口令：是",
            ],
        ),
        ("en", ["role: township staff", "columns: Head; Warning", "page: Audit", "password to be changed: yes"]),
    ],
)
def test_the_page_tells_what_was_recorded_in_words(open_app: OpenApp, language: str, said: list[str]) -> None:
    fill()
    app = open_app(ROWS, page="about/audit", lang=language)
    told = "\n".join(entries_of(app)["detail"])
    assert [words for words in said if words not in told] == []
    assert "{" not in told
    assert "groups" in told


def test_the_file_has_what_was_recorded_letter_by_letter_too(open_app: OpenApp) -> None:
    fill()
    app = open_app(ROWS, page="about/audit")
    build_file(app, "audit_file")
    built = app.session_state["built_audit_file_xlsx"]
    rows = CalamineWorkbook.from_path(f"{built['folder'].name}/{built['name']}").get_sheet_by_index(0).to_python()
    entries = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    [told] = [entry for entry in entries if entry[wording("audit.column_event_code")] == "page_refused"]
    assert told[wording("audit.column_place_code")] == VILLAGE
    assert json.loads(str(told[wording("audit.column_detail_code")])) == {"page": "audit"}


def test_a_manager_lifts_locks_and_resets_second_factors_of_others(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = door.ledger()
    for user_id in ("zhang", "li"):
        accounts.add_account(ledger, user_id=user_id, label=user_id, role="manager", places=(), recorded_by="管理员")
        factors = SecondFactors(ledger)
        factors.set_up(factors.offer(user_id=user_id), user_id=user_id, step=1, recorded_by=user_id)
    for _ in range(setting("passwords", "tries")):
        with pytest.raises(AccessError):
            accounts.sign_in(ledger, user_id="zhang", password="guess", origin=Origin("10.0.0.9"))
    monkeypatch.setenv("SIGN_IN", "local")
    monkeypatch.setattr(identity, "secret", lambda: None)
    for role, shown in (("auditor", False), ("manager", True)):
        who = make_user(user_id="li", label="李四", role=role, places=())
        monkeypatch.setattr(identity, "user", lambda who=who: who)
        app = open_app(ROWS, page="about/audit")
        assert ("audit_lift" in {button.key for button in app.button}) == shown
    assert "10.0.0.9" in str(app.selectbox(key="audit_locks").value)
    app.button(key="audit_lift").click().run()
    assert says(app, "audit.no_locks")
    assert app.selectbox(key="audit_factors").options == ["zhang"], "not one's own"
    app.button(key="audit_reset_factor").click().run()
    assert [one.user_id for one in accounts.read_accounts(ledger) if one.factor] == ["li"]
    assert {"lock_lifted", "factor_reset", "sign_in_locked"} <= set(ledger.read(select(audit_entry.c.event))["event"])


ODD: tuple[Any, ...] = (
    *("reason", "rows", "{", "{x}", "access_claim_missing", "\x07=1+1", "x" * 400),  # `reason`: a column of a handout
    *(3, 2.5, True, {"a": {"b": None}}, ["reason", 1, None, {}], [{"field": "lamp"}], [[]]),
)
"""What entries can hold under any of their keys, written by another version of the program or by other tools."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_survives_whatever_entries_hold(open_app: OpenApp, language: str) -> None:
    told = [dict.fromkeys((*details.KEYS, "nobody's key", "{", "handout"), value) for value in ODD]
    kinds = (*audit_log.EVENTS, "event of tomorrow", "{x}")
    events = [Event(kind, place="{", household_id="{}", detail=detail) for kind in kinds for detail in told[:1]]
    door.ledger().note(*events, *(Event("exported", detail=detail) for detail in told), recorded_by="{0}")
    app = open_app(ROWS, page="about/audit", lang=language)
    assert len(entries_of(app)) >= len(events)
    build_file(app, "audit_file")
    assert {error.icon for error in app.error} == {":material/gpp_maybe:"}, "heads were noted that no other place knows"


@pytest.mark.parametrize("detail", ["", "x", "[]", "[1]", "3", "null", '"x"', "{", "NaN"])
def test_a_detail_that_is_none_is_shown_as_it_is(open_app: OpenApp, detail: str) -> None:
    assert details.in_words(detail) in (detail, "")


@pytest.mark.facts()
def test_what_does_not_agree_is_said_on_every_page_until_a_manager_confirms_it(open_app: OpenApp) -> None:
    ledger = door.ledger()
    ledger.note(Event("signed_in"), recorded_by="张三")
    anchors.note_head(ledger, recorded_by="server")
    anchors.anchor_file(ledger.engine.url).write_text("", encoding="ascii")
    [doubt] = anchors.read_doubts(ledger)
    assert [error.value for error in open_app(ROWS, lang="en").error] == [doubt.error.text("en")]
    app = open_app(ROWS, page="about/audit")
    assert [error.value for error in app.error] == [doubt.error.text("zh")]
    app.text_input(key="audit_confirm_reason").input("文件已归档")
    app.button(key="audit_confirm").click().run()
    assert not app.error
    assert [entry["detail"]["reason"] for entry in ledger.signed_entries("record_confirmed")] == ["文件已归档"]
    app.button(key="audit_verify").click().run()
    assert [shown.value for shown in app.success] == [
        wording("audit.holds", entries=ledger.verify().entries, hash=ledger.verify().newest_hash)
    ]
