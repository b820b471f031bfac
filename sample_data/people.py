"""The rows of `household` and `member`."""

import numpy as np
import pyarrow as pa

from sample_data.block import Block
from sample_data.common import CUT_OFF, NEVER, Coded, Flags, Ints, code_index, codes, day, draw_codes, joined, table
from sample_data.families import (
    CHILD,
    DAUGHTER_IN_LAW,
    GRANDCHILD,
    HEAD,
    HEALTH,
    LABOUR,
    LEAVER,
    PARENT,
    SIBLING,
    SON,
    SPOUSE,
    school_stages,
)
from sample_data.geography import GRIDS_PER_VILLAGE
from sample_data.names import draw_surnames, full_names, id_numbers, telephones
from sample_data.quotas import REASONS

_RELATION = code_index("relation")
_BY_ROLE = {
    HEAD: ("head", "head"),
    SPOUSE: ("spouse", "spouse"),
    CHILD: ("son", "daughter"),
    PARENT: ("father", "mother"),
    SON: ("son", "daughter"),
    DAUGHTER_IN_LAW: ("daughter_in_law", "daughter_in_law"),
    GRANDCHILD: ("grandson", "granddaughter"),
    SIBLING: ("sibling", "sibling"),
}


def _surnames(block: Block, rows: Ints, role: Ints) -> Ints:
    """Children have the head's surname; those who married in have their own."""
    family = draw_surnames(block.rng, len(block))
    own = draw_surnames(block.rng, len(rows))
    return np.where(np.isin(role, [SPOUSE, DAUGHTER_IN_LAW]), own, family[rows])


def _education(block: Block, *, age: Ints, aptitude: Ints, at_school: Flags) -> Ints:
    """Years of school by generation; -1 while at school (the school stage says it)."""
    u = block.rng.random(len(age)) * 0.5 + aptitude / 200
    older = np.where(u > 0.62, 0, np.where(u > 0.30, 1, np.where(u > 0.06, 2, 3)))
    middle = np.where(u > 0.94, 0, np.where(u > 0.62, 1, np.where(u > 0.16, 2, np.where(u > 0.04, 3, 4))))
    young = np.where(aptitude < 22, 5, np.where(aptitude < 45, 4, np.where(aptitude < 80, 3, 2)))
    level = np.where(age >= 58, older, np.where(age >= 30, middle, young))
    return np.where(at_school | (age < 6), -1, level).astype(np.int8)


def people_tables(
    block: Block, *, site_of: Ints, site_ids: pa.Array, helper_of: Ints, helper_ids: pa.Array
) -> tuple[pa.Table, pa.Table]:
    """Households and members of a block. `site_of` and `helper_of` are indexes by household, -1 for none."""
    rng, families, work, n = block.rng, block.families, block.work, len(block)
    rows, place = np.nonzero(families.someone)
    role, male = families.role[rows, place], families.male[rows, place]
    birth, aptitude = families.birth[rows, place], families.aptitude[rows, place]
    age = families.ages()[rows, place]
    names = full_names(rng, surname=_surnames(block, rows, role), male=male, young=age < 25)
    id_no = id_numbers(rng, birth=birth, male=male)
    stage = school_stages(birth, aptitude, np.minimum(families.left[rows, place], CUT_OFF))
    relation = np.array([[_RELATION[code] for code in pair] for pair in _BY_ROLE.values()], dtype=np.int8)
    relief = block.relief[rows]
    insurance = np.where((work.channel[rows, place] == 0) & (aptitude % 25 == 7), 1, 0)
    insurance = np.where((place == 0) & block.uninsured[rows], 2, insurance)
    grade = families.grade[rows, place]
    leaver = place == LEAVER
    labour = families.labour[rows, place]
    member = table(
        "member",
        {
            "household_id": block.ids_of(rows),
            "member_id": block.member_ids(rows, place),
            "name": names,
            "relation": Coded(codes("relation"), relation[role, np.where(male, 0, 1)]),
            "gender": Coded(codes("gender"), np.where(male, 0, 1)),
            "birth_date": birth,
            "id_no": id_no,
            "education": Coded(codes("education"), _education(block, age=age, aptitude=aptitude, at_school=stage >= 3)),
            "school_stage": Coded(codes("school_stage"), stage),
            "health": Coded(HEALTH, families.health[rows, place]),
            "disability_grade": grade,
            "labour": Coded(LABOUR, labour),
            "wants_work": work.wants[rows, place],
            "no_work_reason": Coded(REASONS, work.reason[rows, place]),
            "insurance": Coded(codes("insurance"), insurance),
            "relief": Coded(codes("relief"), relief),
            "insured_until": np.where(insurance == codes("insurance").index("none"), NEVER, day("2022-12-31")),
            "relief_until": np.where(
                relief == codes("relief").index("none"), NEVER, CUT_OFF + 1 + np.arange(len(relief)) % 360
            ),
            "joined_on": families.joined[rows, place],
            "join_reason": Coded(codes("join_reason"), families.join_reason[rows, place]),
            "left_on": families.left[rows, place],
            "leave_reason": Coded(("died", "married_out", "moved_out"), families.leave_reason[rows, place]),
        },
        missing={"disability_grade": grade == 0, "wants_work": (age < 16) | leaver},
    )
    heads = np.flatnonzero(place == 0)
    village = pa.array(block.places.codes).take(pa.array(block.village.astype(np.int32)))
    numbers = pa.array([f"{number:02d}" for number in range(1, GRIDS_PER_VILLAGE + 1)])
    household = table(
        "household",
        {
            "household_id": block.ids,
            "village_code": village,
            "group_no": 1 + draw_codes(rng, (1,) * 8, n),
            "grid_code": joined(village, numbers.take(pa.array(rng.integers(0, GRIDS_PER_VILLAGE, n)))),
            "head_name": names.take(pa.array(heads)),
            "head_id_no": id_no.take(pa.array(heads)),
            "phone": telephones(rng, n),
            "household_type": Coded(codes("household_type"), block.lifted.astype(np.int8)),
            "relocated": block.relocated,
            "resettlement_site_id": site_ids.take(pa.array(np.maximum(site_of, 0), mask=site_of < 0)),
            "helper_id": helper_ids.take(pa.array(np.maximum(helper_of, 0), mask=helper_of < 0)),
            "registered_on": block.registered,
            "closed_on": block.closed,
            "closed_reason": Coded(codes("household_closed_reason"), block.closed_reason),
        },
        missing={"phone": rng.random(n) < 0.015},
    )
    return household, member
