"""A random sample that anybody can draw again: it is ordered by hashes and needs no random generator whose version
matters.

Every unit of a stratum gets the SHA-256 of "algorithm|seed|kind|stratum|code"; the smallest hashes are drawn, the next
ones are the replacements in order. Every unit has the same chance, and anyone who knows the seed and the list of units
gets the same result with any tool that can hash (docs/check_draw.py does it in twenty lines).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

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
    return take_from({stratum: codes}, seed=seed, kind=kind, size=size, spare=spare)


def take_from(strata: Mapping[str, Iterable[str]], *, seed: str, kind: str, size: int, spare: int = 0) -> Taken:
    """Draw from several strata together, as if they were one: each unit keeps the hash it has in its own."""
    ordered = sorted(
        (place, code) for name, codes in strata.items() for code, place in _places(codes, seed, kind, name)
    )
    codes = tuple(code for _, code in ordered)
    return Taken(drawn=codes[:size], replacements=codes[size : size + spare], of=len(codes))


def in_order(codes: Iterable[str], *, seed: str, kind: str, stratum: str) -> list[str]:
    """All units of a stratum in the order in which they are drawn."""
    return [code for code, _ in sorted(_places(codes, seed, kind, stratum), key=itemgetter(1))]


def _places(codes: Iterable[str], seed: str, kind: str, stratum: str) -> Iterator[tuple[str, str]]:
    """Units with their hashes."""
    start = f"{ALGORITHM}|{seed}|{kind}|{stratum}|"
    return ((code, hashlib.sha256(f"{start}{code}".encode()).hexdigest()) for code in set(codes))


def topped_up(wanted: Mapping[str, int], *, sizes: Mapping[str, int]) -> dict[str, int]:
    """How many are taken of each list, from as many as there are: what one lacks comes from the next, after the last
    from the first."""
    given, missing = dict.fromkeys(wanted, 0), 0
    for asked in (wanted, {}):
        for name in wanted:
            missing += asked.get(name, 0)
            more = min(missing, sizes.get(name, 0) - given[name])
            given[name], missing = given[name] + more, missing - more
    return given


def frame_hash(units: Sequence[tuple[str, str, str]]) -> str:
    """The hash of the sampling frame: SHA-256 of the sorted lines "kind,stratum,code"."""
    lines = "\n".join(sorted(",".join(unit) for unit in units))
    return hashlib.sha256(lines.encode()).hexdigest()
