"""The sequences that Entra ID and Okta run, written from what they publish, and who may not ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from api.house import House
from models.api_client import make_api_client
from models.audit import AuditEvent
from models.columns import new_id
from models.invitation import Invitation
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Person, Role, TeamMembership
from models.practice import PracticeSession
from tests.conftest import CONVERSATION, People, add_person
from tests.web.conftest import Client
from tests.web.scim import ENTERPRISE, USER, Provider, connected, refused


@pytest.fixture
def provider(house: House, client: Client, admin: Actor) -> Provider:
    return connected(house, client, admin)


@pytest.fixture
def elsewhere(house: House, client: Client, people: People) -> Provider:
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        keeper = add_person(session, away, "Ada Elsewhere", role=Role.ADMINISTRATOR)
    return connected(house, client, keeper)


def test_as_entra_id_does_it(provider: Provider, house: House) -> None:
    """Test connection, create, match, change in its own forms, disable, enable, delete."""
    nobody = provider.get("/Users", filter=f'userName eq "{new_id()}"')
    assert (nobody["totalResults"], nobody["Resources"]) == (0, [])
    nia = provider.user(
        "nia.new", title="Social worker", preferredLanguage="en",
        addresses=[{"type": "work", "locality": "Ferndale"}], **{ENTERPRISE: {"department": "North"}},
    )  # fmt: skip
    assert nia["schemas"] == [USER]
    assert nia["meta"]["location"].endswith(f"/Users/{nia['id']}")
    refused(provider.ask("POST", "/Users", {"userName": "NIA.NEW@example.org", "displayName": "x"}), 409, "uniqueness")
    for wanted in (
        'userName eq "Nia.New@example.org"', 'externalId eq "ext-nia.new"', f'id eq "{nia["id"]}"',
        'emails[type eq "work"].value eq "nia.new@example.org"', 'emails.value eq "nia.new@example.org"',
        'userName sw "nia" and not (active eq false)', 'externalId eq "none" or displayName co "a N"',
        f'{USER}:userName eq "nia.new@example.org" and meta.lastModified gt "2020-01-01T00:00:00Z"',
    ):  # fmt: skip
        found = provider.get("/Users", filter=wanted)
        assert [one["id"] for one in found["Resources"]] == [nia["id"]], wanted
    path = f"/Users/{nia['id']}"
    changed = provider.patch(
        path,
        {"op": "Replace", "path": "name.familyName", "value": "Newton"},
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "nia.newton@example.org"},
        {"op": "Add", "path": "title", "value": "Manager"},
        {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "South"},
        {"op": "Replace", "path": 'roles[primary eq "True"].value', "value": "administrator"},
        {"op": "Add", "value": {"displayName": "Nia Newton", "name.givenName": "Nia", f"{ENTERPRISE}:manager": "x"}},
    ).json()
    assert changed["name"] == {"familyName": "Newton", "givenName": "Nia"}
    assert changed["displayName"] == "Nia Newton"
    assert changed["emails"] == [{"value": "nia.newton@example.org", "type": "work", "primary": True}]
    assert changed["userName"] == "nia.new@example.org"
    assert "title" not in changed
    off = provider.patch(path, {"op": "Replace", "path": "active", "value": "False"}).json()
    assert off["active"] is False
    assert provider.get("/Users", filter='userName eq "nia.new@example.org"')["Resources"][0]["active"] is False
    on = provider.patch(path, {"op": "Replace", "value": {"active": "True"}}).json()
    assert on["active"] is True
    assert provider.ask("DELETE", path).status_code == 204
    refused(provider.ask("GET", path), 404)
    refused(provider.ask("DELETE", path), 404)
    assert provider.get("/Users", filter='userName eq "nia.new@example.org"')["totalResults"] == 0
    back = provider.user("nia.new")
    assert (back["id"], back["active"]) == (nia["id"], True)
    with house.database.read() as session:
        person = session.get_one(Person, _id(nia))
        assert (person.email, person.left_at) == ("nia.new@example.org", None)
        assert person.invited_at is not None
        actions = [one.action for one in session.exec(
            select(AuditEvent).where(col(AuditEvent.subject_id) == person.id).order_by(col(AuditEvent.sequence))
        )]  # fmt: skip
        assert {"person_added", "invited", "person_changed", "left", "returned", "scim_let_go"} <= set(actions)
        # nobody is told of whom an administrator has not told
        assert session.exec(select(func.count()).select_from(Invitation)).one() == 3


def _id(resource: dict[str, Any]) -> Any:
    from uuid import UUID

    return UUID(resource["id"])


def test_entras_groups(provider: Provider, house: House, people: People) -> None:
    nia, bo = provider.user("nia.new")["id"], provider.user("bo.new")["id"]
    group = provider.group("South", nia)
    refused(provider.ask("POST", "/Groups", {"displayName": "south"}), 409, "uniqueness")
    path = f"/Groups/{group['id']}"
    assert "members" not in provider.get(path, excludedAttributes="members")
    add = {"op": "Add", "path": "members", "value": [{"value": bo}, {"value": nia}]}
    assert provider.patch(path, add).status_code == 204
    assert {one["value"] for one in provider.get(path)["members"]} == {nia, bo}
    asked = provider.get("/Groups", filter=f'id eq "{group["id"]}" and members eq "{bo}"', attributes="id")
    assert asked["Resources"] == [{"schemas": group["schemas"], "id": group["id"]}]
    assert [one["display"] for one in provider.get(f"/Users/{bo}")["groups"]] == ["South"]
    assert provider.patch(path, {"op": "Remove", "path": "members", "value": [{"value": bo}]}).status_code == 204
    assert provider.patch(path, {"op": "remove", "path": f'members[value eq "{nia}"]'}).status_code == 204
    assert provider.patch(path, {"op": "remove", "path": f'members[value eq "{nia}"]'}).status_code == 204
    assert provider.get(path)["members"] == []
    renamed = provider.patch(
        path, {"op": "Replace", "path": "displayName", "value": "South 2"}, params={"attributes": "displayName"}
    )
    assert renamed.json()["displayName"] == "South 2"
    refused(
        provider.patch(path, {"op": "add", "path": "members", "value": [{"value": str(new_id())}]}), 400, "invalidValue"
    )
    # the team there was before is a group too, and what was done there stays when it goes
    old = provider.get("/Groups", filter='displayName eq "Family Safeguarding North"')["Resources"][0]
    assert old["id"] == str(people.team.id)
    assert provider.ask("DELETE", f"/Groups/{old['id']}").status_code == 204
    refused(provider.ask("GET", f"/Groups/{old['id']}"), 404)
    with house.database.read() as session:
        team = session.get_one(Team, people.team.id)
        assert team.closed_at is not None
        places = session.exec(select(TeamMembership).where(col(TeamMembership.team_id) == team.id)).all()
        assert len(places) == 3
        assert all(one.ended_on is not None for one in places)
    assert provider.group("Family Safeguarding North")["id"] == old["id"]


def test_as_okta_does_it(provider: Provider) -> None:
    """Its specification test: pages, a user looked up, made, changed with PUT, made inactive; groups pushed."""
    first = provider.get("/Users", startIndex=1, count=2)
    assert (first["itemsPerPage"], first["startIndex"], len(first["Resources"])) == (2, 1, 2)
    second = provider.get("/Users", startIndex=3, count=2)
    assert not {one["id"] for one in first["Resources"]} & {one["id"] for one in second["Resources"]}
    for one in first["Resources"]:
        assert one["id"]
        assert one["name"]["familyName"]
        assert one["name"]["givenName"]
        assert one["userName"]
        assert one["emails"][0]["value"]
        assert one["active"] is True
    assert provider.get("/Users", count=0)["Resources"] == []
    assert provider.get("/Users", startIndex=-5, count=500)["startIndex"] == 1
    refused(provider.ask("GET", "/Users/010101001010101011001010101011"), 404)
    nia = provider.user("nia.new", locale="en-GB", password="gTHR84hjh", groups=[])
    path = f"/Users/{nia['id']}"
    sent = nia | {"name": {"givenName": "Nia", "familyName": "Okta"}, "displayName": "Nia Okta"}
    put = provider.ask("PUT", path, sent)
    assert put.status_code == 200
    assert put.json()["displayName"] == "Nia Okta"
    assert provider.ask("PUT", path, sent | {"active": False}).json()["active"] is False
    assert provider.patch(path, {"op": "replace", "value": {"active": True}}).json()["active"] is True
    group = provider.group("Pushed")
    member = {"op": "add", "path": "members", "value": [{"value": nia["id"], "display": "nia.new@example.org"}]}
    rename = {"op": "replace", "value": {"id": group["id"], "displayName": "Pushed 2"}}
    assert provider.patch(f"/Groups/{group['id']}", member).status_code == 204
    assert provider.patch(f"/Groups/{group['id']}", rename).status_code == 204
    told = provider.get(f"/Groups/{group['id']}")
    assert (told["displayName"], [one["value"] for one in told["members"]]) == ("Pushed 2", [nia["id"]])
    replaced = {"op": "replace", "path": "members", "value": []}
    assert provider.patch(f"/Groups/{group['id']}", replaced).status_code == 204
    assert provider.get(f"/Groups/{group['id']}")["members"] == []


def test_a_leaver_is_out_at_once_and_the_sessions_stay(
    provider: Provider, client: Client, people: People, house: House
) -> None:
    web = client(people.owner)
    file = {"file": ("good.txt", CONVERSATION.encode())}
    answer = web.post("/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes"}, files=file)
    assert answer.status_code == 201
    path = f"/Users/{people.owner.person_id}"
    assert provider.patch(path, {"op": "replace", "path": "active", "value": False}).status_code == 200
    assert web.get("/", follow_redirects=False).status_code == 303
    assert provider.get(path)["groups"] == []
    assert provider.ask("DELETE", path).status_code == 204
    with house.database.read() as session:
        assert session.exec(select(func.count()).select_from(PracticeSession)).one() == 1
        place = session.exec(
            select(TeamMembership).where(col(TeamMembership.person_id) == people.owner.person_id)
        ).one()
        assert place.ended_on is not None


def test_the_last_administrator_stays_and_keeps_their_address(provider: Provider, admin: Actor) -> None:
    path = f"/Users/{admin.person_id}"
    for answer in (
        provider.patch(path, {"op": "replace", "path": "active", "value": False}),
        provider.ask("DELETE", path),
    ):
        refused(answer, 409)
        assert "administrator" in answer.json()["detail"]
    refused(
        provider.patch(path, {"op": "replace", "path": "emails", "value": [{"value": "x@evil.example"}]}),
        409, "mutability",
    )  # fmt: skip
    assert provider.get(path)["active"] is True


def test_somebody_invited_before_is_taken_over_once(provider: Provider, house: House, people: People) -> None:
    """Their user name at the provider is not their address, so it did not find them."""
    sent = {
        "userName": "U123@tenant.example",
        "displayName": "Toni Teammate",
        "emails": [{"value": "toni.teammate@example.org"}],
    }
    made = provider.ask("POST", "/Users", sent)
    assert (made.status_code, made.json()["id"]) == (201, str(people.teammate.person_id))
    assert made.json()["groups"][0]["display"] == people.team.name
    refused(provider.ask("POST", "/Users", sent | {"userName": "U124"}), 409, "uniqueness")
    follows = provider.user("cat.new")
    moved = provider.patch(
        f"/Users/{follows['id']}", {"op": "replace", "path": "userName", "value": "Cat.Old@example.org"}
    ).json()
    assert (moved["userName"], moved["emails"][0]["value"]) == ("Cat.Old@example.org", "cat.old@example.org")


def test_another_authority_sees_and_changes_nothing(provider: Provider, elsewhere: Provider, people: People) -> None:
    mine, here = str(people.owner.person_id), str(people.team.id)
    theirs = {one["id"] for one in elsewhere.get("/Users")["Resources"]}
    assert theirs
    assert mine not in theirs
    assert not theirs & {one["id"] for one in provider.get("/Users")["Resources"]}
    for path in (f"/Users/{mine}", f"/Groups/{here}"):
        refused(elsewhere.ask("GET", path), 404)
        refused(elsewhere.ask("PUT", path, {"userName": "x@example.org", "displayName": "x"}), 404)
        refused(elsewhere.patch(path, {"op": "replace", "value": {"displayName": "x"}}), 404)
        refused(elsewhere.ask("DELETE", path), 404)
    assert elsewhere.get("/Users", filter=f'id eq "{mine}" or userName eq "olu.owner@example.org"')["totalResults"] == 0
    taken = {"userName": "olu.owner@example.org", "displayName": "x"}
    refused(elsewhere.ask("POST", "/Users", taken), 409, "uniqueness")
    away = elsewhere.get("/Groups")["Resources"][0]["id"]
    refused(
        elsewhere.patch(f"/Groups/{away}", {"op": "add", "path": "members", "value": [{"value": mine}]}),
        400,
        "invalidValue",
    )


def test_who_may(provider: Provider, client: Client, people: People, admin: Actor, house: House) -> None:
    refused(client(None).get("/scim/v2/Users"), 401)
    for actor in (people.owner, people.stranger, admin):
        refused(client(actor).get("/scim/v2/Users"), 403)
    with house.database.write() as session:
        home = session.get_one(Organisation, admin.organisation_id)
        one, secret = make_api_client(
            session, organisation=home, name="HR", scopes=["add_session", "manage_people"], days=90, by=None
        )
    web = client(None)
    for scope, status in (("manage_people", 200), ("add_session", 403)):
        got = web.post(
            "/api/v1/oauth/token", data={"grant_type": "client_credentials", "scope": scope}, auth=(str(one.id), secret)
        )
        bearer = {"authorization": f"Bearer {got.json()['access_token']}"}
        assert web.get("/scim/v2/Users", headers=bearer).status_code == status
    page = web.get("/people", headers=provider.headers, follow_redirects=False)
    assert page.status_code == 404
    assert web.get("/api/v1/sessions", headers=provider.headers).status_code in (403, 200)
    refused(provider.ask("GET", "/Me"), 404)
    refused(provider.ask("POST", "/Bulk", {"Operations": []}), 501)
    refused(provider.ask("DELETE", "/Users"), 405)


def test_versions(provider: Provider) -> None:
    nia = provider.user("nia.new")
    path, version = f"/Users/{nia['id']}", nia["meta"]["version"]
    assert provider.ask("GET", path).headers["etag"] == version
    assert provider.ask("GET", path, headers={"if-none-match": version}).status_code == 304
    change = {"op": "replace", "path": "displayName", "value": "Nia N."}
    assert provider.patch(path, change, headers={"if-match": version}).status_code == 200
    refused(provider.patch(path, change, headers={"if-match": version}), 412)
    refused(provider.ask("DELETE", path, headers={"if-match": version}), 412)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert provider.get("/Users", filter=f'meta.lastModified gt "{later}"')["totalResults"] == 0
    some = provider.get(path, attributes="userName,name.familyName")
    assert set(some) == {"schemas", "id", "userName", "name"}
    assert set(some["name"]) == {"familyName"}
    found = provider.ask(
        "POST", "/Users/.search", {"filter": "active pr", "count": 1, "excludedAttributes": ["emails"]}
    )
    assert "emails" not in found.json()["Resources"][0]
