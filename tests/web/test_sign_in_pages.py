import pytest
from fastapi.testclient import TestClient

from api.house import House
from models.password import Try, fits
from models.settings import Settings
from tests.conftest import PASSWORD, People
from tests.web.conftest import Client, PageClient
from web.app import create_app

NO_SESSION = "0190a000-0000-7000-8000-000000000000"


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


@pytest.mark.parametrize(
    ("method", "path", "way_back"),
    [
        ("GET", "/sessions/new?a=b", "/sessions/new?a=b"),
        ("POST", "/sessions", "/sessions/new"),
        ("POST", f"/sessions/{NO_SESSION}/retry", f"/sessions/{NO_SESSION}"),
        ("POST", f"/sessions/{NO_SESSION}/practitioner", f"/sessions/{NO_SESSION}"),
    ],
)
def test_a_sign_in_that_ended_leads_back_to_a_page(
    client: Client, people: People, method: str, path: str, way_back: str
) -> None:
    visitor = client(None)
    sign_in = visitor.request(method, path)
    assert sign_in.url.params["next"] == way_back
    form = {"email": "olu.owner@example.org", "password": PASSWORD, "next": sign_in.url.params["next"]}
    landed = visitor.post("/sign-in", data=form)
    assert landed.status_code == (404 if NO_SESSION in path else 200)  # there is no such session, but a page says so


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


def test_signs_no_database_can_hold_are_left_out(settings: Settings) -> None:
    with PageClient(create_app(settings), base_url="http://evoke.test") as visitor:
        form = {"authority": "Fern\x00dale", "name": "A\x00da", "email": "a\x00da@example.org", "password": "\x00" * 12}
        assert "Ada" in visitor.post("/first-administrator", data=form).text
        visitor.post("/sign-out")
        for email in ("ada\x00@example.org", "x" * 50_000, "\x00"):
            wrong = visitor.post("/sign-in", data={"email": email, "password": "\x00", "next": "/\x00"})
            assert wrong.status_code == 401
        right = {"email": "a\x00da@example.org", "password": "\x00" * 12, "next": "/about-the-scores\x00"}
        assert visitor.post("/sign-in", data=right).url.path == "/about-the-scores"


def test_too_long_details_are_named(settings: Settings) -> None:
    with PageClient(create_app(settings), base_url="http://evoke.test") as visitor:
        long = {"authority": "x" * 201, "name": "x" * 201, "email": "x" * 320 + "@example.org", "password": "x" * 201}
        page = visitor.post("/first-administrator", data=long)
        assert page.status_code == 422
        for field in long:
            assert f'id="{field}-error"' in page.text


def test_others_can_write_while_a_password_is_checked(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bool] = []

    def fits_slowly(tried: Try, password: str) -> bool:
        with house.database.write() as session:  # would wait for ever inside the sign-in's own transaction
            if house.database.is_sqlite:
                session.connection().exec_driver_sql("SELECT 1")
            else:
                session.connection().exec_driver_sql("LOCK TABLE counted_try IN ACCESS EXCLUSIVE MODE NOWAIT")
            written.append(True)
        return fits(tried, password)

    monkeypatch.setattr("web.pages.sign_in.fits", fits_slowly)
    form = {"email": "olu.owner@example.org", "password": PASSWORD}
    assert client(None).post("/sign-in", data=form, follow_redirects=False).status_code == 303
    assert written == [True]


def test_health_answers(settings: Settings) -> None:
    with TestClient(create_app(settings)) as visitor:
        assert visitor.get("/health").text == "ok"
