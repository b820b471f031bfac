"""The code of a village from the names used in files: with or without 镇, 村, 社区 and the like."""

from collections import defaultdict

from sqlalchemy import Connection, select

from data_access.files.cells import CellRuleError
from data_access.load.cells import load_checks
from data_access.schema.tables import region


class Places:
    """The villages of the database by name."""

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(select(region.c.code, region.c.parent_code, region.c.level, region.c.name_zh)).all()
        townships = {row.code: plain_name(row.name_zh, "township") for row in rows if row.level == "township"}
        self._codes: dict[tuple[str | None, str], set[str]] = defaultdict(set)
        self._found: dict[tuple[str | None, str], str | CellRuleError] = {}
        for row in rows:
            if row.level == "village":
                for township in (None, townships.get(row.parent_code)):
                    for village in (row.name_zh, plain_name(row.name_zh, "village")):
                        self._codes[(township, village)].add(row.code)

    def code_of(self, *, township: str | None, village: str) -> str | CellRuleError:
        """The code of a village; the broken rule if there is none of that name, or more than one."""
        if (township, village) not in self._found:
            self._found[(township, village)] = self._look_up(township, village)
        return self._found[(township, village)]

    def _look_up(self, township: str | None, village: str) -> str | CellRuleError:
        within = None if township is None else plain_name(township, "township")
        found = self._codes.get((within, village)) or self._codes.get((within, plain_name(village, "village")))
        if not found:
            return CellRuleError("unknown_place")
        return next(iter(found)) if len(found) == 1 else CellRuleError("ambiguous_place")


def plain_name(name: str, level: str) -> str:
    """A name without the ending for its level; a name that consists only of the ending keeps it."""
    ending = next((ending for ending in load_checks().endings.of(level) if name.endswith(ending)), "")
    return name.removesuffix(ending) or name
