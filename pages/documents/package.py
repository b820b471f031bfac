"""督查包: what a group takes along on a laptop without network access. A sheet per village, household and project as
PDF, the list of its units including the reserve, and the form to fill in; each asks for the password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from data_access import door
from data_access.access.unmasking import open_package
from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.inspection.findings import load_questions
from data_access.inspection.route import Stop, read_points, visiting_order
from data_access.ledger.file_passwords import keep_password
from data_access.region_codes import township_of
from pages.documents import household_sheets, pdf
from pages.documents.parts import Document, Section, Table
from pages.shell import identity, view_state, watermark
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers
from pages.widgets.download import FileSource
from pages.widgets.draw import form_file, head, how_drawn
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.draw.system_values import system_values_of
from pages.widgets.draw.village_households import project_names


@dataclass(frozen=True)
class Package:
    """What a group of a draw takes along."""

    chosen: ChosenDraw
    group: int
    units: pd.DataFrame
    """Its units, as returned by `draws.read_units`."""
    view: View

    @property
    def source(self) -> FileSource:
        """The list of its units."""
        return head.units_source(self.chosen, units=self.units, view=self.view)


def of_draw(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> dict[int, Package]:
    """The packages of a draw: number of the group -> its package."""
    groups = sorted(int(group) for group in units["group_no"].dropna().unique())
    return {group: Package(chosen, group, units[units["group_no"] == group], view) for group in groups}


def write(
    package: Package, *, folder: Path, password: str, progress: Progress
) -> tuple[list[tuple[str, Path]], Written]:
    """Write the files of a package into a folder, each of them protected; names and files, and what its list holds.
    What is opened by it is recorded, and the password kept.

    Raises DocumentError where no Chinese font is installed, ExportError, LedgerError.
    """
    chosen, units, view, source = package.chosen, package.units, package.view, package.source
    known = identity.user()
    opened = open_package(
        door.ledger(),
        draw_id=chosen.draw_id,
        units=units,
        scope=view_state.scope(),
        recorded_by=identity.signature(),
        user_id="" if known is None else known.user_id,
    )
    stops = _route(units, view=view)
    places = {stop.village_code: place for place, stop in enumerate(stops)}
    ordered = units.assign(stop=units["village_code"].map(places)).sort_values(["replacement", "stop", "code"])
    homes = household_sheets.pdf(chosen, units=ordered, scope=opened, view=view, progress=progress)
    paper = _sheets(chosen, units=ordered, stops=stops, view=view)
    sheets = pdf.write(
        paper,
        by=identity.signature(),
        language=language(),
        watermark=watermark.words_while_open(),
        for_paper=True,
    )
    papers = {"homes.pdf": homes.content, "sheets.pdf": sheets}
    for name, content in papers.items():
        if content is not None:
            (folder / name).write_bytes(content)
    with source.open() as chunks:
        written = export.write_xlsx(
            folder / "units.xlsx", sheet=t("download.sheet"), columns=source.columns, chunks=chunks, about=source.about
        )
    about = replace(source.about, watermark=watermark.words()) if opened.unmasked_households else source.about
    form_file.write(folder / "form.xlsx", chosen=chosen, units=ordered, heads=homes.heads, about=about, view=view)
    progress(len(units))
    named = {
        f"{t('sheet.file')}.pdf": "homes.pdf",
        f"{t('package.sheets')}.pdf": "sheets.pdf",
        f"{t('package.units')}.xlsx": "units.xlsx",
        f"{t('package.form')}.xlsx": "form.xlsx",
    }
    files = [(name, folder / file) for name, file in named.items() if (folder / file).exists()]
    export.protect_all((file for _, file in files), password=password)
    keep_password(
        door.ledger(),
        password,
        about=chosen.draw_id,
        recorded_by=identity.signature(),
        scope=view_state.scope(),
    )
    return files, written


def _route(units: pd.DataFrame, *, view: View) -> tuple[Stop, ...]:
    """The villages of a group in the order of the visit; after them those in reserve, which may be called in."""
    every, drawn = (set(part["village_code"]) for part in (units, units[units["active"]]))
    points = door.read(read_points, scope=view_state.scope(), codes=(view.county, *sorted(every)))
    return tuple(
        stop
        for part in (drawn, every - drawn)
        for stop in visiting_order(tuple(part), points=points, start=view.county)
    )


def _sheets(chosen: ChosenDraw, *, units: pd.DataFrame, stops: Sequence[Stop], view: View) -> Document:
    """The route, then a section per village and project: each question with the system's answer and space to write."""
    names = project_names(tuple(units.loc[units["kind"] == "project", "code"]), view=view)
    rows: list[dict[Any, Any]] = units[units["kind"] != "household"].to_dict("records")
    said = system_values_of(rows, view=view)
    return Document(
        title=t("package.title", month=chosen.month),
        subtitle=t("package.subtitle", number=chosen.draw_id, seed=chosen.seed, day=view.on),
        sections=(
            _stops(units, stops=stops, view=view),
            *(_section(unit, names=names, said=said[unit["code"]], view=view) for unit in rows),
        ),
        closing=(t("package.signatures"),),
        notes=(
            *head.ceremony_words(chosen),
            how_drawn.sentence(chosen.settings),
            t("package.hand_in"),
        ),
    )


def _stops(units: pd.DataFrame, *, stops: Sequence[Stop], view: View) -> Section:
    """The drawn villages in the order of the visit, with what is to be seen in each."""
    active = units[units["active"]]
    seen = [stop for stop in stops if stop.village_code in set(active["village_code"])]
    rows = []
    for number, stop in enumerate(seen, start=1):
        kinds = active.loc[active["village_code"] == stop.village_code, "kind"].value_counts()
        names = (view.names.get(code, code) for code in (township_of(stop.village_code), stop.village_code))
        km = t("value.none") if stop.km is None else numbers.one_decimal(stop.km)
        rows.append((str(number), *names, km, str(kinds.get("household", 0)), str(kinds.get("project", 0))))
    heading = (
        t("package.route_number"),
        t("draw.column_township"),
        t("draw.column_villages"),
        t("package.route_km"),
        t("draw.column_households"),
        t("draw.column_projects"),
    )
    return Section(t("package.route"), (t("package.route_intro"),), table=Table(heading=heading, rows=tuple(rows)))


def _section(unit: Mapping[Any, Any], *, names: Mapping[str, str], said: Mapping[str, str], view: View) -> Section:
    village = view.names.get(unit["village_code"], "")
    heading = t(
        "package.heading",
        kind=t(f"draw.kind_{unit['kind']}"),
        township=view.names.get(unit["township_code"], ""),
        village=village,
        code=unit["code"],
        name=names.get(unit["code"], "") if unit["kind"] == "project" else village,
        standing=t("draw.reserve") if unit["replacement"] else t("draw.drawn"),
    )
    return Section(heading, (), table=_questions(unit["kind"], said=said))


def _questions(kind: str, *, said: Mapping[str, str]) -> Table:
    questions = load_questions()[kind]
    return Table(
        heading=(t("package.question"), t("package.system"), t("package.found"), t("package.agrees")),
        rows=tuple((question.label[language()], said[key], "", "") for key, question in questions.items()),
    )
