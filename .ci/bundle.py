"""Writes one archive from which the board is installed and started without a network: what git tracks at the newest
commit, the wheels that requirements.lock names for Linux on x86_64 and aarch64, and the SHA-256 of every file.

    python .ci/bundle.py [--wheels FOLDER] [--python 3.11 3.12 …]

The same commit and wheels give the same bytes, whenever and wherever they are packed.
"""

import argparse
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")
GLIBC = range(17, 29)
"""Wheels for glibc 2.17 to 2.28 are taken: what Debian 10, openEuler 20.03 and newer ones have."""


def requirements(lock: str, *, python: str, machine: str) -> str:
    """The entries of a lock for a machine, without markers: pip would weigh those for the machine it runs on."""
    target = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    wanted = []
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        pin, _, rest = entry.partition(" ; ")
        marker, _, hashes = rest.partition(" \\\n")
        if not marker:
            wanted.append(entry)
        elif Marker(marker).evaluate(target):
            wanted.append(f"{pin} \\\n{hashes}")
    return "\n".join(wanted) + "\n"


def download(folder: Path, *, python: str, machine: str) -> None:
    """Put the wheels of one kind of machine into a folder. A package that has none ends it: there is no compiler where
    the archive goes."""
    wanted = folder.with_name(f"{machine}-{python}.txt")
    wanted.write_text(requirements(LOCK.read_text(encoding="utf-8"), python=python, machine=machine), encoding="utf-8")
    platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in GLIBC]
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
    command += [*platforms, f"--platform=manylinux2014_{machine}", "--dest", str(folder), "-r", str(wanted)]
    if subprocess.run(command, check=False).returncode:  # noqa: S603
        sys.exit(f"No archive: a wheel for Python {python} on {machine} is missing. What pip says of it stands above.")


def git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, stdout=subprocess.PIPE)  # noqa: S603, S607
    if done.returncode:
        sys.exit("No archive: it is made of a commit, and git finds none here. What git says of it stands above.")
    return done.stdout


def check_out(folder: Path) -> dict[str, Path]:
    """Put every file of the newest commit into a folder. By name in the archive."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", "HEAD"))) as archive:
        archive.extractall(folder)  # noqa: S202 # git's own archive of this repository
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def pack(target: Path, *, files: dict[str, Path], time: int) -> None:
    """Write the archive: everything in one folder, in the order of names, every file of one time and of nobody."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in sorted(files.items()):
            member = tarfile.TarInfo(f"{target.stem}/{name}")
            member.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            member.mtime, member.size = time, path.stat().st_size
            with path.open("rb") as content:
                archive.addfile(member, content)


def sums(files: dict[str, Path]) -> str:
    """Lines that `sha256sum --check` reads."""
    lines = []
    for name, path in sorted(files.items()):
        with path.open("rb") as content:
            lines.append(f"{hashlib.file_digest(content, 'sha256').hexdigest()}  {name}\n")
    return "".join(lines)


def main() -> None:
    """Download, unless a folder of wheels is named, and pack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="a folder of wheels; without it they are downloaded")
    parser.add_argument("--python", nargs="+", default=PYTHONS, help=f"versions to install on ({' '.join(PYTHONS)})")
    chosen = parser.parse_args()
    commit, time = git("log", "-1", "--abbrev=12", "--format=%h %ct").decode().split()
    target = ROOT / "dist" / f"household-{commit}.tar"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        wheels = chosen.wheels or folder / "wheels"
        for python in () if chosen.wheels else chosen.python:
            for machine in MACHINES:
                download(wheels, python=python, machine=machine)
        files = check_out(folder / "product") | {f"wheels/{wheel.name}": wheel for wheel in wheels.glob("*.whl")}
        files["SHA256SUMS"] = folder / "SHA256SUMS"
        files["SHA256SUMS"].write_text(sums({name: files[name] for name in files.keys() - {"SHA256SUMS"}}), "utf-8")
        pack(target, files=files, time=int(time))
    changed = git("status", "--porcelain", "--untracked-files=no").decode().splitlines()
    print(sums({str(target.relative_to(ROOT)): target}), end="")
    print(f"{target.stat().st_size / 1e6:.0f} MB, commit {commit}")
    if changed:
        print(f"not in it: what was changed since that commit in {len(changed)} files")


if __name__ == "__main__":
    main()
