"""An installation of earlier days goes on working: its databases open, its editions read as they were frozen, and its
links, forms, accounts and commands are taken as before.

`kept/` was made once by `make.py`, and is never made anew: `noted.json` says by which state of the project and what it
held. Every test works on a copy.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import DBAPIError
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.access import __main__ as access
from data_access.access import accounts, purposes
from data_access.access.audit_log import check_chain
from data_access.backup import __main__ as backup
from data_access.backup import postgres
from data_access.clock import today
from data_access.dispatch import editions
from data_access.errors import AccessError
from data_access.handouts import handouts
from data_access.inspection import calls, draws, findings, problems
from data_access.ledger import filter_templates
from data_access.ledger.audit_chain import SEALED, audit_entry
from data_access.ledger.declaration import metadata as records
from data_access.ledger.ledger import Ledger
from data_access.ledger.migration import bring_up
from data_access.load import __main__ as load
from data_access.load.maps import read_map
from data_access.quality import check_command
from data_access.scope import Scope
from data_access.warnings.dispositions import read_dispositions
from pages.data.quality import trend
from pages.shell import menu
from tests.installation.links import opened_link
from tests.support.databases import empty_database

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).with_name("kept")
NOTED = json.loads((KEPT / "noted.json").read_text(encoding="utf-8"))
LINKS = (KEPT / "links.txt").read_text(encoding="utf-8").split()
DISTRICT, EVERYTHING = Scope.district(), Scope.everything()
MONTH_END = date(2022, 9, 30)
DRAW = NOTED["draw"]["draw_id"]
[HALF_BACK] = (number for number, verdicts in NOTED["handouts"].items() if "not_include" in verdicts)
"""The handout that one township has answered."""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, do not change it."""
    folder = tmp_path_factory.mktemp("installation")
    with zipfile.ZipFile(KEPT / "databases.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def copied(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(unpacked, tmp_path_factory.mktemp("visited") / "installed"))


@pytest.fixture
def to_look_at(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """The installation as it was kept, for tests that only look; its ledger."""
    return _installed(unpacked, monkeypatch)


@pytest.fixture
def visited(copied: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A copy for whoever opens pages, which record that; its ledger."""
    return _installed(copied, monkeypatch)


@pytest.fixture
def to_work_with(unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A copy of the test's own; its ledger."""
    return _installed(Path(shutil.copytree(unpacked, tmp_path / "installed")), monkeypatch)


def _installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", f"duckdb:///{(folder / 'database/household').as_posix()}")
    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{(folder / 'ledger/ledger.sqlite').as_posix()}")
    # Streamlit looks through every installed package for components whenever an app is opened; there are none.
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", lambda *_, **__: [])
    monkeypatch.setattr(trend, "MONTHS", 2)  # each costs a second and says the same of a link
    return door.ledger()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, to_look_at: Ledger) -> Ledger:
    """The records on both databases."""
    return to_look_at if request.param == "sqlite" else request.getfixturevalue("on_postgres")


@pytest.fixture(scope="module")
def on_postgres(postgres_url: str) -> Iterator[Ledger]:
    """Read it, do not write."""
    made = _restored(postgres_url)
    yield made
    made.dispose()


def _restored(postgres_url: str) -> Ledger:
    url = make_url(empty_database(postgres_url))
    postgres.load_dump(url, KEPT / "ledger.dump")
    engine = create_engine(url)
    bring_up(engine)  # as `python -m data_access.upgrade` does: on a server the board does not do it by itself
    engine.dispose()
    return Ledger(url)


# --- records ----------------------------------------------------------------------------------------------------------


def test_every_edition_reads_as_it_was_frozen(ledger: Ledger) -> None:
    assert editions.read_editions(ledger, scope=DISTRICT)["edition_id"].tolist() == [
        noted["edition_id"] for noted in NOTED["editions"]
    ]
    for noted in NOTED["editions"]:
        kept = editions.load_edition(ledger, noted["edition_id"], scope=DISTRICT)
        assert (kept.day.isoformat(), kept.sha256) == (noted["day"], noted["sha256"])
        assert len(kept.content.open_households) == noted["open_households"]
        for place, figures in noted["figures"].items():
            read = {metric: [kept.count(metric, place=place), kept.value(metric, place=place)] for metric in figures}
            assert read == figures
        facts = editions.load_facts(ledger, kept, scope=DISTRICT)
        assert facts.months.cut_off.isoformat() == noted["facts_until"]


def test_an_edition_is_shown_and_corrected_against_the_data_of_now(to_look_at: Ledger) -> None:
    assert [len(noted["corrections"]) for noted in NOTED["editions"]] == [1, 0]
    for noted in NOTED["editions"]:
        table = door.metric_table(scope=DISTRICT, edition=noted["edition_id"])
        month = noted["day"][:7]
        assert {key: table.count(key, place="610902", month=month) for key in noted["facts"]} == noted["facts"]
        kept = editions.load_edition(to_look_at, noted["edition_id"], scope=DISTRICT)
        recounted = door.read(editions.read_open_households, scope=DISTRICT, on=kept.day)
        found = editions.corrections(kept.content.open_households, recounted, place="610902")
        assert found[["household_id", "change"]].to_dict("records") == noted["corrections"]


def test_no_record_is_lost_and_none_can_be_changed(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        rows = {name: len(connection.execute(select(records.tables[name])).all()) for name in NOTED["records"]}
    assert rows == NOTED["records"] | {"audit_entry": NOTED["records"]["audit_entry"] + 1}
    for name in NOTED["records"]:
        table = records.tables[name]
        if rows[name]:
            with (
                pytest.raises(DBAPIError, match="records are added, never changed"),
                ledger.engine.begin() as connection,
            ):
                connection.execute(table.delete())


def test_the_chain_of_the_audit_record_holds(ledger: Ledger) -> None:
    verdict = check_chain(ledger, scope=EVERYTHING)
    entries, newest = _chain()
    assert (verdict.broken_at, verdict.entries) == (None, entries + 1)
    sealed = ledger.read(select(audit_entry).where(audit_entry.c.event == SEALED)).to_dict("records")
    assert [(entry["previous_hash"], entry["hash"]) for entry in sealed] == [(newest, verdict.newest_hash)]


def test_records_mean_what_they_meant(ledger: Ledger) -> None:
    def numbers(rows: list[object]) -> dict[str, int]:
        return {str(key or ""): rows.count(key) for key in dict.fromkeys(rows)}

    def read(handout_id: str) -> list[object]:
        rows = handouts.read_rows(ledger, handout_id=handout_id, scope=DISTRICT)
        return rows["verdict"].astype(object).where(rows["verdict"].notna(), None).tolist()

    units = draws.read_units(ledger, scope=DISTRICT, draw_id=DRAW)
    assert units[["code", "kind", "position", "stratum"]].to_dict("records") == NOTED["draw"]["units"]
    assert units["replaced_by"].dropna().tolist() == NOTED["draw"]["replaced"]
    assert numbers(read_dispositions(ledger, scope=DISTRICT)["conclusion"].tolist()) == NOTED["conclusions"]
    found = findings.read_findings(ledger, scope=DISTRICT, draw_id=DRAW)
    assert found["agrees"].astype(bool).tolist() == NOTED["findings"]
    assert {number: numbers(read(number)) for number in NOTED["handouts"]} == NOTED["handouts"]
    known = problems.read_problems(ledger, scope=DISTRICT, on=MONTH_END)
    assert numbers(known["state"].tolist()) == NOTED["problems"]
    called = calls.read_results(ledger, scope=DISTRICT, first=date(2022, 9, 1), last=MONTH_END)
    assert numbers(called["outcome"].tolist()) == NOTED["telephone"]
    templates = filter_templates.read_templates(ledger)
    assert dict(zip(templates["name"], templates["link"], strict=True)) == NOTED["templates"]
    assert sorted(purposes.read_purposes(ledger, on=today())["name"]) == NOTED["purposes"]
    assert read_map(ledger, kind="persons") == NOTED["headings"]


def test_people_sign_in_as_before(to_work_with: Ledger) -> None:
    known = {account.user_id: account for account in accounts.read_accounts(to_work_with)}
    assert {role: known[user_id].role for role, user_id in NOTED["accounts"].items()} == {
        role: role for role in NOTED["accounts"]
    }
    user = accounts.sign_in(to_work_with, user_id=NOTED["accounts"]["township"], password=NOTED["password"])
    assert (user.role.key, user.scope.covers("610902104"), user.scope.covers("610902107")) == ("township", True, False)
    with pytest.raises(AccessError):
        accounts.sign_in(to_work_with, user_id="closed1", password=NOTED["password"])
    assert check_chain(to_work_with, scope=EVERYTHING).broken_at is None


def test_what_is_recorded_next_follows_on_postgresql_too(postgres_url: str) -> None:
    """Numbers go on, and so does the chain."""
    ledger = _restored(postgres_url)
    filter_templates.save_template(ledger, name="新", link="f=lamp.is.red", recorded_by="张干部", scope=DISTRICT)
    after = check_chain(ledger, scope=EVERYTHING)
    ledger.dispose()
    assert (after.broken_at, after.entries) == (None, _chain()[0] + 2)


# --- links and forms --------------------------------------------------------------------------------------------------


LATER = {"start", "connection", "cases", "reports"}
"""Pages that the installation did not have."""


def test_every_page_has_a_link() -> None:
    assert {link.split("?")[0].removeprefix("/") for link in LINKS} | LATER == {
        page for pages in menu.SECTIONS.values() for page in pages
    }


@pytest.mark.parametrize("link", LINKS)
def test_a_link_opens_its_page_and_means_what_it_meant(link: str, visited: Ledger) -> None:
    app, asked = opened_link(link)
    assert [shown.value for shown in [*app.exception, *app.error]] == []
    assert len(app.main) > 0
    kept = {key: app.query_params.get(key) for key in asked}
    assert {key: value if isinstance(value, list) else [value] for key, value in kept.items()} == asked


@pytest.mark.parametrize(
    ("page", "known", "key"),
    [
        ("overview", "", "edition"),
        ("dispatch", "part=edition&", "against"),
        ("worklist", "", "list"),
        ("draw", "part=made&", "draw"),
        ("villages", "", "unit"),
        ("problems", "part=table&", "problem"),
        ("returns", "part=collect&", "handout"),
    ],
)
def test_what_links_name_is_still_looked_up_under_that_name(page: str, known: str, key: str, visited: Ledger) -> None:
    """A page that reads the name of a link puts right what is not there; one that does not leaves it alone."""
    app, _ = opened_link(f"/{page}?{known}{key}=nowhere")
    assert app.query_params.get(key) not in ("nowhere", ["nowhere"])


def test_the_draw_is_repeated_from_its_file() -> None:
    noted = NOTED["draw"]
    for stratum in {(unit["kind"], unit["stratum"]) for unit in noted["units"]}:
        program = [sys.executable, ROOT / "docs/check_draw.py", KEPT / "frame.csv", noted["seed"], *stratum, "1"]
        said = subprocess.run(program, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
        assert said[0] == f"frame {noted['frame_hash']}"
        drawn = [unit for unit in noted["units"] if (unit["kind"], unit["stratum"]) == stratum]
        codes = [unit["code"] for unit in sorted(drawn, key=lambda unit: unit["position"])]
        assert [line.split()[2] for line in said[1 : len(codes) + 1]] == codes


def _answered(ledger: Ledger) -> int:
    return int(handouts.read_rows(ledger, handout_id=HALF_BACK, scope=DISTRICT)["verdict"].notna().sum())


def _found(ledger: Ledger) -> int:
    return len(findings.read_findings(ledger, scope=DISTRICT, draw_id=DRAW))


def _called(ledger: Ledger) -> int:
    return len(calls.read_results(ledger, scope=DISTRICT, first=date(2022, 9, 1), last=MONTH_END))


@pytest.mark.parametrize(
    ("link", "form", "keys", "count"),
    [
        (
            f"/returns?part=collect&handout={HALF_BACK}",
            "handout",
            ("returns_file", "returns_by", "returns_merge"),
            _answered,
        ),
        (f"/villages?draw={DRAW}", "findings", ("findings_file", "findings_by", "findings_record"), _found),
        ("/telephone", "calls", ("calls_file", "calls_by", "calls_record"), _called),
    ],
)
def test_a_form_that_was_still_out_is_taken_in(
    link: str, form: str, keys: tuple[str, str, str], count: Callable[[Ledger], int], visited: Ledger
) -> None:
    file, by, press = keys
    before = count(visited)
    app, _ = opened_link(link)
    content = (KEPT / f"{form}.xlsx").read_bytes()
    app.file_uploader(key=file).set_value((f"{form}.xlsx", content, "application/xlsx")).run()
    app.text_input(key=by).input("王镇干").run()
    _pressed(app, press)
    assert count(visited) > before


def _pressed(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert [shown.value for shown in [*app.exception, *app.error]] == []


# --- commands ---------------------------------------------------------------------------------------------------------


def test_the_household_database_is_checked(to_look_at: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    """Tables that were empty then are said to be empty; nothing else is wrong."""
    check_command.main([os.environ["HOUSEHOLD_DATABASE_URL"], "--language", "en", "--contract-only"])
    empty = {name for name, rows in NOTED["rows"].items() if rows == 0}
    assert len(capsys.readouterr().out.splitlines()) == len(empty)


def test_accounts_and_the_chain_are_listed(to_look_at: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert access.main(["list"]) == 0
    listed = {line.split("\t")[0]: line.split("\t")[-1] for line in capsys.readouterr().out.splitlines()}
    assert listed == {**dict.fromkeys(NOTED["accounts"].values(), "open"), "closed1": "closed"}
    assert access.main(["verify"]) == 0
    assert capsys.readouterr().out.startswith(f"{_chain()[0] + 1} entries hold; newest hash ")


def test_it_is_backed_up_and_the_backup_holds(to_work_with: Ledger, tmp_path: Path) -> None:
    assert backup.main(["save", str(tmp_path / "saved")]) == 0
    assert backup.main(["check", str(tmp_path / "saved")]) == 0


def test_a_file_is_loaded_and_what_was_loaded_then_is_taken_back(
    to_work_with: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load.main(["--undo"]) == 0
    assert "补报.csv" in capsys.readouterr().out
    file = tmp_path / "calls.csv"
    shutil.copy(KEPT / "calls.csv", file)
    assert load.main([str(file), "--kind", "table_phone_check", "--as-of", "2022-09-30"]) == 0
    assert "1 loaded" in capsys.readouterr().out


def _chain() -> tuple[int, str]:
    """The entries of those days and the newest of them; one more seals them when the installation is opened."""
    return NOTED["audit"]["entries"], NOTED["audit"]["newest_hash"]
