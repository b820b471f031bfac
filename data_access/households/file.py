"""The file of one household: who it is, where it lives, who belongs to it. Names and numbers are shown as the scope may
see them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import and_, func, select

from data_access import disclosure
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.regions import PlaceNames, office_name
from data_access.households.jobs import is_held, job_spells
from data_access.households.population import member_on
from data_access.schema.tables import department, grid, helper, household, member, resettlement_site
from data_access.scope import Scope


def read_household(
    snapshot: Snapshot, *, scope: Scope, household_id: str, on: date, language: str
) -> Mapping[str, Any] | None:
    """One household by its number, with the title that its helper's department bears on a day; None if it does not
    exist or is outside the scope: the two are not distinguished.

    Keys: household_id, village_code, township, village, group_no, grid_code, grid_worker, head_name, head_id_no, phone,
    household_type, relocated, resettlement_site, helper, helper_department, registered_on, closed_on, closed_reason.
    """
    names = PlaceNames(language=language)
    query = (
        select(
            *household.c["household_id", "village_code", "group_no", "grid_code", "household_type", "relocated"],
            *household.c["registered_on", "closed_on", "closed_reason"],
            *names.columns,
            disclosure.name(household.c.head_name, scope=scope).label("head_name"),
            disclosure.id_number(household.c.head_id_no, scope=scope).label("head_id_no"),
            disclosure.phone(household.c.phone, scope=scope).label("phone"),
            grid.c.worker.label("grid_worker"),
            resettlement_site.c.name_zh.label("resettlement_site"),
            helper.c.name.label("helper"),
            func.coalesce(office_name(language=language, on=on), helper.c.department).label("helper_department"),
        )
        .select_from(names.joined(household, household.c.village_code))
        .outerjoin(grid, grid.c.code == household.c.grid_code)
        .outerjoin(resettlement_site, resettlement_site.c.site_id == household.c.resettlement_site_id)
        .outerjoin(helper, helper.c.helper_id == household.c.helper_id)
        .outerjoin(department, department.c.code == helper.c.department)
        .where(household.c.household_id == household_id, scope.rows(household.c.village_code))
    )
    row = snapshot.connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def read_members(snapshot: Snapshot, *, scope: Scope, household_id: str, on: date) -> pd.DataFrame:
    """Who belongs to a household on a day; one row per person, the head first, then by number.

    Columns: member_id, name, id_no, relation, gender, age (text), health, disability_grade, labour, education,
    school_stage, insurance, relief, wants_work, no_work_reason, has_job, work_place and work_channel (of the job held
    that day; NULL if there is none).
    """
    jobs = job_spells(scope=scope).where(household.c.household_id == household_id).subquery("jobs")
    query = (
        select(
            member.c.member_id,
            disclosure.name(member.c.name, scope=scope).label("name"),
            disclosure.id_number(member.c.id_no, scope=scope).label("id_no"),
            *member.c["relation", "gender"],
            disclosure.age(member.c.birth_date, on=on, scope=scope).label("age"),
            *member.c["health", "disability_grade", "labour", "education", "school_stage", "insurance", "relief"],
            *member.c["wants_work", "no_work_reason"],
            jobs.c.started_on.is_not(None).label("has_job"),
            jobs.c.place.label("work_place"),
            jobs.c.channel.label("work_channel"),
        )
        .join_from(member, household, household.c.household_id == member.c.household_id)
        .outerjoin(
            jobs,
            and_(
                jobs.c.household_id == member.c.household_id,
                jobs.c.member_id == member.c.member_id,
                is_held(jobs, on=on),
            ),
        )
        .where(member.c.household_id == household_id, member_on(on), scope.rows(household.c.village_code))
        .order_by(func.coalesce(member.c.relation != "head", True), member.c.member_id)
    )
    return read_frame(snapshot.connection, query)
