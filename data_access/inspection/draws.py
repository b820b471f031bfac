"""Draws as they were made: seed, algorithm, sampling frame, and every unit with its chance and position.

The first draw of a month binds. Another one needs a reason and stands beside it; which households were drawn at first
stays known. Of the draws of a kind and month one opens names to inspectors: the first of the declared size that a
manager made. Others are draws without that right, whatever their size and seed.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Column, Float, Integer, Select, String, Text, func, select

from data_access.errors import LedgerError
from data_access.inspection.draw_settings import INSPECTION, RECORDS, STATUSES, is_of_declared_size
from data_access.inspection.sampling import topped_up
from data_access.inspection.seeds import SeedBase, number_of
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger, Unless
from data_access.scope import Scope

draw = record_table(
    "draw",
    "一次抽样",
    "one draw",
    Column("draw_id", String, nullable=False, unique=True, comment="抽样编号 / number of the draw"),
    Column("kind", String, nullable=False, comment="种类 / kind"),
    Column("month", String, nullable=False, comment="月份 / month"),
    Column("seed", String(LONGEST_TEXT), nullable=False, comment="种子 / seed"),
    Column("algorithm", String, nullable=False, comment="算法版本 / version of the algorithm"),
    Column("frame_hash", String, nullable=False, comment="抽样框哈希 / hash of the frame"),
    Column("frame_rows", Integer, nullable=False, comment="抽样框单位数 / units of the frame"),
    Column("settings", Text, nullable=False, comment="抽样设置 / settings (JSON)"),
    Column("data_version", String, nullable=False, comment="数据版本 / version of the data"),
    Column("opens", Boolean, comment="可据以解除脱敏 / may open names; empty: drawn before this was recorded, may not"),
    Column("seed_from", String, comment="种子依据 / what the seed was made of: edition, data; empty: typed in"),
    Column("seed_from_id", String, comment="依据编号 / number of the edition, or version of the data"),
    Column("called", String(LONGEST_TEXT), comment="现场报号 / number called out"),
    Column("reason", String(LONGEST_TEXT), comment="再次抽样的原因 / why it was drawn again"),
    action="draw",
)

drawn_unit = record_table(
    "drawn_unit",
    "抽中或替补的一个单位",
    "one unit that was drawn, or stands in reserve",
    Column("draw_id", String, nullable=False, index=True, comment="抽样编号 / number of the draw"),
    Column("kind", String, nullable=False, comment="单位种类 / kind of unit"),
    Column("code", String, nullable=False, comment="单位编号 / number of the unit"),
    Column("township_code", String, nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("stratum", String, nullable=False, comment="层 / stratum"),
    Column("position", Integer, nullable=False, comment="层内顺序 / place in the order of the stratum"),
    Column("replacement", Boolean, nullable=False, comment="是否替补 / stands in reserve"),
    Column("group_no", Integer, comment="督查组 / inspection group"),
    Column("probability", Float, nullable=False, comment="入样概率 / chance of being drawn"),
    Column("status", String, comment="抽样时的监测状态 / what the household was then; empty: not looked at"),
    action="draw",
)

replacement = record_table(
    "replacement",
    "一次替换",
    "one unit that was replaced",
    Column("draw_id", String, nullable=False, index=True, comment="抽样编号 / number of the draw"),
    Column("code", String, nullable=False, comment="被替换单位 / unit that was replaced"),
    Column("replaced_by", String, nullable=False, comment="替补单位 / unit that takes its place"),
    Column("township_code", String, nullable=False, comment="所在镇代码 / township code"),
    Column("reason", String(LONGEST_TEXT), nullable=False, comment="原因 / reason"),
    action="record_findings",
)


@dataclass(frozen=True)
class Unit:
    """A unit that was drawn or is in reserve."""

    kind: str
    code: str
    township_code: str
    village_code: str
    stratum: str
    position: int
    replacement: bool
    probability: float
    group_no: int | None = None
    status: str | None = None


@dataclass(frozen=True)
class Draw:
    """A draw and its result."""

    kind: str
    month: str
    seed: str
    algorithm: str
    frame_hash: str
    frame_rows: int
    settings: Mapping[str, Any]
    data_version: str
    units: Sequence[Unit]
    seed_from: str | None = None
    """What the seed was made of (`seeds`), under which number, and the number that was called out."""
    seed_from_id: str | None = None
    called: str | None = None
    reason: str | None = None
    """Why it was drawn again."""


def with_seed_of(made: Draw, base: SeedBase, *, called: str, reason: str | None = None) -> Draw:
    """A draw with what its seed was made of, and why it was made again. Raises LedgerError as `number_of` does."""
    number = number_of(called)
    return replace(made, seed_from=base.source, seed_from_id=base.source_id, called=number, reason=reason or None)


BINDING = (INSPECTION, RECORDS)
"""Kinds of which the first draw of a month binds: another one stands beside it, with its reason."""


def add_draw(ledger: Ledger, made: Draw, *, recorded_by: str, scope: Scope) -> str:
    """Record a draw with all its units, all or nothing, and whether it may open names; returns its number. Raises
    LedgerError for another draw of a month without a reason, and as `Ledger.append` does."""
    draw_id = f"C{made.month.replace('-', '')}-{secrets.token_hex(3).upper()}"
    head = {name: value for name, value in vars(made).items() if name != "units"}
    opens = scope.may("draw_for_names") and is_of_declared_size(made.kind, made.settings, month=made.month)
    head |= {
        "draw_id": draw_id,
        "opens": opens,
        "settings": json.dumps(made.settings, ensure_ascii=False, sort_keys=True),
    }
    units = [{"draw_id": draw_id, **asdict(unit)} for unit in made.units]
    first = made.kind in BINDING and not (made.reason or "").strip()
    drawn = Unless(_drawn(made.kind, made.month), LedgerError("draw_again_without_reason", month=made.month))
    batches = (draw, [head]), (drawn_unit, units)
    ledger.append(*batches, recorded_by=recorded_by, scope=scope, unless=drawn if first else None)
    return draw_id


def is_drawn(ledger: Ledger, *, kind: str, month: str) -> bool:
    """Whether a draw of a kind was made for a month, wherever it reaches."""
    return not ledger.read(_drawn(kind, month).limit(1)).empty


def _drawn(kind: str, month: str) -> Select:
    return select(draw.c.draw_id).where(draw.c.kind == kind, draw.c.month == month)


def read_draws(ledger: Ledger, *, scope: Scope, kind: str = INSPECTION) -> pd.DataFrame:
    """Draws of a kind that reach into the scope, the newest month first, and in it the one that binds before the others
    (for other kinds the newest); one row per draw, all columns of the table and turn (1 for the first of its month)."""
    within = select(drawn_unit.c.draw_id).where(scope.rows(drawn_unit.c.village_code))
    query = select(draw, func.row_number().over(partition_by=draw.c.month, order_by=draw.c.record_id).label("turn"))
    every = query.where(draw.c.kind == kind).subquery("every")
    query = select(every).where(every.c.draw_id.in_(within))
    turn = every.c.record_id if kind in BINDING else every.c.record_id.desc()
    return ledger.read(query.order_by(every.c.month.desc(), turn))


def read_opening_draws(ledger: Ledger, *, scope: Scope) -> pd.DataFrame:
    """The draws that open names, of each kind and month the first that may, if they reach into the scope; one row per
    draw, newest first. Columns: draw_id, kind, month, recorded_at."""
    may = select(*draw.c["draw_id", "kind", "month", "recorded_at"]).where(draw.c.opens.is_(True))
    firsts = ledger.read(may.order_by(draw.c.record_id)).drop_duplicates(["kind", "month"])
    within = select(drawn_unit.c.draw_id).where(
        drawn_unit.c.draw_id.in_(firsts["draw_id"].tolist()), scope.rows(drawn_unit.c.village_code)
    )
    return firsts[firsts["draw_id"].isin(ledger.read(within.distinct())["draw_id"])].iloc[::-1].reset_index(drop=True)


def read_units(ledger: Ledger, *, scope: Scope, draw_id: str) -> pd.DataFrame:
    """The units of a draw; one row per unit, in the order they were drawn, all columns of the table and replaced_by
    (the unit that replaced it, if any) and active (whether it is to be inspected: drawn and not replaced, or the
    replacement of another; a household only while its village is active)."""
    units = ledger.read(
        select(drawn_unit)
        .where(drawn_unit.c.draw_id == draw_id, scope.rows(drawn_unit.c.village_code))
        .order_by(drawn_unit.c.record_id)
    )
    # Only of units in the scope, which is more precise than the township under which a replacement is recorded.
    swaps = ledger.read(
        select(replacement.c.code, replacement.c.replaced_by)
        .where(replacement.c.draw_id == draw_id, replacement.c.code.in_(units["code"].tolist()))
        .order_by(replacement.c.record_id)
    )
    by_code = dict(zip(swaps["code"], swaps["replaced_by"], strict=True))
    units["replaced_by"] = [by_code.get(code) for code in units["code"]]
    units["active"] = _active(units, swaps=by_code, sizes=_sizes(ledger, draw_id))
    return units


def _active(units: pd.DataFrame, *, swaps: Mapping[str, str], sizes: Mapping[str, int]) -> pd.Series:
    """Which units are to be inspected. `swaps`: replaced units and what came in their place, in order."""
    called_in, stays = units["code"].isin(list(swaps.values())), units["replaced_by"].isna()
    standing = (~units["replacement"].astype(bool) | called_in) & stays
    villages, homes = units["kind"] == "village", units["kind"] == "household"
    for left, came in swaps.items():
        if left in units.loc[villages, "code"].tolist():
            leaving, coming = (homes & (units["village_code"] == village) for village in (left, came))
            called = _in_place_of(units[leaving & standing], units[coming], sizes=sizes)
            standing = (standing | (units.index.isin(called) & stays)) & ~leaving
    return standing


def _in_place_of(left: pd.DataFrame, own: pd.DataFrame, *, sizes: Mapping[str, int]) -> list[int]:
    """The households of a village that comes in place of another, by their index: as many of each status as were to be
    inspected there, what a status lacks from the next; in a draw that did not look at it, the share of a village."""
    if own["status"].isna().any():
        each = -(-sizes.get("household", 0) // max(sizes.get("village", 0), 1))
        return own.index[own["position"] <= each].tolist()
    if sizes.get("household", 0) < len(STATUSES):
        return own.index[own["position"] <= len(left)].tolist()
    lost = left["status"].value_counts()
    wanted = {status: int(lost.get(status, 0)) for status in STATUSES}
    there = {str(status): int(count) for status, count in own["status"].value_counts().items()}
    given = topped_up(wanted, sizes=there)
    comes = [place <= given[status] for place, status in zip(own["position"], own["status"], strict=True)]
    return own.index[comes].tolist()


def _sizes(ledger: Ledger, draw_id: str) -> Mapping[str, int]:
    settings = ledger.read(select(draw.c.settings).where(draw.c.draw_id == draw_id))["settings"].tolist()
    size = json.loads(settings[0]).get("size", {}) if settings else {}
    return size if isinstance(size, dict) else {}


def replace_unit(ledger: Ledger, *, draw_id: str, code: str, reason: str, recorded_by: str, scope: Scope) -> str:
    """Replace a unit that cannot be inspected by the next one in reserve of the same stratum, and where that has none
    left, of the same status in a village that came later; returns the replacement.

    Nobody chooses which one it is. Raises LedgerError for a unit that is not to be inspected, without a reason, and if
    no reserve is left.
    """
    units = read_units(ledger, scope=scope, draw_id=draw_id)
    own = units[(units["code"] == code) & units["active"]].to_dict("records")
    if not own:
        raise LedgerError("draw_unit_not_active", unit=code[:40])
    if not reason.strip():
        raise LedgerError("draw_reason_missing", unit=code)
    spare = units["replacement"].astype(bool) & ~units["active"] & units["replaced_by"].isna()
    same = units["stratum"] == own[0]["stratum"]
    if isinstance(own[0]["status"], str):
        villages = units[(units["kind"] == "village") & units["active"]]
        there = units["village_code"].isin(villages["code"][villages["township_code"] == own[0]["township_code"]])
        spare, same = spare & there, same | (units["status"] == own[0]["status"])
    later = units.assign(later=units["stratum"] != own[0]["stratum"])
    reserve = later[same & spare & (units["kind"] == own[0]["kind"])].sort_values(["later", "position"])
    if reserve.empty:
        raise LedgerError("draw_no_reserve", unit=code)
    row = {
        "draw_id": draw_id,
        "code": code,
        "replaced_by": reserve["code"].iloc[0],
        "township_code": own[0]["township_code"],
        "reason": reason.strip(),
    }
    ledger.append((replacement, [row]), recorded_by=recorded_by, scope=scope)
    return str(reserve["code"].iloc[0])


def recently_drawn(ledger: Ledger, *, kind: str, months: Sequence[str]) -> frozenset[str]:
    """The units drawn in some months, and those visited in place of another, which are left out of the next draw; not
    those that stayed in reserve."""
    made = ledger.read(select(draw.c.draw_id).where(draw.c.kind == kind, draw.c.month.in_(months)))["draw_id"]
    units = [read_units(ledger, scope=Scope.everything(), draw_id=draw_id) for draw_id in made]
    return frozenset(code for own in units for code in own[~own["replacement"].astype(bool) | own["active"]]["code"])
