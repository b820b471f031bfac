"""The code of a village from the names used in files: with or without 镇, 村, 社区 and the like, with the county or the
township before it, with the group of villagers behind it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection, select

from data_access.files import spellings
from data_access.files.cells import CellRuleError, load_words
from data_access.load.cells import load_checks
from data_access.schema.tables import region

_BETWEEN = re.compile(r"[/\\|>]+")
_REMARK = re.compile(r"\([^()]*\)$")


class Places:
    """The villages of the database by name."""

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(select(region.c.code, region.c.parent_code, region.c.level, region.c.name_zh)).all()
        above = {row.code: spellings.key(row.name_zh) for row in rows if row.level == "county"}
        townships = [row for row in rows if row.level == "township"]
        self._townships = {row.code: names_of(row.name_zh, "township") for row in townships}
        self._above = {row.code: above.get(row.parent_code) for row in townships}
        self._villages = {row.code for row in rows if row.level == "village"}
        self._codes: dict[tuple[str | None, str], set[str]] = defaultdict(set)
        self._found: dict[tuple[str | None, str], str | CellRuleError] = {}
        for row in rows:
            if row.level == "village":
                for township in (None, row.parent_code):
                    for village in names_of(row.name_zh, "village"):
                        self._codes[(township, village)].add(row.code)

    def code_of(self, *, township: str | None, village: str) -> str | CellRuleError:
        """The code of a village; the broken rule if there is none of that name, or more than one."""
        if (township, village) not in self._found:
            self._found[(township, village)] = self._look_up(township, village)
        return self._found[(township, village)]

    def _look_up(self, township: str | None, village: str) -> str | CellRuleError:
        if _plain(village) in self._villages:
            return _plain(village)
        within = None if township is None else self._townships_called(_plain(township))
        for codes in self._ways(_plain(village), within=within):
            if codes:
                return next(iter(codes)) if len(codes) == 1 else CellRuleError("ambiguous_place")
        return CellRuleError("unknown_place")

    def _townships_called(self, text: str) -> list[str]:
        """The townships of a code, or of a name before which those of the places above may stand."""
        if text in self._townships:
            return [text]
        said = names_of(text, "township")
        found = [code for code, names in self._townships.items() if set(said) & set(names)]
        return found or [code for code in self._townships if any(self._ends_as(one, code) for one in said)]

    def _ends_as(self, text: str, township: str) -> bool:
        names = self._townships[township]
        return any(text.endswith(name) and self._is_above(text.removesuffix(name), township) for name in names)

    def _ways(self, village: str, *, within: list[str] | None) -> Iterator[set[str]]:
        """The villages meant by each way to read a name, the most exact first."""
        for text in dict.fromkeys((village, _without_group(village), _without_remark(village))):
            for name in names_of(text, "village"):
                yield self._called(name, within=within)
            for township, rest in self._after_township(text, within=within):
                for name in names_of(rest, "village"):
                    yield self._called(name, within=[township])

    def _called(self, name: str, *, within: list[str] | None) -> set[str]:
        return set().union(*(self._codes.get((code, name), set()) for code in ([None] if within is None else within)))

    def _after_township(self, text: str, *, within: list[str] | None) -> Iterator[tuple[str, str]]:
        """A township whose name stands within a text, and what stands behind it."""
        for code in self._townships if within is None else within:
            for name in self._townships[code]:
                before, there, rest = text.partition(name)
                if there and rest and self._is_above(before, code):
                    yield code, rest

    def _is_above(self, text: str, township: str) -> bool:
        """Whether a text before the name of a township is its county, with or without the places above that."""
        county = self._above[township]
        return not text or (county is not None and text.endswith(county))


@cache
def names_of(name: str, level: str) -> tuple[str, ...]:
    """A name, and the name without the endings of its level, one after the other: 双溪村村委会, 双溪村, 双溪. What is
    only an ending keeps it."""
    names = [_plain(name)]
    while ending := next((one for one in load_checks().endings.of(level) if names[-1].endswith(one)), ""):
        rest = names[-1].removesuffix(ending)
        if not rest:
            break
        names.append(rest)
    return tuple(names)


@cache
def _plain(name: str) -> str:
    """A name without what stands between those of places: 汉滨区/关庙镇/双溪村."""
    return _BETWEEN.sub("", spellings.key(name))


def _without_group(village: str) -> str:
    """The name of a village without the group of villagers behind it."""
    return _group().sub("", village) or village


def _without_remark(village: str) -> str:
    """The name of a village without what stands in brackets behind it: 双溪村(脱贫村)."""
    return _REMARK.sub("", village) or village


@cache
def _group() -> re.Pattern[str]:
    words = "|".join(map(re.escape, load_words().groups))
    return re.compile(rf"第?(\d+|[〇一二三四五六七八九十]+)({words})$")
