"""月度定稿: the figures as the meeting saw them, with the data and rules behind them, never changed afterwards.

It also keeps the monthly facts that the figures were counted from, so that every page can show the edition.

An edition is frozen at a cut-off day, which need not be the end of a month. Differences that the data later shows for
that same day are corrections (更正), as distinct from what has happened since.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Column, Date, Integer, LargeBinary, String, Text, select

from data_access.clock import in_place, month_number, month_text
from data_access.database.engine import DataVersion, Snapshot
from data_access.database.frames import read_frame
from data_access.dispatch import frozen_facts
from data_access.errors import LedgerError
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from data_access.inspection.seeds import EDITION, SeedBase, of_data
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger
from data_access.lists import lists
from data_access.lists.figures import read_all_amounts, read_amounts
from data_access.lists.lists import Without
from data_access.region_codes import cut_codes, is_region_code, level_of
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on

edition = record_table(
    "edition",
    "一期定稿",
    "one edition",
    Column("edition_id", String, nullable=False, unique=True, comment="定稿编号 / number of the edition"),
    Column("name", String(LONGEST_TEXT), nullable=False, comment="名称 / name"),
    Column("county", String, nullable=False, comment="县区代码 / code of the county"),
    Column("day", Date, nullable=False, comment="截止日期 / cut-off day"),
    Column("load_id", Integer, nullable=False, comment="数据版本 / version of the data"),
    Column("rule_version", String, nullable=False, comment="规则版本 / version of the rules"),
    Column("rules_hash", String, nullable=False, comment="规则哈希 / hash of the rules"),
    Column("content", Text, nullable=False, comment="指标和在册未消除户（JSON） / figures and open households (JSON)"),
    Column("sha256", String, nullable=False, comment="内容 SHA-256 / SHA-256 of the content"),
    action="freeze",
)

edition_facts = record_table(
    "edition_facts",
    "一期定稿的月度数据",
    "the monthly facts of one edition",
    Column("edition_id", String, nullable=False, unique=True, comment="定稿编号 / number of the edition"),
    Column("county", String, nullable=False, comment="县区代码 / code of the county"),
    Column("facts", LargeBinary, nullable=False, comment="月度数据 / monthly facts (Parquet)"),
    action="freeze",
)

OPEN = "open_households"
_POINTS = "points_"
_FROZEN_LEVELS = ("county", "township")
"""Figures of counties and townships are in the content of an edition; those of villages are in its facts."""

FLOWS = {
    "identified_households": 1,
    "rolled_back_households": 1,
    "newly_eliminated_households": -1,
    "ended_households": -1,
}
"""The flows of households into and out of the open state, with their sign."""

Figures = Mapping[str, Mapping[str, tuple[int, int]]]
"""Metric -> place (county or township) -> count and base (0 if it is not a share)."""


@dataclass(frozen=True)
class Content:
    """What an edition freezes: the figures, and the open households with their villages."""

    figures: Figures
    open_households: Mapping[str, str]
    """Household -> its village."""
    definitions: Mapping[str, str]
    """Metric -> `Metric.definition_id`; empty in an edition of before they were kept."""


@dataclass(frozen=True)
class EditionHead:
    """What identifies an edition."""

    edition_id: str
    name: str
    day: date
    sha256: str


@dataclass(frozen=True)
class Edition:
    """A frozen edition."""

    edition_id: str
    name: str
    day: date
    load_id: int
    rule_version: str
    sha256: str
    frozen_by: str
    frozen_at: datetime
    content: Content
    facts_sha256: str
    """SHA-256 of the monthly facts kept with it."""

    def count(self, metric: str, *, place: str) -> int:
        """The count of a metric for a county or township."""
        return self.content.figures.get(metric, {}).get(place, (0, 0))[0]

    def defines(self, metric: str) -> bool:
        """Whether the edition counted a metric by its present definition. Of an edition of before definitions were kept
        it is known only where the definition has been the first one ever since."""
        held, now = self.content.definitions.get(metric), load_metrics()[metric]
        return now.version == 1 if held is None else held == now.definition_id

    def value(self, metric: str, *, place: str) -> float | None:
        """The value of a metric for a county or township; None for a share of nothing, and where it was not counted."""
        if metric not in self.content.figures:
            return None
        count, base = self.content.figures[metric].get(place, (0, 0))
        return load_metrics()[metric].value(count=count, base=base)


def read_all(
    snapshot: Snapshot,
    *,
    scope: Scope,
    on: date,
    left_out: tuple[tuple[str, Without], ...] = (),
    tell: Callable[[int, int], None] | None = None,
) -> tuple[MonthlyFacts, Content]:
    """The monthly facts up to a day, and the figures of that day.

    Args:
        left_out: metric -> what conclusions and waiting reports take off its list, as `matters.left_out` returns it, so
            that an edition freezes the number that the board shows.
        tell: as in `read_content`.
    """
    facts = read_monthly_facts(snapshot, until=on).within(scope)
    for key, off in left_out:
        term = load_metrics()[key].numerator
        if term.fact in facts.frames and not term.where and term.minus is None:
            left = read_amounts(snapshot, scope=scope, metric=key, on=on, without=off)
            facts = frozen_facts.recounted(facts, fact=term.fact, column=term.column, villages=left)
    return facts, read_content(snapshot, scope=scope, facts=facts, left_out=left_out, tell=tell)


def read_content(
    snapshot: Snapshot,
    *,
    scope: Scope,
    facts: MonthlyFacts,
    from_lists: bool = True,
    left_out: tuple[tuple[str, Without], ...] = (),
    tell: Callable[[int, int], None] | None = None,
) -> Content:
    """Count every metric that is collected on the last day of the facts, and find the open households.

    Args:
        facts: the monthly facts up to the day of the edition; what they do not contain is counted from the lists.
        from_lists: whether it is; without it the edition has no value for it.
        left_out: what is taken off lists, by metric.
        tell: called with how many metrics are counted so far, and how many there are.
    """
    on = facts.months.cut_off
    table = MetricTable(facts.within(scope))
    metrics = [key for key in load_metrics() if table.collects(key) and (from_lists or table.knows(key))]
    asked = tuple(key for key in metrics if not table.knows(key))

    def tell_all(done: int) -> None:
        if tell is not None:
            tell(len(metrics) - len(asked) + done, len(metrics))

    counted = read_all_amounts(snapshot, scope=scope, metrics=asked, on=on, left_out=left_out, tell=tell_all)
    return Content(
        figures={
            key: _by_place(counted[key]) if key in counted else _from_table(table, key, facts=facts, on=on)
            for key in metrics
        },
        open_households=read_open_households(snapshot, scope=scope, on=on) if OPEN in metrics else {},
        definitions={key: metric.definition_id for key, metric in load_metrics().items()},
    )


def _from_table(table: MetricTable, key: str, *, facts: MonthlyFacts, on: date) -> dict[str, tuple[int, int]]:
    share, month = load_metrics()[key].denominator is not None, month_text(month_number(on))
    places = [code for code in facts.regions.names["zh"] if is_region_code(code) and level_of(code) in _FROZEN_LEVELS]
    return {
        place: (
            table.count(key, place=place, month=month),
            table.base(key, place=place, month=month) if share else 0,
        )
        for place in places
    }


def _by_place(villages: pd.DataFrame) -> dict[str, tuple[int, int]]:
    codes = villages["village_code"]
    places = pd.concat([villages.assign(place=cut_codes(codes, level=level)) for level in _FROZEN_LEVELS])
    sums = places.groupby("place")[["count", "base"]].sum()
    return {str(place): (int(count), int(base)) for place, count, base in sums.itertuples(name=None)}


def read_open_households(snapshot: Snapshot, *, scope: Scope, on: date) -> dict[str, str]:
    """The households whose case is open on a day, and the village of each."""
    rows = lists.read_breakdown(snapshot, scope=scope, metric=OPEN, by=("household_id", "village_code"), on=on)
    return dict(zip(rows["household_id"], rows["village_code"], strict=True))


def read_judged(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The households that are red, yellow or undetermined on a day, and why; one row per household, by number.

    Columns: household_id, village_code, lamp, score (missing if nothing was collected), rules (ids of the rules that
    give points, for or against, between blanks).
    """
    lamps = lamps_on(snapshot, scope=scope, on=on)
    points = [column for column in lamps.c if column.name.startswith(_POINTS)]
    query = (
        select(*lamps.c["household_id", "village_code", "lamp", "score"], *points)
        .where(lamps.c.lamp != "none")
        .order_by(lamps.c.household_id)
    )
    found = read_frame(snapshot.connection, query)
    fired = found[[column.name for column in points]].fillna(0).to_numpy() != 0
    ids = [column.name.removeprefix(_POINTS) for column in points]
    rules = [" ".join(rule for rule, fires in zip(ids, row, strict=True) if fires) for row in fired]
    kept = found[["household_id", "village_code", "lamp", "score"]].astype({"score": "Int64"})
    return kept.assign(rules=pd.Series(rules, index=kept.index, dtype="str"))


def freeze(
    ledger: Ledger,
    content: Content,
    *,
    facts: MonthlyFacts,
    judged: pd.DataFrame,
    name: str,
    recorded_by: str,
    scope: Scope,
) -> str:
    """Record an edition, the facts it was counted from and the households of `read_judged`; returns its number. Raises
    LedgerError without a name, or as `Ledger.append` does."""
    if not name.strip():
        raise LedgerError("edition_name_missing")
    packed = frozen_facts.pack(facts, judged=judged)
    text, day, county = _as_text(content, _hash(packed)), facts.months.cut_off, facts.regions.county or ""
    row = {
        "edition_id": f"D{day:%Y%m%d}-{secrets.token_hex(3).upper()}",
        "name": name.strip(),
        "county": county,
        "day": day,
        "load_id": facts.version.load_id,
        "rule_version": facts.rules_version,
        "rules_hash": facts.rules_hash,
        "content": text,
        "sha256": _hash(text.encode()),
    }
    kept = {"edition_id": row["edition_id"], "county": county, "facts": packed}
    ledger.append((edition, [row]), (edition_facts, [kept]), recorded_by=recorded_by, scope=scope)
    return str(row["edition_id"])


def read_editions(ledger: Ledger, *, scope: Scope) -> pd.DataFrame:
    """Editions, the newest day first, without their content; one row per edition."""
    names = [column for column in edition.c if column.name != "content"]
    return ledger.read(
        select(*names).where(scope.rows(edition.c.county)).order_by(edition.c.day.desc(), edition.c.record_id.desc())
    )


def read_heads(ledger: Ledger, *, scope: Scope) -> tuple[EditionHead, ...]:
    """The head of each edition, the newest day first."""
    rows = read_editions(ledger, scope=scope)[["edition_id", "name", "day", "sha256"]]
    return tuple(EditionHead(*row) for row in rows.itertuples(index=False, name=None))


def seed_base(ledger: Ledger, *, month: str, version: DataVersion, scope: Scope) -> SeedBase:
    """What stands before the draw of a month: the newest edition frozen for it; without one the data. Raises
    LedgerError when the ledger cannot be read."""
    for head in read_heads(ledger, scope=scope):
        if month_text(month_number(head.day)) == month:
            return SeedBase(EDITION, head.edition_id, head.sha256)
    return of_data(version)


def load_edition(ledger: Ledger, edition_id: str, *, scope: Scope) -> Edition:
    """An edition with its content. Raises LedgerError if there is none in the scope, or if its content does not match
    its hash."""
    rows = ledger.read(select(edition).where(edition.c.edition_id == edition_id, scope.rows(edition.c.county)))
    if rows.empty:
        raise LedgerError("edition_unknown", edition=edition_id[:40])
    row = rows.iloc[0]
    if _hash(row["content"].encode()) != row["sha256"]:
        raise LedgerError("edition_damaged", edition=edition_id)
    kept: dict[str, Any] = json.loads(row["content"])
    figures = {
        metric: {place: (pair[0], pair[1]) for place, pair in places.items()}
        for metric, places in kept["figures"].items()
    }
    return Edition(
        edition_id=edition_id,
        name=row["name"],
        day=row["day"],
        load_id=int(row["load_id"]),
        rule_version=row["rule_version"],
        sha256=row["sha256"],
        frozen_by=row["recorded_by"],
        frozen_at=in_place(row["recorded_at"]),
        content=Content(
            figures=figures, open_households=kept["open_households"], definitions=kept.get("definitions", {})
        ),
        facts_sha256=kept["facts_sha256"],
    )


def load_facts(ledger: Ledger, kept: Edition, *, scope: Scope) -> MonthlyFacts:
    """The monthly facts of an edition, within a scope. Raises LedgerError if they are not what was frozen."""
    return frozen_facts.unpack(_packed(ledger, kept)).within(scope)


def load_judged(ledger: Ledger, kept: Edition, *, scope: Scope) -> pd.DataFrame | None:
    """The households of `read_judged` as an edition keeps them, within a scope; None in an edition of before they were
    kept. Raises LedgerError as `load_facts` does."""
    judged = frozen_facts.unpack_judged(_packed(ledger, kept))
    return judged if judged is None else judged[judged["village_code"].map(scope.covers).astype(bool)]


def _packed(ledger: Ledger, kept: Edition) -> bytes:
    rows = ledger.read(select(edition_facts.c.facts).where(edition_facts.c.edition_id == kept.edition_id))
    if rows.empty or _hash(bytes(rows["facts"].iloc[0])) != kept.facts_sha256:
        raise LedgerError("edition_damaged", edition=kept.edition_id)
    return bytes(rows["facts"].iloc[0])


def corrections(frozen: Mapping[str, str], recounted: Mapping[str, str], *, place: str) -> pd.DataFrame:
    """The households that were open on the day of an edition according to the edition or to the present data, but not
    to both; one row each.

    Columns: household_id, village_code, change (1: only in the present data, -1: only in the edition).

    Args:
        frozen, recounted: household -> village; a household that moved counts in both villages.
    """
    then = {item for item in frozen.items() if item[1].startswith(place)}
    now = {item for item in recounted.items() if item[1].startswith(place)}
    rows = [(*item, 1) for item in sorted(now - then)] + [(*item, -1) for item in sorted(then - now)]
    return pd.DataFrame(rows, columns=["household_id", "village_code", "change"])


def judged_again(frozen: pd.DataFrame, recounted: pd.DataFrame, *, place: str) -> pd.DataFrame:
    """The households whose lamp on the day of an edition is another one by the present data and rules; one row each.

    Columns: household_id, village_code, frozen, recounted (lamps; none where a household did not stand out).

    Args:
        frozen, recounted: as returned by `read_judged`.
    """
    both = frozen.merge(recounted, on="household_id", how="outer", suffixes=("_then", "_now"))
    both["village_code"] = both["village_code_now"].fillna(both["village_code_then"])
    both = both.assign(frozen=both["lamp_then"].fillna("none"), recounted=both["lamp_now"].fillna("none"))
    changed = both[(both["frozen"] != both["recounted"]) & both["village_code"].str.startswith(place)]
    return changed[["household_id", "village_code", "frozen", "recounted"]].reset_index(drop=True)


def _as_text(content: Content, facts_sha256: str) -> str:
    return json.dumps(
        {
            "figures": content.figures,
            "open_households": content.open_households,
            "definitions": content.definitions,
            "facts_sha256": facts_sha256,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
