"""A list that was sent out comes back whole: no row is lost, none appears from nowhere, the newest answer counts."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.errors import ScopeError
from data_access.handouts import handouts
from data_access.handouts.forms import HANDOUT_ID
from data_access.handouts.handouts import Answer, Handout
from data_access.ledger.ledger import Ledger
from data_access.region_codes import DIGITS
from data_access.schema.limits import limit
from data_access.scope import Scope
from tests.support.databases import ON_BOTH

pytestmark = pytest.mark.opens_a_database

DISTRICT = Scope.district()
DUE = date(2022, 10, 7)
SENT = Handout(
    handout_id="H20220930-3F9A2C",
    metric="red_unchecked",
    filters="",
    place="610902",
    day=date(2022, 9, 30),
    level="township",
    due_on=DUE,
)
VILLAGES = ("610902100201", "610902100202", "610902101201")


def list_of(villages: Sequence[str]) -> pd.DataFrame:
    numbers = [f"H{position}" for position, _ in enumerate(villages)]
    return pd.DataFrame({"household_id": numbers, "village_code": list(villages)}, dtype="str")


def sent_out(ledger: Ledger, villages: Sequence[str] = VILLAGES) -> Handout:
    rows = handouts.split(list_of(villages), level="township")
    return handouts.send_out(ledger, SENT, rows=rows, recorded_by="张干部", scope=DISTRICT)


def answer(number: int, *, verdict: str = "watch", village: str = VILLAGES[0]) -> Answer:
    return Answer(
        number=number, household_id=f"H{number - 1}", village_code=village, verdict=verdict, checked_by="李村干"
    )


def reply(ledger: Ledger, *answers: Answer, scope: Scope = DISTRICT) -> int:
    return handouts.add_answers(
        ledger, answers, handout_id=SENT.handout_id, file_sha256="ab", recorded_by="王镇干", scope=scope
    )


@given(
    villages=st.lists(st.sampled_from([*VILLAGES, "610902127299", "610902100299"]), max_size=60),
    level=st.sampled_from(["township", "village"]),
)
def test_the_parts_of_a_list_are_the_whole_list(villages: list[str], level: str) -> None:
    whole = list_of(villages)
    rows = handouts.split(whole, level=level)
    parts = [part for _, part in rows.groupby("part")]
    merged = pd.concat(parts).sort_values("number") if parts else rows
    assert merged["household_id"].tolist() == whole["household_id"].tolist()
    assert all(village.startswith(part) for part, village in zip(rows["part"], rows["village_code"], strict=True))
    assert {len(code) for code in rows["part"]} <= {DIGITS[level]}


def test_a_handout_gets_a_number_that_its_form_is_known_by_and_a_day_it_is_due() -> None:
    numbers = {handouts.new_handout_id(SENT.day) for _ in range(20)}
    assert len(numbers) == 20
    assert all(HANDOUT_ID.fullmatch(number) and number.startswith("H20220930-") for number in numbers)
    assert handouts.usual_due(SENT.day) - SENT.day == timedelta(days=limit("handout_due_days", on=SENT.day))


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ScopeError, match="unknown_handout_level"):
        handouts.split(list_of(VILLAGES), level="county")


@ON_BOTH
def test_what_is_sent_out_is_kept_row_by_row(ledger: Ledger) -> None:
    assert sent_out(ledger).row_count == 3
    [kept] = handouts.read_handouts(ledger, scope=DISTRICT).to_dict("records")
    assert (kept["handout_id"], kept["row_count"], kept["recorded_by"]) == (SENT.handout_id, 3, "张干部")
    rows = handouts.read_rows(ledger, handout_id=SENT.handout_id, scope=DISTRICT)
    assert rows["household_id"].tolist() == ["H0", "H1", "H2"]
    assert rows["verdict"].isna().all()


@ON_BOTH
def test_the_newest_answer_to_a_row_counts(ledger: Ledger) -> None:
    sent_out(ledger)
    assert reply(ledger, answer(1), answer(2)) == 2
    reply(ledger, answer(1, verdict="include"))
    rows = handouts.read_rows(ledger, handout_id=SENT.handout_id, scope=DISTRICT)
    assert rows["number"].tolist() == [1, 2, 3]
    assert rows["verdict"].tolist()[:2] == ["include", "watch"]
    assert rows["verdict"].isna().tolist() == [False, False, True]


@ON_BOTH
def test_answers_and_what_follows_from_them_are_kept_together_or_not_at_all(ledger: Ledger) -> None:
    sent_out(ledger)
    outside = Answer(number=3, household_id="H2", village_code=VILLAGES[2], verdict="watch", checked_by="李村干")
    with pytest.raises(ScopeError, match="ledger_outside_scope"):
        reply(ledger, answer(1), outside, scope=Scope(regions=("610902100",), actions=None))
    assert handouts.read_rows(ledger, handout_id=SENT.handout_id, scope=DISTRICT)["verdict"].isna().all()


def test_a_township_sees_its_own_part_only(ledger: Ledger) -> None:
    sent_out(ledger)
    own = Scope(regions=("610902101",), actions=None)
    assert handouts.read_rows(ledger, handout_id=SENT.handout_id, scope=own)["household_id"].tolist() == ["H2"]
    assert handouts.read_handouts(ledger, scope=Scope(regions=("610902102",))).empty


@pytest.mark.parametrize(
    ("answered", "on", "states"),
    [
        ([], DUE, ["waiting", "waiting"]),
        ([1], DUE, ["partial", "waiting"]),
        ([1, 2], DUE, ["complete", "waiting"]),
        ([1, 2], date(2022, 10, 8), ["complete", "overdue"]),
        ([1], date(2022, 10, 8), ["overdue", "overdue"]),
        ([1, 2, 3], date(2022, 10, 8), ["complete", "complete"]),
    ],
)
def test_the_board_says_what_came_back_until_the_day_it_is_due(
    tmp_path, answered: list[int], on: date, states: list[str]
) -> None:
    from sqlalchemy import make_url

    ledger = Ledger(make_url(f"sqlite:///{tmp_path / 'board.sqlite'}"))
    sent_out(ledger)
    reply(ledger, *(answer(number, village=VILLAGES[number - 1]) for number in answered))
    rows = handouts.read_rows(ledger, handout_id=SENT.handout_id, scope=DISTRICT)
    board = handouts.board(rows, due_on=DUE, on=on)
    assert board["part"].tolist() == ["610902100", "610902101"]
    assert board["state"].tolist() == states
    assert board["sent"].tolist() == [2, 1]
    assert board["answered"].sum() == len(answered)
    assert board["answered"].add(board["waiting"]).tolist() == board["sent"].tolist()
