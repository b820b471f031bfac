"""Files that wait on the server: only whole files of the folder itself, by the names that are listed."""

import os
from pathlib import Path

import pytest

from data_access.errors import FileError
from data_access.load import inbox


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    monkeypatch.setenv(inbox.VARIABLE, str(made))
    return made


def put(folder: Path, name: str, *, at: int = 0, text: str = "a,b\n1,2\n") -> None:
    (folder / name).write_text(text, encoding="utf-8")
    os.utime(folder / name, (at, at))


def test_without_a_folder_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(inbox.VARIABLE, raising=False)
    assert inbox.waiting_files() == []


def test_files_that_can_be_loaded_are_listed_the_newest_first(folder: Path) -> None:
    put(folder, "人员8月.csv", at=100)
    put(folder, "人员9月.CSV", at=200)
    put(folder, "说明.docx", at=300)
    (folder / "旧.csv").mkdir()
    assert [file.name for file in inbox.waiting_files()] == ["人员9月.CSV", "人员8月.csv"]
    assert inbox.path_of("人员8月.csv") == folder / "人员8月.csv"


def test_a_file_that_was_replaced_is_another_one(folder: Path) -> None:
    put(folder, "人员.csv", at=100)
    [before] = inbox.waiting_files()
    put(folder, "人员.csv", at=101)
    [after] = inbox.waiting_files()
    assert before.key != after.key


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/hosts.csv", "", ".", "link.csv", "gone.csv"])
def test_nothing_outside_the_folder_is_opened(folder: Path, name: str) -> None:
    put(folder.parent, "secret.csv")
    (folder / "link.csv").symlink_to(folder.parent / "secret.csv")
    with pytest.raises(FileError, match="inbox_gone"):
        inbox.path_of(name)


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(FileError) as raised:
        inbox.waiting_files()
    assert raised.value.details["folder"] == str(folder)
    assert raised.value.details["variable"] == inbox.VARIABLE
