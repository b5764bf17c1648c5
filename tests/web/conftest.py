"""A client for each of the people, which checks every page it is given."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from fastapi.testclient import TestClient

from api.access import COOKIE
from api.house import House
from models.api_token import add_short_token
from models.browser_sign_in import start_sign_in
from models.columns import utc_now
from models.organisation import Organisation, OrganisationKind
from models.permissions import Actor
from models.person import Person, Role
from models.settings import Settings
from models.sign_in import make_organisation
from tests.coding.speech.making import tone, write_sound
from tests.conftest import CONVERSATION, People, add_person, work_off
from tests.live_server import Website
from tests.page_checks import check_page
from web.app import create_app

__all__ = ["CONVERSATION", "Client", "PageClient", "work_off"]


class PageClient(TestClient):
    """Every HTML answer is a whole, valid page that fits its own security policy."""

    def send(self, request: httpx.Request, **options: object) -> httpx.Response:
        response = super().send(request, **options)  # type: ignore[arg-type]
        if response.headers.get("content-type", "").startswith("text/html"):
            policy = response.headers["content-security-policy"]
            nonce = policy.partition("'nonce-")[2].partition("'")[0]
            check_page(response.text, nonce=nonce)
        return response


Client = Callable[[Actor | None], PageClient]


@pytest.fixture
def client(settings: Settings, house: House, people: People, portal: BlockingPortal) -> Iterator[Client]:
    app = create_app(settings)
    opened: list[PageClient] = []

    def sign_in(actor: Actor | None) -> PageClient:
        one = PageClient(app, base_url="http://evoke.test")
        one.portal = portal  # else it would start a thread and an event loop for each request
        if actor is not None and actor.scopes is not None:
            until = utc_now() + timedelta(hours=1)
            with house.database.write() as session:
                token = add_short_token(
                    session, person_id=actor.person_id, scopes=" ".join(actor.scopes), expires_at=until
                )
            one.headers["authorization"] = f"Bearer {token}"
        elif actor is not None:
            with house.database.write() as session:
                one.cookies.set(
                    COOKIE, start_sign_in(session, session.get_one(Person, actor.person_id), settings=settings)
                )
        opened.append(one)
        return one

    yield sign_in
    for one in opened:
        one.close()
    app.state.house.database.close()


@pytest.fixture
def site(settings: Settings, house: House, people: People) -> Iterator[Website]:
    one = Website(settings)
    yield one
    one.stop()


@pytest.fixture
def owner(client: Client, people: People) -> PageClient:
    """Has a good session already, which no bad one may harm."""
    one = client(people.owner)
    file = {"file": ("good.txt", CONVERSATION.encode())}
    answer = one.post("/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes"}, files=file)
    assert answer.status_code == 201
    return one


@pytest.fixture
def wav() -> bytes:
    return write_sound(tone(5, 48_000), 48_000, "wav", "pcm_s16le")


@pytest.fixture
def own_temporary_folder(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the server is there, which lies in the one of all tests."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))  # for child processes too
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Administrator", role=Role.ADMINISTRATOR)


@pytest.fixture
def evaluator(house: House) -> Actor:
    """Of a centre that evaluates authorities."""
    with house.database.write() as session:
        centre = make_organisation(session, name="Elm University", kind=OrganisationKind.EVALUATION)
        return add_person(session, centre, "Eve Evaluator", role=Role.EVALUATOR)
