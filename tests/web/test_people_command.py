"""The commands share the page's actions; here, what they say and how they end."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from api.house import House
from models.organisation import Organisation, OrganisationKind
from models.people.inviting import invited_person
from models.person import Person, PersonState, Role
from models.settings import Settings
from models.sign_in import actor_of
from tests.conftest import People
from web.cli import main

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
HERE = ("--organisation", "ferndale council")


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.settings.get_settings", lambda: settings)


def test_people_are_invited_listed_and_leave(house: House, people: People, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "list"]) == 2
    assert "Ferndale Council, Harbour Borough" in capsys.readouterr().err
    invite = ["people", "invite", "nia@example.org", "--name", "Nia New", *HERE]
    assert main([*invite, "--team", "Atlantis"]) == 2
    assert "no team" in capsys.readouterr().err
    assert main([*invite, "--team", "family safeguarding north", "--role", "coach"]) == 0
    link = capsys.readouterr().out.strip()
    with house.database.read() as session:
        person = invited_person(session, link.rpartition("/")[2])
        assert actor_of(session, person).has_role(Role.COACH)
    assert main(invite) == 2
    assert main(["people", "list", "--state", "invited", *HERE]) == 0
    assert capsys.readouterr().out == ("nia@example.org\tNia New\tinvited\t\tCoach of Family Safeguarding North\n")
    assert main(["people", "leave", "Nia@Example.org"]) == 0
    assert main(["people", "leave", "nobody@example.org"]) == 2
    with house.database.read() as session:
        assert session.get_one(Person, person.id).state is PersonState.LEFT


def test_a_file_is_shown_and_taken_in(
    house: House, people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    assert main(["people", "import", str(file), *HERE]) == 2
    file.write_text("name,email\nNia New,nia@example.org\nNo Address,\n")
    wanted = select(Person).where(col(Person.email) == "nia@example.org")
    for extra, there in (((), False), (("--yes",), True)):
        assert main(["people", "import", str(file), *HERE, *extra]) == 1
        assert capsys.readouterr().out.startswith("2\tnia@example.org\twill be invited\t\n3\t\tmistake\tEnter an email")
        with house.database.read() as session:
            assert (session.exec(wanted).first() is not None) is there


def test_an_evaluation_centre_is_made_with_its_administrator(
    house: House, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    make = ["organisation", "Elm University", "--evaluation", "--administrator", "eve@elm.example"]
    make += ["--administrator-name", "Eve Elm"]
    assert main(make) == 0
    secret = capsys.readouterr().out.strip().rpartition("/")[2]
    with house.database.read() as session:
        person = invited_person(session, secret)
        assert actor_of(session, person).has_role(Role.ADMINISTRATOR)
        assert session.get_one(Organisation, person.organisation_id).kind is OrganisationKind.EVALUATION
    assert main(make) == 2


@pytest.mark.usefixtures("house", "people")
def test_a_token_is_made_for_people_only(capsys: pytest.CaptureFixture[str]) -> None:
    """A program's tokens have scopes; one of these would have none."""
    assert main(["token", "olu.owner@example.org"]) == 0
    assert main(["client", "make", "Portal", *HERE]) == 0
    client_id = capsys.readouterr().out.splitlines()[-1].partition("\t")[0]
    assert main(["token", f"{client_id}@api-client.invalid"]) == 2
    assert "evoke client" in capsys.readouterr().err
