"""疑点数据: what the validation rules find, by rule, by who corrects it, by place."""

from dataclasses import dataclass
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import MetricTable
from data_access.quality.validation import read_findings, rules_run
from data_access.quality.validation_rules import ValidationRule, load_validation_rules
from data_access.schema.indicators import code_label, load_codes
from pages.data.quality import places, tiles
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, numbers, sheet, table_file

COMPARED = ("audit_findings", "audit_errors", "audit_households", "audit_households_share")

_COLUMNS = {"audit_findings": "findings", "audit_errors": "errors", "audit_households": "households"}
_WORDS_WIDTH = 520
"""Width in pixels in which most of a rule's sentence can be read."""


@dataclass(frozen=True)
class Findings:
    """What was found, at every place in the reader's scope."""

    rows: pd.DataFrame
    """As returned by `read_findings`."""
    table: MetricTable
    month: str

    def value(self, key: str, place: str) -> float | None:
        """A metric of COMPARED at a place."""
        if key in _COLUMNS:
            whole = self.rows[self.rows["audit_rule"].isna()]
            return int(whole[whole["village_code"].str.startswith(place)][_COLUMNS[key]].sum())
        base = self.table.count("households", place=place, month=self.month)
        return 100 * (self.value("audit_households", place) or 0) / base if base else None

    def by_rule(self, place: str) -> pd.DataFrame:
        """Findings and households of each rule that has any at a place; index: rule."""
        here = self.rows[self.rows["audit_rule"].notna() & self.rows["village_code"].str.startswith(place)]
        return here.groupby("audit_rule")[["findings", "households"]].sum()


def show(view: View) -> None:
    """Tiles, who corrects what, every rule with its findings, by place."""
    rows = door.read(read_findings, scope=view_state.scope(), on=view.on)
    found = Findings(rows=rows, table=view_state.metric_table(), month=view.month)
    by_rule = found.by_rule(view.place)
    _tiles(found, view)
    st.markdown(_reading(by_rule, found=found, view=view))
    _correctors(by_rule, view)
    _rules(by_rule, view)
    places.show(COMPARED, value=found.value, view=view, part="audit")


def _run(view: View) -> tuple[ValidationRule, ...]:
    return rules_run(on=view.on, is_sample=view.current.facts.version.is_sample)


def _tiles(found: Findings, view: View) -> None:
    share = numbers.share(found.value("audit_households_share", view.place))
    values = {key: found.value(key, view.place) for key in _COLUMNS}
    doubtful = numbers.count((values["audit_findings"] or 0) - (values["audit_errors"] or 0))
    tiles.show(
        values,
        second={
            "audit_findings": t("quality.tile_rules", rules=len(_run(view))),
            "audit_errors": t("quality.tile_doubtful", number=doubtful),
            "audit_households": t("quality.tile_share", share=share),
        },
        view=view,
    )


def _reading(by_rule: pd.DataFrame, *, found: Findings, view: View) -> str:
    if by_rule.empty:
        return t("quality.no_findings", rules=len(_run(view)))
    most = by_rule.sort_values("findings", ascending=False, kind="stable").iloc[0]
    return t(
        "quality.audit_reading",
        findings=numbers.count(int(by_rule["findings"].sum())),
        households=numbers.count(found.value("audit_households", view.place) or 0),
        speaking=len(by_rule),
        rules=len(_run(view)),
        rule=code_label(codes="audit_rule", code=str(most.name), language=language()),
        number=numbers.count(int(most["findings"])),
    )


def _correctors(by_rule: pd.DataFrame, view: View) -> None:
    """Who should correct how many; each opens its list."""
    rules = load_validation_rules()
    counts = by_rule["findings"].groupby([rules[rule].corrector for rule in by_rule.index]).sum()
    if counts.empty:
        return
    st.markdown(t("quality.correctors"))
    with st.container(horizontal=True, gap="medium"):
        for code in load_codes()["corrector"]:
            if code in counts.index:
                name = code_label(codes="corrector", code=code, language=language())
                text = t("quality.named", name=name, number=numbers.count(counts[code]))
                list_link.show("audit_findings", view=view, text=text, only={"corrector": code})


def _rules(by_rule: pd.DataFrame, view: View) -> None:
    """Every rule, those with most findings first; a rule without findings shows a true zero."""
    run = _run(view)
    rows = pd.DataFrame([_row(rule, by_rule=by_rule, view=view) for rule in run])
    rows = rows.sort_values("findings", ascending=False, kind="stable", ignore_index=True)
    headings = {name: t(f"quality.rule_{name}") for name in rows.columns if name != "open"}
    columns = headings | {
        "description": st.column_config.TextColumn(headings["description"], width=_WORDS_WIDTH),
        "open": st.column_config.LinkColumn(t("quality.rule_open"), display_text=t("quality.open_list")),
    }
    st.markdown(t("quality.rules"))
    sheet.show(rows, hide_index=True, height=560, column_config=columns, key="quality_rules")
    table_file.offer(rows, title=t("quality.part_audit"), headings=headings, view=view, key="quality_rules_file")
    for rule in load_validation_rules().values():
        if rule not in run:
            st.caption(t("quality.not_run", rule=rule.label[language()], why=rule.description[language()]))


def _row(rule: ValidationRule, *, by_rule: pd.DataFrame, view: View) -> dict[str, object]:
    counted = by_rule[by_rule.index == rule.id]
    link = urlencode(list_link.parameters("audit_findings", view=view, only={"audit_rule": rule.id}))
    return {
        "label": rule.label[language()],
        "findings": int(counted["findings"].sum()),
        "households": int(counted["households"].sum()),
        "open": f"worklist?{link}",
        "severity": code_label(codes="audit_severity", code=rule.severity, language=language()),
        "about": code_label(codes="finding_about", code=rule.about, language=language()),
        "corrector": code_label(codes="corrector", code=rule.corrector, language=language()),
        "description": rule.description[language()],
        "status": t("badge.placeholder") if rule.is_placeholder else t("badge.published"),
        "source": t("list.separator").join(one.title[language()] for one in rule.reference),
    }
