"""Two registers of households compared: that of a file, and the one held here. Frames in, frames out: no database.

Persons are the same by the number of their certificate, or by the number that both give them within a household; never
by a name. Households are the same by their number, or where most of their persons are the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from data_access import region_codes

DIFFERENCE = ("matter", "effect", "household_id", "member_id", "village_code", "name", "id_no", "there", "here")
"""Columns of differences. `name`, `id_no`: of the person or the head, as the reader may see them; `there`, `here`: what
the file says and what is held, as text; `effect`: what a load does about it (codes: difference_effect)."""

HOUSEHOLD = (
    *("household_id", "village_code", "household_type", "category", "identified_on", "outcome", "eliminated_on"),
    *("head", "name", "id_no", "helper_id", "helper", "helper_shown", "closed_on", "loaded"),
)
"""Columns of the households of a register, one row each. `head`, `helper`: the certificate of the head and the name of
the helper, which are compared and never shown; `name`, `id_no`, `helper_shown`: what is shown; `loaded`: whether a load
takes the household."""

PERSON = ("household_id", "member_id", "village_code", "certificate", "name", "id_no", "left_on")
"""Columns of the persons of a register, one row each; `left_on` is empty for those who belong to the household."""

NO_ROWS = pd.DataFrame(columns=list(DIFFERENCE), dtype="str")
"""No difference."""

DAYS = ("identified_on", "eliminated_on", "closed_on", "left_on")
"""Columns with days; all others but `loaded` are texts."""

MONITORED = "monitored"
"""The class of households with a category of monitoring; that of any other is its type."""

LISTED = "、"


@dataclass(frozen=True)
class Register:
    """Households and their persons."""

    households: pd.DataFrame
    persons: pd.DataFrame


@dataclass(frozen=True)
class Compared:
    """How a file differs from what is held."""

    rows: pd.DataFrame
    """One row per difference; columns DIFFERENCE."""
    unheld: pd.DataFrame
    """What of the file is not listed, because no household of its villages is held: one row per township; columns
    township_code (empty where the village is not known), households, persons."""
    not_looked_for: int = 0
    """Households held that the file does not name, of classes of which it names few: it is no list of them."""


def compare_registers(there: Register, here: Register, *, from_percent: int) -> Compared:
    """How the register of a file differs from the one held.

    Args:
        there: of the file.
        here: the households held of the villages of the file, and all others with a number or a person of the file.
        from_percent: of how many households of a class (monitored, lifted out, general) that are held in its villages a
            file has to name, so that those it does not name are missing there.
    """
    if here.households.empty:
        return Compared(NO_ROWS, _fresh(there.households, there=there, here=here)[1])
    homes = _side_by_side(there, here)
    known = homes["household_id_here"].notna()
    closed = homes["closed_on_here"].notna()
    paired = homes[known & ~closed]
    missing, not_looked_for = _missing(homes, here=here, from_percent=from_percent)
    ended = here.households.loc[here.households["closed_on"].notna(), "household_id"]
    held = here.persons[~here.persons["household_id"].isin(ended)]
    persons = list(_persons(there.persons, held, paired=paired, missing=missing))
    fresh, unheld = _fresh(homes[~known], there=there, here=here)
    found = [
        as_rows(fresh, "household_only_there", "added", there=_sizes(fresh, there)),
        as_rows(missing, "household_only_here", "kept", here=_sizes(missing, here)),
        as_rows(homes[closed], "household_closed", "kept", here=_day(homes.loc[closed, "closed_on_here"])),
        *_values(paired),
        _members(paired, there=there, here=here, persons=persons),
        *persons,
    ]
    rows = joined(found)
    turned_away = homes.loc[~homes["loaded"].astype(bool), "household_id"]
    acts = rows["effect"].isin(("added", "takes", "doubled"))
    stays_out = acts & rows["household_id"].isin(turned_away)
    return Compared(rows.assign(effect=rows["effect"].mask(stays_out, "not_loaded")), unheld, not_looked_for)


def _side_by_side(there: Register, here: Register) -> pd.DataFrame:
    """The households of the file, each beside the one held (`…_here`), if there is one."""
    same = there.households["household_id"].isin(here.households["household_id"])
    pairs = there.households[["household_id"]].assign(
        beside=there.households["household_id"].where(same, _renumbered(there, here))
    )
    held = here.households.add_suffix("_here")
    homes = there.households.merge(pairs, on="household_id").merge(
        held, left_on="beside", right_on="household_id_here", how="left"
    )
    return homes.assign(village_code=homes["village_code"].fillna(homes["village_code_here"]))


def _renumbered(there: Register, here: Register) -> pd.Series:
    """For households of the file whose number is not held: the household held that has most of the same persons, if its
    number is not in the file either."""
    columns = ["household_id", "certificate"]
    unknown = ~there.persons["household_id"].isin(here.households["household_id"])
    present = here.persons["left_on"].isna() & ~here.persons["household_id"].isin(there.households["household_id"])
    if not (unknown.any() and present.any()):
        return pd.Series(index=there.households.index, dtype="str")
    ours, theirs = there.persons.loc[unknown, columns], here.persons.loc[present, columns]
    both = ours.dropna().merge(theirs.dropna(), on="certificate", suffixes=("", "_here"))
    common = both.groupby(["household_id", "household_id_here"], as_index=False).size()
    most = (common["size"] * 2 > _persons_of(common["household_id"], ours)) & (
        common["size"] * 2 > _persons_of(common["household_id_here"], theirs)
    )
    found = common[most].set_index("household_id")["household_id_here"]
    return looked_up(there.households["household_id"], found)


def _class_of(held: pd.DataFrame) -> pd.Series:
    return held["household_type"].mask(held["category"].notna(), MONITORED).fillna("")


def _missing(homes: pd.DataFrame, *, here: Register, from_percent: int) -> tuple[pd.DataFrame, int]:
    """Households held in the villages of the file that it does not name, of classes of which it names most; and how
    many there are of others."""
    held = here.households[here.households["closed_on"].isna()]
    held = held[held["village_code"].isin(homes["village_code"])]
    named = held["household_id"].isin(homes["household_id_here"])
    looked_for = 100 * named.groupby(_class_of(held)).transform("mean") >= from_percent
    return held[~named & looked_for], int((~named & ~looked_for).sum())


def _fresh(unknown: pd.DataFrame, *, there: Register, here: Register) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Households only in the file: those of townships in whose villages something is held; and the others counted."""
    own = unknown["village_code"].map(region_codes.township_of, na_action="ignore")
    villages = here.households.loc[here.households["closed_on"].isna(), "village_code"]
    begun = own.isin(villages[villages.isin(there.households["village_code"])].map(region_codes.township_of))
    rest = unknown[~begun]
    rest = rest.assign(township_code=own[~begun].fillna(""), persons=_persons_of(rest["household_id"], there.persons))
    counted = rest.groupby("township_code", as_index=False).agg(
        households=("household_id", "size"), persons=("persons", "sum")
    )
    return unknown[begun], counted


def _values(paired: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Values that differ, of households on both sides. A blank of the file says nothing, but for the category: there it
    says that the household is not monitored."""
    if paired.empty:
        return
    one = {name: paired[f"{name}_here"] for name in HOUSEHOLD}

    def rows(matter: str, differs: pd.Series, *, effect: pd.Series | str, **sides: pd.Series) -> pd.DataFrame:
        own = {side: values[differs] for side, values in sides.items()}
        return as_rows(paired[differs], matter, effect if isinstance(effect, str) else effect[differs], **own)

    for matter, name, effect in (
        ("household_number", "household_id", "doubled"),
        ("village", "village_code", "takes"),
        ("household_type", "household_type", "takes"),
    ):
        said, held = paired[name], one[name]
        yield rows(matter, said.notna() & _differ(said, held), effect=effect, there=said, here=held)
    said, held = paired["category"], one["category"]
    differs = _differ(said, held) if said.notna().any() else said.isna() & False
    yield rows("category", differs, effect=_takes(said.notna()), there=said, here=held)
    yield from _days_of_cases(paired[said.notna() & held.notna()])
    said, held = paired["head"], one["head"]
    yield rows(
        "head",
        said.notna() & held.notna() & _differ(said, held),
        effect="takes",
        there=_who(paired["name"], paired["id_no"]),
        here=_who(one["name"], one["id_no"]),
    )
    said, held = paired["helper_id"], one["helper_id"]
    named = said.isna() & paired["helper"].notna()
    yield rows(
        "helper",
        (said.notna() & _differ(said, held)) | (named & _differ(paired["helper"], one["helper"])),
        effect=_takes(~named),
        there=_who(said, paired["helper_shown"]),
        here=_who(held, one["helper_shown"]),
    )


def _days_of_cases(both: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Days and outcomes that differ, of households that both sides monitor. Sheets give months, so months are compared;
    a load keeps the days that are held, and takes an elimination."""
    if both.empty:
        return
    said, held = _month(both["identified_on"]), _month(both["identified_on_here"])
    other = said.notna() & _differ(said, held)
    yield as_rows(both[other], "identified_on", "kept", there=said[other], here=held[other])
    one = both[both["outcome"].notna() & _differ(both["outcome"], both["outcome_here"])]
    yield as_rows(
        one, "outcome", _takes(one["outcome"] == "eliminated"), there=one["outcome"], here=one["outcome_here"]
    )
    ended = both[(both["outcome"] == "eliminated") & (both["outcome_here"] == "eliminated")]
    said, held = _month(ended["eliminated_on"]), _month(ended["eliminated_on_here"])
    other = said.notna() & _differ(said, held)
    yield as_rows(ended[other], "eliminated_on", _takes(held.isna())[other], there=said[other], here=held[other])


def _members(paired: pd.DataFrame, *, there: Register, here: Register, persons: list[pd.DataFrame]) -> pd.DataFrame:
    """Households of another size. A load takes nobody out: where somebody is only here, the size stays larger."""
    said = _persons_of(paired["household_id"], there.persons)
    held = _persons_of(paired["household_id_here"], here.persons[here.persons["left_on"].isna()])
    more = joined(persons)
    stays = paired["household_id"].isin(more.loc[more["matter"] == "person_only_here", "household_id"])
    differs = said != held
    effect = _takes(~stays)
    return as_rows(
        paired[differs], "members", effect[differs], there=said[differs].astype("str"), here=held[differs].astype("str")
    )


def _persons(
    there: pd.DataFrame, here: pd.DataFrame, *, paired: pd.DataFrame, missing: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """The differences between persons: of households on both sides, and of those who are in another household."""
    number = paired.set_index("household_id_here")["household_id"]
    places = paired.set_index("household_id")["village_code"]
    said = there.assign(village_code=there["village_code"].fillna(looked_up(there["household_id"], places)))
    # From here on a household held goes by its number in the file.
    held = here.assign(own_id=here["household_id"], household_id=looked_up(here["household_id"], number))
    present = held[held["left_on"].isna()]
    said_left, held_left = _without_same(said, present, by="certificate")
    if said_left.empty and held_left.empty:
        return
    renamed = said_left.merge(held_left, on=["household_id", "member_id"], suffixes=("", "_here"))
    other = renamed[renamed["certificate"].notna() & _differ(renamed["certificate"], renamed["certificate_here"])]
    yield as_rows(other, "id_number", "takes", there=other["id_no"], here=other["id_no_here"])
    said_left, held_left = _without_same(said_left, held_left, by="member_id")
    elsewhere = _numbers_of(said_left["certificate"], present, number="own_id")
    moved = said_left["certificate"].isin(elsewhere.index)
    one = said_left[moved]
    yield as_rows(
        one, "person_elsewhere", "doubled", there=one["household_id"], here=looked_up(one["certificate"], elsewhere)
    )
    rest = said_left[~moved & said_left["household_id"].isin(number)]
    gone = held[held["left_on"].notna()].drop_duplicates(["household_id", "certificate"], keep="last")
    back = rest.merge(gone, on=["household_id", "certificate"], suffixes=("", "_gone")).dropna(subset="certificate")
    yield as_rows(back, "person_left", "kept", here=_day(back["left_on_gone"]))
    fresh = rest[~rest["member_id"].isin(back["member_id"]) | ~rest["household_id"].isin(back["household_id"])]
    yield as_rows(fresh, "person_only_there", "added")
    yield from _only_here(held_left, said=said, told=one, missing=missing)


def _only_here(
    held: pd.DataFrame, *, said: pd.DataFrame, told: pd.DataFrame, missing: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Persons held whom the file does not name in their household.

    Args:
        told: persons of the file of whom it was said that they are in another household.
    """
    named = _numbers_of(held["certificate"], said, number="household_id")
    moved = held["certificate"].isin(named.index)
    ours = held["household_id"].notna() | held["own_id"].isin(missing["household_id"])
    one = held[moved & ours & ~held["certificate"].isin(told["certificate"])]
    own = one.assign(household_id=one["own_id"])
    yield as_rows(own, "person_elsewhere", "kept", there=looked_up(one["certificate"], named), here=one["own_id"])
    yield as_rows(held[~moved & held["household_id"].notna()], "person_only_here", "kept")


def _without_same(said: pd.DataFrame, held: pd.DataFrame, *, by: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of both that the other does not have, by household and another column."""
    keys = [_key(frame, by) for frame in (said, held)]
    return said[~keys[0].isin(keys[1].dropna())], held[~keys[1].isin(keys[0].dropna())]


def _key(persons: pd.DataFrame, by: str) -> pd.Series:
    return persons["household_id"].astype("str") + "\0" + persons[by].astype("str")


def as_rows(
    frame: pd.DataFrame,
    matter: str,
    effect: str | pd.Series,
    *,
    there: pd.Series | str = "",
    here: pd.Series | str = "",
) -> pd.DataFrame:
    """Differences of one matter, one per row of a frame of households or persons; columns DIFFERENCE."""
    if frame.empty:
        return NO_ROWS
    blank = pd.Series("", frame.index, dtype="str")
    own = {
        "matter": matter,
        "effect": effect,
        "household_id": frame.get("household_id", blank),
        "member_id": frame.get("member_id", blank),
        "village_code": frame["village_code"],
        "name": frame["name"],
        "id_no": frame["id_no"],
        "there": there,
        "here": here,
    }
    return pd.DataFrame(own, index=frame.index, columns=list(DIFFERENCE)).astype("str").fillna("")


def joined(found: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Differences of several matters; columns DIFFERENCE."""
    return pd.concat([one for one in found if not one.empty] or [NO_ROWS], ignore_index=True)


def _sizes(homes: pd.DataFrame, register: Register) -> pd.Series:
    return _persons_of(homes["household_id"], register.persons[register.persons["left_on"].isna()]).astype("str")


def _persons_of(numbers: pd.Series, persons: pd.DataFrame) -> pd.Series:
    """How many persons each household of some numbers has."""
    sizes = persons["household_id"].value_counts()
    return pd.Series(sizes.reindex(numbers, fill_value=0).to_numpy(), index=numbers.index, dtype="int64")


def looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """The value of each key, as text; empty where there is none."""
    found = values.astype("str").reindex(keys).to_numpy()
    return pd.Series(found, index=keys.index, dtype="str")


def _takes(taken: pd.Series) -> pd.Series:
    """The effect of differences of which the load takes some, and leaves the others as they are here."""
    return pd.Series("kept", taken.index).mask(taken, "takes")


def _differ(said: pd.Series, held: pd.Series) -> pd.Series:
    return (said.fillna("") != held.fillna("")).astype(bool)


def _month(days: pd.Series) -> pd.Series:
    return days.dt.strftime("%Y-%m").astype("str")


def _day(days: pd.Series) -> pd.Series:
    return days.dt.strftime("%Y-%m-%d").astype("str")


def _who(number: pd.Series, name: pd.Series) -> pd.Series:
    return (number.fillna("") + " " + name.fillna("")).str.strip()


def _numbers_of(certificates: pd.Series, persons: pd.DataFrame, *, number: str) -> pd.Series:
    """The households of those persons who have one of some certificates, in one text; index: the certificate."""
    wanted = persons[persons["certificate"].isin(certificates.dropna())]  # few of all: putting texts together is slow
    return wanted.groupby("certificate")[number].agg(lambda numbers: LISTED.join(sorted(set(numbers)))).astype("str")
