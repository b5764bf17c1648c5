"""People and teams in the browser: for administrators of the authority, and for nobody else."""

import base64
import re
from pathlib import Path
from uuid import UUID

import html5lib
import pytest
from sqlmodel import col, select

from api.house import House
from models.columns import new_id
from models.organisation import Organisation, Team
from models.people.places import give_role
from models.permissions import Actor
from models.person import Person, PersonState, Role
from models.settings import Settings
from tests.conftest import People, add_person, work_off
from tests.web.conftest import Client, PageClient
from training.people_lists import PeopleFilter, people_list
from web.worker import Worker

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
LINK = re.compile(r"http://127\.0\.0\.1:8000(/join/[\w-]+)")


@pytest.fixture
def admin(house: House, people: People) -> Actor:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def desk(client: Client, admin: Actor) -> PageClient:
    return client(admin)


def find(house: House, email: str) -> Person:
    with house.database.read() as session:
        return session.exec(select(Person).where(col(Person.email) == email)).one()


def test_another_authoritys_administrator_finds_nobody(house: House, client: Client, people: People) -> None:
    with house.database.write() as session:
        away = session.get_one(Person, people.stranger.person_id)
        give_role(session, person=away, role=Role.ADMINISTRATOR, team=None, by=None)
    stranger, lead = client(people.stranger), client(people.lead)
    assert "Olu Owner" not in stranger.get("/people?state=all").text
    assert "Olu Owner" not in stranger.get("/people", params={"team": str(people.team.id)}).text
    for path in (f"/people/{people.owner.person_id}", f"/people/{new_id()}", "/people/not-an-id"):
        assert stranger.get(path).status_code == 404
    assert 'href="/administration"' in stranger.get("/").text
    assert 'href="/people"' in stranger.get("/administration").text
    assert 'href="/administration"' not in lead.get("/").text


def test_the_way_back_after_signing_in_is_a_page(client: Client, people: People) -> None:
    path = f"/people/{people.owner.person_id}"
    assert client(None).post(f"{path}/roles").url.params["next"] == path


def test_the_list_filters(house: House, desk: PageClient, people: People, admin: Actor) -> None:
    home = desk.get("/").text
    assert "5 people are active" in home
    assert 'href="/people"' in home
    everybody = desk.get("/people").text
    for name in ("Ada Admin", "Olu Owner", "Cass Coach", "Toni Teammate", "Lee Lead"):
        assert name in everybody
    assert "Sam Stranger" not in everybody
    assert "Family Safeguarding North · coach of Family Safeguarding North" in everybody
    assert "Olu Owner" in desk.get("/people", params={"q": "OLU"}).text
    assert "Toni" not in desk.get("/people", params={"q": "olu.owner@"}).text
    for nothing in ("%", "_", "zz"):
        assert "Nobody fits" in desk.get("/people", params={"q": nothing}).text
    assert "Lee Lead" not in desk.get("/people", params={"team": str(people.team.id)}).text
    assert "Nobody fits" in desk.get("/people", params={"state": "left"}).text
    with house.database.read() as session:
        found = people_list(session, admin, PeopleFilter(team_id=people.team.id))
        assert [row.name for row in found.rows] == ["Cass Coach", "Olu Owner", "Toni Teammate"]
        assert people_list(session, people.stranger, PeopleFilter(team_id=people.team.id)).rows == []


def test_inviting_and_joining_without_a_mail_server(
    house: House, settings: Settings, desk: PageClient, client: Client, people: People, worker: Worker
) -> None:
    wrong = desk.post("/people/invite", data={"name": "", "email": "nia", "team": str(people.team.id)})
    assert wrong.status_code == 422
    assert 'value="nia"' in wrong.text
    form = {"name": "Nia <New>", "email": "nia@example.org", "discipline": "recovery worker"}
    form |= {"team": str(people.team.id), "role": "trainee"}
    assert desk.post("/people/invite", data=form | {"team": str(new_id())}).status_code == 422
    page = desk.post("/people/invite", data=form)
    assert "Nia &lt;New&gt; is invited." in page.text
    link = LINK.search(page.text)
    assert link
    assert work_off(worker) == 1
    (mail,) = Path(settings.data_dir / "mail").iterdir()
    assert LINK.search(mail.read_text().replace("=\n", "")).group(1) == link.group(1)
    assert mail.stat().st_mode & 0o077 == 0
    visitor = client(None)
    welcome = visitor.get(link.group(1))
    assert "nia@example.org" in welcome.text
    short = visitor.post(link.group(1), data={"name": "Nia", "password": "short"})
    assert short.status_code == 422
    home = visitor.post(link.group(1), data={"name": "Nia New", "password": "a long password"})
    assert home.url.path == "/"
    assert "Nia New" in home.text
    assert visitor.get(link.group(1)).status_code == 404
    used = visitor.post(link.group(1), data={"name": "Mallory", "password": "another password"})
    assert used.status_code == 404
    assert find(house, "nia@example.org").name == "Nia New"
    again = desk.post(f"/people/{find(house, 'nia@example.org').id}/invitation")
    assert again.status_code == 422
    assert "There is no invitation to send" in again.text


def test_one_person_from_joining_to_leaving(house: House, desk: PageClient, client: Client, people: People) -> None:
    path, theirs = f"/people/{people.owner.person_id}", client(people.owner)
    wrong = desk.post(f"{path}/details", data={"name": "", "email": "olu.owner@example.org"})
    assert "Enter their name." in wrong.text
    assert (
        desk.post(f"{path}/details", data={"name": "O", "email": "o@example.org", "discipline": "x"}).status_code == 422
    )
    saved = desk.post(
        f"{path}/details", data={"name": "Olu Ownerson", "email": "olu@example.org", "discipline": "manager"}
    )
    assert "Saved." in saved.text
    assert find(house, "olu@example.org").name == "Olu Ownerson"
    desk.post("/people/teams", data={"team_name": "South"})
    with house.database.read() as session:
        south = session.exec(select(Team).where(col(Team.name) == "South")).one()
    assert "is in the team" in desk.post(f"{path}/teams", data={"team": str(south.id), "role": "coach"}).text
    assert desk.post(f"{path}/teams", data={"team": str(south.id), "role": "lead"}).status_code == 422
    place = re.search(r'value="([\w-]{36})">Family Safeguarding North</option>', desk.get(path).text).group(1)
    move = {"place": place, "to": str(south.id), "on": "2040-01-01"}
    for odd in ("soon", "0001-01-01", "9999-12-31"):
        assert desk.post(f"{path}/move", data=move | {"on": odd}).status_code == 422
    assert desk.post(f"{path}/move", data=move | {"place": str(new_id())}).status_code == 422
    assert "from 1 January 2040" in desk.post(f"{path}/move", data=move).text
    desk.post(f"{path}/places/end", data={"coach_of": str(south.id)})
    assert "Coach, since" not in desk.post(f"{path}/places/end", data={"place": place}).text
    assert "The roles are saved" in desk.post(f"{path}/roles", data={"roles": ["lead", "api_client", "x"]}).text
    assert theirs.get("/").status_code == 200
    left = desk.post(f"{path}/leave")
    assert "Olu Ownerson has left" in left.text
    assert theirs.get("/").url.path == "/sign-in"
    assert desk.post(f"{path}/teams", data={"team": str(south.id), "role": "trainee"}).status_code == 422
    assert "Olu Ownerson" in desk.get("/people?state=left").text
    assert "is invited to come back" in desk.post(f"{path}/return").text
    assert find(house, "olu@example.org").state is PersonState.INVITED


def test_the_last_administrator_is_told_what_to_do(desk: PageClient, admin: Actor) -> None:
    path = f"/people/{admin.person_id}"
    for step in ("leave", "roles"):
        refused = desk.post(f"{path}/{step}")
        assert refused.status_code == 409
        assert "Make another person an administrator first" in refused.text
    assert desk.get("/people").status_code == 200


def test_an_administrator_who_leaves_is_signed_out(
    house: House, desk: PageClient, people: People, admin: Actor
) -> None:
    with house.database.write() as session:
        lead = session.get_one(Person, people.lead.person_id)
        give_role(session, person=lead, role=Role.ADMINISTRATOR, team=None, by=None)
    assert desk.post(f"/people/{admin.person_id}/leave").url.path == "/sign-in"


LIST = "name;email;team\nNia <New>;nia@example.org;Family Safeguarding North\n=1+1;no address;\n"


def test_a_list_is_shown_first_and_taken_in_when_confirmed(
    house: House, settings: Settings, desk: PageClient, people: People, worker: Worker
) -> None:
    assert desk.get("/people/import").status_code == 200
    for sent in ({"data": {"text": "who,what"}}, {"files": {"file": ("people.csv", b"PK\x03\x04")}}):
        assert desk.post("/people/import", **sent).status_code == 422
    assert desk.post("/people/import", data={"text": "x" * 70_000}).status_code == 413
    shown = desk.post("/people/import", files={"file": ("people.csv", LIST.encode("utf-8-sig"))})
    assert "1 person will be invited" in shown.text
    assert "1 line has a mistake and is left out" in shown.text
    with house.database.read() as session:
        assert session.exec(select(Person).where(col(Person.email) == "nia@example.org")).first() is None
    report = base64.b64decode(re.search(r"base64,([^\"]+)", shown.text).group(1)).decode("utf-8-sig")
    assert "3,'=1+1,no address,,,,,mistake,\"Enter an email address" in report
    page = html5lib.parse(shown.text, namespaceHTMLElements=False)
    kept = next(e.get("value") for e in page.iter("input") if e.get("name") == "text")
    done = desk.post("/people/import/confirm", data={"text": kept})
    assert "1 person was invited" in done.text
    assert find(house, "nia@example.org").name == "Nia <New>"
    assert "is here already" in desk.post("/people/import/confirm", data={"text": kept}).text
    assert work_off(worker) == 1
    assert len(list((settings.data_dir / "mail").iterdir())) == 1


def test_teams_and_evaluation(house: House, desk: PageClient, people: People) -> None:
    assert "Family Safeguarding North" in desk.get("/people/teams").text
    twice = desk.post("/people/teams", data={"team_name": "family safeguarding north"})
    assert twice.status_code == 422
    assert 'value="family safeguarding north"' in twice.text
    path = f"/people/teams/{people.team.id}"
    assert desk.post(f"{path}/rename", data={"team_name": ""}).status_code == 422
    assert "North East" in desk.post(f"{path}/rename", data={"team_name": "North East"}).text
    full = desk.post(f"{path}/close")
    assert full.status_code == 409
    assert "3 people are still in North East" in full.text
    assert "takes part.</strong> The evaluators" in desk.post("/people/teams/evaluation", data={"opt_in": "yes"}).text
    assert _opted_in(house, people.owner.organisation_id)
    desk.post("/people/teams/evaluation", data={"opt_in": "no"})
    assert not _opted_in(house, people.owner.organisation_id)


def test_where_teams_work(desk: PageClient, people: People, client: Client) -> None:
    page = desk.get("/people/teams").text
    assert "Where it works (optional)" in page
    assert '<datalist id="sites"></datalist>' in page
    long = desk.post("/people/teams", data={"team_name": "South", "team_site": "x" * 101})
    assert long.status_code == 422
    assert '<a href="#team_site">Shorten this to 100 characters or fewer.</a>' in long.text
    assert 'value="South"' in long.text
    assert (
        "Oak House · 0 trainees"
        in desk.post("/people/teams", data={"team_name": "South", "team_site": "Oak House"}).text
    )
    path = f"/people/teams/{people.team.id}/rename"
    page = desk.post(path, data={"team_name": "Family Safeguarding North", "team_site": " Mill  Street "}).text
    assert "Mill Street · 3 trainees" in page
    assert '<option value="Mill Street"></option><option value="Oak House"></option>' in page
    wrong = desk.post(path, data={"team_name": "North", "team_site": "y" * 101})
    assert wrong.status_code == 422
    assert f'<a href="#site-{people.team.id}">Shorten' in wrong.text
    assert "Mill Street · 3 trainees" in wrong.text  # and its name is as it was
    assert "Family Safeguarding North" in wrong.text
    assert "Mill Street ·" not in desk.post(path, data={"team_name": "Family Safeguarding North", "team_site": ""}).text
    for other in (people.lead, people.colleague, people.stranger):
        assert client(other).post(path, data={"team_name": "X", "team_site": "Y"}).status_code == 404


def _opted_in(house: House, organisation_id: UUID) -> bool:
    with house.database.read() as session:
        return session.get_one(Organisation, organisation_id).evaluation_opt_in
