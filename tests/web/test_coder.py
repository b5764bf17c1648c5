"""The page on which coder codes and how its codes fare: for leads and administrators, and of no team too small."""

import json
import os
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import Session

from api.house import House
from coding.coder.in_use import choice_file
from coding.corrections.figures import figures_of
from coding.corrections.groups import Checked
from models.machine_check import MachineFigures
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Role
from models.settings import Settings
from tests.coding.coder.shelves import own_coder
from tests.coding.corrections.test_groups_and_figures import checked
from tests.conftest import LINEAR_CODER, People, add_person
from tests.web.conftest import Client

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def administrator(session: Session, people: People) -> Actor:
    home = session.get_one(Organisation, people.owner.organisation_id)
    return add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)


def keep(house: House, people: People, sessions: dict[str, int]) -> dict[str, UUID]:
    """Figures of teams with so many sessions each, as a worker would keep them; the team's ids by name."""
    with house.database.write() as session:
        home = people.owner.organisation_id
        teams = {name: Team(organisation_id=home, name=name) for name in sessions}
        session.add_all(teams.values())
        session.flush()
        every: list[Checked] = []
        for name, number in sessions.items():
            every += [
                Checked(
                    one.model_version, teams[name].id, one.practitioner_id, one.coach_id, one.counts, one.lines, 1
                )
                for one in (checked(name, n % 4, n % 2, version="linear-2") for n in range(number))
            ]  # fmt: skip
        session.add(MachineFigures(organisation_id=home, figures=figures_of(every)))
        return {name: team.id for name, team in teams.items()}


def test_leads_and_administrators_see_it_and_nobody_else(house: House, people: People, client: Client) -> None:
    keep(house, people, {"North": 12, "South": 11, "East": 6, "West": 5})
    with house.database.write() as session:
        admin = administrator(session, people)
    for actor in (people.lead, admin):
        page = client(actor).get("/coder").text
        assert "<strong>linear-2</strong>" in page
        assert "34 signed-off sessions, 340 lines. 34 more lines" in page
        for team in ("North", "South", "2 others together"):
            assert f"<summary>{team}<" in page
        assert "East" not in page
        assert "West" not in page
        assert "</span>136 of 170</td>" in page
        assert "No kappa of complex reflection (12 lines): too few to say." in page
        assert "nan" not in page.lower()
        found = client(actor).get("/api/v1/machine-agreement")
        assert "NaN" not in found.text
        (version,) = found.json()["versions"]
        assert (version["version"], version["sessions"]) == ("linear-2", 34)
        assert [one["sessions"] for one in version["teams"]] == [12, 11, 11]
        assert version["figures"]["practitioner"]["same"]["value"] == 0.75
    for stranger in (people.owner, people.colleague, people.teammate, people.stranger, people.stranger_coach):
        assert client(stranger).get("/coder").status_code == 404
        assert client(stranger).get("/api/v1/machine-agreement").status_code == 404


@on_sqlite
def test_a_lead_of_one_team_sees_that_team_beside_the_whole(house: House, people: People, client: Client) -> None:
    teams = keep(house, people, {"North": 12, "South": 11})
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        north = session.get_one(Team, teams["North"])
        lead = add_person(session, home, "Lou Lead", role=Role.LEAD, role_team=north)
    page = client(lead).get("/coder").text
    assert "<summary>North<" in page
    assert "South" not in page
    (version,) = client(lead).get("/api/v1/machine-agreement").json()["versions"]
    assert [one["team_id"] for one in version["teams"]] == [str(teams["North"])]


@on_sqlite
def test_before_there_is_enough_the_page_says_what_is_needed(house: House, people: People, client: Client) -> None:
    lead = client(people.lead)
    assert "No session has been signed off yet" in lead.get("/coder").text
    assert lead.get("/api/v1/machine-agreement").json()["versions"] == []
    keep(house, people, {"North": 9})
    page = lead.get("/coder").text
    assert "Too few to say: 9 signed-off sessions. Figures begin with 10 sessions of 3 practitioners." in page
    assert json.loads(lead.get("/api/v1/machine-agreement").text)["versions"][0]["figures"] is None


@on_sqlite
def test_which_coder_and_since_when(
    settings: Settings, people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = client(people.lead)
    assert settings.coder == LINEAR_CODER
    assert "EVOKE_CODER names it" in lead.get("/coder").text
    monkeypatch.setattr(settings, "coder", "")
    page = lead.get("/coder").text
    assert "nobody chose another" in page
    assert "It has coded no session here" in page
    ours = {"own_sessions": {"learned_from": ["a", "b", "c"], "held_out": ["d"]}, "utterances": 1234}
    own_coder(settings.data_dir / "coders/ours", about=ours)
    choice_file(settings).write_text("./coders/ours\n")
    chosen = datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp()
    os.utime(choice_file(settings), (chosen, chosen))
    page = lead.get("/coder").text
    assert "<strong>linear-2 ours</strong>" in page
    assert "4 March 2026. Somebody who runs Evoke chose it" in page
    assert "1,234 lines, 3 sessions of your own among them; 1 more were held out" in page
    assert "evoke model compare ours NEW corrections.csv" in page
    choice_file(settings).write_text("./coders/gone\n")
    assert "cannot be read: gone" in lead.get("/coder").text
