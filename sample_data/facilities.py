"""Everything other than households: departments, helpers, resettlement sites, factories, projects, assets, targets."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample_data.common import (
    CUT_OFF,
    NEVER,
    Coded,
    Ints,
    Rng,
    codes,
    day,
    draw_codes,
    joined,
    largest_remainder,
    strings,
    table,
)
from sample_data.geography import COUNTY, GRIDS_PER_VILLAGE, OLD_TOWN, Places
from sample_data.names import draw_surnames, full_names, telephones
from sample_data.plan import Plan

_DEPARTMENTS = {
    "rural_revival": ("乡村振兴局", "Rural Revival Bureau"),
    "agriculture": ("农业农村局", "Agriculture Bureau"),
    "human_resources": ("人力资源和社会保障局", "Human Resources Bureau"),
    "medical_insurance": ("医疗保障局", "Medical Insurance Bureau"),
    "health": ("卫生健康局", "Health Bureau"),
    "disabled_federation": ("残疾人联合会", "Disabled Persons' Federation"),
    "civil_affairs": ("民政局", "Civil Affairs Bureau"),
    "housing": ("住房和城乡建设局", "Housing Bureau"),
    "water": ("水利局", "Water Bureau"),
    "education": ("教育体育局", "Education Bureau"),
    "emergency": ("应急管理局", "Emergency Bureau"),
    "public_security": ("公安局", "Public Security Bureau"),
    "transport": ("交通运输局", "Transport Bureau"),
    "reform": ("发展和改革局", "Development and Reform Bureau"),
}
_SITES_PER_FACTORY = 60 / 183
_SETTLED = 0.75
"""Share of relocated households that live on a site rather than scattered."""


@dataclass
class Facilities:
    """Factories, sites and helpers; indexes follow the order in which the tables are written."""

    factory_village: Ints
    factory_opened: Ints
    open_by_township: dict[int, Ints]
    workplace_ids: pa.Array
    kind: Ints
    closed: Ints
    site_village: Ints
    site_ids: pa.Array


def plan_facilities(rng: Rng, places: Places, *, factories: int, scale: float) -> Facilities:
    """Factories by township in proportion to its villages, the first at resettlement sites, in communities before
    villages; some closed ones; workshops."""
    weights = np.bincount(places.township, minlength=len(places.townships)).astype(float)
    weights[places.township_index(OLD_TOWN)] = 0.0
    by_township = largest_remainder(weights * places.factors["factories"], factories)
    settled = by_township * places.factors["relocated"]
    sites = largest_remainder(settled, max(round(factories * _SITES_PER_FACTORY), 1))
    villages, site_villages = [], []
    for township, count in enumerate(by_township):
        own = np.flatnonzero(places.township == township)
        chosen = rng.permutation(np.resize(own, max(count, len(own))))[:count]
        chosen = chosen[np.argsort(~places.community[chosen], kind="stable")]
        villages.append(chosen)
        site_villages.append(chosen[: sites[township]])
    open_village = np.concatenate(villages)
    shut, workshops = max(round(11 * scale), 1), max(round(64 * scale), 1)
    inhabited = np.flatnonzero(places.township != places.township_index(OLD_TOWN))
    village = np.concatenate([open_village, rng.choice(inhabited, shut + workshops)])
    n = len(village)
    kind = (np.arange(n) >= factories + shut).astype(np.int8)
    old = rng.random(n) < 0.72
    opened = np.where(
        old,
        rng.integers(day("2016-03-01"), day("2018-09-30"), n),
        rng.integers(day("2019-03-01"), day("2022-05-31"), n),
    )
    closed = np.full(n, NEVER)
    closed[factories : factories + shut] = rng.integers(day("2020-06-01"), CUT_OFF, shut)
    opened = np.minimum(opened, closed - 200)
    site_village = np.concatenate(site_villages)
    return Facilities(
        factory_village=village,
        factory_opened=opened,
        open_by_township={
            township: np.flatnonzero(places.township[open_village] == township)
            for township in range(len(places.townships))
            if by_township[township]
        },
        workplace_ids=joined("GC", strings(10_001 + np.arange(n))),
        kind=kind,
        closed=closed,
        site_village=site_village,
        site_ids=joined("AZ", strings(1001 + np.arange(len(site_village)))),
    )


def settle(rng: Rng, plan: Plan, places: Places, facilities: Facilities) -> Ints:
    """The resettlement site of each household, or -1."""
    site = np.full(len(plan), -1, dtype=np.int32)
    township = places.township[plan.village]
    site_township = places.township[facilities.site_village]
    for number in np.unique(site_township):
        own = np.flatnonzero(site_township == number)
        rows = np.flatnonzero(plan.relocated & (township == number) & (rng.random(len(plan)) < _SETTLED))
        site[rows] = own[np.arange(len(rows)) % len(own)]
    return site


def site_table(places: Places, facilities: Facilities, site: Ints, plan: Plan) -> pa.Table:
    """The rows of `resettlement_site`, with the households that live there at the cut-off."""
    living = site[(site >= 0) & (plan.closed == NEVER)]
    village = [places.codes[i] for i in facilities.site_village]
    return table(
        "resettlement_site",
        {
            "site_id": facilities.site_ids,
            "name_zh": pa.array(
                [f"{places.names[i].removesuffix('社区').removesuffix('村')}安置点" for i in facilities.site_village]
            ),
            "village_code": pa.array(village),
            "households": np.bincount(living, minlength=len(village)),
        },
    )


def workplace_table(places: Places, facilities: Facilities, workers: Ints) -> pa.Table:
    """The rows of `workplace`; slightly more `jobs` are offered than there are people in them."""
    n = len(facilities.kind)
    rng = np.random.default_rng(n)
    industry = np.where(rng.random(n) < 0.6, "toys", "manufacturing")
    names = np.where(industry == "toys", "毛绒玩具", "加工")
    jobs = np.maximum(np.ceil(workers * 1.12).astype(int), 8 + rng.integers(0, 12, n))
    kinds = codes("workplace_kind")
    kind_names = ["社区工厂", "帮扶车间"]
    return table(
        "workplace",
        {
            "workplace_id": facilities.workplace_ids,
            "name_zh": pa.array(
                [
                    f"{places.names[v].removesuffix('社区').removesuffix('村')}{name}{kind_names[k]}"
                    for v, name, k in zip(facilities.factory_village, names, facilities.kind, strict=True)
                ]
            ),
            "kind": Coded(kinds, facilities.kind),
            "village_code": pa.array([places.codes[i] for i in facilities.factory_village]),
            "industry": pa.array(industry.tolist()),
            "jobs": jobs,
            "opened_on": facilities.factory_opened,
            "closed_on": facilities.closed,
        },
    )


def department_table() -> pa.Table:
    """The rows of `department`."""
    return table(
        "department",
        {
            "code": pa.array(list(_DEPARTMENTS)),
            "name_zh": pa.array([zh for zh, _ in _DEPARTMENTS.values()]),
            "name_en": pa.array([en for _, en in _DEPARTMENTS.values()]),
        },
    )


def invented_names(rng: Rng, count: int) -> pa.Array:
    """Names of adults."""
    return full_names(
        rng, surname=draw_surnames(rng, count), male=rng.random(count) < 0.6, young=np.zeros(count, dtype=bool)
    )


def grid_workers(rng: Rng, places: Places) -> pa.Array:
    """One named worker for each grid."""
    return invented_names(rng, len(places.codes) * GRIDS_PER_VILLAGE)


def helpers(rng: Rng, plan: Plan, places: Places) -> tuple[pa.Table, pa.Array, Ints]:
    """Helpers, one for about twenty-five lifted-out or monitored households: table, numbers, the helper of each
    household."""
    township = places.township[plan.village]
    helped = plan.lifted.copy()
    helped[plan.cases.household] = True
    per_township = np.bincount(township[helped], minlength=len(places.townships))
    counts = -(-per_township // 25)
    starts = np.cumsum(counts) - counts
    helper_of = np.where(helped, starts[township] + np.floor(rng.random(len(plan)) * counts[township]), -1).astype(
        np.int64
    )
    total = int(counts.sum())
    ids = joined("BF", strings(100_001 + np.arange(total)))
    names = list(_DEPARTMENTS)
    owner = np.repeat(np.arange(len(counts)), counts)
    rows = table(
        "helper",
        {
            "helper_id": ids,
            "name": invented_names(rng, total),
            "department": pa.array(names).take(pa.array(rng.integers(0, len(names), total))),
            "township_code": pa.array([township["code"] for township in places.townships]).take(pa.array(owner)),
            "phone": telephones(rng, total),
        },
    )
    return rows, ids, helper_of


_PROJECT_NAMES = ("产业园", "道路硬化", "就业基地", "住房改造", "供水工程", "综合整治")


def project_tables(rng: Rng, plan: Plan, places: Places) -> tuple[pa.Table, pa.Table]:
    """Projects (about three per village with households) and the assets that resulted from them."""
    inhabited = np.unique(plan.village)
    count = max(round(1500 * min(plan.scale, 3)), 20)
    village = rng.choice(inhabited, count)
    kind = draw_codes(rng, (38, 30, 8, 6, 10, 8), count)
    budget = np.round(np.exp(rng.normal(12.6, 0.8, count)), -3).astype(np.int64)
    started = rng.integers(day("2020-03-01"), day("2022-09-01"), count)
    progress = np.clip((CUT_OFF - started) / rng.integers(120, 420, count) * 100, 5, 100).astype(int)
    finished = np.where(progress == 100, np.minimum(started + rng.integers(120, 420, count), CUT_OFF), NEVER)
    codes_ = pa.array(places.codes)
    ids = joined("XM", strings(100_001 + np.arange(count)))
    names = pa.array([f"{places.names[v]}{_PROJECT_NAMES[k]}" for v, k in zip(village, kind, strict=True)])
    projects = table(
        "project",
        {
            "project_id": ids,
            "name_zh": names,
            "village_code": codes_.take(pa.array(village)),
            "kind": Coded(codes("project_kind"), kind),
            "fund": Coded(codes("fund"), draw_codes(rng, (45, 25, 18, 12), count)),
            "budget": budget,
            "spent": np.round(budget * progress / 100 * rng.uniform(0.85, 1.0, count)).astype(np.int64),
            "progress": progress,
            "started_on": started,
            "finished_on": finished,
        },
    )
    made = np.flatnonzero((finished != NEVER) & (rng.random(count) < 0.85))
    class_ = np.where(np.isin(kind[made], [0, 2]), 1, np.where(kind[made] == 3, 2, 0))
    value = np.round(budget[made] * rng.uniform(0.6, 0.95, len(made))).astype(np.int64)
    income = np.where(class_ == 1, np.round(value * rng.uniform(0.02, 0.07, len(made))), 0).astype(np.int64)
    assets = table(
        "asset",
        {
            "asset_id": joined("ZC", strings(100_001 + np.arange(len(made)))),
            "name_zh": names.take(pa.array(made)),
            "project_id": ids.take(pa.array(made)),
            "village_code": codes_.take(pa.array(village[made])),
            "class": Coded(codes("asset_class"), class_),
            "value": value,
            "owner": Coded(codes("asset_owner"), np.where(class_ == 2, 2, (rng.random(len(made)) < 0.15).astype(int))),
            "annual_income": income,
            "distributed": np.round(income * rng.uniform(0.5, 0.95, len(made))).astype(np.int64),
        },
    )
    return projects, assets


def unmatched_table(rng: Rng, plan: Plan, places: Places) -> pa.Table:
    """Warnings that could not yet be matched to a household."""
    count = max(round(80 * plan.scale), 3)
    village = pa.array(places.codes).take(pa.array(rng.choice(np.unique(plan.village), count).astype(np.int32)))
    return table(
        "clue_unmatched",
        {
            "clue_id": joined("WP", strings(10_001 + np.arange(count))),
            "department": pa.array(["medical_insurance", "human_resources", "education"]).take(
                pa.array(rng.integers(0, 3, count))
            ),
            "kind": pa.array(["medical_cost", "job_loss", "school"]).take(pa.array(rng.integers(0, 3, count))),
            "village_code": village,
            "received_on": CUT_OFF - rng.integers(0, 120, count),
        },
    )


def target_table(places: Places, workers: dict[int, Ints]) -> pa.Table:
    """Targets of migrant work for 2021 and 2022: for the district and each township, never below those of the year
    before."""
    regions = [COUNTY, *[township["code"] for township in places.townships]]
    years = (2021, 2022)
    before = np.concatenate([[workers[year - 1].sum(), *workers[year - 1]] for year in years]).astype(np.int64)
    return table(
        "target",
        {
            "metric": pa.array(["migrant_workers"] * len(before)),
            "region_code": pa.array(regions * 2),
            "year": np.repeat(years, len(regions)),
            "last_year": before,
            "target": before,
            "source": pa.array(["演示值：不低于上年 / placeholder: not below the year before"] * len(before)),
        },
    )
