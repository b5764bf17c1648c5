"""Your account, as its owner has it and nobody else."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.access import COOKIE
from api.house import House
from models.api_token import tokens_of
from models.audit import AuditEvent
from models.browser_sign_in import RENEWED_EVERY
from models.columns import utc_now
from models.person import SignIn
from models.settings import Settings
from models.tries import FREE, Tried
from tests.conftest import PASSWORD, People
from tests.web.conftest import Client, PageClient
from web.app import create_app

NEW = "three other words"
EMAIL = "olu.owner@example.org"
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"


def sign_in(visitor: PageClient, password: str = PASSWORD, agent: str = PHONE) -> httpx.Response:
    form = {"email": EMAIL, "password": password}
    return visitor.post("/sign-in", data=form, headers={"user-agent": agent}, follow_redirects=False)


def sign_in_ids(page: str) -> list[str]:
    return re.findall(r"/account/sign-ins/([0-9a-f-]{36})/end", page)


def make_secrets_old(house: House) -> None:
    with house.database.write() as session:
        session.exec(update(SignIn).values(renewed_at=utc_now() - RENEWED_EVERY))


def test_one_sees_ones_browsers_and_ends_them(client: Client, people: People) -> None:
    here, phone, third = client(None), client(None), client(None)
    for browser in (third, phone, here):
        sign_in(browser, agent=PHONE if browser is phone else "curl/8")
    page = here.get("/account").text
    assert "Safari on an iPhone" in page
    assert "An unknown browser" in page
    assert page.count("This one") == 1
    assert len(sign_in_ids(page)) == 3
    phones = sign_in_ids(page[page.index("Safari on an iPhone") :])[0]
    done = here.post(f"/account/sign-ins/{phones}/end")
    assert "That browser is signed out." in done.text
    assert phone.get("/account").url.path == "/sign-in"
    assert third.get("/account").url.path == "/account"
    here.post("/account/sign-ins/end-others")
    assert third.get("/account").url.path == "/sign-in"
    page = here.get("/account").text
    assert "Sign out everywhere else" not in page
    assert here.post(f"/account/sign-ins/{sign_in_ids(page)[0]}/end").url.path == "/sign-in"
    assert here.get("/").url.path == "/sign-in"


@on_sqlite
def test_nobody_ends_anothers(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    owner.post("/account/tokens", data={"name": "script"})
    (sign_in_id,) = sign_in_ids(owner.get("/account").text)
    with house.database.read() as session:
        token_id = tokens_of(session, people.owner.person_id)[0].id
    for who in (people.colleague, people.lead, people.stranger):
        other = client(who)
        assert other.post(f"/account/sign-ins/{sign_in_id}/end").status_code == 404
        assert other.post(f"/account/tokens/{token_id}/revoke").status_code == 404
        assert other.post("/account/sign-ins/nothing/end").status_code == 404
        assert sign_in_id not in other.get("/account").text
    assert owner.get("/account").url.path == "/account"


def test_one_corrects_ones_name_and_discipline(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    assert "Olu Owner" in owner.get("/account/details").text
    for name, says in (("  ", "Enter your name."), ("<i>" * 100, "200 characters")):
        wrong = owner.post("/account/details", data={"name": name, "discipline": "trainer"})
        assert wrong.status_code == 422
        assert says in wrong.text
        assert name.replace("<", "&lt;").replace(">", "&gt;") in wrong.text
        assert 'value="trainer" selected' in wrong.text
    wrong = owner.post("/account/details", data={"name": "Olu O’Wner", "discipline": "king"})
    assert "Choose a discipline" in wrong.text
    assert "Olu O’Wner" in wrong.text
    for _ in range(2):
        form = {"name": " Olu  O’Wner ", "discipline": "trainer", "email": "other@example.org"}
        saved = owner.post("/account/details", data=form)
    assert "Saved." in saved.text
    assert "Olu O’Wner" in saved.text
    assert "Trainer" in saved.text
    assert EMAIL in saved.text
    with house.database.read() as session:
        rows = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "person_changed")).all()
    assert [(row.actor_id, row.details) for row in rows] == [(people.owner.person_id, {"fields": "name, discipline"})]


@on_sqlite
def test_the_token_is_shown_once_and_listed_by_its_name(client: Client, people: People) -> None:
    owner = client(people.owner)
    assert "You have none" in owner.get("/account").text
    assert owner.post("/account/tokens", data={"name": " "}).status_code == 422
    made = owner.post("/account/tokens", data={"name": "Training room <1>"})
    (token,) = re.findall(r"evoke_[\w-]{43}", made.text)
    program = client(None)
    program.headers["authorization"] = f"Bearer {token}"
    assert program.get("/api/v1/sessions").status_code == 200
    page = owner.get("/account").text
    assert token not in page
    assert "Training room &lt;1&gt;" in page
    assert "Never used" not in page
    token_id = re.findall(r"/account/tokens/([0-9a-f-]{36})/revoke", page)[0]
    assert "The token is revoked." in owner.post(f"/account/tokens/{token_id}/revoke").text
    assert program.get("/api/v1/sessions").status_code == 401


@on_sqlite
def test_a_token_opens_no_account(client: Client, people: People) -> None:
    made = client(people.owner).post("/account/tokens", data={"name": "script"})
    (token,) = re.findall(r"evoke_[\w-]{43}", made.text)
    program = client(None)
    program.headers["authorization"] = f"Bearer {token}"
    assert program.get("/account").status_code == 404
    assert program.post("/account/details", data={"name": "Mallory"}).status_code == 404
    assert program.post("/account/tokens", data={"name": "another"}).status_code == 404
    assert program.post("/account/sign-ins/end-others").status_code == 404
    assert program.post("/account/password", data={"current": PASSWORD, "new": NEW}).status_code == 404


def test_a_new_password_ends_the_other_sign_ins(client: Client, people: People) -> None:
    here, there = client(None), client(None)
    sign_in(there)
    sign_in(here)
    before = here.cookies[COOKIE]
    for current, new, says in ((PASSWORD, "short", "10 to 200"), ("not this one", NEW, "This is not your password")):
        wrong = here.post("/account/password", data={"current": current, "new": new})
        assert wrong.status_code == 422
        assert says in wrong.text
    assert there.get("/account").url.path == "/account"
    done = here.post("/account/password", data={"current": PASSWORD, "new": NEW})
    assert "Your password is changed." in done.text
    assert here.cookies[COOKIE] != before
    assert there.get("/account").url.path == "/sign-in"
    assert sign_in(there).status_code == 401
    assert sign_in(there, NEW).status_code == 303


@on_sqlite
def test_guessing_ones_password_at_an_open_desk_is_slowed_down(client: Client, people: People) -> None:
    desk = client(people.owner)
    form = {"current": "not this one", "new": NEW}
    codes = [desk.post("/account/password", data=form).status_code for _ in range(FREE[Tried.PASSWORD] + 1)]
    assert codes == [422] * FREE[Tried.PASSWORD] + [429]


def test_signing_in_again_ends_what_the_browser_had(client: Client, people: People, house: House) -> None:
    browser = client(None)
    sign_in(browser)
    first = browser.cookies[COOKIE]
    sign_in(browser)
    assert browser.cookies[COOKIE] != first
    with house.database.read() as session:
        assert len(session.exec(select(SignIn)).all()) == 1


@on_sqlite
def test_too_many_tries_say_when_to_come_back_and_not_whether_anybody_is_there(client: Client, people: People) -> None:
    told = []
    for email in (EMAIL, "nobody@example.org"):
        visitor = client(None)
        for _ in range(FREE[Tried.PASSWORD]):
            assert visitor.post("/sign-in", data={"email": email, "password": "wrong words"}).status_code == 401
        answer = visitor.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 61
        told.append(re.sub(r'nonce="[^"]*"', "", answer.text.replace(email, "")))
    assert told[0] == told[1]


@on_sqlite
def test_a_days_old_secret_is_changed_under_way(client: Client, people: People, house: House) -> None:
    browser = client(people.owner)
    old = browser.cookies[COOKIE]
    browser.cookies.clear()
    browser.cookies.set(COOKIE, old, domain="evoke.test", path="/")
    make_secrets_old(house)
    answer = browser.get("/account/password")
    set_cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=lax" in set_cookie
    assert set_cookie.partition("=")[2].partition(";")[0] not in ("", old)
    again = browser.get("/account/password")
    assert again.url.path == "/account/password"
    assert "set-cookie" not in again.headers
    make_secrets_old(house)
    left = browser.post("/account/sign-ins/end-others", follow_redirects=False)
    assert left.headers["set-cookie"].startswith(f"{COOKIE}=")
    made = browser.post("/sign-out", follow_redirects=False)
    assert "Max-Age=0" in made.headers["set-cookie"]


@on_sqlite
def test_an_answer_that_sets_the_cookie_itself_has_the_last_word(client: Client, people: People, house: House) -> None:
    browser = client(people.owner)
    (this,) = sign_in_ids(browser.get("/account").text)
    make_secrets_old(house)
    answer = browser.post(f"/account/sign-ins/{this}/end", follow_redirects=False)
    assert len(answer.headers.get_list("set-cookie")) == 1
    assert "Max-Age=0" in answer.headers["set-cookie"]


@on_sqlite
def test_an_idle_browser_is_signed_out(client: Client, people: People, house: House) -> None:
    browser = client(people.owner)
    idle = timedelta(hours=house.settings.sign_in_idle_hours, seconds=1)
    with house.database.write() as session:
        session.exec(update(SignIn).values(seen_at=utc_now() - idle))
    assert browser.get("/account").url.path == "/sign-in"


@on_sqlite
def test_behind_https_the_cookie_is_the_hosts_own(settings: Settings, people: People) -> None:
    app = create_app(settings.model_copy(update={"secure_cookies": True}))
    with PageClient(app, base_url="https://evoke.test") as visitor:
        answer = sign_in(visitor)
        name, _, rest = answer.headers["set-cookie"].partition("=")
        assert name == "__Host-evoke_sign_in"
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(rest.split("; "))
        assert "domain" not in rest.lower()
        assert visitor.get("/account").url.path == "/account"
        plain = {"cookie": f"{COOKIE}={visitor.cookies[name]}"}
        visitor.cookies.clear()
        assert visitor.get("/account", headers=plain).url.path == "/sign-in"
    app.state.house.database.close()


@on_sqlite
def test_the_page_needs_a_sign_in(client: Client, people: People) -> None:
    visitor = client(None)
    for path in ("/account", "/account/password", "/account/tokens/new"):
        assert visitor.get(path).url.path == "/sign-in"
    assert visitor.post(f"/account/tokens/{UUID(int=0)}/revoke").url.path == "/sign-in"
