"""Versions of the embedded database and the pointer that names the one in force."""

from pathlib import Path

import pytest

from data_access.database import versions


def make_version(pointer: Path, content: str) -> Path:
    file = versions.next_file(pointer)
    file.write_text(content)
    versions.publish(pointer, file)
    return file


def test_the_pointer_names_the_newest_version_published(tmp_path: Path) -> None:
    pointer = tmp_path / "household"
    make_version(pointer, "one")
    second = make_version(pointer, "two")
    assert versions.current_file(pointer) == second


def test_a_version_never_takes_the_name_of_another(tmp_path: Path) -> None:
    pointer = tmp_path / "household"
    files = [make_version(pointer, str(number)) for number in range(6)]
    assert len(set(files)) == 6


def test_a_writer_that_dies_before_publishing_changes_nothing(tmp_path: Path) -> None:
    pointer = tmp_path / "household"
    first = make_version(pointer, "one")
    versions.next_file(pointer).write_text("half written")
    assert versions.current_file(pointer) == first


def test_only_the_newest_versions_are_kept(tmp_path: Path) -> None:
    pointer = tmp_path / "household"
    files = [make_version(pointer, str(number)) for number in range(5)]
    assert versions.all_files(pointer) == files[-versions.KEPT_VERSIONS :]


def test_without_a_pointer_there_is_no_version(tmp_path: Path) -> None:
    with pytest.raises(versions.NoVersionError):
        versions.current_file(tmp_path / "household")


def test_a_pointer_to_a_file_that_is_gone_is_no_version(tmp_path: Path) -> None:
    pointer = tmp_path / "household"
    make_version(pointer, "one").unlink()
    with pytest.raises(versions.NoVersionError):
        versions.current_file(pointer)
