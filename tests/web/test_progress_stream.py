"""Progress as it changes (server-sent events), from a real server: many listeners cost no thread, and all end."""

import threading
import time
from contextlib import ExitStack

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import update

from api import progress_ear, progress_stream
from api.house import House
from models.columns import utc_now
from models.person import ApiToken
from models.practice import Stage
from tests.conftest import People
from tests.live_server import Website
from tests.web.conftest import Client
from tests.web.streams import change, events, new_session, practice_of, program, wait

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
SSE = {"accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_ear, "LOOK_EVERY", 0.1)


def test_it_is_told_as_it_changes_and_ends_when_it_is_ready(
    site: Website, house: House, people: People, client: Client
) -> None:
    url = new_session(client, people.owner)
    with program(site, house, people.owner) as one, one.stream("GET", url, headers=SSE) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert (answer.headers["x-accel-buffering"], "no-store" in answer.headers["cache-control"]) == ("no", True)
        assert "ratelimit" in answer.headers
        heard = events(answer)
        assert next(heard) == (
            "queued-0", "progress", '{"stage":"queued","progress":0,"problem_code":"","problem":""}',
        )  # fmt: skip
        change(house, url, Stage.CODING, 60)
        assert next(heard)[:2] == ("coding-60", "progress")
        change(house, url, Stage.READY, 100)
        assert next(heard)[:2] == ("ready-100", "ready")
        assert list(heard) == []
        wait(lambda: site.listening == 0)
        again = one.get(url, headers={**SSE, "last-event-id": "ready-100"})
        assert (again.status_code, again.content) == (204, b"")  # which a browser does not come back after
        with one.stream("GET", url, headers={**SSE, "last-event-id": "coding-60"}) as later:
            assert [one[1] for one in events(later)] == ["ready"]


def test_what_was_heard_is_not_told_again(site: Website, house: House, people: People, client: Client) -> None:
    url = new_session(client, people.owner)
    with (
        program(site, house, people.owner) as one,
        one.stream("GET", url, headers={**SSE, "last-event-id": "queued-0"}) as answer,
    ):
        wait(lambda: site.listening == 1)
        change(house, url, Stage.STOPPED, 0, "The file is empty.")
        (heard,) = events(answer)
        assert heard[:2] == ("stopped-0", "stopped")
        assert '"problem_code":"x","problem":"The file is empty."' in heard[2]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_the_database_tells_of_it(
    site: Website, house: House, people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks meanwhile. Where the connection that tells is lost, one looks, until there is another."""
    monkeypatch.setattr(progress_ear, "LOOK_AT_ALL_EVERY", 3600)
    monkeypatch.setattr(progress_ear, "TRY_AGAIN_IN", 1.0)
    url, other = new_session(client, people.owner), new_session(client, people.owner)
    watching = site.app.state.house.watching
    looks: list[int] = []
    looked = watching._look
    monkeypatch.setattr(watching, "_look", lambda ids: (looks.append(len(ids)), looked(ids))[1])
    with program(site, house, people.owner) as one, one.stream("GET", url, headers=SSE) as answer:
        heard = events(answer)
        next(heard)
        ear = watching._ear
        for progress in (10, 20):
            wait(lambda: ear.hears and not ear._woken.is_set())
            looks.clear()
            change(house, url, Stage.CODING, progress)
            assert next(heard)[0] == f"coding-{progress}"
            with house.database.write() as session:
                practice_of(session, other).progress = progress  # nobody listens to that one
            time.sleep(0.5)
            assert looks == [1]
            with house.database.write() as session:
                ended = (
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'evoke-progress'"
                )
                ended += " AND datname = current_database()"
                assert session.connection().execute(text(ended)).all() == [(True,)]
            wait(lambda: not ear.hears)
        change(house, url, Stage.CODING, 30)
        assert next(heard)[0] == "coding-30"
        with house.database.write() as session:
            practice_of(session, url).withdrawn_at = utc_now()
        assert list(heard) == []


@on_sqlite
def test_json_says_when_to_ask_again(client: Client, people: People, house: House) -> None:
    url, owner = new_session(client, people.owner), client(people.owner)
    answer = owner.get(url)
    assert (answer.json()["stage"], answer.headers["retry-after"], answer.headers["vary"]) == ("queued", "2", "accept")
    same = owner.get(url, headers={"if-none-match": answer.headers["etag"]})
    assert (same.status_code, same.content, same.headers["retry-after"]) == (304, b"", "2")
    change(house, url, Stage.READY, 100)
    assert "retry-after" not in owner.get(url).headers


@on_sqlite
def test_hundreds_listen_and_the_website_answers_all_the_same(
    site: Website, house: House, people: People, client: Client
) -> None:
    """More than there are threads, many times over; in the end each hears the end."""
    site.app.state.house.watching._most_of_one = 500
    url, how_many = new_session(client, people.owner), 200
    threads = threading.active_count()
    with program(site, house, people.owner) as one, ExitStack() as open_:
        one._transport = httpx.HTTPTransport(limits=httpx.Limits(max_connections=None), trust_env=False)
        all_ = [events(open_.enter_context(one.stream("GET", url, headers=SSE))) for _ in range(how_many)]
        assert {next(heard)[0] for heard in all_} == {"queued-0"}
        assert site.listening == how_many
        begun = time.monotonic()
        assert one.get(url).json()["stage"] == "queued"
        assert one.get("/api/v1/sessions").status_code == 200
        assert time.monotonic() - begun < 5
        assert threading.active_count() - threads < 50
        change(house, url, Stage.READY, 100)
        assert [[name for _, name, _ in heard if name] for heard in all_] == [["ready"]] * how_many
    wait(lambda: site.listening == 0)


@on_sqlite
def test_no_database_session_is_held_while_somebody_listens(
    site: Website, house: House, people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_ear, "LOOK_EVERY", 60.0)
    url = new_session(client, people.owner)
    with program(site, house, people.owner) as one, one.stream("GET", url, headers=SSE) as answer:
        next(events(answer))
        database = site.app.state.house.database
        pools = [one.pool for one in vars(database).values() if hasattr(one, "pool")]
        assert pools
        assert {pool.checkedout() for pool in pools} == {0}


@on_sqlite
def test_too_many_are_told_so(site: Website, house: House, people: People, client: Client) -> None:
    watching = site.app.state.house.watching
    watching._most, watching._most_of_one = 3, 2
    url, other = new_session(client, people.owner), new_session(client, people.colleague)
    with program(site, house, people.owner) as one, program(site, house, people.colleague) as two, ExitStack() as open_:
        for _ in range(2):
            open_.enter_context(one.stream("GET", url, headers=SSE))
        answer = one.get(url, headers=SSE)
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (429, "too_many", "15")
        assert answer.headers["content-type"] == "application/problem+json"
        open_.enter_context(two.stream("GET", other, headers=SSE))
        full = two.get(other, headers=SSE)
        assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (503, "too_many_streams", "15")
        assert one.get(url).status_code == 200  # JSON can be asked for all the same
    wait(lambda: site.listening == 0)  # those who hang up leave room
    with program(site, house, people.owner) as one, one.stream("GET", url, headers=SSE) as answer:
        assert answer.status_code == 200


@on_sqlite
def test_who_may_no_longer_listen_hears_nothing_more(
    site: Website, house: House, people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_stream, "BEAT_EVERY", 0.4)
    url = new_session(client, people.owner)
    with program(site, house, people.owner) as one, one.stream("GET", url, headers=SSE) as answer:
        heard = events(answer)
        assert next(heard)[0] == "queued-0"
        assert next(heard)[0] == ": still here"
        with house.database.write() as session:
            session.exec(update(ApiToken).values(revoked_at=utc_now()))
        assert {name for _, name, _ in heard} <= {""}  # it ends, with at most another beat


@on_sqlite
def test_a_session_that_is_withdrawn_ends_it(site: Website, house: House, people: People, client: Client) -> None:
    url = new_session(client, people.owner)
    with program(site, house, people.owner) as one, one.stream("GET", url, headers=SSE) as answer:
        heard = events(answer)
        next(heard)
        with house.database.write() as session:
            practice_of(session, url).withdrawn_at = utc_now()
        assert list(heard) == []
        assert one.get(url, headers=SSE).status_code == 404


@on_sqlite
def test_strangers_hear_nothing(site: Website, house: House, people: People, client: Client) -> None:
    url = new_session(client, people.owner)
    for actor in (people.stranger, people.stranger_coach, people.teammate):
        with program(site, house, actor) as one:
            assert one.get(url, headers=SSE).status_code == 404
    assert httpx.get(f"{site.address}{url}", headers=SSE, trust_env=False).status_code == 401
    with program(site, house, people.colleague) as coach, coach.stream("GET", url, headers=SSE) as answer:
        assert answer.status_code == 200


@on_sqlite
def test_the_website_stops_at_once_and_cleanly(site: Website, house: House, people: People, client: Client) -> None:
    url = new_session(client, people.owner)
    with program(site, house, people.owner) as one, ExitStack() as open_:
        all_ = [events(open_.enter_context(one.stream("GET", url, headers=SSE))) for _ in range(20)]
        for heard in all_:
            next(heard)
        stopped = threading.Thread(target=site.stop)
        begun = time.monotonic()
        stopped.start()
        assert [list(heard) for heard in all_] == [[]] * 20  # ended, not broken off: httpx would raise
        stopped.join()
        assert time.monotonic() - begun < 4.5  # it waits five seconds for what does not end
