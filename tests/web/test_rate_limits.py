"""Too much at once is told when to come again, in words and in the header that programs read."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.access import COOKIE
from api.house import House
from api.rate_limits import Buckets, RateLimits
from models.browser_sign_in import start_sign_in
from models.permissions import Actor
from models.person import Person
from models.settings import Settings
from tests.conftest import CONVERSATION, People
from tests.web.conftest import PageClient
from web.app import create_app

DETAILS = {"kind": "role_play", "agreement_confirmed": "yes"}
RECORDING = {"details": DETAILS, "media_type": "audio/webm", "microphones": 1}
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def few(settings: Settings) -> Settings:
    return settings.model_copy(update={"requests_per_minute": 10, "uploads_per_hour": 2})


@pytest.fixture
def app(few: Settings) -> Iterator[object]:
    app = create_app(few)
    stopped = Buckets(lambda: 1000.0)  # no time passes, however slow the machine
    app.state.house = replace(app.state.house, limits=RateLimits(few, stopped))
    yield app
    app.state.house.database.close()


def browser(app: object, house: House, actor: Actor) -> PageClient:
    one = PageClient(app, base_url="http://evoke.test")  # type: ignore[arg-type]
    with house.database.write() as session:
        person = session.get_one(Person, actor.person_id)
        one.cookies.set(COOKIE, start_sign_in(session, person, settings=house.settings))
    return one


def test_requests_of_one_person(app: object, house: House, people: People) -> None:
    owner = browser(app, house, people.owner)
    codes = [owner.get("/about-the-scores").status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    page = owner.get("/")
    assert page.status_code == 429
    assert "Wait a minute" in page.text
    assert page.headers["retry-after"] == "6"
    problem = owner.get("/api/v1/sessions")
    assert (problem.status_code, problem.json()["code"]) == (429, "too_many")
    assert problem.headers["retry-after"] == str(problem.json()["retry_after"])
    assert browser(app, house, people.colleague).get("/").status_code == 200


def test_requests_of_one_address_whoever_asks(app: object, house: House, people: People) -> None:
    visitor = PageClient(app, base_url="http://evoke.test")  # type: ignore[arg-type]
    codes = {visitor.get("/api/v1/sessions").status_code for _ in range(200)}
    assert codes == {401}
    assert visitor.get("/api/v1/sessions").status_code == 429
    assert visitor.get("/sign-in").status_code == 429


def test_uploads_of_one_person_and_nothing_typed_is_lost(app: object, house: House, people: People) -> None:
    owner = browser(app, house, people.owner)
    form = {name: (None, text) for name, text in (DETAILS | {"transcript": CONVERSATION}).items()}
    for _ in range(2):
        assert owner.post("/sessions", files=form, follow_redirects=False).status_code == 303
    refused = owner.post("/sessions", files=form)
    assert refused.status_code == 429
    assert "You added as many sessions" in refused.text
    assert int(refused.headers["retry-after"]) > 60
    assert owner.post("/api/v1/sessions", files=form).status_code == 429
    assert owner.post("/api/v1/recordings-in-progress", json=RECORDING).status_code == 429


def test_a_recording_that_catches_up_is_not_stopped(app: object, house: House, people: People) -> None:
    owner = browser(app, house, people.owner)
    begun = owner.post(
        "/api/v1/recordings-in-progress",
        json={
            "details": {"kind": "role_play", "agreement_confirmed": "yes"},
            "media_type": "audio/webm",
            "microphones": 1,
        },
    ).json()
    path = f"/api/v1/recordings-in-progress/{begun['id']}/chunks"
    codes = [owner.put(f"{path}/{n}", params={"seconds": n}, content=b"sound").status_code for n in range(15)]
    assert set(codes) <= {200, 201}
