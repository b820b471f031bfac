"""The list behind a number as a file: the rows, columns and words of the screen, with all rows instead of one page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pandas as pd

from charts.palette import LAMP_SHAPES
from data_access import clock, door
from data_access.access.purposes import Contents, Purpose, columns_of
from data_access.disclosure import PERSONAL
from data_access.facts.metrics import load_metrics
from data_access.files import export
from data_access.files.export import About, Chunks, FileColumn
from data_access.lists import lists
from data_access.lists.lists import ListRequest
from data_access.lists.selection import Condition
from data_access.schema.indicators import code_label
from data_access.scope import Scope
from pages.shell import identity, watermark
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import column_meaning, departments, download, metric_words, stated
from pages.widgets.purposes import approve, choose

WHO = (
    "household_id",
    "head_name",
    "head_id_no",
    "phone",
    "member_id",
    "member_name",
    "member_id_no",
    "township",
    "village",
)
"""Who and where, among the columns of a list; identity card numbers only under a purpose."""

REASONS_SHOWN = 3

_KINDS = {"number": "number", "yuan": "yuan", "date": "date"}


def offer(
    request: ListRequest,
    *,
    view: View,
    scope: Scope,
    page: pd.DataFrame,
    total: int,
    beside: pd.DataFrame | None = None,
) -> None:
    """Offer a list as a file.

    Args:
        page: some rows of the list, which show what columns it has.
        total: how many rows it has.

    The others are as in `list_table.show`.
    """
    metric = request.metric
    if lists.listing_of(metric).posted:  # what people concluded about a household is not hung up
        beside = None
    contents = contents_of(request, rows=total, view=view)
    purpose = choose.show(contents)

    def source() -> download.FileSource:
        return download.FileSource(
            name=(view.name(view.place), load_metrics()[metric].label[language()], view.on.isoformat()),
            columns=tuple(columns(metric, page=page, beside=beside, purpose=purpose)),
            about=about(request, view=view, scope=scope, purpose=purpose),
            rows=total,
            open=lambda: chunks(
                request,
                scope=choose.opened(purpose, contents=contents, scope=scope),
                shaped=lambda frame: _with_beside(in_words(frame, metric=metric), beside),
            ),
            asked=(request, scope),
            purpose=purpose,
        )

    download.offer(source, key=f"list_{metric}")
    if "household_id" in page:
        approve.show(contents, titles={name: t(f"list.{name}") for name in _to_approve(metric, page=page)})


@contextmanager
def chunks(request: ListRequest, *, scope: Scope, shaped: Callable[[pd.DataFrame], pd.DataFrame]) -> Iterator[Chunks]:
    """The rows of a list in parts, as a file has them.

    Args:
        shaped: makes of a part what the file shows of it.
    """
    with door.stream(
        lists.stream_list, scope=scope, request=request, language=language(), rows=export.CHUNK_ROWS
    ) as frames:
        yield map(shaped, frames)


def contents_of(request: ListRequest, *, rows: int, view: View) -> Contents:
    """What a purpose for a list is approved for: its filters are conditions."""
    conditions = tuple(Condition(column, "is", (code,)) for column, code in request.filters)
    return Contents(request.metric, view.place, request.on, rows, conditions)


def columns(
    metric: str, *, page: pd.DataFrame, beside: pd.DataFrame | None = None, purpose: Purpose | None = None
) -> list[FileColumn]:
    """The columns of a list's file: who and where, then what the list shows; under a purpose, the columns it names.

    Args:
        page: some of the list's rows.
    """
    kinds = dict.fromkeys(who(map(str, page), purpose=purpose), "text")
    kinds |= lists.listing_of(metric).details
    if beside is not None and "household_id" in page:
        kinds |= {str(name): "text" for name in beside}
    carried = {name: kind for name, kind in kinds.items() if purpose is None or purpose.carries(name)}
    return [
        FileColumn(
            key=name,
            title=t(f"list.{name}"),
            kind=_KINDS.get(kind, "text"),
            definition=column_meaning.of(name, kind=kind),
        )
        for name, kind in carried.items()
    ]


def who(shown: Iterable[str], *, purpose: Purpose | None) -> list[str]:
    """The columns of a file that say who and where: those of the screen; under a purpose also those it opens, and none
    that it does not include."""
    there = {*shown, *(purpose.opened if purpose else ())}
    return [name for name in WHO if name in there and (purpose is None or purpose.carries(name))]


def _to_approve(metric: str, *, page: pd.DataFrame) -> list[str]:
    """The columns that a purpose for this list may name."""
    of_persons = "member_id" in page
    return [name for name in columns_of(metric) if of_persons or not name.startswith("member_")]


def about(request: ListRequest, *, view: View, scope: Scope, purpose: Purpose | None = None) -> About:
    """What the file of a list says about itself."""
    declared = load_metrics()[request.metric]
    return about_file(
        view,
        scope=scope,
        title=declared.label[language()],
        definition=metric_words.definition(declared, gap=" "),
        restricted=filters_in_words(request),
        purpose=purpose,
    )


def filters_in_words(request: ListRequest) -> str:
    """The filters applied to a list, in words; empty if there are none."""
    words = [
        f"{t(f'list.{column}')} = {_code(column, code, metric=request.metric)}" for column, code in request.filters
    ]
    return t("list.separator").join(words)


def about_file(
    view: View, *, scope: Scope, title: str, definition: str, restricted: str, purpose: Purpose | None = None
) -> About:
    """What any file says about itself.

    Args:
        restricted: the filters in words; empty where there are none.
        purpose: the purpose under which it was taken.
    """
    facts = view.current.facts
    lines = (
        (t("download.title"), title),
        (t("download.definition"), definition),
        (t("download.place"), view.name(view.place)),
        (t("download.month"), view.month_name()),
        (t("download.day"), view.on.isoformat()),
        (t("download.filters"), restricted or t("download.no_filters")),
        (t("download.cut_off"), facts.months.cut_off.isoformat()),
        (t("download.rules"), door.rulebook().version),
        (t("download.edition"), _edition(view)),
        (t("download.sample"), t("download.is_sample") if facts.version.is_sample else t("download.is_real")),
        (t("download.masking"), _masking(scope.narrowed(view.place), purpose=purpose)),
        (t("download.by"), identity.signature()),
        (t("download.at"), clock.local_now().strftime("%Y-%m-%d %H:%M %Z")),
    )
    return About(
        title=t("download.about"),
        lines=lines,
        rows_label=t("download.rows"),
        hash_label=t("download.hash"),
        columns_label=t("download.columns"),
        watermark=watermark.words() if purpose is not None and purpose.opened else watermark.words_while_open(),
    )


def _masking(scope: Scope, *, purpose: Purpose | None) -> str:
    if purpose is None:
        return t("download.masked") if scope.masked else t("download.unmasked")
    columns = t("list.separator").join(t(f"list.{name}") for name in PERSONAL if name in purpose.opened)
    said = t(
        "purpose.in_file",
        name=purpose.name,
        number=purpose.purpose_id,
        reason=purpose.reason,
        by=purpose.approved_by,
        until=purpose.until,
        columns=columns or t("value.none"),
    )
    return t("purpose.by_one_person", said=said) if identity.is_alone() else said


def _edition(view: View) -> str:
    """Lists always come from current data; they share only the day of an edition."""
    frozen = view.edition
    return t("download.live") if frozen is None else t("download.as_of_edition", name=frozen.name, sha256=frozen.sha256)


def in_words(rows: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    """The rows of a list in readable form: codes in words, reasons as text."""
    shown = rows[[name for name in WHO if name in rows]].copy()
    for name, kind in lists.listing_of(metric).details.items():
        shown[name] = _values(rows[name], kind=kind)
    return shown


def _reasons_text(reasons: tuple[tuple[str, int], ...], *, labels: Mapping[str, str]) -> str:
    """The rules that gave the most points, in words."""
    return t("list.separator").join(
        t("list.reason_points", rule=labels[rule], points=points) for rule, points in reasons[:REASONS_SHOWN]
    )


def _rule_labels() -> dict[str, str]:
    return {rule.id: rule.label[language()] for rule in door.rulebook().rules}


def _with_beside(shown: pd.DataFrame, beside: pd.DataFrame | None) -> pd.DataFrame:
    if beside is None or "household_id" not in shown:
        return shown
    return pd.concat([shown, beside.reindex(shown["household_id"]).reset_index(drop=True)], axis=1)


def _code(column: str, code: str, *, metric: str) -> str:
    codes = lists.listing_of(metric).facets.get(column)
    if column in (lists.RULE, lists.RULE_ALONE):
        return _rule_labels().get(code, code)
    if column == lists.DEPARTMENT:
        return (departments.names() | {lists.NOT_RECORDED: t("list.no_department")}).get(code, code)
    return code if codes is None else stated.word(code, codes=codes)


def _values(values: pd.Series, *, kind: str) -> list[Any] | pd.Series:
    if kind == "reasons":
        labels = _rule_labels()  # once for all rows: the rule book is looked up anew each time
        return [_reasons_text(reasons, labels=labels) for reasons in values]
    if kind == "conditions":
        return [t("list.separator").join(t(f"elimination.{name}") for name, _ in failing) for failing in values]
    if kind == "doubts":
        return [t("list.separator").join(_word(rule, codes="audit_rule") for rule, _ in found) for found in values]
    if kind in ("date", "number", "yuan", "text", "department"):
        return values
    words = {code: _word(code, codes=kind) for code in values.dropna().unique()}
    return [words.get(code) for code in values]


def _word(code: str, *, codes: str) -> str:
    word = code_label(codes=codes, code=code, language=language())
    return f"{LAMP_SHAPES[code]} {word}" if codes == "lamp" else word
