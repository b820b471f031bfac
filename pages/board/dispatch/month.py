"""All papers of a month in one archive, with the packages of its inspection for who may have them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.files.file_hash import file_hash
from data_access.files.temporary import temporary_folder
from pages.board.dispatch import archive
from pages.board.dispatch.archive import Made
from pages.documents import package
from pages.documents.package import Package
from pages.shell import gate
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import download, password
from pages.widgets.draw import choice

DRAW = "draw"
"""The page whose readers take packages along."""


@dataclass(frozen=True)
class _Packages:
    """The packages of the month's draw that go into the archive, and what is said where there are none."""

    by_group: Mapping[int, Package] = field(default_factory=dict)
    draw_id: str = ""
    password: str | None = None
    note: str = ""

    @property
    def units(self) -> int:
        return sum(len(one.units) for one in self.by_group.values())

    @property
    def told(self) -> dict[str, str]:
        """What the audit record says about them."""
        return {"draw": self.draw_id} if self.by_group else {}


def show(view: View, *, papers: Made) -> None:
    """The button, and above it the password of the packages."""
    st.markdown(t("documents.month"))
    packages = _ask(view)
    about = archive.told(view) | packages.told
    download.build(
        t("documents.month_build", papers=len(papers) + len(packages.by_group)),
        name=archive.file_name(view, "month", "zip"),
        rows=len(papers) + packages.units,
        write=lambda path, progress: _write(path, papers=papers, packages=packages, progress=progress),
        key="document_month",
        told=about,
        stamp=(*about.items(), packages.units, password.stamp(packages.password)),
    )


def _ask(view: View) -> _Packages:
    """The packages and their password; nothing is said to readers who may not have them."""
    allowed = gate.pages()
    if allowed is not None and DRAW not in allowed:
        return _Packages()
    chosen = choice.binding_draw(view.month)
    if chosen is None:
        note = t("documents.month_no_draw", month=view.month_name())
        st.caption(note)
        return _Packages(note=note)
    packages = package.of_draw(chosen, units=choice.units_of(chosen, view=view), view=view)
    st.markdown(t("documents.month_packages", draw=chosen.draw_id, groups=len(packages)))
    entered = password.ask("month")
    if entered is None:
        return _Packages(note=t("documents.month_without_password"))
    return _Packages(packages, draw_id=chosen.draw_id, password=entered)


def _write(path: Path, *, papers: Made, packages: _Packages, progress: Progress) -> Written:
    with temporary_folder("papers_") as name:
        folder = Path(name)
        files = archive.write_each(papers, folder=folder, progress=progress)
        done = len(papers)
        for group, one in packages.by_group.items():
            own = folder / f"group_{group}"
            own.mkdir()
            made, _ = package.write(one, folder=own, password=packages.password or "", progress=_after(done, progress))
            files += [(f"{t('package.name')}/{t('package.group', group=group)}/{file}", at) for file, at in made]
            done += len(one.units)
        if packages.note:
            said = folder / "note.txt"
            said.write_text(packages.note, encoding="utf-8-sig")
            files.append((f"{t('package.name')}.txt", said))
        export.write_zip(path, files=files)
    return Written(rows=len(files), sha256=file_hash(path))


def _after(done: int, progress: Progress) -> Progress:
    """The progress of what follows on what is done."""
    return lambda part: progress(done + part)
