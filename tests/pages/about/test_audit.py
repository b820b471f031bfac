"""The audit page tells in words what was recorded; its file has it letter by letter too."""

import ast
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.access import accounts, purposes
from data_access.access.purposes import Purpose
from data_access.clock import today
from data_access.ledger.audit_chain import Event
from data_access.lists.selection import Condition
from data_access.scope import Scope
from pages.about.audit import details
from tests.pages.conftest import ROOT, OpenApp
from tests.support.households import VILLAGE, household, merged, village

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
    app.button(key="build_audit_file_xlsx").click().run()
    built = app.session_state["built_audit_file_xlsx"]
    rows = CalamineWorkbook.from_path(f"{built['folder'].name}/{built['name']}").get_sheet_by_index(0).to_python()
    entries = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    [told] = [entry for entry in entries if entry["事件（原文）"] == "page_refused"]
    assert told["地区代码"] == VILLAGE
    assert json.loads(str(told["详情（原文）"])) == {"page": "audit"}
