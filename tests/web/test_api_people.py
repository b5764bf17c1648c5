"""Programs read who is in the authority and its teams, as far as who asks may see them."""

from datetime import timedelta

import pytest

from api.house import House
from models.columns import new_id, utc_now
from models.organisation import Organisation, Team
from models.permissions import Actor, Permission, narrowed
from models.person import Person, Role, RoleGrant, TeamMembership
from tests.conftest import People, add_person
from tests.contract.made_places import add_client
from tests.web.conftest import Client

PEOPLE, TEAMS = "/api/v1/people", "/api/v1/teams"


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)


def names(answer) -> list[str]:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["people"]]


def test_an_administrator_sees_all_of_the_authority(client: Client, people: People, admin: Actor) -> None:
    one = client(admin)
    answer = one.get(PEOPLE)
    assert names(answer) == ["Olu Owner", "Cass Coach", "Toni Teammate", "Lee Lead", "Ada Admin"]
    owner, coach = answer.json()["people"][:2]
    assert owner["email"] == "olu.owner@example.org"
    assert owner["places"] == [
        {"role": "trainee", "team_id": str(people.team.id), "team": "Family Safeguarding North",
         "started_on": "2025-01-01", "ended_on": None}
    ]  # fmt: skip
    assert [place["role"] for place in coach["places"]] == ["trainee", "coach"]
    assert one.get(owner["url"]).json() == owner
    (team,) = one.get(TEAMS).json()["teams"]
    assert (team["name"], team["members"], team["active"]) == ("Family Safeguarding North", 3, True)
    assert team["coaches"] == [{"id": str(people.colleague.person_id), "name": "Cass Coach"}]
    assert one.get(team["url"]).json() == team
    shown = str(answer.json()) + str(team)
    assert not any(word in shown.lower() for word in ("score", "skill", "password", "session"))


def test_a_coach_sees_their_teams_without_addresses(
    house: House, client: Client, people: People, admin: Actor
) -> None:  # fmt: skip
    with house.database.write() as session:
        other = Team(organisation_id=people.owner.organisation_id, name="South")
        session.add(other)
        session.flush()
        home = session.get_one(Organisation, people.owner.organisation_id)
        away = add_person(session, home, "Win West", team=other)
        session.add(TeamMembership(person_id=people.owner.person_id, team_id=other.id, started_on=utc_now().date()))
        other_id = other.id
    one = client(people.colleague)
    answer = one.get(PEOPLE)
    assert names(answer) == ["Olu Owner", "Cass Coach", "Toni Teammate"]
    assert [row["email"] for row in answer.json()["people"]] == [None, "cass.coach@example.org", None]
    assert {place["team"] for row in answer.json()["people"] for place in row["places"]} == {people.team.name}
    assert [row["name"] for row in one.get(TEAMS).json()["teams"]] == [people.team.name]
    assert names(one.get(PEOPLE, params={"team": str(other_id)})) == [], "who of theirs is in another team is not told"
    assert names(one.get(PEOPLE, params={"team": str(people.team.id)})) == names(answer)
    for path in (f"{PEOPLE}/{away.person_id}", f"{PEOPLE}/{admin.person_id}", f"{TEAMS}/{other_id}"):
        assert one.get(path).status_code == 404
    assert names(client(admin).get(PEOPLE, params={"team": str(other_id)})) == ["Olu Owner", "Win West"]


def test_no_filter_tells_a_coach_what_is_left_out(house: House, client: Client, people: People) -> None:
    with house.database.write() as session:
        other = Team(organisation_id=people.owner.organisation_id, name="South")
        session.add(other)
        session.flush()
        for role, team_id in ((Role.ADMINISTRATOR, None), (Role.COACH, other.id)):
            session.add(RoleGrant(person_id=people.owner.person_id, role=role, team_id=team_id))
        home = session.get_one(Organisation, people.owner.organisation_id)
        add_person(session, home, "Win West", team=other)
    one = client(people.colleague)
    for role, found in (
        ("trainee", ["Olu Owner", "Cass Coach", "Toni Teammate"]), ("coach", ["Cass Coach"]), ("administrator", []),
    ):  # fmt: skip
        assert names(one.get(PEOPLE, params={"role": role})) == found
    owner = one.get(f"{PEOPLE}/{people.owner.person_id}").json()
    assert [place["role"] for place in owner["places"]] == ["trainee"]


def test_others_find_nothing(client: Client, people: People, admin: Actor) -> None:
    for who in (people.owner, people.teammate, people.lead):
        for path in (PEOPLE, f"{PEOPLE}/{people.owner.person_id}", TEAMS, f"{TEAMS}/{people.team.id}"):
            assert client(who).get(path).status_code == 404
    elsewhere = client(people.stranger_coach)
    assert names(elsewhere.get(PEOPLE)) == ["Sam Stranger", "Sky Coach"]
    for path in (f"{PEOPLE}/{people.owner.person_id}", f"{TEAMS}/{people.team.id}"):
        assert elsewhere.get(path).status_code == 404
    assert elsewhere.get(PEOPLE, params={"team": str(people.team.id)}).json()["people"] == []
    assert client(None).get(PEOPLE).status_code == 401


def test_a_program_needs_the_scope(house: House, client: Client, people: People) -> None:
    with house.database.write() as session:
        program = add_client(session, session.get_one(Organisation, people.owner.organisation_id))
    reads = client(narrowed(program, [Permission.READ_PEOPLE]))
    found = names(reads.get(PEOPLE))
    assert found == ["Olu Owner", "Cass Coach", "Toni Teammate", "Lee Lead"], "no program is a person"
    assert reads.get(f"{PEOPLE}/{program.person_id}").status_code == 404
    other = client(narrowed(program, [Permission.MANAGE_PEOPLE])).get(PEOPLE)
    assert (other.status_code, other.json()["code"]) == (403, "insufficient_scope")


def test_filters_and_pages(house: House, client: Client, people: People, admin: Actor) -> None:
    with house.database.write() as session:
        gone = session.get_one(Person, people.teammate.person_id)
        gone.left_at = utc_now() - timedelta(days=1)
        session.add(Team(organisation_id=people.owner.organisation_id, name="Closed", closed_at=utc_now()))
    one = client(admin)
    assert "Toni Teammate" not in names(one.get(PEOPLE, params={"active": "true"}))
    assert names(one.get(PEOPLE, params={"active": "false"})) == ["Toni Teammate"]
    assert names(one.get(PEOPLE, params={"role": "coach"})) == ["Cass Coach"]
    assert names(one.get(PEOPLE, params={"role": "lead"})) == ["Lee Lead"]
    assert names(one.get(PEOPLE, params={"role": "trainee", "active": "true"})) == ["Olu Owner", "Cass Coach"]
    assert names(client(people.colleague).get(PEOPLE)) == ["Olu Owner", "Cass Coach"], "who left is gone for a coach"
    page, seen = f"{PEOPLE}?limit=1&active=true&role=trainee", []
    while page:
        answer = one.get(page)
        seen, page = seen + names(answer), answer.json()["next"]
        assert ("link" in answer.headers) is (page is not None)
    assert seen == ["Olu Owner", "Cass Coach"]
    assert [row["name"] for row in one.get(TEAMS, params={"active": "false"}).json()["teams"]] == ["Closed"]
    first = one.get(TEAMS, params={"limit": 1}).json()
    assert one.get(first["next"]).json()["next"] is None
    again = one.get(PEOPLE, headers={"if-none-match": one.get(PEOPLE).headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "asked", ["role=owner", "team=x", "active=perhaps", "limit=0", "cursor=x", "cursor=dGVhbXN8eA", "role=api_client"]
)
def test_odd_questions_are_refused(client: Client, admin: Actor, asked: str) -> None:
    assert client(admin).get(f"{PEOPLE}?{asked}").status_code == 422
    assert client(admin).get(f"{PEOPLE}/{new_id()}").status_code == 404
