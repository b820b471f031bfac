"""The household database goes away, or breaks, or is replaced while people look: the last good figures stay, under a
banner that says so, and all is well again when it is back."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import create_engine, make_url

from data_access.database import versions
from tests.conftest import StartServer
from tests.faults.conftest import district, said
from tests.support.databases import empty_database, write_version
from tests.support.households import create_database
from tests.support.server import Server
from tests.support.sessions import Run, Session
from tests.support.wire import wire

LIST = "list=red_households&lang=zh"
BANNER = "最新数据"


def test_a_server_killed_and_back(postgres_url: str, start_server: StartServer) -> None:
    url = make_url(empty_database(postgres_url))
    engine = create_engine(url)
    create_database(engine, district(homes=3))
    engine.dispose()
    assert url.port is not None
    with wire(url.port) as line:
        address = url.set(port=line.port).render_as_string(hide_password=False)
        with Session(start_server(env={"HOUSEHOLD_DATABASE_URL": address}).url) as session:
            assert session.run(query="lang=zh").errors == []
            line.cut()
            cut = session.run(query="lang=zh&month=2022-08")
            assert BANNER in said(cut, "alert")
            assert not [kind for kind, _ in cut.elements if kind == "exception"]
            assert [kind for kind, _ in cut.elements if kind == "metric"], "the last good figures"
            line.mend()
            mended = session.run(query="lang=zh&month=2022-09")
            assert BANNER not in said(mended, "alert")
            assert mended.errors == []


def test_new_versions_while_people_look_then_one_that_is_damaged_one_of_an_older_contract_and_none(
    pointer: Path, start_server: StartServer
) -> None:
    """Nor does anybody notice what lies there from before: a damaged version that was in force once."""
    _publish_damaged(pointer)
    write_version(pointer, district(homes=3, load_id=2))
    server = start_server(env={"HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}"})
    _new_versions_while_people_look(pointer, server)
    with Session(server.url) as session:
        before = session.run(query="lang=zh")
        assert before.errors == []
        broken = _publish_damaged(pointer)
        assert broken.name in _under_a_banner(session.run(query="lang=zh&month=2022-08")), "which file"
        _publish_older(pointer)
        older = _under_a_banner(session.run(query="lang=zh&month=2022-07"))
        assert "project" in older, "which table an older contract lacks"
        away = pointer.rename(pointer.with_name("away"))
        gone = session.run(query="lang=zh")
        _under_a_banner(gone)
        assert _figures(gone) == _figures(before)
        away.rename(pointer)
        write_version(pointer, district(homes=4, load_id=7))
        mended = session.run(query="lang=zh")
        assert mended.errors == []
        assert BANNER not in said(mended, "alert")
        assert _figures(mended) != _figures(before)


def _figures(run: Run) -> list[str]:
    """What the tiles say."""
    return [str(element.body) for kind, element in run.elements if kind == "metric"]


def _under_a_banner(run: Run) -> str:
    """The banner over the last good figures."""
    banner = said(run, "alert")
    assert BANNER in banner
    assert not [kind for kind, _ in run.elements if kind == "exception"]
    assert _figures(run)
    return banner


def _publish_damaged(pointer: Path) -> Path:
    """A version whose first block alone is whole."""
    broken, whole = versions.next_file(pointer), versions.current_file(pointer).read_bytes()
    broken.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    versions.publish(pointer, broken)
    return broken


def _publish_older(pointer: Path) -> None:
    """A version without one of its tables."""
    older = versions.next_file(pointer)
    engine = create_engine(f"duckdb:///{older}")
    create_database(engine, district(homes=3))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE project RENAME TO something_else")
    engine.dispose()
    versions.publish(pointer, older)


def _new_versions_while_people_look(pointer: Path, server: Server) -> None:
    """Three people turn pages of a fresh server while two versions are published: nobody sees an error, or rows of two
    versions."""
    ended = threading.Event()
    homes = {3}
    seen: list[tuple[float, int]] = []
    errors: list[str] = []

    def look() -> None:
        with Session(server.url, page="worklist") as session:
            turn = 0
            while not ended.wait(0.05):
                turn, asked = turn + 1, time.monotonic()
                run = session.run(query=f"{LIST}&by_household_type={'general' if turn % 2 else ''}")
                errors.extend(run.errors)
                lines = [line for line in said(run, "markdown").splitlines() if "共 **" in line]
                seen.extend((asked, int(line.split("**")[1])) for line in lines)

    with ThreadPoolExecutor(3) as people:
        waiting = [people.submit(look) for _ in range(3)]
        for load_id, count in ((3, 5), (4, 8)):
            _wait_for_more(seen)
            write_version(pointer, district(homes=count, load_id=load_id))
            homes.add(count)
            published = time.monotonic()
        _wait_for_more(seen, after=published + 2)
        ended.set()
        for one in waiting:
            one.result(timeout=180)
    assert errors == []
    assert {count for _, count in seen} <= homes
    assert {count for at, count in seen if at > published + 2} == {8}, "the newest, for whoever asks two seconds later"


def _wait_for_more(seen: list[tuple[float, int]], *, after: float = 0.0, count: int = 6) -> None:
    """Returns when people have looked some times more, after a moment where one is given."""
    after = max(after, time.monotonic())
    give_up = time.monotonic() + 180
    while sum(at > after for at, _ in seen) < count:
        assert time.monotonic() < give_up, "nobody looks"
        time.sleep(0.1)
