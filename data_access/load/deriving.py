"""Fills what a person sheet says elsewhere than in a column of its own, and notes how much of it for the report of the
load."""

from collections.abc import Mapping

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from data_access.load.cells import BEGUN
from data_access.load.derived import CAUSES, OF_CERTIFICATE, OF_HEAD
from data_access.load.incoming import Incoming, work_began
from data_access.load.problems import problem, report
from data_access.load.staging import Staged
from data_access.schema.tables import household, member, monitoring_case


def derive_rows(connection: Connection, staged: Staged) -> None:
    """Fill staged columns from what the rows say elsewhere, and note how many of them."""
    _watched_cases(connection, staged)
    _own_numbers(connection, staged)
    _rejected_cases(connection, staged)
    if not staged.kind.whole:
        return
    _from_certificates(connection, staged)
    _from_heads(connection, staged)
    _not_at_school(connection, staged)
    _single_causes(connection, staged)
    _channels(connection, staged)
    _note_measures_and_jobs(connection, staged)


def _watched_cases(connection: Connection, staged: Staged) -> None:
    """Rows that belong to a case without naming it belong to the household's one that is watched; without one they are
    reported."""
    if staged.kind.case is None:
        return
    rows, own = staged.rows, staged.filled(*staged.kind.case.split("."))
    watched = (
        select(func.max(monitoring_case.c.case_id))
        .where(
            monitoring_case.c.household_id == rows.c.household_id,
            monitoring_case.c.outcome.in_(("open", "eliminated")),
        )
        .scalar_subquery()
    )
    connection.execute(update(rows).where(own.is_(None)).values({own.name: watched}))
    there = exists().where(household.c.household_id == rows.c.household_id)
    found = problem(staged, "no_case", column=staged.kind.case, value=rows.c.household_id)
    report(connection, staged, found.where(own.is_(None), there))


def _own_numbers(connection: Connection, staged: Staged) -> None:
    """Numbers of rows that have none, made from what identifies them."""
    for name, made_from in staged.kind.numbers.items():
        own = staged.filled(*name.split("."))
        said = [staged.rows.c.get(part.replace(".", "__")) for part in made_from]
        texts = [func.coalesce(cast(column, String), "") for column in said if column is not None]
        number = literal("B").concat(func.substr(func.md5(func.concat_ws("|", *texts)), 1, 20))
        connection.execute(update(staged.rows).where(own.is_(None)).values({own.name: number}))


def _rejected_cases(connection: Connection, staged: Staged) -> None:
    """A case that was not included is over, whether the file says so in a column of its own or not."""
    if (day := staged.column(monitoring_case.name, "rejected_on")) is not None:
        own = staged.filled(monitoring_case.name, "outcome")
        connection.execute(update(staged.rows).where(day.is_not(None), own.is_(None)).values({own.name: "rejected"}))


def _from_certificates(connection: Connection, staged: Staged) -> None:
    """Date of birth and gender where neither the sheet nor the database has them."""
    for name in OF_CERTIFICATE:
        said = staged.column("derived", name)
        if said is None:
            continue
        own = staged.filled("member", name)
        held = exists().where(
            member.c.household_id == staged.rows.c.household_id,
            member.c.member_id == staged.rows.c.member_id,
            member.c[name].is_not(None),
        )
        _fill(connection, staged, own.name, said, where=and_(own.is_(None), said.is_not(None), ~held), note=name)


def _from_heads(connection: Connection, staged: Staged) -> None:
    """The head from the household's one row of the head, where the sheet has no column of that name."""
    relation = staged.column("member", "relation")
    used = {staged.kind.fields[at].key for _, found in staged.parts for at in found.columns.values()}
    heads = staged.rows.alias("heads")
    for name, own in OF_HEAD.items():
        target = staged.column("household", name)
        if relation is None or target is None or f"household.{name}" in used:
            continue
        said = (
            select(func.min(heads.c[staged.filled("member", own).name]))
            .where(heads.c.household_id == staged.rows.c.household_id, heads.c[relation.name] == "head")
            .having(func.count() == 1)
            .scalar_subquery()
        )
        connection.execute(update(staged.rows).values({target.name: said}))
        homes = select(func.count(staged.rows.c.household_id.distinct())).where(target.is_not(None))
        _note(staged, name, connection.execute(homes).scalar_one())


def _not_at_school(connection: Connection, staged: Staged) -> None:
    """The sheet fills either the education or the school stage of a person: with an education nobody is at school."""
    stage, education = staged.column("member", "school_stage"), staged.column("member", "education")
    if stage is not None and education is not None:
        where = and_(stage.is_(None), education.is_not(None))
        _fill(connection, staged, stage.name, literal("none"), where=where, note="school_stage")


def _single_causes(connection: Connection, staged: Staged) -> None:
    """The causes of a case that stand in one cell."""
    together = staged.column("causes", "all")
    if together is None:
        return
    for number, name in enumerate(CAUSES, start=1):
        own = staged.filled(monitoring_case.name, name)
        said = func.nullif(func.split_part(together, ",", number), "")
        connection.execute(update(staged.rows).values({own.name: func.coalesce(own, said)}))


def _channels(connection: Connection, staged: Staged) -> None:
    """Whoever has a kind of public-welfare post has such a post; whoever works in some place works away (务工)."""
    channel = staged.column("employment", "channel")
    for name, code in (("post_kind", "public_post"), ("place", "transfer")):
        said = staged.column("employment", name)
        if said is not None and channel is not None:
            where = and_(said.is_not(None), channel.is_(None))
            connection.execute(update(staged.rows).where(where).values({channel.name: code}))


def _note_measures_and_jobs(connection: Connection, staged: Staged) -> None:
    """Say what of measures and jobs has no day."""
    measures = _measure_columns(staged)
    if measures:
        undated = or_(*(column == BEGUN for column in measures))
        homes = select(func.count(staged.rows.c.household_id.distinct())).where(undated)
        _note(staged, "measures", connection.execute(homes).scalar_one())
    said = [column for column in staged.rows.c if column.name.startswith("employment__")]
    if said:
        started = staged.column("employment", "started_on")
        without = true() if started is None else started.is_(None)
        persons = (
            select(func.count()).select_from(staged.rows).where(or_(*(part.is_not(None) for part in said)), without)
        )
        _note(staged, "jobs", connection.execute(persons).scalar_one())
        if staged.column("said", "work_months") is not None:
            began = persons.where(work_began(staged) < staged.as_of)
            _note(staged, "work_months", connection.execute(began).scalar_one())


def note_measures_without_case(connection: Connection, staged: Staged, incoming: Mapping[str, Incoming]) -> None:
    """Say of how many households the measures are not kept, because no case is: a measure belongs to one."""
    said = _measure_columns(staged)
    if "measure" not in incoming or not said:
        return
    kept = incoming["measure"].rows
    homes = select(func.count(staged.rows.c.household_id.distinct())).where(
        or_(*(column.is_not(None) for column in said)),
        staged.alive(),
        ~exists().where(kept.c.household_id == staged.rows.c.household_id),
    )
    count = connection.execute(homes).scalar_one()
    if count:
        staged.notes.append(("note_measures_without_case", str(count)))


def _measure_columns(staged: Staged) -> list[Column]:
    return [column for column in staged.rows.c if column.name.startswith("measures__")]


def _fill(
    connection: Connection,
    staged: Staged,
    name: str,
    value: ColumnElement,
    *,
    where: ColumnElement[bool],
    note: str,
) -> None:
    count = connection.execute(select(func.count()).select_from(staged.rows).where(where)).scalar_one()
    if count:
        connection.execute(update(staged.rows).where(where).values({name: value}))
    _note(staged, note, count)


def _note(staged: Staged, about: str, count: int) -> None:
    if count:
        staged.notes.append((f"note_derived_{about}", str(count)))
