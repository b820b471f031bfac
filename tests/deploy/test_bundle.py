"""The archive of `make bundle`: what is in it, and that it is installed from its own wheels. Nothing is downloaded
here; `.ci/try-bundle` installs a real one without a network (docs/operations.md)."""

import hashlib
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.support.server import ROOT
from tests.test_locks import locked

SCRIPT = ".ci/bundle.py"
TRACKED = {SCRIPT, ".gitignore", "Makefile", "requirements.lock", "app.py", "start"}


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / SCRIPT))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small one with the product's own scripts; beside what is committed stands all that must stay where it is."""
    folder = tmp_path / "board"
    (folder / ".ci").mkdir(parents=True)
    for name in TRACKED - {"app.py", "start"}:
        shutil.copy(ROOT / name, folder / name)
    (folder / "app.py").write_text("committed", encoding="utf-8")
    (folder / "start").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "start").chmod(0o755)
    somebody = ["-c", "user.name=board", "-c", "user.email=board@localhost"]
    for arguments in (["init"], ["add", "."], [*somebody, "commit", "-m", "One"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    for name in ("ledger/ledger.sqlite", ".streamlit/secrets.toml", "sample_data/database/household", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("stays here", encoding="utf-8")
    (folder / "app.py").write_text("not committed", encoding="utf-8")
    return folder


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """One wheel, and what is none."""
    folder = tmp_path / "ready"
    folder.mkdir()
    (folder / "one-1-py3-none-any.whl").write_bytes(b"a wheel")
    (folder / "one-1.tar.gz").write_bytes(b"not a wheel")
    return folder


def pack(repository: Path, wheels: Path) -> tuple[Path, str]:
    """The archive, and what was said of it."""
    command = [sys.executable, SCRIPT, "--wheels", str(wheels)]
    done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    [archive] = (repository / "dist").iterdir()
    return archive, done.stdout


def unpack(archive: Path, folder: Path) -> Path:
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
    return folder / archive.stem


def test_it_holds_what_is_committed_and_the_wheels_and_nothing_else(repository: Path, wheels: Path) -> None:
    archive, said = pack(repository, wheels)
    with tarfile.open(archive) as content:
        members = {member.name: member for member in content}
        app = content.extractfile(f"{archive.stem}/app.py")
        assert app is not None and app.read() == b"committed"
    expected = TRACKED | {"wheels/one-1-py3-none-any.whl", "SHA256SUMS"}
    assert list(members) == sorted(f"{archive.stem}/{name}" for name in expected)
    assert members[f"{archive.stem}/start"].mode == 0o755
    assert "not in it: what was changed since that commit in 1 files" in said


def test_its_sums_tell_a_file_that_was_changed(repository: Path, wheels: Path, tmp_path: Path) -> None:
    folder = unpack(pack(repository, wheels)[0], tmp_path)
    check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    named = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    assert named == TRACKED | {"wheels/one-1-py3-none-any.whl"}
    (folder / "wheels/one-1-py3-none-any.whl").write_bytes(b"another")
    assert subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode == 1


def test_the_same_commit_and_wheels_give_the_same_bytes(repository: Path, wheels: Path) -> None:
    first = pack(repository, wheels)[0].read_bytes()
    wheel = wheels / "one-1-py3-none-any.whl"
    wheel.unlink()
    wheel.write_bytes(b"a wheel")
    wheel.chmod(0o600)
    assert pack(repository, wheels)[0].read_bytes() == first


def test_it_is_installed_from_its_own_wheels_alone(repository: Path, wheels: Path, tmp_path: Path) -> None:
    def installs(folder: Path) -> str:
        done = subprocess.run(
            ["make", "-n", ".venv/installed"], cwd=folder, check=True, capture_output=True, text=True
        ).stdout
        [line] = re.findall(r"pip install .+", done)
        return line

    only = "--no-index --find-links wheels --require-hashes -r requirements.lock"
    assert only in installs(unpack(pack(repository, wheels)[0], tmp_path))
    assert "--no-index" not in installs(repository)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_machine_gets_one_version_of_all_that_is_locked(
    program: dict[str, Any], machine: str, python: str
) -> None:
    """Whatever Python packs: pip alone would weigh markers for that one."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = program["requirements"](lock, python=python, machine=machine)
    pins = re.findall(r"^(\S+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", entries, re.MULTILINE)
    assert "".join(f"{name}=={version}{hashes}\n" for name, version, hashes in pins) == entries
    versions: dict[str, str] = {canonicalize_name(name): version for name, version, _hashes in pins}
    assert len(versions) == len(pins)
    assert versions.keys() == {package for package, _version, _marker in locked("requirements")}
    assert versions["contourpy"] == ("1.3.3" if python == "3.11" else "1.4.0")


def test_wheels_are_taken_for_the_machine_that_installs_and_sources_refused(
    program: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    index.mkdir()
    for tag in ("cp312-cp312-manylinux_2_28_aarch64", "cp312-cp312-manylinux_2_28_x86_64", "cp311-cp311-win_amd64"):
        with zipfile.ZipFile(index / f"one-1-{tag}.whl", "w") as wheel:
            wheel.writestr(
                "one-1.dist-info/METADATA", f"Metadata-Version: 2.1\nName: one\nVersion: 1\nSummary: {tag}\n"
            )
            wheel.writestr("one-1.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
            wheel.writestr("one-1.dist-info/RECORD", "")
    (index / "one-1.tar.gz").write_bytes(b"to be compiled")
    hashes = [f"--hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file in index.iterdir()]
    lock = tmp_path / "requirements.lock"
    lock.write_text(" \\\n    ".join(["one==1", *hashes]) + "\n", encoding="utf-8")
    download = program["download"]
    monkeypatch.setitem(download.__globals__, "LOCK", lock)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    wheels = tmp_path / "wheels"
    download(wheels, python="3.12", machine="aarch64")
    assert [file.name for file in wheels.iterdir()] == ["one-1-cp312-cp312-manylinux_2_28_aarch64.whl"]
    with pytest.raises(SystemExit, match=r"Python 3\.13 on aarch64"):
        download(wheels, python="3.13", machine="aarch64")
    assert "No matching distribution found for one==1" in capfd.readouterr().err
