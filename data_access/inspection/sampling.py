"""A random sample that anybody can draw again: it is ordered by hashes and needs no random generator whose version
matters.

Every unit of a stratum gets the SHA-256 of "algorithm|seed|kind|stratum|code"; the smallest hashes are drawn, the next
ones are the replacements in order. Every unit has the same chance, and anyone who knows the seed and the list of units
gets the same result with any tool that can hash (docs/check_draw.py does it in twenty lines).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALGORITHM = "sha256-order-1"


@dataclass(frozen=True)
class Taken:
    """What was drawn from one stratum."""

    drawn: tuple[str, ...]
    replacements: tuple[str, ...]
    of: int
    """How many units there were."""

    @property
    def probability(self) -> float:
        """The chance that each unit of the stratum had; 0 if it had no units."""
        return len(self.drawn) / self.of if self.of else 0.0


def take(codes: Iterable[str], *, seed: str, kind: str, stratum: str, size: int, spare: int = 0) -> Taken:
    """Draw `size` units of a stratum and `spare` replacements; fewer if there are not enough."""
    ordered = in_order(codes, seed=seed, kind=kind, stratum=stratum)
    return Taken(drawn=tuple(ordered[:size]), replacements=tuple(ordered[size : size + spare]), of=len(ordered))


def in_order(codes: Iterable[str], *, seed: str, kind: str, stratum: str) -> list[str]:
    """All units of a stratum in the order in which they are drawn."""
    start = f"{ALGORITHM}|{seed}|{kind}|{stratum}|"
    return sorted(set(codes), key=lambda code: hashlib.sha256(f"{start}{code}".encode()).hexdigest())


def frame_hash(units: Sequence[tuple[str, str, str]]) -> str:
    """The hash of the sampling frame: SHA-256 of the sorted lines "kind,stratum,code"."""
    lines = "\n".join(sorted(",".join(unit) for unit in units))
    return hashlib.sha256(lines.encode()).hexdigest()
