"""Somebody can write the ledger's file with tools of their own, but does not have the key: whatever they change of what
was recorded is refused by the database, or found when the audit record is recounted."""

import hashlib
import json
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from data_access import record_door
from data_access import registry as registry
from data_access.access import audit_log
from data_access.access.__main__ import main
from data_access.access.account_event import account_event
from data_access.access.sessions import session_event
from data_access.dispatch.editions import edition_facts
from data_access.errors import LedgerError, ScopeError
from data_access.ledger import anchors, keys
from data_access.ledger.anchors import SYSLOG, VARIABLE, confirm, note_head, note_head_daily, read_doubts
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.ledger.ledger import Ledger
from data_access.ledger.record_error import RecordError
from data_access.ledger.rekey import change_key, print_key
from data_access.scope import Scope
from pages.server import lifespan
from tests.support.older_ledger import make_older

EVERYTHING = Scope.everything()
NOW = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None).isoformat(sep=" ")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    """Five entries; a leader's account, a session and an opening of names."""
    made = Ledger(make_url(f"sqlite:///{file}"))
    made.note(Event("signed_in"), recorded_by="张三")
    account = {"user_id": "zhang", "what": "made", "label": "张三", "role": "leader", "places": ""}
    made.append((account_event, [account]), recorded_by="安装", scope=EVERYTHING, events=[Event("account_made")])
    session = {"session_hash": "s", "user_id": "zhang", "label": "张三", "role": "leader", "places": ""}
    for what in ("started", "seen"):
        made.append((session_event, [{**session, "what": what}]), recorded_by="张三", scope=EVERYTHING)
    facts = {"edition_id": "D1", "county": "610902", "facts": b"frozen"}
    made.append((edition_facts, [facts]), recorded_by="张三", scope=EVERYTHING)
    assert made.verify().broken_at is None
    yield made
    made.dispose()


def attack(file: Path, *statements: str) -> None:
    """Statements of somebody at the database's own command line."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


COLUMNS = "(record_id, user_id, what, label, role, places, password_hash, must_change, recorded_by, recorded_at)"
MANAGER = f"SELECT {COLUMNS[1:-1].replace('role', repr('manager'))} FROM account_event"


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT OR REPLACE INTO account_event {COLUMNS} {MANAGER}",
        f"REPLACE INTO account_event {COLUMNS} {MANAGER}",
        f"INSERT INTO account_event {COLUMNS} {MANAGER} WHERE true ON CONFLICT DO UPDATE SET role = 'manager'",
        f"INSERT OR IGNORE INTO account_event {COLUMNS} {MANAGER}",
        "UPDATE OR REPLACE account_event SET role = 'manager'",
        "REPLACE INTO edition_facts (edition_id, county, facts, recorded_by, recorded_at)"
        " SELECT edition_id, county, 'forged', recorded_by, recorded_at FROM edition_facts",
        "REPLACE INTO audit_entry (event, detail, previous_hash, hash, key_id, recorded_by, recorded_at)"
        " SELECT 'x', detail, previous_hash, hash, key_id, recorded_by, recorded_at FROM audit_entry LIMIT 1",
    ],
)
def test_a_record_cannot_be_replaced(ledger: Ledger, file: Path, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        attack(file, statement)
    assert ledger.verify().broken_at is None


def test_a_program_from_before_the_key_that_still_runs_writes_nothing_more(ledger: Ledger, file: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="older than the ledger"):
        attack(file, f"{ENTRY} VALUES ('exported', '{{}}', '1', '2', NULL, '李四', '{NOW}')")


SESSION = "INSERT INTO session_event (session_hash, what, user_id, role, recorded_by, recorded_at)"
OPENING = "INSERT INTO unmasking (user_id, village_code, reason, until, recorded_by, recorded_at)"
NO_GUARD = ("DROP TRIGGER account_event_no_UPDATE", "DROP TRIGGER account_event_no_DELETE")
ENTRY = "INSERT INTO audit_entry (event, detail, previous_hash, hash, key_id, recorded_by, recorded_at)"
FOUND: dict[str, tuple[tuple[str, ...], int, str | None]] = {
    "a row slipped into sessions": (
        (f"{SESSION} VALUES ('x', 'started', 'li', 'manager', '李四', '{NOW}')",),
        5,
        "session_event",
    ),
    "a row slipped in between": (
        (f"{SESSION[:27]}record_id, {SESSION[27:]} VALUES (-5, 'x', 'started', 'li', 'manager', '李四', '{NOW}')",),
        3,
        "session_event",
    ),
    "a row slipped into openings": (
        (f"{OPENING} VALUES ('li', '610902107201', '查', '{NOW}', '李四', '{NOW}')",),
        5,
        "unmasking",
    ),
    "a changed row": ((NO_GUARD[0], "UPDATE account_event SET role = 'manager'"), 2, "account_event"),
    "a row taken out": ((NO_GUARD[1], "DELETE FROM account_event"), 2, "account_event"),
    "a guard taken away and put back": (
        (
            NO_GUARD[0],
            "UPDATE account_event SET role = 'manager'",
            "CREATE TRIGGER account_event_no_UPDATE BEFORE UPDATE ON account_event"
            " BEGIN SELECT RAISE(ABORT, 'records are added, never changed'); END",
        ),
        2,
        "account_event",
    ),
    "a guard emptied in the schema": (
        (
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_master SET sql = replace(sql, 'BEFORE UPDATE', 'BEFORE UPDATE OF places')"
            " WHERE name = 'account_event_no_UPDATE'",
            "PRAGMA writable_schema = RESET",
            "UPDATE account_event SET role = 'manager'",
        ),
        2,
        "account_event",
    ),
    "a table exchanged for a copy": (
        (
            "CREATE TABLE other AS SELECT * FROM account_event",
            "UPDATE other SET role = 'manager'",
            "DROP TABLE account_event",
            "ALTER TABLE other RENAME TO account_event",
        ),
        2,
        "account_event",
    ),
    "a table exchanged for one without numbers": (
        (
            "CREATE TABLE other AS SELECT * FROM account_event",
            "UPDATE other SET record_id = NULL, role = 'manager'",
            "DROP TABLE account_event",
            "ALTER TABLE other RENAME TO account_event",
        ),
        2,
        "account_event",
    ),
    "rows without numbers slipped into an exchanged table": (
        (
            "CREATE TABLE other AS SELECT * FROM session_event",
            "INSERT INTO other SELECT * FROM session_event",
            "UPDATE other SET record_id = 'x', role = 'manager' WHERE rowid > 2",
            "DROP TABLE session_event",
            "ALTER TABLE other RENAME TO session_event",
        ),
        5,
        "session_event",
    ),
    "entries without numbers": (
        (
            "CREATE TABLE other AS SELECT * FROM audit_entry",
            "UPDATE other SET record_id = NULL",
            "DROP TABLE audit_entry",
            "ALTER TABLE other RENAME TO audit_entry",
        ),
        1,
        None,
    ),
    "a table taken away": (("DROP TABLE session_event",), 3, "session_event"),
    "a number used again": (
        (
            "DROP TRIGGER session_event_no_DELETE",
            "DELETE FROM session_event WHERE record_id = 2",
            f"{SESSION} VALUES ('s', 'ended', 'zhang', 'leader', '张三', '{NOW}')",
        ),
        4,
        "session_event",
    ),
    "entries in another order": (
        (
            "DROP TRIGGER audit_entry_no_UPDATE",
            "UPDATE audit_entry SET record_id = -record_id WHERE record_id IN (3, 4)",
            "UPDATE audit_entry SET record_id = 7 + record_id WHERE record_id IN (-3, -4)",
        ),
        3,
        None,
    ),
    "a claim taken out of its entry": (
        ("DROP TRIGGER audit_entry_no_UPDATE", "UPDATE audit_entry SET records = NULL WHERE record_id = 2"),
        2,
        None,
    ),
    "an entry that nobody signed": (
        (
            f"{ENTRY} SELECT 'exported', '{{}}', hash, '{'1' * 64}', key_id, '李四', '{NOW}' FROM audit_entry"
            " ORDER BY record_id DESC LIMIT 1",
        ),
        6,
        None,
    ),
    "a time that is none": (
        ("DROP TRIGGER audit_entry_no_UPDATE", "UPDATE audit_entry SET recorded_at = 'x' WHERE record_id = 4"),
        4,
        None,
    ),
}


@pytest.mark.parametrize(("statements", "entry", "table"), FOUND.values(), ids=FOUND)
def test_what_was_changed_behind_the_program_is_found(
    ledger: Ledger, file: Path, statements: tuple[str, ...], entry: int, table: str | None
) -> None:
    attack(file, *statements)
    verdict = ledger.verify()
    assert (verdict.broken_at, verdict.table) == (entry, table)


def unsigned(row: sqlite3.Row, previous: str) -> str:
    told = [row[name] for name in ("event", "place", "household_id", "detail", "recorded_by")]
    moment = datetime.fromisoformat(row["recorded_at"]).replace(tzinfo=UTC).isoformat()
    return hashlib.sha256((previous + json.dumps([*told, moment], ensure_ascii=False)).encode()).hexdigest()


def test_a_table_copied_from_a_ledger_with_the_same_key_is_found(ledger: Ledger, file: Path) -> None:
    other = file.with_name("other.sqlite")
    shutil.copy(file.with_suffix(".key"), other.with_suffix(".key"))
    second = Ledger(make_url(f"sqlite:///{other}"))
    account = {"user_id": "zhang", "what": "made", "label": "张三", "role": "manager", "places": ""}
    second.append((account_event, [account]), recorded_by="安装", scope=EVERYTHING)
    second.dispose()
    copied = ("DROP TABLE account_event", "CREATE TABLE account_event AS SELECT * FROM other.account_event")
    attack(file, f"ATTACH '{other}' AS other", *copied)
    assert (ledger.verify().broken_at, ledger.verify().table) == (2, "account_event")


REBUILT = (
    "UPDATE audit_entry SET recorded_by = '李四', records = NULL, key_id = NULL",
    "UPDATE audit_entry SET recorded_by = '李四', records = NULL",
    "ALTER TABLE audit_entry DROP COLUMN key_id",
)


@pytest.mark.parametrize("statement", REBUILT)
def test_a_chain_that_was_built_again_is_found(ledger: Ledger, file: Path, statement: str) -> None:
    attack(file, "DROP TRIGGER audit_entry_no_UPDATE", "DROP TRIGGER audit_entry_only_signed", statement)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        previous = "0" * 64
        for row in connection.execute("SELECT * FROM audit_entry ORDER BY record_id").fetchall():
            built = unsigned(row, previous)
            told = (previous, built, row["record_id"])
            connection.execute("UPDATE audit_entry SET previous_hash = ?, hash = ? WHERE record_id = ?", told)
            previous = built
    assert ledger.verify().broken_at is not None
    with pytest.raises(LedgerError, match=r"ledger_went_back|no such column"):
        ledger.note(Event("signed_out"), recorded_by="张三")


def test_what_a_trigger_makes_of_a_record_is_found(ledger: Ledger, file: Path) -> None:
    """It would have been signed by the program itself."""
    attack(
        file,
        NO_GUARD[0],
        "CREATE TRIGGER planted AFTER INSERT ON account_event"
        " BEGIN UPDATE account_event SET role = 'manager' WHERE record_id = NEW.record_id; END",
    )
    row = {"user_id": "li", "what": "made", "label": "李四", "role": "leader", "places": ""}
    ledger.append((account_event, [row]), recorded_by="安装", scope=EVERYTHING)
    assert (ledger.verify().broken_at, ledger.verify().table) == (6, "account_event")


def test_a_ledger_without_its_key_is_not_opened_and_gets_no_new_one(ledger: Ledger, file: Path) -> None:
    key = file.with_suffix(".key")
    shutil.move(key, key.with_suffix(".away"))
    with pytest.raises(RecordError, match="key_missing"):
        Ledger(ledger.engine.url)
    assert not key.exists()


def test_a_ledger_with_another_key_is_not_opened(ledger: Ledger, file: Path) -> None:
    keys.keep_keys(file.with_suffix(".key"), [keys.new_key()])
    with pytest.raises(RecordError, match="key_of_another"):
        Ledger(ledger.engine.url)


@pytest.mark.parametrize(("mode", "content", "key"), [(0o644, None, "open"), (0o600, "abc", "unreadable")])
def test_a_key_that_others_can_read_or_that_is_none_is_refused(
    ledger: Ledger, file: Path, mode: int, content: str | None, key: str
) -> None:
    kept = file.with_suffix(".key")
    if content:
        kept.write_text(content, encoding="ascii")
    kept.chmod(mode)
    with pytest.raises(RecordError, match=f"key_{key}"):
        Ledger(ledger.engine.url)


def test_the_key_is_for_the_service_alone_and_shows_itself_nowhere(ledger: Ledger, file: Path) -> None:
    kept = file.with_suffix(".key")
    assert kept.stat().st_mode & 0o777 == 0o600
    [key] = keys.load_keys(kept)
    content = b"".join(part.read_bytes() for part in file.parent.glob("ledger.sqlite*"))
    assert key.secret not in content
    assert key.secret.hex().encode() not in content
    assert key.secret.hex() not in repr(key)


def test_what_is_no_text_is_refused_in_words(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="ledger_unreachable"):
        ledger.note(Event("exported", detail={"file": "\ud800"}), recorded_by="张三")
    assert ledger.verify().broken_at is None


def test_the_record_of_a_damaged_file_is_read_or_refused_in_words(ledger: Ledger, file: Path) -> None:
    attack(file, "DROP TRIGGER audit_entry_no_UPDATE", "UPDATE audit_entry SET recorded_at = '5x'")
    with pytest.raises(LedgerError, match="ledger_unreachable"):
        audit_log.read_entries(ledger, scope=EVERYTHING, since=date(1, 1, 2), until=date(9998, 1, 1))


# --- the end cut off, an older ledger, another one --------------------------------------------------------------------


def doubts(ledger: Ledger) -> list[str]:
    """What is said when a server starts on the ledger, now."""
    fresh = Ledger(ledger.engine.url)
    found = [doubt.error.key for doubt in read_doubts(fresh)]
    fresh.dispose()
    return found


@pytest.fixture
def noted(ledger: Ledger) -> Ledger:
    """The ledger, after an older copy of it was made and its head was noted."""
    with closing(sqlite3.connect(str(ledger.engine.url.database))) as source:
        source.execute("VACUUM INTO ?", (str(Path(str(ledger.engine.url.database)).with_name("older")),))
    ledger.note(Event("exported"), recorded_by="张三")
    note_head(ledger, recorded_by="server")
    assert doubts(ledger) == []
    return ledger


def exchanged(ledger: Ledger, other: Path | None) -> None:
    file = Path(str(ledger.engine.url.database))
    ledger.dispose()
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    if other is not None:
        shutil.copy(other, file)


CUT = ("DROP TRIGGER audit_entry_no_DELETE", "DELETE FROM audit_entry WHERE record_id > 4")


def test_a_tail_that_was_cut_off_is_named_at_the_start(noted: Ledger, file: Path) -> None:
    attack(file, *CUT, "DROP TRIGGER edition_facts_no_DELETE", "DELETE FROM edition_facts")
    assert noted.verify().broken_at is None, "the chain itself cannot know"
    assert doubts(noted) == ["head_missing"]
    with pytest.raises(RecordError, match="ledger_went_back"):
        noted.note(Event("signed_out"), recorded_by="张三")
    with pytest.raises(RecordError, match="head_missing"):
        note_head(Ledger(noted.engine.url), recorded_by="server")


def test_an_older_ledger_is_named_at_the_start(noted: Ledger, file: Path) -> None:
    exchanged(noted, file.with_name("older"))
    assert doubts(noted) == ["head_missing"]


def test_an_empty_ledger_is_named_at_the_start(noted: Ledger) -> None:
    exchanged(noted, None)
    assert doubts(noted) == ["head_missing", "to_confirm_key_was_there"]


def test_a_ledger_from_before_the_key_is_named_at_the_start(noted: Ledger, file: Path) -> None:
    make_older(f"sqlite:///{file.with_name('old.sqlite')}")
    exchanged(noted, file.with_name("old.sqlite"))
    assert doubts(noted) == ["head_missing", "to_confirm_key_was_there"]


def test_another_ledger_with_the_same_key_is_named_at_the_start(noted: Ledger, file: Path) -> None:
    other = file.with_name("other.sqlite")
    shutil.copy(file.with_suffix(".key"), other.with_suffix(".key"))
    second = Ledger(make_url(f"sqlite:///{other}"))
    second.note(*[Event("signed_in")] * 20, recorded_by="李四")
    assert second.verify().broken_at is None
    second.dispose()
    exchanged(noted, other)
    assert "head_missing" in doubts(noted)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [], ["anchor_cut"]),
        (lambda lines: [lines[0].replace(" 6 ", " 5 ")], ["anchor_forged", "anchor_cut"]),
        (lambda lines: [*lines, "2026-11-28T00:00:00+00:00 9 abc def"], ["anchor_forged"]),
        (lambda lines: [*lines, "\x00 nonsense"], ["anchor_forged"]),
    ],
    ids=["cut", "changed", "forged", "nonsense"],
)
def test_what_was_done_to_the_noted_heads_is_named(
    noted: Ledger, file: Path, change: Callable[[list[str]], list[str]], said: list[str]
) -> None:
    kept = file.with_suffix(".anchors")
    lines = change(kept.read_text(encoding="ascii").splitlines())
    kept.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    assert doubts(noted) == said


def test_a_ledger_exchanged_with_its_key_and_heads_is_named_by_those_in_another_place(
    ledger: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whoever can write in the folder, and not in the other."""
    elsewhere = file.parent / "log" / "anchors"
    monkeypatch.setenv(VARIABLE, str(elsewhere))
    note_head(ledger, recorded_by="server")
    exchanged(ledger, None)
    file.with_suffix(".key").unlink()
    own = Ledger(ledger.engine.url)
    own.note(*[Event("signed_in")] * 9, recorded_by="李四")
    own.dispose()
    assert doubts(own) == ["anchor_forged"]


def test_the_systems_log_gets_each_head_too(
    ledger: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        monkeypatch.setattr(anchors, "LOG_SOCKET", str(tmp_path / "log"))
        monkeypatch.setenv(VARIABLE, SYSLOG)
        note_head(ledger, recorded_by="server")
        said = log.recv(1_000).decode()
    assert file.with_suffix(".anchors").read_text(encoding="ascii").strip() in said
    assert main(["verify", "--head", said.split()[-2]]) == 0
    assert main(["verify", "--head", "0" * 64]) == 3
    monkeypatch.setattr(anchors, "LOG_SOCKET", str(tmp_path / "nowhere"))
    with pytest.raises(RecordError, match="anchor_not_noted"):
        note_head(ledger, recorded_by="server")


def test_heads_are_noted_once_a_day(ledger: Ledger) -> None:
    assert [note_head_daily(ledger, recorded_by="server") for _ in range(2)] == [True, False]


def test_heads_that_cannot_be_read_any_more_are_named_too(
    noted: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", noted.engine.url.render_as_string())
    assert record_door.record_doubts() == []
    file.with_suffix(".anchors").unlink()
    file.with_suffix(".anchors").mkdir()
    record_door.forget_doubts()
    assert [doubt.key for doubt in record_door.record_doubts()] == ["anchor_not_noted"]
    lifespan.tell_doubts()
    assert str(file.with_suffix(".anchors")) in capsys.readouterr().err, "in the journal when the server starts"


def test_a_confirmation_that_nobody_signed_confirms_nothing(noted: Ledger, file: Path) -> None:
    attack(file, *CUT)
    [doubt] = read_doubts(Ledger(noted.engine.url))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        detail = json.dumps({"confirmed": [doubt.about]})
        row = ("record_confirmed", detail, "1" * 64, "2" * 64, keys.load_keys(file.with_suffix(".key"))[0].key_id)
        connection.execute(f"{ENTRY} VALUES (?, ?, ?, ?, ?, '主管', '{NOW}')", row)
    assert doubts(noted) == ["head_missing"]


def test_a_manager_confirms_what_is_lawful_and_it_is_an_entry(noted: Ledger, file: Path) -> None:
    exchanged(noted, file.with_name("older"))
    fresh = Ledger(noted.engine.url)
    with pytest.raises(ScopeError, match="confirm_record"):
        confirm(fresh, reason="恢复", recorded_by="审计", scope=Scope(regions=None, actions=frozenset({"read_audit"})))
    with pytest.raises(RecordError, match="reason_missing"):
        confirm(fresh, reason=" ", recorded_by="主管", scope=EVERYTHING)
    confirm(fresh, reason="按规定恢复备份", recorded_by="主管", scope=EVERYTHING)
    assert doubts(fresh) == []
    assert fresh.verify().broken_at is None
    [entry] = fresh.signed_entries("record_confirmed")
    assert (entry["recorded_by"], entry["detail"]["reason"]) == ("主管", "按规定恢复备份")


def test_a_file_exchanged_under_a_running_server_is_neither_read_nor_written(noted: Ledger, file: Path) -> None:
    shutil.copy(file.with_name("older"), file.with_name("copy"))
    file.with_name("copy").rename(file)
    for use in (lambda: noted.note(Event("exported"), recorded_by="张三"), noted.verify):
        with pytest.raises(RecordError, match="ledger_replaced"):
            use()


# --- the key ----------------------------------------------------------------------------------------------------------


def test_a_changed_key_leaves_everything_verified_and_cannot_go_back(ledger: Ledger, file: Path) -> None:
    url = ledger.engine.url
    change_key(url, lost=False, recorded_by="管理员")
    old, new = keys.load_keys(file.with_suffix(".key"))
    ledger.note(Event("exported"), recorded_by="张三")
    entries = ledger.read(select(audit_entry.c.event, audit_entry.c.key_id).order_by(audit_entry.c.record_id))
    assert entries["event"].tolist()[-2:] == ["record_sealed", "exported"]
    assert entries["key_id"].tolist()[-3:] == [old.key_id, new.key_id, new.key_id]
    assert ledger.verify() == Ledger(url).verify()
    assert ledger.verify().broken_at is None
    attack(file, "DROP TRIGGER audit_entry_no_DELETE", "DELETE FROM audit_entry WHERE record_id > 5")
    assert Ledger(url).verify().broken_at is None, "so does a backup from before the change"
    assert doubts(ledger) == ["key_not_newest"], "where whoever knew the old key would go on"
    change_key(url, lost=False, recorded_by="管理员")
    assert doubts(ledger) == []
    assert keys.load_keys(file.with_suffix(".key")) == (old, new)


def test_a_lost_key_is_said_and_confirmed_and_what_it_signed_stays_sealed(ledger: Ledger, file: Path) -> None:
    url, key = ledger.engine.url, file.with_suffix(".key")
    with pytest.raises(RecordError, match="key_is_there"):
        change_key(url, lost=True, recorded_by="管理员")
    key.unlink()
    with pytest.raises(RecordError, match="key_missing"):
        change_key(url, lost=False, recorded_by="管理员")
    change_key(url, lost=True, recorded_by="管理员")
    fresh = Ledger(url)
    assert (fresh.verify().entries, fresh.verify().broken_at) == (6, None)
    assert doubts(fresh) == ["to_confirm_key_lost"]
    attack(file, NO_GUARD[0], "UPDATE account_event SET role = 'manager'")
    assert (fresh.verify().broken_at, fresh.verify().table) == (6, "account_event")


def test_a_key_is_printed_once(ledger: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [key] = keys.load_keys(file.with_suffix(".key"))
    monkeypatch.setenv("LEDGER_DATABASE_URL", ledger.engine.url.render_as_string())
    assert [advice.key for advice in record_door.record_advice()] == ["key_not_printed"]
    assert print_key(ledger, recorded_by="管理员").replace(" ", "") == key.secret.hex()
    with pytest.raises(RecordError, match="key_printed"):
        print_key(ledger, recorded_by="管理员")
    assert len(ledger.signed_entries("key_printed")) == 1
    assert record_door.record_advice() == []


def test_of_programs_that_start_at_once_one_makes_the_key(file: Path) -> None:
    url = make_url(f"sqlite:///{file}")

    def begin(name: str) -> None:
        made = Ledger(url)
        made.note(Event("signed_in"), recorded_by=name)
        made.dispose()

    with ThreadPoolExecutor(4) as programs:
        list(programs.map(begin, "甲乙丙丁"))
    ledger = Ledger(url)
    assert (len(ledger.keys), ledger.verify().entries, ledger.verify().broken_at) == (1, 4, None)
    ledger.dispose()
