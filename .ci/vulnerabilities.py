"""Looks the installed packages up in the public database of vulnerabilities. Where that cannot be reached, or does not
know a package, it says so aloud: silence would look like a good answer."""

import json
import subprocess
import sys
from pathlib import Path

SECONDS = 10
"""How long an answer is waited for. What came in that time is kept, so that the next audit gets further."""


def verdict(report: dict) -> tuple[int, list[str]]:
    """Exit code and lines of a report of pip-audit: 1 where a package has a known vulnerability."""
    packages = report["dependencies"]
    skipped = [package for package in packages if "skip_reason" in package]
    bad = [
        f"VULNERABLE {package['name']} {package['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions'])}"
        for package in packages
        for flaw in package.get("vulns", [])
    ]
    looked_up = len(packages) - len(skipped)
    lines = [*bad, f"dependency audit: {looked_up} of {len(packages)} packages looked up, {len(bad)} vulnerabilities"]
    if skipped:
        names = ", ".join(package["name"] for package in skipped)
        lines.append(f"NOT AUDITED, the database could not be reached or does not know them: {names}")
    return int(bool(bad)), lines


def main() -> int:
    """Audit the environment this runs in. Returns the exit code."""
    command = [
        str(Path(sys.executable).with_name("pip-audit")),
        "--local",
        "--format",
        "json",
        "--progress-spinner=off",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
        code, lines = verdict(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError) as error:
        code, lines = 0, [f"NOT AUDITED, the database of vulnerabilities could not be reached: {type(error).__name__}"]
    print("\n".join(lines), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
