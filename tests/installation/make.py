"""Makes the installation that lies in `kept/`. It was run once, on the state of the project named in `kept/noted.json`;
it is not run again, for what it made stands for installations that were made in those days. No test imports it.

    python -m tests.installation.make STATE
"""

import json
import os
import secrets
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import xlsxwriter
from sqlalchemy import create_engine, func, insert, make_url, select
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.access import accounts, purposes
from data_access.access.audit_log import check_chain
from data_access.access.roles import load_roles
from data_access.backup import postgres
from data_access.clock import today
from data_access.database.engine import Snapshot
from data_access.dispatch import editions
from data_access.facts.metrics import load_metrics
from data_access.files.parsing.messages import Cell
from data_access.handouts import handouts
from data_access.inspection import calls, draws, findings, problems
from data_access.inspection.recheck import KIND
from data_access.ledger import filter_templates
from data_access.ledger.declaration import in_utc
from data_access.ledger.declaration import metadata as records
from data_access.ledger.ledger import Ledger
from data_access.lists import lists
from data_access.lists.selection import Condition
from data_access.load.__main__ import main as load
from data_access.load.maps import keep_map, read_map
from data_access.schema.tables import metadata
from data_access.scope import Scope
from data_access.warnings.dispositions import Disposition, add_dispositions, read_dispositions, read_fingerprints
from sample_data.build import build
from tests.installation.links import opened_link
from tests.support.databases import empty_database, write_version
from tests.support.postgres import postgres_server
from tests.support.protected import opened_workbook
from tests.support.sheets import read_first_sheet

KEPT = Path(__file__).with_name("kept")

COUNTY, TOWNSHIPS = "610902", ("610902104", "610902107")
HOMES_EACH = 12
PASSWORD = "installation-of-2022"
CALLED = "371209"
LATE = date(2022, 9, 12)
DISTRICT = Scope.district()


def make(server_url: str, *, state: str) -> None:
    shutil.rmtree(KEPT, ignore_errors=True)
    (KEPT / "database").mkdir(parents=True)
    (KEPT / "ledger").mkdir()
    pointer, ledger_file = KEPT / "database/household", KEPT / "ledger/ledger.sqlite"
    write_version(pointer, small_sample())
    os.environ["HOUSEHOLD_DATABASE_URL"] = f"duckdb:///{pointer}"
    os.environ["LEDGER_DATABASE_URL"] = f"sqlite:///{ledger_file}"
    ledger = door.ledger()
    people(ledger)
    small_records(ledger)
    freeze(date(2022, 8, 31))
    freeze(date(2022, 9, 25))
    inspection(ledger)
    record_check()
    send_out("households")
    send_out("yellow_households")
    telephone()
    in_every_state(ledger)
    late_case()
    links = list(addresses(ledger))
    (KEPT / "links.txt").write_text("".join(f"{link}\n" for link in links), encoding="utf-8")
    said = {"made_at_state": state, "made_on": today().isoformat(), **noted(ledger)}
    text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    (KEPT / "noted.json").write_text(text + "\n", encoding="utf-8")
    on_postgres(ledger, server_url)
    ledger.dispose()
    packed(pointer, ledger_file)


# --- the household database -------------------------------------------------------------------------------------------


def small_sample() -> dict[str, list[dict[str, Any]]]:
    """Two townships of the sample, two villages of each, a dozen households of each village."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"duckdb:///{folder}/household"
        build(scale=0.1, url=url, quiet=True)
        os.environ["HOUSEHOLD_DATABASE_URL"] = url
        told = {metric: told_of(metric) for metric in ("open_households", "red_unchecked", "yellow_households")}
        frames = door.run(every_row, scope=DISTRICT)
    known = set.union(*told.values())
    crowded = pd.Series(
        [row["village_code"] for row in frames["household"] if row["household_id"] in known]
    ).value_counts()
    villages = [
        village
        for township in TOWNSHIPS
        for village in crowded[crowded.index.str.startswith(township)].sort_index().nlargest(2).index
    ]
    homes = {
        home
        for village in villages
        for home in interesting(
            [row["household_id"] for row in frames["household"] if row["village_code"] == village], told
        )
    }
    places = {COUNTY, *TOWNSHIPS, *villages}

    def kept(row: dict[str, Any]) -> bool:
        if "household_id" in row:
            return row["household_id"] in homes
        place = next(
            (row[name] for name in ("village_code", "township_code", "region_code", "code") if name in row), ""
        )
        return place in places or not place.startswith("6109")

    rows = {name: [row for row in rows if kept(row)] for name, rows in frames.items()}
    used = {row["workplace_id"] for row in rows["employment"]}
    works = [row for row in frames["workplace"] if row["workplace_id"] in used]
    rows["workplace"] = [{**row, "village_code": villages[0]} for row in works]
    return rows


def every_row(snapshot: Snapshot, *, scope: Scope) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [dict(row) for row in snapshot.connection.execute(select(table)).mappings()]
        for table in metadata.sorted_tables
    }


def told_of(metric: str) -> set[str]:
    rows = door.read(lists.read_breakdown, scope=DISTRICT, metric=metric, by=("household_id",), on=date(2022, 9, 30))
    return set(rows["household_id"])


def interesting(homes: list[str], told: dict[str, set[str]]) -> list[str]:
    """A dozen households: those under watch, with a lamp, and others."""
    few = [home for known in told.values() for home in sorted(known & set(homes))[:4]]
    return list(dict.fromkeys([*few, *homes]))[:HOMES_EACH]


def late_case() -> None:
    """A case that is told after the meeting: the second edition has a correction, the database a second version."""
    held = set(door.read(editions.read_open_households, scope=DISTRICT, on=date(2022, 9, 30)))
    frames = door.run(every_row, scope=DISTRICT)
    held |= {row["household_id"] for row in frames["monitoring_case"]}
    row = next(
        row
        for row in frames["household"]
        if row["household_id"] not in held and row["household_type"] == "general" and row["closed_on"] is None
    )
    told = {
        "household_id": row["household_id"],
        "case_id": f"{row['household_id']}-late",
        "category": "marginal",
        "cause_1": "illness",
        "channel": "cadre",
        "discovered_on": LATE,
        "identified_on": LATE,
        "persons": 2,
        "outcome": "open",
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "补报.csv"
        file.write_text(",".join(told) + "\n" + ",".join(map(str, told.values())) + "\n", encoding="utf-8")
        code = load([str(file), "--kind", "table_monitoring_case", "--as-of", "2022-09-30"])
        assert code == 0
        later = {"household_id": told["household_id"], "called_on": "2022-09-28", "outcome": "no_answer"}
        (KEPT / "calls.csv").write_text(",".join(later) + "\n" + ",".join(later.values()) + "\n", encoding="utf-8")


# --- the ledger -------------------------------------------------------------------------------------------------------


def people(ledger: Ledger) -> None:
    """One account per role, all with the same password; one of them closed later."""
    for role in load_roles().by_key.values():
        places = TOWNSHIPS[:1] if role.needs_places else ()
        first = accounts.add_account(
            ledger, user_id=f"{role.key}1", label=role.key, role=role.key, places=places, recorded_by="安装"
        )
        accounts.change_password(ledger, user_id=f"{role.key}1", old=first, new=PASSWORD)
    accounts.add_account(ledger, user_id="closed1", label="已离岗", role="staff", places=(), recorded_by="安装")
    accounts.disable_account(ledger, user_id="closed1", recorded_by="安装")


def small_records(ledger: Ledger) -> None:
    """Conclusions, templates, purposes, headings."""
    facts = door.current_facts().facts
    on = facts.months.cut_off
    homes = told_of("open_households") | told_of("red_households")
    seen = door.read(read_fingerprints, scope=DISTRICT, on=on, household_ids=tuple(sorted(homes)[:3]))
    kinds: tuple[dict[str, Any], ...] = (
        {"conclusion": "watch", "until": date(2022, 12, 31)},
        {"conclusion": "not_include", "reason": "assets"},
        {"conclusion": "watch", "note": "已入户"},
    )
    rows = zip(seen.to_dict("records"), kinds, strict=True)
    add_dispositions(
        ledger,
        [Disposition(**{str(key): value for key, value in row.items()}, **kind) for row, kind in rows],
        recorded_by="张干部",
        scope=DISTRICT,
    )
    for name, link in (
        ("红黄预警户", "f=lamp.is.red,yellow&c=score"),
        ("脱贫户", "f=household_type.is.lifted_out"),
        ("不再用", "f=lamp.is.red"),
    ):
        filter_templates.save_template(ledger, name=name, link=link, recorded_by="张干部", scope=DISTRICT)
    filter_templates.remove_template(ledger, name="不再用", recorded_by="张干部", scope=DISTRICT)
    manager = accounts.sign_in(ledger, user_id="manager1", password=PASSWORD).scope
    for name, subject, conditions in (
        ("入户核查", "red_households", ()),
        ("困难户走访", purposes.SELECTION, (Condition("lamp", "is", ("red",)),)),
        ("已撤回", "red_households", ()),
    ):
        asked = purposes.Purpose(
            name=name,
            reason="逐户核查红色预警",
            subject=subject,
            columns=("head_name", "phone"),
            until=today(),
            place="610902",
            day=date(2022, 9, 30),
            rows=100,
            conditions=conditions,
        )
        number = purposes.approve(ledger, asked, on=today(), recorded_by="manager1", scope=manager)
        if name == "已撤回":
            purposes.withdraw(ledger, number, recorded_by="manager1", scope=manager)
    keep_map(
        ledger, {"户主名字": "household.head_name", "备注栏": ""}, kind="persons", recorded_by="数据员", scope=DISTRICT
    )


def freeze(day: date) -> None:
    app = opened("dispatch", part="edition", month=f"{day:%Y-%m}")
    app.date_input(key="edition_day").set_value(day)
    app.text_input(key="edition_by").input("张主任").run()
    pressed(app, "edition_freeze")


def inspection(ledger: Ledger) -> None:
    """A draw with its frame, a finding that agrees and one that does not, a unit replaced, a form still to come in."""
    app = opened("draw", part="make")
    app.text_input(key="draw_called").input(CALLED)
    app.text_input(key="draw_by").input("张干部").run()
    pressed(app, "draw_press")
    pressed(app, "build_draw_frame")
    shutil.copy(built(app, "draw_frame"), KEPT / "frame.csv")
    for key in ("package_password", "package_again"):
        app.text_input(key=key).input("督查-open-2022").run()
    pressed(app, "build_package")
    with zipfile.ZipFile(built(app, "package")) as archive:
        form = opened_workbook(archive.read("核查表_离线填写后上传.xlsx"), password="督查-open-2022")
    cells = read_first_sheet(form, name="核查表.xlsx")
    head = next(position for position, row in enumerate(cells) if "核查结果" in row)
    columns = {str(title): column for column, title in enumerate(cells[head])}
    [number] = draws.read_draws(ledger, scope=DISTRICT)["draw_id"]
    units = draws.read_units(ledger, scope=DISTRICT, draw_id=number)
    homes = units[(units["kind"] == "household") & units["active"]].to_dict("records")
    for home, question, agrees in ((homes[0], "water", False), (homes[0], "housing", True), (homes[1], "water", True)):
        found = findings.Finding(
            finding_id=secrets.token_hex(6),
            draw_id=number,
            kind="household",
            code=home["code"],
            township_code=home["township_code"],
            village_code=home["village_code"],
            question=question,
            problem_class=findings.load_questions()["household"][question].problem_class,
            agrees=agrees,
            found_on=date(2022, 9, 28),
            system_value="否",
            found_value=None if agrees else "水压低",
        )
        findings.add_findings(ledger, [found], recorded_by="李组长", scope=DISTRICT)
    draws.replace_unit(
        ledger, draw_id=number, code=homes[-1]["code"], reason="整户外出", recorded_by="李组长", scope=DISTRICT
    )
    done = {homes[0]["code"], homes[1]["code"], homes[-1]["code"]}
    row = next(
        row
        for row in cells[head + 1 :]
        if row[columns["核查事项"]] == "饮水安全" and row[columns["单位编号"]] not in done
    )
    for title, value in {"核查结果": "一致", "核查日期": "2022-09-28"}.items():
        row[columns[title]] = value
    (KEPT / "findings.xlsx").write_bytes(workbook(cells))


def record_check() -> None:
    app = opened("records", part="make")
    app.text_input(key="records_called").input(CALLED).run()
    app.text_input(key="records_by").input("质控组").run()
    pressed(app, "records_press")


def send_out(metric: str) -> None:
    """A list sent out by township; of the second one, one township has answered and the other's form is still to come
    in."""
    app = opened("returns", list=metric)
    app.text_input(key="returns_sent_by").input("张干部").run()
    pressed(app, "build_handout")
    with zipfile.ZipFile(built(app, "handout")) as archive:
        forms = [read_first_sheet(archive.read(name), name=name) for name in sorted(archive.namelist())]
    if metric == "households":
        return
    assert len(forms) == 2, len(forms)
    answered, waiting = (
        filled(form, 2, {"核实情况": "不纳入", "不符原因": "有资产需说明", "核实人": "李村干"}) for form in forms
    )
    app = opened("returns", part="collect")
    app.file_uploader(key="returns_file").set_value(("回收.xlsx", answered, "application/xlsx")).run()
    app.text_input(key="returns_by").input("王镇干").run()
    pressed(app, "returns_merge")
    (KEPT / "handout.xlsx").write_bytes(waiting)


def telephone() -> None:
    """A call sheet that came in, with a complaint that became a problem, and one that is still to come in."""
    app = opened("telephone")
    app.text_area(key="calls_callers").input("小王\n小李").run()
    pressed(app, "build_call_sheets")
    with zipfile.ZipFile(built(app, "call_sheets")) as archive:
        sheets = [read_first_sheet(archive.read(name), name=name) for name in sorted(archive.namelist())]
    said = {"拨打日期": "2022-09-28", "接通情况": "接通", "诉求": "饮水", "说明": "水压低"}
    (KEPT / "calls.xlsx").write_bytes(filled(sheets[1], 1, {**said, "诉求": "无"}, rows=1))
    app.file_uploader(key="calls_file").set_value(("拨打表.xlsx", filled(sheets[0], 1, said, rows=1), "x/x")).run()
    app.text_input(key="calls_by").input("小李")
    pressed(app, "calls_record")


def in_every_state(ledger: Ledger) -> None:
    """Problems: open, assigned and overdue, struck off, held, reopened."""
    homes = door.read(editions.read_open_households, scope=DISTRICT, on=date(2022, 9, 30))
    (home, village), *_ = sorted(homes.items())
    ways = {
        "新发现": (),
        "已指派": ("assigned", "progress"),
        "已销号": ("assigned", "struck_off"),
        "回头看已核": ("struck_off", "held"),
        "再次出现": ("struck_off", "reopened"),
    }
    for number, (words, steps) in enumerate(ways.items(), start=1):
        one = problems.Problem(
            problem_id=problems.new_problem_id(),
            township_code=village[:9],
            village_code=village,
            household_id=home if number % 2 else None,
            description=words,
            problem_class="policy",
            source="inspection",
            source_id=f"纸质{number}",
            found_on=date(2022, 9, 1),
        )
        problems.open_problems(ledger, [one], recorded_by="李组长", scope=DISTRICT)
        for day, step in enumerate(steps, start=2):
            done = problems.ProblemStep(step=step, done_on=date(2022, 9, day), evidence="照片", measures="限期整改")
            if step == "assigned":
                done = replace(done, department="610902", owner="王主任", due_on=date(2022, 9, 20))
            problems.record_step(ledger, one.problem_id, done, recorded_by="李组长", scope=DISTRICT)


# --- what is noted ----------------------------------------------------------------------------------------------------


def addresses(ledger: Ledger) -> Iterator[str]:
    """An address of every page and of every part of it, with what the ledger knows in them."""
    [newer, older] = editions.read_editions(ledger, scope=DISTRICT)["edition_id"]
    [draw] = draws.read_draws(ledger, scope=DISTRICT)["draw_id"]
    [checked] = draws.read_draws(ledger, scope=DISTRICT, kind=KIND)["draw_id"]
    units = draws.read_units(ledger, scope=DISTRICT, draw_id=draw)
    unit = units[(units["kind"] == "household") & units["active"]].iloc[0]
    sent = handouts.read_handouts(ledger, scope=DISTRICT)["handout_id"].tolist()
    known = problems.read_problems(ledger, scope=DISTRICT, on=date(2022, 9, 30))["problem_id"].tolist()
    home, village = min(door.read(editions.read_open_households, scope=DISTRICT, on=date(2022, 9, 30)).items())
    township, grid = village[:9], door.run(grid_of, scope=DISTRICT, village=village)
    here = {"month": "2022-08", "place": township}

    def link(page: str, **said: str | list[str]) -> str:
        return f"/{page}?{urlencode(said, doseq=True)}" if said else f"/{page}"

    yield link("overview", lang="en")
    yield link("overview", lang="zh", month="2022-08", place=township)
    for page in ("overview", "dispatch"):
        yield link(page, lang="zh", edition=older)
    for page in ("trends", "meeting", "warnings", "places"):
        yield link(page, lang="zh", edition=newer)
    yield link("overview", place=village, edition=newer)
    yield link("trends", unit="persons", split="groups", **{"from": "2022-03"}, **here)
    for part in ("ranking", "five_lists", "weekly", "assessment", "edition", "documents"):
        yield link("dispatch", part=part, month="2022-08")
    for five in ("problems", "progress"):
        yield link("dispatch", part="five_lists", five=five, month="2022-08")
    yield link("dispatch", part="edition", against=older, month="2022-08")
    yield link("projects", **here)
    yield link("worklist", list="red_households", **here)
    yield link("worklist", list="households", by_lamp="red", by_household_type="lifted_out", month="2022-08")
    yield link("worklist", list="measures_overdue", lang="en", month="2022-08")
    yield link("worklist", list="projects_overdue", place=village)
    for slide in ("standing", "ranking"):
        yield link("meeting", slide=slide, month="2022-08")
    yield link("meeting", embed="true", wall="1", edition=newer)
    for part in ("places", "rules", "shortfalls", "changes", "households"):
        yield link("warnings", part=part, **here)
    yield link("warnings", part="households", lamps="yellow_households", month="2022-08")
    for part in ("work_list", "self_reports", "case_help", "visits", "misfits"):
        yield link("clues", part=part, **here)
    yield link("clues", part="visits", by="grid_code", **here)
    for section in ("below", "households", "items"):
        yield link("places", section=section, **here)
    yield link("places", place=village, group="1", section="households")
    yield link("places", place=village, grid=grid, section="households", of="households")
    yield link("employment", **here)
    for year in ("assessment", "calendar"):
        yield link("income", year=year, month="2022-08")
    yield link("household", household=home, lang="zh", month="2022-08", place=village)
    yield link("search", lang="en")
    yield link("draw", part="make", month="2022-08")
    yield link("draw", part="made", draw=draw, place=township)
    yield link("villages", draw=draw, village=unit["village_code"], unit=unit["code"])
    yield link("records", part="make", month="2022-08")
    yield link("records", part="made", draw=checked, by="grid")
    for part in ("table", "board", "look_back", "new"):
        yield link("problems", part=part, lang="zh")
    yield link("problems", part="table", problem=known[0])
    yield link("telephone", month="2022-08", place=township)
    yield link("imports", lang="zh")
    for part in ("completeness", "collection", "audit", "trend", "outliers", "effect"):
        yield link("quality", part=part, month="2022-08")
    for part in ("departments", "months", "places"):
        yield link("comparison", part=part, month="2022-08")
    yield link("downloads", f=["lamp.is.red,yellow", "household_type.is.lifted_out"], c=["score", "household_type"])
    yield link("purposes", lang="zh")
    yield link("returns", part="send_out", list="red_households")
    yield link("returns", part="collect", handout=sent[0])
    yield link("returns", part="collect", handout=sent[1])
    yield link("rulebook", month="2022-08")
    yield link("dictionary", lang="en")
    yield link("audit", lang="zh")


def grid_of(snapshot: Snapshot, *, scope: Scope, village: str) -> str:
    home = metadata.tables["household"]
    query = select(func.min(home.c.grid_code)).where(home.c.village_code == village)
    return str(snapshot.connection.execute(query).scalar_one())


def noted(ledger: Ledger) -> dict[str, Any]:
    on = date(2022, 9, 30)
    verdict = check_chain(ledger, scope=Scope.everything())
    [draw] = draws.read_draws(ledger, scope=DISTRICT)["draw_id"]
    units = draws.read_units(ledger, scope=DISTRICT, draw_id=draw)
    return {
        "accounts": {role: f"{role}1" for role in load_roles().by_key},
        "audit": {"entries": verdict.entries, "newest_hash": verdict.newest_hash},
        "conclusions": numbers(read_dispositions(ledger, scope=DISTRICT), "conclusion"),
        "draw": {
            "draw_id": draw,
            "seed": draws.read_draws(ledger, scope=DISTRICT)["seed"].item(),
            "frame_hash": draws.read_draws(ledger, scope=DISTRICT)["frame_hash"].item(),
            "units": units[["kind", "stratum", "position", "code"]].to_dict("records"),
            "replaced": units["replaced_by"].dropna().tolist(),
        },
        "editions": [
            edition_of(ledger, number) for number in editions.read_editions(ledger, scope=DISTRICT)["edition_id"]
        ],
        "findings": findings.read_findings(ledger, scope=DISTRICT, draw_id=draw)["agrees"].astype(bool).tolist(),
        "handouts": {
            number: numbers(handouts.read_rows(ledger, handout_id=number, scope=DISTRICT), "verdict")
            for number in handouts.read_handouts(ledger, scope=DISTRICT)["handout_id"]
        },
        "headings": read_map(ledger, kind="persons"),
        "password": PASSWORD,
        "problems": numbers(problems.read_problems(ledger, scope=DISTRICT, on=on), "state"),
        "purposes": sorted(purposes.read_purposes(ledger, on=today())["name"]),
        "records": {name: rows_of(ledger, name) for name in sorted(records.tables)},
        "rows": door.run(rows_by_table, scope=DISTRICT),
        "telephone": numbers(calls.read_results(ledger, scope=DISTRICT, first=date(2022, 9, 1), last=on), "outcome"),
        "templates": filter_templates.read_templates(ledger).set_index("name")["link"].to_dict(),
    }


def numbers(rows: pd.DataFrame, column: str) -> dict[str, int]:
    return {str(key): int(count) for key, count in rows[column].fillna("").value_counts().sort_index().items()}


def rows_by_table(snapshot: Snapshot, *, scope: Scope) -> dict[str, int]:
    return {
        name: snapshot.connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in sorted(metadata.tables.items())
    }


def rows_of(ledger: Ledger, name: str) -> int:
    return int(ledger.read(select(func.count().label("rows")).select_from(records.tables[name]))["rows"].item())


def edition_of(ledger: Ledger, number: str) -> dict[str, Any]:
    kept = editions.load_edition(ledger, number, scope=DISTRICT)
    facts = editions.load_facts(ledger, kept, scope=DISTRICT)
    recounted = door.read(editions.read_open_households, scope=DISTRICT, on=kept.day)
    found = editions.corrections(kept.content.open_households, recounted, place=COUNTY)
    return {
        "edition_id": number,
        "day": kept.day.isoformat(),
        "sha256": kept.sha256,
        "open_households": len(kept.content.open_households),
        "corrections": found[["household_id", "change"]].to_dict("records"),
        "figures": {
            place: {
                metric: [kept.count(metric, place=place), kept.value(metric, place=place)] for metric in load_metrics()
            }
            for place in (COUNTY, *TOWNSHIPS)
        },
        "facts": {
            name: int(
                door.metric_table(scope=DISTRICT, edition=number).count(name, place=COUNTY, month=f"{kept.day:%Y-%m}")
            )
            for name in ("open_households", "red_households", "households")
        },
        "facts_until": facts.months.cut_off.isoformat(),
    }


def on_postgres(ledger: Ledger, server_url: str) -> None:
    """The same records in a ledger that this state makes on PostgreSQL."""
    url = empty_database(server_url)
    other = Ledger(make_url(url))
    with ledger.engine.connect() as source, other.engine.begin() as target:
        for name, table in records.tables.items():
            rows = [dict(row) for row in source.execute(select(table).order_by(table.c.record_id)).mappings()]
            rows = [{**row, "recorded_at": in_utc(row["recorded_at"])} for row in rows]
            if rows:
                target.execute(insert(table), rows)
                sequence = func.pg_get_serial_sequence(name, "record_id")
                target.execute(select(func.setval(sequence, max(row["record_id"] for row in rows))))
    held = check_chain(other, scope=Scope.everything())
    assert held == check_chain(ledger, scope=Scope.everything()), held
    postgres.dump(make_url(url), KEPT / "ledger.dump")
    other.dispose()


def packed(pointer: Path, ledger_file: Path) -> None:
    """One file of each database, and the files of DuckDB, mostly empty, in a ZIP."""
    with create_engine(f"sqlite:///{ledger_file}").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with zipfile.ZipFile(KEPT / "databases.zip", "w", zipfile.ZIP_LZMA) as archive:
        for file in sorted(pointer.parent.iterdir()):
            if file.suffix != ".lock":
                archive.write(file, f"database/{file.name}")
        archive.write(ledger_file, "ledger/ledger.sqlite")
    shutil.rmtree(KEPT / "database")
    shutil.rmtree(KEPT / "ledger")


# --- the app without a browser ----------------------------------------------------------------------------------------


def opened(page: str, **link: str) -> AppTest:
    app, _ = opened_link(f"/{page}?{urlencode({'lang': 'zh', **link})}")
    assert not app.exception, app.exception[0].message
    return app


def pressed(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception, app.exception[0].message
    assert not app.error, app.error[0].value


def built(app: AppTest, key: str) -> Path:
    made = app.session_state[f"built_{key}"]
    return Path(made["folder"].name) / made["name"]


def filled(cells: list[list[Cell]], head: int, answers: dict[str, str], *, rows: int = 1_000) -> bytes:
    titles = [str(title) for title in cells[head]]
    for row in cells[head + 1 : head + 1 + rows]:
        for title, answer in answers.items():
            row[titles.index(title)] = answer
    return workbook(cells)


def workbook(cells: list[list[Cell]]) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for position, row in enumerate(cells):
            for column, value in enumerate(row):
                sheet.write(position, column, value)
    return stream.getvalue()


if __name__ == "__main__":
    with postgres_server() as server:
        make(server, state=sys.argv[1])
