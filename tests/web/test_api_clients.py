"""API clients from the administrator's page to a session they brought, and how they are refused."""

import base64
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.house import House
from models.api_client import SCOPES, Issued, SecretWrong, issue_token, make_api_client, renew_api_client
from models.api_client_kept import ApiClient
from models.audit import AuditEvent
from models.columns import new_id, utc_now
from models.organisation import Organisation, OrganisationKind
from models.permissions import Actor
from models.person import ApiToken, Person, Role
from models.sign_in import make_organisation
from models.tries import FREE, CountedTry, Tried
from tests.conftest import CONVERSATION, People, add_person
from tests.web.conftest import Client, PageClient
from web.cli import main

TOKEN = "/api/v1/oauth/token"
SESSIONS = "/api/v1/sessions"
SHOWN = re.compile(r'<code class="evoke-secret">([^<]+)</code>')


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def desk(client: Client, admin: Actor) -> PageClient:
    return client(admin)


@pytest.fixture
def made(house: House, people: People) -> tuple[str, str]:
    """The ID and secret of a client that may all that one may."""
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        one, secret = make_api_client(session, organisation=home, name="Portal", scopes=SCOPES, days=90, by=None)
        return str(one.id), secret


def ask(web: PageClient, made: tuple[str, str], **fields: str) -> httpx.Response:
    """With HTTP Basic."""
    return web.post(TOKEN, data={"grant_type": "client_credentials", **fields}, auth=made)


def bearer(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def actions(session: Session) -> list[str]:
    return [one.action for one in session.exec(select(AuditEvent).order_by(col(AuditEvent.sequence)))]


def add(web: PageClient, headers: dict[str, str], **fields: str) -> httpx.Response:
    fields = {"agreement_confirmed": "yes", **fields}
    return web.post(SESSIONS, data=fields, headers=headers, files={"file": ("talk.txt", CONVERSATION.encode())})


def test_from_the_page_to_a_session_it_brought(house: House, desk: PageClient, client: Client, people: People) -> None:
    assert "There is none" in desk.get("/api-clients").text
    answer = desk.post("/api-clients", data={"name": " Learning  portal ", "scopes": list(SCOPES), "days": "365"})
    assert answer.status_code == 201
    client_id, secret, address = SHOWN.findall(answer.text)
    assert address.endswith(TOKEN)
    listed = desk.get("/api-clients").text
    assert "Learning portal" in listed
    assert "Never used" in listed
    assert secret not in listed
    web = client(None)
    got = ask(web, (client_id, secret))
    assert got.json()["token_type"] == "Bearer"
    assert 3590 < got.json()["expires_in"] <= 3600
    assert got.json()["scope"].split() == list(SCOPES)
    assert got.headers["cache-control"] == "no-store"
    headers = bearer(got)
    who = web.get("/api/v1/practitioners", params={"email": "Olu.Owner@example.org"}, headers=headers).json()
    assert who == {"id": str(people.owner.person_id), "name": "Olu Owner"}
    added = add(web, headers, practitioner=who["id"], title="From the portal")
    assert added.status_code == 201, added.text
    here = added.json()["url"]
    assert web.get(f"{here}/progress", headers=headers).json()["stage"] == "queued"
    assert web.get(here, headers=headers).status_code == 404
    assert web.get(SESSIONS, headers=headers).json()["sessions"] == []
    teams = web.get("/api/v1/figures", headers=headers).json()["teams"]
    assert teams == [{"team": people.team.name, "sessions": None, "ready": None, "simulated": None}]
    assert client(people.owner).get(here).json()["title"] == "From the portal"
    assert "Last used" in desk.get("/api-clients").text
    with house.database.read() as session:
        brought = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "session_added")).one()
        assert str(brought.actor_id) == client_id
        assert {"api_client_made", "api_client_token_issued"} <= set(actions(session))
        assert secret not in str([session.exec(select(table)).all() for table in (ApiClient, AuditEvent, ApiToken)])


def test_a_program_opens_no_page_and_is_no_person(
    desk: PageClient, client: Client, made: tuple[str, str], house: House
) -> None:
    web = client(None)
    headers = bearer(ask(web, made))
    for path in ("/", "/account", "/sessions/new", "/api-clients", "/people"):
        assert web.get(path, headers=headers, follow_redirects=False).status_code == 404
    assert "Portal" not in desk.get("/people?state=all").text
    assert "Portal" not in desk.get("/sessions/new").text
    assert desk.get(f"/people/{made[0]}").status_code == 404
    for practitioner in ("", made[0], str(new_id())):
        refused = add(web, headers, practitioner=practitioner)
        assert refused.status_code == 422
        assert "the person whose practice this is" in refused.json()["fields"]["practitioner"]


def test_it_reaches_nothing_of_another_authority(client: Client, made: tuple[str, str], people: People) -> None:
    web = client(None)
    headers = bearer(ask(web, made))
    away = {"email": "sam.stranger@example.org"}
    assert web.get("/api/v1/practitioners", params=away, headers=headers).status_code == 404
    assert add(web, headers, practitioner=str(people.stranger.person_id)).status_code == 422
    theirs = add(client(people.stranger), {}).json()["url"]
    assert web.get(f"{theirs}/progress", headers=headers).status_code == 404


def test_a_narrower_token_does_less(client: Client, made: tuple[str, str], people: People) -> None:
    web = client(None)
    got = ask(web, made, scope="see_team_figures")
    assert got.json()["scope"] == "see_team_figures"
    headers = bearer(got)
    assert web.get("/api/v1/figures", headers=headers).status_code == 200
    refused = add(web, headers, practitioner=str(people.owner.person_id))
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    for method, path in (
        ("GET", "/api/v1/practitioners?email=olu.owner@example.org"),
        ("GET", f"{SESSIONS}/{new_id()}/progress"),
        ("GET", "/api/v1/recordings-in-progress"),
    ):
        assert web.request(method, path, headers=headers).status_code == 403
    more = ask(web, made, scope="see_team_figures see_session")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_errors_are_those_of_the_standard(client: Client, made: tuple[str, str]) -> None:
    web, grant = client(None), {"grant_type": "client_credentials"}
    client_id, secret = made
    post = {"client_id": client_id, "client_secret": secret}
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"data": grant | post}, 200, ""),
        ({"data": grant | {"client_id": client_id}, "auth": made}, 200, ""),
        ({"data": grant | post | {"client_secret": "wrong"}}, 401, "invalid_client"),
        ({"data": grant | post | {"client_id": str(new_id())}}, 401, "invalid_client"),
        ({"data": grant | post | {"client_id": "not an id"}}, 401, "invalid_client"),
        ({"data": grant}, 401, "invalid_client"),
        ({"data": grant, "headers": {"authorization": "Basic !!"}}, 401, "invalid_client"),
        (
            {"data": grant, "headers": {"authorization": "Basic " + base64.b64encode(b"\xff:x").decode()}},
            401,
            "invalid_client",
        ),
        ({"data": grant | post, "auth": made}, 400, "invalid_request"),
        ({"data": grant | {"client_id": str(new_id())}, "auth": made}, 400, "invalid_request"),
        ({"data": post}, 400, "invalid_request"),
        ({"json": grant | post}, 400, "invalid_request"),
        ({"data": {"grant_type": ["client_credentials"] * 2} | post}, 400, "invalid_request"),
        ({"data": post | {"grant_type": "password"}}, 400, "unsupported_grant_type"),
        ({"data": grant | post | {"scope": "everything"}}, 400, "invalid_scope"),
    ]
    for sent, status, error in cases:
        answer = web.post(TOKEN, **sent)
        assert (answer.status_code, answer.json().get("error", "")) == (status, error), (sent, answer.text)
        assert answer.headers["cache-control"] == "no-store"
        assert ("www-authenticate" in answer.headers) is (status == 401)


def test_bad_secrets_wait_longer_each_time_and_good_ones_are_not_counted(
    client: Client, made: tuple[str, str], house: House
) -> None:
    web = client(None)
    for _ in range(FREE[Tried.CLIENT] + 2):
        bearer(ask(web, made))
    for _ in range(FREE[Tried.CLIENT]):
        assert ask(web, (made[0], "wrong")).status_code == 401
    refused = ask(web, made)
    assert (refused.status_code, refused.json()["error"]) == (429, "temporarily_unavailable")
    assert 55 <= int(refused.headers["retry-after"]) <= 61
    with house.database.write() as session:
        assert actions(session).count("api_client_refused") == FREE[Tried.CLIENT]
        session.exec(update(CountedTry).values(at=utc_now() - timedelta(seconds=61)))
    bearer(ask(web, made))


def test_tokens_end_with_time_renewal_and_revocation(
    desk: PageClient, client: Client, made: tuple[str, str], house: House
) -> None:
    web, path = client(None), f"/api-clients/{made[0]}"
    headers = bearer(ask(web, made))
    works = lambda: web.get("/api/v1/figures", headers=headers).status_code  # noqa: E731
    assert works() == 200
    renewed = desk.post(f"{path}/renew", data={"days": "90"})
    new = made[0], SHOWN.findall(renewed.text)[1]
    assert works() == 401
    assert ask(web, made).status_code == 401
    headers = bearer(ask(web, new))
    with house.database.write() as session:
        session.exec(update(ApiToken).values(expires_at=utc_now()))
    assert works() == 401
    with house.database.write() as session:
        session.exec(update(ApiClient).values(expires_at=utc_now() + timedelta(minutes=5)))
    got = ask(web, new)
    assert 290 < got.json()["expires_in"] <= 300
    headers = bearer(got)
    assert works() == 200
    assert "refused from now on" in desk.post(f"{path}/revoke").text
    assert works() == 401
    assert ask(web, new).status_code == 401
    assert desk.post(f"{path}/renew", data={"days": "90"}).status_code == 404
    with house.database.read() as session:
        noted = set(actions(session))
    assert noted >= {"api_client_made", "api_client_token_issued", "api_client_renewed", "api_client_revoked"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_ended_secret_is_refused_and_shown(
    desk: PageClient, client: Client, made: tuple[str, str], house: House
) -> None:
    with house.database.write() as session:
        session.exec(update(ApiClient).values(expires_at=utc_now() - timedelta(days=1)))
    assert ask(client(None), made).json()["error"] == "invalid_client"
    assert "Ended" in desk.get("/api-clients").text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_the_authoritys_own_administrators_look_after_it(
    client: Client, made: tuple[str, str], house: House, people: People
) -> None:
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        elsewhere = add_person(session, away, "Ada Elsewhere", role=Role.ADMINISTRATOR)
    for who in (people.owner, people.colleague, people.lead, elsewhere):
        one = client(who)
        for what in ("renew", "revoke"):
            assert one.post(f"/api-clients/{made[0]}/{what}", data={"days": "90"}).status_code == 404
        assert "Portal" not in one.get("/api-clients").text
    bearer(ask(client(None), made))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_mistakes_in_the_form_lose_nothing(desk: PageClient, house: House) -> None:
    for sent, sentence in (
        ({"name": " ", "scopes": "add_session", "days": "90"}, "Enter what the program is called"),
        ({"name": "x" * 101, "scopes": "add_session", "days": "90"}, "Shorten this"),
        ({"name": "Portal", "days": "90"}, "Choose what the program may do"),
        ({"name": "Portal", "scopes": ["see_session"], "days": "90"}, "Choose what the program may do"),
        ({"name": "Portal", "scopes": "add_session", "days": "9"}, "for how long"),
    ):
        answer = desk.post("/api-clients", data=sent)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{sent["name"]}"' in answer.text
    with house.database.read() as session:
        assert session.exec(select(ApiClient)).all() == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_evaluation_centre_has_none(client: Client, house: House) -> None:
    with house.database.write() as session:
        centre = make_organisation(session, name="Elm University", kind=OrganisationKind.EVALUATION)
        eve = add_person(session, centre, "Eve Admin", role=Role.ADMINISTRATOR)
    desk = client(eve)
    assert "An evaluation centre has none" in desk.get("/api-clients").text
    sent = {"name": "Portal", "scopes": "add_session", "days": "90"}
    assert desk.post("/api-clients", data=sent).status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_command_makes_lists_renews_and_revokes(
    client: Client, house: House, people: People, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)
    here = ("--organisation", "ferndale council")
    assert main(["client", "make", "Portal", *here, "--scope", "see_session"]) == 2
    assert "what the program may do" in capsys.readouterr().err
    assert main(["client", "make", "Portal", *here, "--scope", "add_session", "--days", "90"]) == 0
    client_id, secret = capsys.readouterr().out.split()
    web = client(None)
    assert ask(web, (client_id, secret)).json()["scope"] == "add_session"
    assert main(["client", "list", *here]) == 0
    assert capsys.readouterr().out.startswith(f"{client_id}\tPortal\tadd_session\t")
    assert main(["client", "renew", client_id]) == 0
    new = capsys.readouterr().out.strip()
    assert ask(web, (client_id, secret)).status_code == 401
    headers = bearer(ask(web, (client_id, new)))
    assert main(["client", "revoke", client_id]) == 0
    assert web.get("/api/v1/sessions", headers=headers).status_code == 401
    for step in ("renew", "revoke"):
        assert main(["client", step, client_id]) == 2
    assert "See: evoke client list" in capsys.readouterr().err
    with house.database.read() as session:
        assert session.get_one(Person, session.exec(select(ApiClient.id)).one()).left_at is not None


def test_two_secrets_are_good_while_a_program_changes_over(house: House, people: People) -> None:
    def issued(client_id: str, secret: str) -> object:
        with house.database.write() as session:
            return issue_token(session, client_id=client_id, secret=secret, scope="", address="192.0.2.1")

    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        made, first = make_api_client(session, organisation=home, name="Portal", scopes=SCOPES, days=90, by=None)
    client_id = str(made.id)
    assert isinstance(issued(client_id, first), Issued)
    with house.database.write() as session:
        client = session.get_one(ApiClient, made.id)
        second = renew_api_client(session, client=client, days=90, by=None, overlap_hours=24)
    assert all(isinstance(issued(client_id, one), Issued) for one in (first, second))
    with house.database.write() as session:
        session.get_one(ApiClient, made.id).old_secret_until = utc_now()
    assert isinstance(issued(client_id, first), SecretWrong)
    assert isinstance(issued(client_id, second), Issued)
    with house.database.write() as session:
        third = renew_api_client(session, client=session.get_one(ApiClient, made.id), days=90, by=None)
    assert isinstance(issued(client_id, second), SecretWrong)
    assert isinstance(issued(client_id, third), Issued)
