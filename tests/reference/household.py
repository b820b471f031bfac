"""What happened to one household, gathered slowly: every date column of every table below it."""

from datetime import date

from tests.reference.frames import Frames, rows_by_household

DATES = {
    "clue": ["received_on", "checked_on"],
    "monitoring_case": [
        "discovered_on",
        "checked_on",
        "authorised_on",
        "compared_on",
        "reviewed_on",
        "publicised_from",
        "publicised_on",
        "township_reviewed_on",
        "approved_on",
        "identified_on",
        "helped_on",
        "elimination_checked_on",
        "elimination_publicised_on",
        "elimination_reviewed_on",
        "elimination_approved_on",
        "eliminated_on",
        "rolled_back_on",
        "rejected_on",
        "ended_on",
    ],
    "need": ["raised_on", "met_on"],
    "measure": ["started_on", "done_on"],
    "visit": ["visited_on"],
    "screening": ["screened_on"],
    "employment": ["started_on", "ended_on"],
    "phone_check": ["called_on"],
}


def days_of_story(tables: Frames, *, household_id: str, on: date) -> list[tuple[date, str]]:
    """Day and date column of every event up to a day, newest first; one entry per event."""
    found = [
        (row[column], column)
        for table, columns in DATES.items()
        for row in rows_by_household(tables, table).get(household_id, ())
        for column in columns
        if row[column] is not None and row[column] <= on
    ]
    return sorted(found, key=lambda event: (-event[0].toordinal(), event[1]))


def jobs_held(tables: Frames, *, household_id: str, on: date) -> dict[str, str]:
    """Member -> place of the job held on a day, among those who belong to a household.

    A job ends when the next begins, when the member leaves, or when it is ended: so of the jobs somebody began, the
    newest counts, unless it has ended.
    """
    held = {}
    jobs = rows_by_household(tables, "employment").get(household_id, ())
    for member_id in sorted(members_of(tables, household_id=household_id, on=on)):
        begun = [job for job in jobs if job["member_id"] == member_id and job["started_on"] <= on]
        newest = max(begun, key=lambda job: job["started_on"], default=None)
        if newest is not None and (newest["ended_on"] is None or newest["ended_on"] > on):
            held[member_id] = newest["place"]
    return held


def members_of(tables: Frames, *, household_id: str, on: date) -> set[str]:
    """Who belongs to a household on a day."""
    return {
        person["member_id"]
        for person in rows_by_household(tables, "member").get(household_id, ())
        if person["joined_on"] <= on and (person["left_on"] is None or person["left_on"] > on)
    }
