"""Words about people are taken out when their time is over, and what is left can still be proved."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, select, update
from sqlalchemy.exc import DBAPIError

from data_access import registry as registry
from data_access.access.__main__ import main
from data_access.access.retention import erase_expired, load_retention
from data_access.access.unmasking import unmasking
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.ledger.declaration import let_change
from data_access.ledger.ledger import Ledger
from data_access.ledger.rekey import change_key
from data_access.scope import Scope
from tests.support.databases import ON_BOTH
from tests.support.older_ledger import make_older

LATER = datetime.now(UTC) + timedelta(days=10 * 365)
REASON = "张三家的赤脚医生说的话"


def opening(ledger: Ledger) -> None:
    row = {"user_id": "zhang", "village_code": "610902107201", "reason": REASON, "until": datetime.now(UTC)}
    event = Event("unmasked", place="610902107201", detail={"reason": REASON})
    ledger.append((unmasking, [row]), recorded_by="张三", scope=Scope.everything(), events=[event])


@pytest.fixture
def filled(ledger: Ledger) -> Iterator[Ledger]:
    opening(ledger)
    opening(ledger)
    yield ledger


@ON_BOTH
def test_what_is_over_is_erased_and_the_record_holds(filled: Ledger) -> None:
    url = filled.engine.url
    assert sum(erase_expired(url, now=datetime.now(UTC), recorded_by="管理员").values()) == 0, "nothing is over yet"
    counts = erase_expired(url, now=LATER, recorded_by="管理员")
    assert {name: count for name, count in counts.items() if count} == {"unmasking.reason": 2, "audit_entry.detail": 2}
    assert filled.read(select(unmasking.c.reason))["reason"].tolist() == ["", ""]
    entries = filled.read(select(audit_entry.c.event, audit_entry.c.detail).order_by(audit_entry.c.record_id))
    assert entries["detail"].tolist()[:2] == ["{}", "{}"]
    assert entries["event"].tolist()[2:] == ["words_erased"]
    assert (filled.verify().entries, filled.verify().broken_at) == (3, None)
    assert sum(erase_expired(url, now=LATER, recorded_by="管理员").values()) == 0
    change_key(url, lost=False, recorded_by="管理员")
    opening(filled)
    assert (filled.verify().entries, filled.verify().broken_at) == (5, None)
    with pytest.raises(DBAPIError, match="never changed"), filled.engine.begin() as connection:
        connection.execute(update(unmasking).values(reason="x"))


@ON_BOTH
@pytest.mark.parametrize("word", ["另一个理由", REASON])
def test_nothing_can_be_put_in_the_place_of_what_was_erased(filled: Ledger, word: str) -> None:
    erase_expired(filled.engine.url, now=LATER, recorded_by="管理员")
    with filled.engine.begin() as connection:
        let_change(connection, unmasking.name)
        connection.execute(update(unmasking).where(unmasking.c.record_id == 1).values(reason=word))
    assert filled.verify().table == (unmasking.name if word != REASON else None), "only the word itself fits"


def test_an_erasure_that_nobody_made_is_found(filled: Ledger) -> None:
    erased = {"table_name": "unmasking", "row_number": 1, "column_name": "reason", "remains": "", "key_id": "x"}
    with filled.engine.begin() as connection:
        let_change(connection, unmasking.name)
        connection.execute(update(unmasking).where(unmasking.c.record_id == 1).values(reason=""))
        row = {**erased, "digest": "0" * 64, "recorded_by": "李四", "recorded_at": datetime.now(UTC)}
        connection.execute(insert(unmasking.metadata.tables["erased_value"]).values(row))
    assert filled.verify().table == "unmasking"


@pytest.mark.opens_a_database
def test_entries_from_before_the_key_are_erased_too(tmp_path: Path) -> None:
    """Their hash cannot be made again; the seal covers them."""
    make_older(f"sqlite:///{tmp_path / 'older.sqlite'}")
    ledger = Ledger(make_url(f"sqlite:///{tmp_path / 'older.sqlite'}"))
    erase_expired(ledger.engine.url, now=LATER, recorded_by="管理员")
    assert ledger.read(select(audit_entry.c.detail).where(audit_entry.c.event == "exported"))["detail"].item() == "{}"
    assert ledger.verify().broken_at is None
    with ledger.engine.begin() as connection:
        let_change(connection, audit_entry.name)
        connection.execute(update(audit_entry).where(audit_entry.c.event == "exported").values(recorded_by="李四"))
    assert ledger.verify().table == audit_entry.name
    ledger.dispose()


def test_the_file_does_not_keep_what_was_erased(filled: Ledger) -> None:
    file = Path(str(filled.engine.url.database))
    erase_expired(filled.engine.url, now=LATER, recorded_by="管理员")
    content = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    assert REASON.encode() not in content


@pytest.mark.opens_a_database
def test_the_command_says_what_was_erased(capsys: pytest.CaptureFixture[str]) -> None:
    Ledger(make_url(os.environ["LEDGER_DATABASE_URL"])).dispose()
    assert main(["erase"]) == 0
    assert {line.split(":")[0] for line in capsys.readouterr().out.splitlines()} == set(load_retention())
