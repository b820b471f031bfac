"""Who the household is and its present state: masked identity, lamp, distance to the bands, monitoring."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access.cases.elimination import Watched
from data_access.facts.metrics import load_metrics
from data_access.scope import Scope
from data_access.warnings.explanation import Explanation
from pages.households.household import indicator_table, known
from pages.shell import kept, view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import household_values, tile


@kept.part
def identity(household_id: str, *, scope: Scope, view: View) -> None:
    """Head, numbers, place, grid and helper, in two lines."""
    home = known.home(household_id, scope=scope, view=view)
    if home is None:
        return
    st.subheader(t("household.title", head=_known(home["head_name"]), household_id=home["household_id"]))
    place = t("household.place", township=_known(home["township"]), village=_known(home["village"]))
    group = "" if home["group_no"] is None else t("household.group", group=home["group_no"])
    st.markdown(
        t(
            "household.identity",
            place=place + group,
            type=household_values.word("household_type", home["household_type"]),
            relocated=_relocated(home),
            id_no=_known(home["head_id_no"]),
            phone=_known(home["phone"]),
            registered=household_values.day(home["registered_on"]),
        )
    )
    st.markdown(
        t(
            "household.people_in_charge",
            grid=_known(home["grid_code"]),
            worker=_known(home["grid_worker"]),
            helper=_helper(home),
        )
    )


@kept.part
def tiles(household_id: str, *, scope: Scope, view: View) -> None:
    """Lamp and score, distance, state of monitoring, completeness."""
    home, explanation = known.on_register(household_id, scope=scope, view=view)
    watched = known.watched(household_id, scope=scope, view=view)
    with tile.row("household"):
        lamp = f"{LAMP_SHAPES[explanation.lamp]} {household_values.word('lamp', explanation.lamp)}"
        tile.draw(t("household.lamp"), value=lamp, second=_score(explanation))
        tile.draw(t("household.distance"), value=distance(explanation), second=_bands(explanation))
        state = _never_watched() if watched is None else household_values.word("outcome", watched.state)
        tile.draw(t("household.watched"), value=state, second=_watched(watched))
        collected, total = indicator_table.collected(explanation, home)
        second = t("household.completeness", source=_source(explanation))
        tile.draw(t("household.collected"), value=f"{collected}/{total}", second=second)


def distance(explanation: Explanation) -> str:
    """How far the score is below or above red; where something is missing, the range it may be in."""
    if explanation.bands is None or not _is_scored(explanation):
        return t("value.none")
    if explanation.triggers:
        return t("household.hard_trigger")
    if explanation.lamp == "undetermined":
        return t("household.range", low=explanation.lowest, high=explanation.highest)
    to_red = explanation.bands.red_above + 1 - explanation.score
    if to_red > 0:
        return t("household.below_red", points=to_red)
    return t("household.above_red", points=explanation.score - explanation.bands.red_above)


def no_longer_here(home: Mapping[str, Any], view: View) -> None:
    """Says that the household is not on the register on the chosen day, and the days it was entered and removed."""
    st.info(
        t(
            "household.not_registered",
            day=view.on.isoformat(),
            registered=household_values.day(home["registered_on"]),
            closed=t("value.none") if home["closed_on"] is None else home["closed_on"].isoformat(),
        ),
        icon=":material/info:",
    )


def _score(explanation: Explanation) -> str:
    if not _is_scored(explanation):
        return t("household.nothing_collected")
    if explanation.triggers:
        return t("household.score_triggered", score=explanation.score)
    if explanation.lowest != explanation.highest:
        return t("household.score_range", score=explanation.score, low=explanation.lowest, high=explanation.highest)
    return t("household.score", score=explanation.score)


def _bands(explanation: Explanation) -> str:
    if explanation.bands is None:
        return t("value.none")
    bands = explanation.bands
    badge = f":orange-badge[{t('badge.placeholder')}]"
    return t("household.bands", red_above=bands.red_above, yellow_from=bands.yellow_from, badge=badge)


def _never_watched() -> str:
    is_collected = view_state.collects(load_metrics()["open_households"])
    return t("household.never_watched") if is_collected else household_values.not_collected()


def _watched(watched: Watched | None) -> str:
    if watched is None:
        return t("household.no_case")
    return t(
        "household.case",
        category=household_values.word("monitor_category", watched.category),
        causes=household_values.words("cause", watched.causes),
        identified=watched.identified_on.isoformat(),
    )


def _source(explanation: Explanation) -> str:
    indicators = explanation.indicators
    if indicators["valid_from"] is None:
        return household_values.not_collected()
    source = household_values.word("indicator_source", indicators["source"])
    return t("household.source", source=source, day=indicators["valid_from"].isoformat())


def _helper(home: Mapping[str, Any]) -> str:
    if home["helper"] is None or home["helper_department"] is None:
        return _known(home["helper"])
    return t("household.helper", name=_known(home["helper"]), department=_known(home["helper_department"]))


def _relocated(home: Mapping[str, Any]) -> str:
    if home["relocated"] is None:
        return t("household.relocated_unknown")
    if not home["relocated"]:
        return ""
    return t("household.relocated", site=_known(home["resettlement_site"]))


def _is_scored(explanation: Explanation) -> bool:
    return explanation.indicators["valid_from"] is not None


def _known(text: Any) -> str:
    return household_values.not_collected() if text is None else household_values.plain(str(text))
