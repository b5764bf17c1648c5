"""A code besides the password: set up, asked for, required, taken away."""

import re

import pyotp
import pytest
from sqlalchemy import update
from sqlmodel import select

from api.access import COOKIE
from api.house import House
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.second_step_kept import SecondStep
from models.tries import FREE, Tried
from tests.conftest import PASSWORD, People, add_person
from tests.web.conftest import Client, PageClient
from web.sign_in_cookie import HALF

OWNER = "olu.owner@example.org"
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def secret_in(page: str) -> str:
    (shown,) = re.findall(r'<code class="evoke-secret">([A-Z2-7 ]+)</code>', page)
    return shown.replace(" ", "")


def set_up(browser: PageClient) -> tuple[str, list[str]]:
    page = browser.post("/account/second-step/begin", data={"password": PASSWORD})
    assert page.url.path == "/second-step/set-up"
    assert "<svg" in page.text
    secret = secret_in(page.text)
    done = browser.post("/second-step/set-up", data={"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r'<code class="evoke-secret">([\w-]+)</code>', done.text)
    assert len(codes) == 10
    return secret, codes


def let_time_pass(house: House) -> None:
    """The next code is not one that was taken: as if a minute had passed."""
    with house.database.write() as session:
        session.exec(update(SecondStep).values(last_used=0))


def taken(house: House, secret: str) -> str:
    """The code that was entered last, whichever half minute it is now."""
    with house.database.read() as session:
        (step,) = session.exec(select(SecondStep.last_used)).all()
    return pyotp.TOTP(secret).at(step * pyotp.TOTP(secret).interval)


def sign_in(browser: PageClient, next: str = "/") -> None:
    answer = browser.post("/sign-in", data={"email": OWNER, "password": PASSWORD, "next": next})
    assert answer.url.path == "/second-step"


def test_from_setting_it_up_to_signing_in_with_it(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    assert "Not set up." in owner.get("/account").text
    secret, codes = set_up(owner)
    assert "In use." in owner.get("/account").text
    assert codes[0] not in owner.get("/account/second-step").text
    assert "10 recovery codes are left" in owner.get("/account/second-step").text

    visitor = client(None)
    sign_in(visitor, "/about-the-scores")
    assert COOKIE not in visitor.cookies
    assert visitor.get("/account").url.path == "/sign-in"  # half is not in
    again = {"code": taken(house, secret), "next": "/about-the-scores"}
    assert visitor.post("/second-step", data=again).status_code == 422
    let_time_pass(house)
    landed = visitor.post("/second-step", data={"code": pyotp.TOTP(secret).now(), "next": "/about-the-scores"})
    assert landed.url.path == "/about-the-scores"
    assert visitor.get("/account").url.path == "/account"
    assert HALF not in visitor.cookies

    other = client(None)
    sign_in(other)
    assert other.post("/second-step", data={"code": codes[3]}).url.path == "/"
    assert "9 recovery codes are left" in other.get("/account/second-step").text


@on_sqlite
def test_the_first_step_is_bound_to_its_browser(client: Client, people: People, house: House) -> None:
    secret, codes = set_up(client(people.owner))
    let_time_pass(house)
    mine, theirs = client(None), client(None)
    sign_in(mine)
    for path in ("/second-step", "/second-step/set-up"):
        assert theirs.get(path).url.path == "/sign-in"
        answer = theirs.post(path, data={"code": pyotp.TOTP(secret).now()})
        assert answer.url.path == "/sign-in"
    forged = {"cookie": f"{HALF}={'x' * 43}"}
    assert theirs.post("/second-step", data={"code": codes[0]}, headers=forged).url.path == "/sign-in"


@on_sqlite
def test_a_password_alone_neither_replaces_it_nor_shows_its_key(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    set_up(owner)
    owner.post("/account/second-step/begin", data={"password": PASSWORD})  # begun anew, not confirmed
    thief = client(None)
    sign_in(thief)
    assert thief.get("/second-step/set-up").url.path == "/sign-in"
    assert thief.post("/second-step/set-up", data={"code": "123456"}).url.path == "/sign-in"
    assert thief.post("/account/second-step/end", data={"password": PASSWORD}).url.path == "/sign-in"


@on_sqlite
def test_guessing_codes_is_slowed_down(client: Client, people: People, house: House) -> None:
    _, codes = set_up(client(people.owner))
    visitor = client(None)
    sign_in(visitor)
    wrong = [visitor.post("/second-step", data={"code": "000000"}).status_code for _ in range(FREE[Tried.CODE] + 1)]
    assert wrong == [422] * FREE[Tried.CODE] + [429]
    another = client(None)
    sign_in(another)
    refused = another.post("/second-step", data={"code": codes[0]})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


@on_sqlite
@pytest.mark.parametrize("action", ["begin", "end"])
def test_changing_it_takes_the_password(client: Client, people: People, action: str) -> None:
    owner = client(people.owner)
    set_up(owner)
    wrong = owner.post(f"/account/second-step/{action}", data={"password": "not this one"})
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    assert "In use." in owner.get("/account").text
    right = owner.post(f"/account/second-step/{action}", data={"password": PASSWORD})
    assert right.url.path == ("/second-step/set-up" if action == "begin" else "/account")
    if action == "end":
        assert client(None).post("/sign-in", data={"email": OWNER, "password": PASSWORD}).url.path == "/"


def administrator(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Addy Administrator", role=Role.ADMINISTRATOR)


def test_an_administrator_asks_it_of_everybody_and_helps_who_lost_it(
    client: Client, people: People, house: House
) -> None:  # fmt: skip
    addy = client(administrator(house, people))
    teammate = client(people.teammate)
    owner = client(people.owner)
    set_up(owner)
    first = addy.post("/signing-in", data={"second_step": "yes"})
    assert first.status_code == 422
    assert "Set up your own second step first" in first.text
    set_up(addy)
    assert "Saved." in addy.post("/signing-in", data={"second_step": "yes"}).text
    assert " checked" in addy.get("/signing-in").text
    assert teammate.get("/").url.path == "/sign-in"
    assert owner.get("/").url.path == "/"
    done = addy.post(f"/people/{people.owner.person_id}/second-step/end")
    assert "Olu Owner signs in with the password alone" in done.text
    assert "Take the second step away" not in done.text
    assert "can try to sign in again" in addy.post(f"/people/{people.owner.person_id}/unlock").text
    addy.post("/signing-in", data={})
    assert " checked" not in addy.get("/signing-in").text
    for who in (people.owner, people.lead, people.stranger):
        other = client(who)
        assert other.get("/signing-in").status_code == 404
        assert other.post(f"/people/{people.owner.person_id}/second-step/end").status_code == 404
        assert other.post(f"/people/{people.owner.person_id}/unlock").status_code == 404


def require(house: House, actor: Actor) -> None:
    with house.database.write() as session:
        session.get_one(Organisation, actor.organisation_id).second_step_required = True


@on_sqlite
def test_where_it_is_required_one_sets_it_up_before_one_is_in(client: Client, people: People, house: House) -> None:
    require(house, people.owner)
    visitor = client(None)
    page = visitor.post("/sign-in", data={"email": OWNER, "password": PASSWORD, "next": "/about-the-scores"})
    assert page.url.path == "/second-step/set-up"
    assert "Your authority asks for a code" in page.text
    assert visitor.get("/").url.path == "/sign-in"
    secret = secret_in(visitor.get("/second-step/set-up").text)
    assert visitor.post("/second-step/set-up", data={"code": "000000"}).status_code == 422
    done = visitor.post("/second-step/set-up", data={"code": pyotp.TOTP(secret).now(), "next": "/about-the-scores"})
    assert 'href="/about-the-scores" role="button"' in done.text
    assert visitor.get("/account").url.path == "/account"
    assert "Turn it off" not in visitor.get("/account/second-step").text
    visitor.post("/account/second-step/end", data={"password": PASSWORD})
    assert "In use." in visitor.get("/account").text
    away = client(None).post("/sign-in", data={"email": "sam.stranger@example.org", "password": PASSWORD})
    assert away.url.path == "/"  # another authority asks for none
