"""What a reader is told when something is wrong: a sentence in the page's language, never a traceback."""

import shutil
from pathlib import Path

import pytest

from data_access import door
from data_access.declarations import DeclarationError
from data_access.facts import store
from data_access.risk.rulebook import RULES_FOLDER, load_rulebook
from pages.shell.menu import page_path
from tests.pages.conftest import OpenApp, wording, words
from tests.support.databases import write_version
from tests.support.households import household, load, merged, village

LANGUAGES = ["zh", "en"]


@pytest.fixture
def pointer(tmp_path: Path) -> Path:
    return tmp_path / "versions" / "household"


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the rule files that the app reads and a test may break."""
    folder = tmp_path / "rules_folder"
    shutil.copytree(RULES_FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(store.FactsStore.__init__, "__kwdefaults__", _defaults(folder))
    return folder


def _defaults(folder: Path) -> dict[str, object]:
    defaults = dict(store.FactsStore.__init__.__kwdefaults__ or {})
    return defaults | {"rules_folder": folder}


@pytest.mark.parametrize(("lang", "remedy"), [("zh", "python -m sample_data.build"), ("en", "Build the sample with")])
def test_no_database_at_the_url(open_app: OpenApp, tmp_path: Path, lang: str, remedy: str) -> None:
    app = open_app(f"duckdb:///{tmp_path / 'nothing'}", lang=lang)
    assert str(tmp_path / "nothing") in app.error[0].value
    assert remedy in app.error[0].value


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "不是有效的数据库地址"), ("en", "is no database address")])
def test_an_address_that_is_no_url(open_app: OpenApp, lang: str, sentence: str) -> None:
    assert sentence in open_app("nonsense", lang=lang).error[0].value


@pytest.mark.parametrize(
    ("lang", "sentence"), [("zh", "不支持的数据库类型：mysql"), ("en", "'mysql' is not supported")]
)
def test_another_kind_of_database(open_app: OpenApp, lang: str, sentence: str) -> None:
    assert sentence in open_app("mysql://host/name", lang=lang).error[0].value


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "无法读取农户数据库"), ("en", "cannot be read")])
def test_a_server_that_does_not_answer(open_app: OpenApp, lang: str, sentence: str) -> None:
    app = open_app("postgresql+psycopg://reader:secret@127.0.0.1:1/household", lang=lang)
    assert sentence in app.error[0].value
    assert "secret" not in words(app)


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "缺少以下表或列"), ("en", "lacks these tables or columns")])
def test_missing_tables_and_columns_are_named_all_at_once(
    open_app: OpenApp, tmp_path: Path, lang: str, sentence: str
) -> None:
    import duckdb

    file = tmp_path / "other.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE region (code VARCHAR)")
    message = open_app(f"duckdb:///{file}", lang=lang).error[0].value
    assert sentence in message
    assert "region.name_zh" in message
    assert "household" in message


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "还没有载入记录"), ("en", "Nothing was ever loaded")])
def test_empty_tables(open_app: OpenApp, lang: str, sentence: str) -> None:
    rows = merged(village())
    rows["data_load"] = []
    assert sentence in open_app(rows, lang=lang).error[0].value


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "没有区划"), ("en", "no county")])
def test_no_regions(open_app: OpenApp, lang: str, sentence: str) -> None:
    assert sentence in open_app(merged(load()), lang=lang).error[0].value


def break_a_threshold(rules: Path) -> DeclarationError:
    """Break the type of a threshold; returns what reading the rules refuses then."""
    file = rules / "rules" / "chronic_illness.yaml"
    sound = file.read_text(encoding="utf-8")
    assert sound.count("threshold: 2,") == 1
    file.write_text(sound.replace("threshold: 2,", "threshold: two,"), encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_rulebook(rules)
    return caught.value


@pytest.mark.every_rule
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_broken_rule_file(open_app: OpenApp, rules: Path, pointer: Path, lang: str) -> None:
    pointer.parent.mkdir()
    write_version(pointer, merged(village(), household()))
    refused = break_a_threshold(rules)
    assert open_app(f"duckdb:///{pointer}", lang=lang).error[0].value == refused.text(lang)


@pytest.mark.every_rule
def test_when_a_rule_file_breaks_while_running_the_last_good_rules_count_under_a_banner(
    open_app: OpenApp, rules: Path, pointer: Path
) -> None:
    pointer.parent.mkdir()
    write_version(pointer, merged(village(), household(cases=[{}]), load()))
    apps = {lang: open_app(f"duckdb:///{pointer}", lang=lang) for lang in LANGUAGES}
    before = {lang: [tile.value for tile in app.metric] for lang, app in apps.items()}
    refused = break_a_threshold(rules)
    for lang, app in apps.items():
        for section, page in (("board", "overview"), ("about", "rulebook"), ("households", "warnings")):
            app.switch_page(page_path(section, page)).run()
            assert not app.exception
            assert not app.error
            assert refused.text(lang) in app.warning[0].value
            assert load_rulebook().version in app.warning[0].value
        app.switch_page(page_path("board", "overview")).run()
        assert [tile.value for tile in app.metric] == before[lang]


def test_when_the_database_goes_while_running_the_last_figures_stay_under_a_banner_for_who_comes_later_too(
    open_app: OpenApp, pointer: Path
) -> None:
    pointer.parent.mkdir()
    write_version(pointer, merged(village(), household(cases=[{}]), load()))
    figures = [wording("tile.both", households=number, persons=2 * number) for number in (1, 0, 1)]
    apps = [open_app(f"duckdb:///{pointer}", lang=lang) for lang in LANGUAGES]
    before = [[tile.value for tile in app.metric] for app in apps]
    assert before[0] == [*figures, "0户", "0人", "0户"]
    pointer.rename(pointer.with_name("elsewhere"))
    for app, shown, sentence in zip(apps, before, ("无法读取最新数据", "The newest data cannot be read"), strict=True):
        app.run()
        assert not app.exception
        assert sentence in app.warning[0].value
        assert [tile.value for tile in app.metric] == shown
    late = open_app(f"duckdb:///{pointer}")
    assert "无法读取最新数据" in late.warning[0].value
    assert [tile.value for tile in late.metric] == before[0]


def test_a_new_version_while_running_appears_on_the_next_run(open_app: OpenApp, pointer: Path) -> None:
    pointer.parent.mkdir()
    one = merged(village(), household("H1", cases=[{}]), load(load_id=1))
    two = merged(village(), household("H1", cases=[{}]), household("H2", cases=[{}]), load(load_id=2))
    write_version(pointer, one)
    app = open_app(f"duckdb:///{pointer}")
    assert app.metric[0].value == wording("tile.both", households=1, persons=2)
    with door.store().database.connect():
        write_version(pointer, two)
        assert app.run().metric[0].value == wording("tile.both", households=2, persons=4)
