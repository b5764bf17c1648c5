"""Signing in with the authority's own account, against a provider that is honest, and against ones that are not."""

import html
import re
import time
from collections.abc import Iterator

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from sqlmodel import select

from api.access import COOKIE
from api.house import House
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Person, Role
from models.single_sign_on_kept import SingleSignOn
from tests.conftest import PASSWORD, People, add_person
from tests.web.conftest import Client, PageClient
from tests.web.identity_provider import CLIENT, SECRET, TENANT, FakeProvider, fake_provider
from web.pages.single_sign_on import UNDER_WAY

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
OWNER = "olu.owner@example.org"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with fake_provider() as one:
        yield one


@pytest.fixture
def addy(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Addy Administrator", role=Role.ADMINISTRATOR)


@pytest.fixture
def form(client: Client, addy: Actor, provider: FakeProvider) -> dict[str, str]:
    """As an administrator has sent it."""
    form = {
        "issuer": provider.issuer, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET,
        "domains": "example.org, Ferndale.example",
    }  # fmt: skip
    saved = client(addy).post("/signing-in/single-sign-on", data=form)
    assert "Saved." in saved.text
    assert SECRET not in saved.text
    return form


def go(visitor: PageClient, provider: FakeProvider, email: str = OWNER, next: str = "/") -> tuple[str, str]:
    page = visitor.post("/sign-in/authority", data={"email": email, "next": next})
    (address,) = re.findall(r'content="0;url=([^"]+)"', page.text)
    return provider.sign_in_at(html.unescape(address))


def come_back(visitor: PageClient, code: str, state: str) -> httpx.Response:
    return visitor.get("/sign-in/callback", params={"code": code, "state": state})


def refused(visitor: PageClient, provider: FakeProvider) -> bool:
    answer = come_back(visitor, *go(visitor, provider))
    assert answer.status_code == 401
    assert "did not lead into Evoke" in answer.text
    return COOKIE not in visitor.cookies


def test_somebody_of_the_domain_signs_in_there_and_comes_back(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str], house: House
) -> None:  # fmt: skip
    visitor = client(None)
    landed = come_back(visitor, *go(visitor, provider, " Olu.Owner@Example.org", "/about-the-scores"))
    assert landed.url.path == "/about-the-scores"
    assert OWNER in visitor.get("/account").text
    assert UNDER_WAY not in visitor.cookies
    with house.database.read() as session:
        row = session.exec(select(SingleSignOn)).one()
    assert SECRET.encode() not in row.sealed_secret
    assert row.domains == ["example.org", "ferndale.example"]


def test_who_is_not_in_or_left_is_not_let_in_and_who_is_invited_is(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str], house: House
) -> None:  # fmt: skip
    for claims in (
        {"email": "nobody@example.org"},
        {"email": "sam.stranger@example.org"},  # of another authority
        {"email": "olu.owner@elsewhere.org"},
        {"email": OWNER, "email_verified": False},
        {"email": None},
    ):
        provider.claims = claims
        assert refused(client(None), provider)
    with house.database.write() as session:
        teammate = session.get_one(Person, people.teammate.person_id)
        teammate.invited_at, teammate.password_hash = teammate.created_at, ""
    provider.claims = {"email": "toni.teammate@example.org"}
    visitor = client(None)
    assert come_back(visitor, *go(visitor, provider)).url.path == "/"
    with house.database.write() as session:
        teammate = session.get_one(Person, people.teammate.person_id)
        assert teammate.invited_at is None
        teammate.left_at = teammate.created_at
    assert refused(client(None), provider)


def test_an_address_that_is_another_persons_now_opens_nothing(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str]
) -> None:  # fmt: skip
    visitor = client(None)
    come_back(visitor, *go(visitor, provider))
    provider.claims = {"sub": "subject-2"}
    assert refused(client(None), provider)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"}, {"aud": [CLIENT, "another-client"]}, {"iss": "https://elsewhere.example"},
        {"tid": "another-tenant"}, {"tid": None}, {"exp": int(time.time()) - 86_400}, {"exp": None},
        {"nonce": "another"}, {"nonce": None}, {"sub": None}, {"nbf": int(time.time()) + 86_400},
    ],
)  # fmt: skip
def test_a_word_that_is_not_for_us_is_refused(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str], claims: dict[str, object]
) -> None:  # fmt: skip
    provider.claims = claims
    assert refused(client(None), provider)


@pytest.mark.filterwarnings("ignore:JWS algorithm")
@pytest.mark.parametrize("how", ["none", "shared secret", "another key"])
def test_a_word_that_the_provider_did_not_sign_is_refused(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str], how: str
) -> None:  # fmt: skip
    if how == "none":
        provider.algorithm = "none"
    elif how == "shared secret":
        provider.algorithm, provider.signed_with = "HS256", OctKey.import_key(SECRET)
    else:
        provider.signed_with = RSAKey.generate_key(2048, {"kid": provider.key.kid})
    assert refused(client(None), provider)


def test_a_changed_key_is_fetched(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str]
) -> None:  # fmt: skip
    for _ in range(2):
        visitor = client(None)
        assert come_back(visitor, *go(visitor, provider)).url.path == "/"
        provider.key = RSAKey.generate_key(2048, auto_kid=True)


def test_a_way_back_works_once_and_in_its_own_browser(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str]
) -> None:  # fmt: skip
    mine, victim = client(None), client(None)
    code, state = go(mine, provider)
    go(victim, provider)
    assert come_back(victim, code, state).status_code == 401  # another's sign-in pushed onto them
    assert COOKIE not in victim.cookies
    kept = mine.cookies[UNDER_WAY]
    assert come_back(mine, code, state).url.path == "/"
    mine.cookies.set(UNDER_WAY, kept)
    assert come_back(mine, code, state).status_code == 401
    assert come_back(client(None), "code", "no-state").status_code == 401
    assert provider.refused == []


def test_where_it_is_the_only_way_one_password_still_works(
    client: Client, people: People, provider: FakeProvider, form: dict[str, str], addy: Actor
) -> None:  # fmt: skip
    client(addy).post("/signing-in/single-sign-on", data=form | {"only_way": "yes", "client_secret": ""})
    visitor = client(None)
    page = visitor.post("/sign-in", data={"email": OWNER, "password": PASSWORD})
    assert page.url.path == "/sign-in"
    assert "not with a password" in page.text
    assert COOKIE not in visitor.cookies
    assert come_back(visitor, *go(visitor, provider)).url.path == "/"
    broken_glass = {"email": "addy.administrator@example.org", "password": PASSWORD}
    assert client(None).post("/sign-in", data=broken_glass).url.path == "/"
    away = {"email": "sam.stranger@example.org", "password": PASSWORD}
    assert client(None).post("/sign-in", data=away).url.path == "/"
    client(addy).post("/signing-in/single-sign-on/end")
    assert client(None).post("/sign-in", data={"email": OWNER, "password": PASSWORD}).url.path == "/"


def test_mistakes_in_the_settings_are_named_and_strangers_have_none(
    client: Client, people: People, form: dict[str, str], addy: Actor, provider: FakeProvider
) -> None:  # fmt: skip
    one = client(addy)
    for field, value in (
        ("issuer", "http://login.example/"), ("issuer", "file:///etc/passwd"), ("client_id", " "), ("domains", "x"),
        ("tenant", "x" * 101),
    ):  # fmt: skip
        wrong = one.post("/signing-in/single-sign-on", data=form | {field: value})
        assert wrong.status_code == 422
        assert f'id="{field}-error"' in wrong.text
    for who in (people.owner, people.lead, people.stranger):
        assert client(who).post("/signing-in/single-sign-on", data=form).status_code == 404
    unknown = client(None).post("/sign-in/authority", data={"email": "x@nowhere.example"})
    assert unknown.status_code == 422
    assert "Sign in with your password" in unknown.text


def test_a_provider_that_is_down_is_told(
    client: Client, people: People, form: dict[str, str], addy: Actor
) -> None:  # fmt: skip
    client(addy).post("/signing-in/single-sign-on", data=form | {"issuer": "http://127.0.0.1:9"})
    answer = client(None).post("/sign-in/authority", data={"email": OWNER})
    assert answer.status_code == 502
    assert "cannot be reached just now" in answer.text
