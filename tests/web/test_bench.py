"""Who may open the bench, and what the session's page offers them."""

import pytest
from sqlmodel import select

from models.review import Review, ReviewState
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People, work_off
from tests.web.conftest import Client, PageClient
from web.worker import Worker

__all__ = ["bench"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_a_coach_begins_goes_on_and_puts_away(bench: Bench, client: Client) -> None:
    coach, path = client(bench.coach), f"/sessions/{bench.practice_id}"
    assert "Review this session" in coach.get(path).text
    assert coach.get(f"{path}/bench").url.path == path  # nothing is begun yet
    begun = coach.post(f"{path}/bench")
    assert begun.url.path == f"{path}/bench"
    assert "What it adds up to" in begun.text
    assert "Go on with your review" in coach.get(path).text
    assert coach.post(f"{path}/bench").url.path == f"{path}/bench"
    assert coach.post(f"{path}/bench/put-away").url.path == path
    assert coach.post(f"{path}/bench/put-away").status_code == 200  # twice is once
    with bench.house.database.read() as session:
        assert [one.state for one in session.exec(select(Review))] == [ReviewState.PUT_AWAY]


def test_only_who_may_review_sees_the_bench(bench: Bench, people: People, client: Client) -> None:
    path = f"/sessions/{bench.practice_id}"
    owner = client(people.owner)
    assert "Review this session" not in owner.get(path).text
    assert owner.get(f"{path}/bench").status_code == owner.post(f"{path}/bench").status_code == 403
    for other in (people.stranger, people.stranger_coach, people.teammate):
        assert client(other).get(f"{path}/bench").status_code == 404
        assert client(other).post(f"{path}/bench").status_code == 404
    bench.begin()
    assert client(bench.second).get(f"{path}/bench").url.path == path  # each their own


def test_names_are_checked_first(owner: PageClient, people: People, client: Client, worker: Worker) -> None:
    work_off(worker)
    coach = client(people.colleague)
    path = f"/sessions/{coach.get('/api/v1/sessions').json()['sessions'][0]['id']}"
    page = coach.get(path).text
    assert "once the names in it are checked" in page
    assert "Review this session" not in page
    refused = coach.post(f"{path}/bench")
    assert (refused.status_code, "Check the names" in refused.text) == (409, True)
