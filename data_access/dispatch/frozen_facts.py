"""Monthly facts as bytes, so that an edition can keep them: the frames as Parquet, their origin as JSON."""

import io
import json
import zipfile
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from data_access.clock import Months
from data_access.database.engine import DataVersion
from data_access.database.regions import Regions
from data_access.facts.monthly import MonthlyFacts
from data_access.risk.sources import Coverage

_ABOUT = "facts.json"
_SUFFIX = ".parquet"
_JUDGED = "judged"
"""Without the suffix: no fact, as it names households."""


def pack(facts: MonthlyFacts, *, judged: pd.DataFrame) -> bytes:
    """The facts as one file, with the households that stood out (`editions.read_judged`)."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(_ABOUT, json.dumps(_about(facts), ensure_ascii=False, sort_keys=True))
        for name, frame in sorted(facts.frames.items()):
            archive.writestr(f"{name}{_SUFFIX}", frame.to_parquet(index=False, compression="zstd"))
        archive.writestr(_JUDGED, judged.to_parquet(index=False, compression="zstd"))
    return content.getvalue()


def unpack(content: bytes) -> MonthlyFacts:
    """The facts from the bytes that `pack` made."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about: dict[str, Any] = json.loads(archive.read(_ABOUT))
        frames = {
            name.removesuffix(_SUFFIX): pd.read_parquet(io.BytesIO(archive.read(name)))
            for name in archive.namelist()
            if name.endswith(_SUFFIX)
        }
    cut_off = date.fromisoformat(about["cut_off"])
    regions = about["regions"]
    return MonthlyFacts(
        version=DataVersion(
            **{**about["version"], "cut_off": cut_off},
            coverage=Coverage(never_filled=tuple(about.get("never_filled", ()))),
        ),
        rules_version=about["rules_version"],
        rules_hash=about["rules_hash"],
        months=Months(first=about["first_month"], cut_off=cut_off),
        read_at=datetime.fromisoformat(about["read_at"]),
        regions=Regions(
            county=regions["county"],
            names=regions["names"],
            children={code: tuple(below) for code, below in regions["children"]},
            ranked=frozenset(regions["ranked"]),
        ),
        frames=frames,
        begins={fact: tuple(map(date.fromisoformat, days)) for fact, days in about.get("begins", {}).items()},
    )


def unpack_judged(content: bytes) -> pd.DataFrame | None:
    """The households from the bytes that `pack` made; None in an edition of before they were kept."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if _JUDGED not in archive.namelist():
            return None
        return pd.read_parquet(io.BytesIO(archive.read(_JUDGED)))


def recounted(facts: MonthlyFacts, *, fact: str, column: str, villages: pd.DataFrame) -> MonthlyFacts:
    """The facts with a column of one of them counted anew in their last month, where some of it was left out.

    Args:
        fact: one that has a row for a village and month.
        villages: one row per village with any; village_code, count.
    """
    frame = facts.frames[fact]
    is_last = frame["month"] == facts.months.texts[-1]
    counted = frame["village_code"].map(villages.set_index("village_code")["count"]).fillna(0)
    again = frame.assign(**{column: frame[column].where(~is_last, counted).astype(frame[column].dtype)})
    return replace(facts, frames={**facts.frames, fact: again})


def _about(facts: MonthlyFacts) -> dict[str, Any]:
    version = {**asdict(facts.version), "cut_off": None}
    for told_by_the_figures in ("not_kept", "coverage"):  # what is frozen is scored
        del version[told_by_the_figures]
    return {
        "version": version,
        "never_filled": [] if facts.version.coverage is None else list(facts.version.coverage.never_filled),
        "begins": {fact: [day.isoformat() for day in days] for fact, days in facts.begins.items()},
        "cut_off": facts.months.cut_off.isoformat(),
        "first_month": facts.months.first,
        "rules_version": facts.rules_version,
        "rules_hash": facts.rules_hash,
        "read_at": facts.read_at.isoformat(),
        "regions": {
            "county": facts.regions.county,
            "names": facts.regions.names,
            "children": list(facts.regions.children.items()),  # pairs: the county is under None, which is no JSON key
            "ranked": sorted(facts.regions.ranked),
        },
    }
