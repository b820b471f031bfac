"""The regions that a person sheet names in its own columns (省市县镇村), with the codes of its villages: what a
district without data begins with."""

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from data_access.files.batches import Batch, read_batches
from data_access.files.cells import CellRuleError, is_blank, text
from data_access.files.parsing.messages import Cell
from data_access.files.reading import SourceFile
from data_access.load.kinds import FileKind, load_kinds
from data_access.load.staging import recognise_sheets
from data_access.region_codes import DIGITS, LEVELS, cut_codes
from data_access.schema.tables import region

_NAMES = {"county": "place.county", "township": "place.township", "village": "place.village"}
_CODE = "household.village_code"
_NEEDED = (*_NAMES.values(), _CODE)
_DIGITS_OF_VILLAGE = DIGITS["village"]


@dataclass(frozen=True)
class SheetRegions:
    """The regions that a sheet names."""

    missing: tuple[str, ...]
    """Keys of columns that the sheet lacks and without which nothing can be made of it."""
    regions: pd.DataFrame
    """One row per region: code, parent_code (empty for a county), level, name_zh, rows (persons there). The most
    frequent name of a code counts."""
    doubts: pd.DataFrame
    """What must be looked at first: code, name, other (the second name of a code, or the second code of a name), rows
    (persons concerned). A row without a right code is one of them, too."""


def read_sheet_regions(sources: Sequence[SourceFile], *, kind: FileKind) -> SheetRegions:
    """Read the regions of person sheets. Raises ReadError for a file that cannot be read."""
    places: Counter[tuple[str, ...]] = Counter()
    there: set[str] = set()
    for source in sources:
        with closing(source):
            for sheet, found in recognise_sheets(source, kind=kind, mapped={}):
                keys = {kind.fields[at].key: position for position, at in found.columns.items()}
                if found.missing:
                    continue
                there |= keys.keys()
                if {*_NEEDED} <= keys.keys():
                    only = replace(found, columns={keys[key]: found.columns[keys[key]] for key in _NEEDED})
                    for batch in read_batches(sheet, only):
                        places.update(_places(batch, positions=[keys[key] for key in _NEEDED]))
    missing = tuple(key for key in _NEEDED if key not in there)
    rows = pd.DataFrame([[*place, count] for place, count in places.items()], columns=[*LEVELS, "code", "rows"])
    right = rows["code"].str.fullmatch(rf"\d{{{_DIGITS_OF_VILLAGE}}}") & rows["village"].ne("")
    named = _named(rows[right])
    return SheetRegions(missing=missing, regions=_regions(named), doubts=_doubts(named, wrong=rows[~right]))


def _places(batch: Batch, *, positions: list[int]) -> Counter[tuple[str, ...]]:
    columns = [batch.columns[position] for position in positions]
    cells = [[_text(cell) for cell in column.cells] for column in columns]
    rows = zip(*(column.index.tolist() for column in columns), strict=True)
    counts = Counter(rows)
    return Counter({tuple(own[at] for own, at in zip(cells, row, strict=True)): n for row, n in counts.items()})


def _text(cell: Cell) -> str:
    try:
        return "" if is_blank(cell) else text(cell)
    except CellRuleError:
        return ""


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Every name given to a code; one row per code and name: level, code, name, rows."""
    parts = [
        pd.DataFrame(
            {
                "level": level,
                "code": cut_codes(rows["code"], level=level),
                "name": rows[level],
                "rows": rows["rows"],
            }
        )
        for level in LEVELS
    ]
    named = pd.concat(parts, ignore_index=True)
    return named[named["name"] != ""].groupby(["level", "code", "name"], as_index=False).agg(rows=("rows", "sum"))


def _regions(named: pd.DataFrame) -> pd.DataFrame:
    best = named.sort_values("rows", ascending=False).drop_duplicates("code")
    totals = named.groupby("code")["rows"].sum()
    parents = [
        code[: DIGITS[LEVELS[LEVELS.index(level) - 1]]] if level != LEVELS[0] else ""
        for code, level in zip(best["code"], best["level"], strict=True)
    ]
    frame = pd.DataFrame(
        {
            "code": best["code"],
            "parent_code": parents,
            "level": best["level"],
            "name_zh": best["name"],
            "rows": best["code"].map(totals).astype("int64"),
        }
    )
    return frame.sort_values("code", ignore_index=True)


def _doubts(named: pd.DataFrame, *, wrong: pd.DataFrame) -> pd.DataFrame:
    columns = ["code", "name", "other", "rows"]
    found: list[tuple[str, str, str, int]] = []
    names: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for code, name, rows in named.sort_values("rows", ascending=False)[["code", "name", "rows"]].itertuples(
        index=False, name=None
    ):
        names[code].append((name, rows))
    for code, given in names.items():
        found += [(code, given[0][0], other, rows) for other, rows in given[1:]]
    found += [
        (code, village, "", rows)
        for code, village, rows in wrong[["code", "village", "rows"]].itertuples(index=False, name=None)
    ]
    return pd.DataFrame(found, columns=columns)


def write_regions(found: SheetRegions, path: Path) -> None:
    """Write the regions as a file of the kind `table_region`. Its townships are rural ones: they are ranked."""
    names = ("code", "parent_code", "level", "name_zh", "rural_26")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(region.c[name].name for name in names)
        for one in found.regions.to_dict("records"):
            rural = "True" if one["level"] == "township" else ""
            writer.writerow([one["code"], one["parent_code"], one["level"], one["name_zh"], rural])


def write_departments(path: Path) -> None:
    """Write the departments that push data, as a file of the kind `table_department`: what they push names them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name_zh", "name_en"))
        senders = {kind.department: kind.sender for kind in load_kinds().values() if kind.sender is not None}
        for department, name in senders.items():
            writer.writerow((department, name.zh, name.en))
