"""Words of codes and titles of offices on the day before they change and on the day itself."""

from collections.abc import Iterator
from datetime import date

import pytest

from data_access.clues.departments import read_departments
from data_access.files import spellings
from data_access.files.cells import labels_of
from data_access.schema import renamed
from data_access.schema.indicators import code_label, load_codes
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.asking import ask
from tests.support.databases import ON_BOTH
from tests.support.households import merged, village

FROM = date(2021, 5, 14)
"""The guideline that renamed two categories and added a third."""


@pytest.fixture(autouse=True)
def _unsettled() -> Iterator[None]:
    yield
    renamed.settle_day(None)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2021, 5, 13), ["脱贫监测户", "边缘户"]),
        (FROM, ["脱贫不稳定户", "边缘易致贫户"]),
        (None, ["脱贫不稳定户", "边缘易致贫户"]),
    ],
)
def test_a_day_says_the_words_of_its_time(day: date | None, words: list[str]) -> None:
    renamed.settle_day(day)
    said = [code_label(codes="monitor_category", code=code, language="zh") for code in ("unstable", "marginal")]
    assert said == words
    assert list(load_codes()["monitor_category"]) == ["unstable", "marginal", "sudden"]
    assert renamed.days_of_change("monitor_category") == (FROM,)


def test_files_are_read_by_the_words_of_every_time() -> None:
    labels = labels_of("monitor_category")
    assert {labels[spellings.word(word)] for word in ("脱贫监测户", "脱贫不稳定户")} == {"unstable"}


TITLES = (
    (date(2021, 2, 24), "zh", "扶贫开发局"),
    (date(2021, 2, 25), "zh", "乡村振兴局"),
    (date(2023, 12, 31), "en", "Rural Revival Bureau"),
    (date(2024, 1, 1), "zh", "农业农村局（乡村振兴局）"),
)


@ON_BOTH
def test_an_office_bears_the_title_of_the_day_whatever_the_data_calls_it(make_database: MakeDatabase) -> None:
    offices = [
        {"code": code, "name_zh": name, "name_en": name}
        for code, name in (("D1", "乡村振兴局"), ("D2", "扶贫开发局"), ("D3", "民政局"))
    ]
    database = make_database(merged(village(), {"department": offices}))
    for day, language, title in TITLES:
        rows = ask(database, read_departments, scope=Scope.district(), on=day, language=language)
        assert list(rows["name"]) == [title, title, "民政局"]
