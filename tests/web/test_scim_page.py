"""The administrator's page: from no directory to one that works, and back."""

import re

import pytest
from sqlalchemy import update
from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from models.columns import utc_now
from models.organisation import OrganisationKind
from models.permissions import Actor
from models.person import ApiToken, Role
from models.sign_in import make_organisation
from tests.conftest import People, add_person
from tests.web.conftest import Client
from tests.web.scim import Provider

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
PAGE = "/connections/scim"
TOKEN = re.compile(r"<code class=\"evoke-secret\">(evoke_scim_[^<]+)</code>")


def test_from_the_page_to_the_first_joiner(house: House, client: Client, admin: Actor) -> None:
    desk = client(admin)
    assert "No directory is connected" in desk.get(PAGE).text
    assert "There is no token that works" in desk.post(f"{PAGE}/test").text
    made = desk.post(f"{PAGE}/token", data={"days": "365"})
    assert made.status_code == 201
    (token,) = TOKEN.findall(made.text)
    page = desk.get(PAGE).text
    assert token not in page
    assert "never used" in page
    assert "changed nothing yet" in page
    assert "Identity provider (SCIM)" not in desk.get("/api-clients").text
    provider = Provider(client(None), token)
    provider.user("nia.new")
    page = desk.get(PAGE).text
    assert "last used" in page
    assert "Added a person: Nia New" in page
    tried = desk.post(f"{PAGE}/test", data={"user_name": "NIA.NEW@example.org"}).text
    assert "ext-nia.new" in tried
    assert "A directory would add them" in desk.post(f"{PAGE}/test", data={"user_name": "bo@example.org"}).text
    with house.database.read() as session:
        assert token not in str([session.exec(select(table)).all() for table in (ApiToken, AuditEvent)])


def test_a_token_is_renewed_ended_and_cut_off(client: Client, admin: Actor) -> None:
    desk, web = client(admin), client(None)
    first, second = (TOKEN.findall(desk.post(f"{PAGE}/token", data={"days": "90"}).text)[0] for _ in range(2))
    old, new = Provider(web, first), Provider(web, second)
    assert old.ask("GET", "/Users").status_code == new.ask("GET", "/Users").status_code == 200
    assert "An older token" in desk.get(PAGE).text
    assert "Only the newest token" in desk.post(f"{PAGE}/older-tokens/end").text
    assert (old.ask("GET", "/Users").status_code, new.ask("GET", "/Users").status_code) == (401, 200)
    assert "is disconnected" in desk.post(f"{PAGE}/end").text
    refused = new.ask("GET", "/Users")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    again = TOKEN.findall(desk.post(f"{PAGE}/token", data={"days": "90"}).text)[0]
    assert Provider(web, again).ask("GET", "/Users").status_code == 200


def test_without_a_token_that_works_an_administrator_is_told_to_look(
    client: Client, admin: Actor, house: House
) -> None:  # fmt: skip
    desk = client(admin)
    (token,) = TOKEN.findall(desk.post(f"{PAGE}/token", data={"days": "90"}).text)
    assert "has not called with it yet" in desk.get("/connections").text
    Provider(client(None), token).get("/Users")
    hub = desk.get("/connections").text
    assert "Your directory called last on" in hub
    assert "Not used yet" not in hub
    with house.database.write() as session:
        session.exec(update(ApiToken).values(expires_at=utc_now()))
    assert "your directory is refused" in desk.get(PAGE).text
    hub = desk.get("/connections").text
    assert "1 of 1 needs you to look." in hub
    assert "your directory is refused" in hub


def test_a_group_gives_a_role_only_where_an_administrator_said_so(client: Client, admin: Actor, people: People) -> None:
    desk = client(admin)
    (token,) = TOKEN.findall(desk.post(f"{PAGE}/token", data={"days": "90"}).text)
    provider = Provider(client(None), token)
    wrong = desk.post(f"{PAGE}/groups", data={"group": " ", "role": "administrator"})
    assert wrong.status_code == 422
    assert "Choose a role from the list" in wrong.text
    assert "Choose which" in desk.post(f"{PAGE}/groups", data={"group": "Coaches", "role": "coach"}).text
    sent = {"group": "Evoke coaches", "role": "coach", "team": str(people.team.id)}
    assert "not sent by your directory yet" in desk.post(f"{PAGE}/groups", data=sent).text
    assert "gives a role already" in desk.post(f"{PAGE}/groups", data=sent).text
    nia, cass = provider.user("nia.new")["id"], str(people.colleague.person_id)
    assert provider.get("/Groups", filter='displayName eq "evoke coaches"')["totalResults"] == 0
    group = provider.group("Evoke coaches", nia, cass)
    assert {one["value"] for one in group["members"]} == {nia, cass}
    assert "Coach" in desk.get(f"/people/{nia}").text
    assert provider.get(f"/Users/{nia}")["groups"] == []
    assert provider.ask("DELETE", f"/Groups/{group['id']}").status_code == 204
    assert provider.ask("GET", f"/Groups/{group['id']}").status_code == 404
    places = provider.get("/Groups", filter=f'members eq "{nia}"')
    assert places["totalResults"] == 0
    assert "is in no team" in desk.get(f"/people/{nia}").text
    assert "Coach, since" in desk.get(f"/people/{cass}").text  # had it before
    group_id = re.search(r'name="group_id" value="([^"]+)"', desk.get(PAGE).text)
    assert group_id is not None
    assert "gives no role any more" in desk.post(f"{PAGE}/groups/remove", data={"group_id": group_id[1]}).text
    assert desk.post(f"{PAGE}/groups/remove", data={"group_id": group_id[1]}).status_code == 404


def test_not_for_others_and_not_in_an_evaluation_centre(house: House, client: Client, people: People) -> None:
    for actor in (people.owner, people.colleague, people.lead, people.stranger):
        assert client(actor).get(PAGE).status_code == 404
    with house.database.write() as session:
        centre = make_organisation(session, name="Elm University", kind=OrganisationKind.EVALUATION)
        keeper = add_person(session, centre, "Eve Keeper", role=Role.ADMINISTRATOR)
    desk = client(keeper)
    assert "no directory can be connected here" in desk.get(PAGE).text
    assert desk.post(f"{PAGE}/token", data={"days": "90"}).status_code == 404
