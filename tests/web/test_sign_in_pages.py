from fastapi.testclient import TestClient

from models.settings import Settings
from tests.conftest import PASSWORD, People
from tests.web.conftest import Client, PageClient
from web.app import create_app


def test_an_empty_evoke_asks_for_its_first_administrator(settings: Settings) -> None:
    with PageClient(create_app(settings), base_url="http://evoke.test") as visitor:
        page = visitor.get("/")
        assert page.url.path == "/first-administrator"
        wrong = visitor.post("/first-administrator", data={"authority": "Ferndale", "name": "Ada", "email": "ada"})
        assert wrong.status_code == 422
        assert "Ferndale" in wrong.text
        good = {"authority": "Ferndale", "name": "Ada", "email": "ada@example.org", "password": "a long password"}
        home = visitor.post("/first-administrator", data=good)
        assert home.url.path == "/"
        assert "Ada" in home.text
        assert visitor.post("/first-administrator", data=good).status_code == 409
        visitor.post("/sign-out")
        assert visitor.get("/").url.path == "/sign-in"


def test_signing_in_leads_back_to_where_one_was_going(client: Client, people: People) -> None:
    visitor = client(None)
    page = visitor.get("/sessions/new")
    assert page.url.path == "/sign-in"
    wrong = visitor.post("/sign-in", data={"email": "olu.owner@example.org", "password": "no", "next": "/sessions/new"})
    assert wrong.status_code == 401
    assert "olu.owner@example.org" in wrong.text
    right = visitor.post(
        "/sign-in", data={"email": "olu.owner@example.org", "password": PASSWORD, "next": "/sessions/new"}
    )
    assert right.url.path == "/sessions/new"


def test_signing_in_never_leads_to_another_site(client: Client, people: People) -> None:
    for elsewhere in ("https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test"):
        form = {"email": "olu.owner@example.org", "password": PASSWORD, "next": elsewhere}
        answer = client(None).post("/sign-in", data=form, follow_redirects=False)
        assert answer.headers["location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, people: People) -> None:
    form = {"email": "olu.owner@example.org", "password": PASSWORD}
    cookie = client(None).post("/sign-in", data=form, follow_redirects=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_health_answers(settings: Settings) -> None:
    with TestClient(create_app(settings)) as visitor:
        assert visitor.get("/health").text == "ok"
