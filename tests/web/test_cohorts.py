"""Pathways of teams: a coach with names, a lead with counts, a member with their own line, and a stranger with none."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.cohort import Cohort, Pathway, PathwayReminder
from models.columns import new_id, utc_now
from models.exercise import ExerciseAttempt, Outcome
from models.learning import ModuleProgress
from models.organisation import Organisation, Team
from models.people.leaving import mark_as_left
from models.permissions import Actor
from models.person import Person
from models.plan import PlanSetting
from tests.conftest import People, add_person, work_off
from tests.web.conftest import Client, PageClient
from training.cohorts.mistakes import Tried, mistakes
from training.cohorts.reminders import APART
from training.own_data import own_data
from web.worker import Worker

SENT = {"name": "First weeks", "place-reflections": "2", "place-open-questions": "1", "due-open-questions": "14"}


@pytest.fixture
def coach(client: Client, people: People) -> PageClient:
    return client(people.colleague)


def give(coach: PageClient, house: House, people: People) -> UUID:
    assert coach.post("/cohorts/pathways/new", data=SENT).status_code == 200
    with house.database.read() as session:
        pathway = session.exec(select(Pathway)).one()
    sent = {"pathway_id": str(pathway.id), "team_id": str(people.team.id)}
    answer = coach.post("/cohorts", data=sent, follow_redirects=False)
    return UUID(answer.headers["location"].rpartition("/")[2])


def complete(house: House, actor: Actor, module: str) -> None:
    with house.database.write() as session:
        now = utc_now()
        session.add(
            ModuleProgress(
                person_id=actor.person_id, module=module, edition="1", read_at=now, completed_at=now,
                completed_edition="1",
            )
        )  # fmt: skip


def began(house: House, cohort_id: UUID, *, days_ago: int) -> None:
    with house.database.write() as session:
        session.get_one(Cohort, cohort_id).starts_on = utc_now().date() - timedelta(days=days_ago)


def team_of_six(house: House, people: People) -> list[Actor]:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        team = session.get_one(Team, people.team.id)
        return [people.owner, people.teammate, *(add_person(session, home, f"Nia {n}", team=team) for n in range(3))]


def test_each_sees_what_is_theirs_to_see(coach: PageClient, client: Client, house: House, people: People) -> None:
    cohort_id = give(coach, house, people)
    complete(house, people.owner, "open-questions")
    page = coach.get(f"/cohorts/{cohort_id}").text
    assert "Olu Owner" in page
    assert "Toni Teammate" in page
    assert "1 of 2 completed" in page
    own = client(people.owner).get(f"/cohorts/{cohort_id}").text
    assert "Your way" in own
    assert "Toni Teammate" not in own
    assert "Send a reminder" not in own
    lead = client(people.lead).get(f"/cohorts/{cohort_id}").text
    assert "Olu Owner" not in lead
    assert "fewer than five people" in lead
    for stranger in (people.stranger, people.stranger_coach):
        assert client(stranger).get(f"/cohorts/{cohort_id}").status_code == 404
        assert client(stranger).post(f"/cohorts/{cohort_id}/remind").status_code == 404
    assert client(people.owner).post(f"/cohorts/{cohort_id}/end").status_code == 403
    assert client(people.owner).get("/cohorts").status_code == 404


def test_a_lead_sees_counts_of_a_team_of_five(coach: PageClient, client: Client, house: House, people: People) -> None:
    cohort_id = give(coach, house, people)
    for one in team_of_six(house, people)[:3]:
        complete(house, one, "open-questions")
    page = client(people.lead).get(f"/cohorts/{cohort_id}").text
    assert "Completed, of 6" in page
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">3</td>' in page
    assert "Olu Owner" not in page
    assert "0 of 6 people through" in client(people.lead).get("/cohorts").text


def test_members_find_it_on_home_and_learn(coach: PageClient, client: Client, house: House, people: People) -> None:
    cohort_id = give(coach, house, people)
    owner = client(people.owner)
    for path in ("/", "/learn"):
        page = owner.get(path).text
        assert f"/cohorts/{cohort_id}" in page
        assert "0 of 2 done" in page
        assert 'href="/learn/open-questions"' in page
        assert "data-pathway" not in client(people.stranger).get(path).text
    for module in ("open-questions", "reflections"):
        complete(house, people.owner, module)
    assert "data-pathway" not in owner.get("/").text  # done
    coach.post(f"/cohorts/{cohort_id}/end")
    assert "data-pathway" not in client(people.teammate).get("/").text
    assert "No team has a pathway yet" in coach.get("/cohorts").text


def test_a_reminder_goes_to_who_is_behind_once_a_week(
    coach: PageClient, client: Client, house: House, people: People, worker: Worker
) -> None:
    cohort_id = give(coach, house, people)
    mails = house.settings.data_dir / "mail"
    assert "Nobody gets a mail" in coach.post(f"/cohorts/{cohort_id}/remind").text  # the day is not yet there
    began(house, cohort_id, days_ago=15)
    complete(house, people.owner, "open-questions")
    with house.database.write() as session:
        session.add(PlanSetting(person_id=people.colleague.person_id, nudges=False))
    assert "1 person gets a mail" in coach.post(f"/cohorts/{cohort_id}/remind").text
    work_off(worker)
    sent = [one.read_text() for one in mails.glob("pathway-*.eml")]
    assert len(sent) == 1
    assert "toni.teammate@example.org" in sent[0]
    assert f"/cohorts/{cohort_id}" in sent[0]
    assert "Nobody gets a mail" in coach.post(f"/cohorts/{cohort_id}/remind").text
    with house.database.write() as session:
        session.get_one(PathwayReminder, people.teammate.person_id).at = utc_now() - APART - timedelta(minutes=1)
    assert "1 person gets a mail" in coach.post(f"/cohorts/{cohort_id}/remind").text
    with house.database.write() as session:
        mark_as_left(session, person=session.get_one(Person, people.teammate.person_id), by=None)
    with house.database.read() as session:
        assert session.get(PathwayReminder, people.teammate.person_id) is None


def add_attempt(house: House, actor: Actor, outcome: Outcome, at: int = 1) -> None:
    with house.database.write() as session:
        session.add(
            ExerciseAttempt(
                person_id=actor.person_id, organisation_id=actor.organisation_id, client_id=new_id(),
                module="reflections", edition="1", exercise="ref-the-letter", kind="answer_the_parent",
                skill="reflections", number=at, scored=outcome.value, outcome=outcome,
            )
        )  # fmt: skip


def test_of_a_pathway_that_is_over_nobody_is_reminded(coach: PageClient, house: House, people: People) -> None:
    cohort_id = give(coach, house, people)
    began(house, cohort_id, days_ago=30)
    assert coach.post(f"/cohorts/{cohort_id}/end").status_code == 200
    assert coach.post(f"/cohorts/{cohort_id}/remind").status_code == 409  # from a page that was open before
    with house.database.read() as session:
        assert session.exec(select(PathwayReminder)).all() == []


def test_common_mistakes_wait_for_five_people(coach: PageClient, house: House, people: People) -> None:
    cohort_id = give(coach, house, people)
    members = team_of_six(house, people)
    for one in members[:4]:
        add_attempt(house, one, Outcome.NOT_YET)
    assert "Nothing to see yet" in coach.get(f"/cohorts/{cohort_id}").text
    add_attempt(house, members[4], Outcome.MET)
    add_attempt(house, members[4], Outcome.NOT_YET, at=2)  # a second answer does not count
    page = coach.get(f"/cohorts/{cohort_id}").text
    assert "A reflection</strong> was asked for, and 1 of 5 first answers by 5 people had it" in page


def test_what_was_said_instead_is_told_in_codes() -> None:
    people = [new_id() for _ in range(6)]
    tried = [Tried(one, "a reflection", False, frozenset({"Question"})) for one in people[:4]]
    tried += [
        Tried(people[4], "a reflection", True, frozenset()),
        Tried(people[5], "an affirmation", False, frozenset()),
    ]
    found = mistakes(tried)
    assert [(one.wanted, one.answers, one.met, one.instead) for one in found] == [
        ("a reflection", 5, 1, (("Question", 4),))
    ]
    alone = [Tried(one, "a reflection", True, frozenset()) for one in people[:4]]
    alone += [Tried(people[4], "a reflection", False, frozenset({"Confronting"}))] * 3  # to three exercises
    assert [(one.met, one.answers, one.instead) for one in mistakes(alone)] == [(4, 7, ())]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "", "place-reflections": "1"}, "Give the pathway a name"),
        ({"name": "Short"}, "Choose at least one module"),
        ({"name": "Short", "place-reflections": "first"}, "Enter a number from 1 to 99"),
        ({"name": "Short", "place-reflections": "1", "due-reflections": "0"}, "Enter days from 1 to 730"),
        ({"name": "x" * 121, "place-reflections": "1"}, "Shorten the name"),
    ],
)
def test_a_pathway_that_will_not_do_is_kept_in_its_form(coach: PageClient, sent: dict[str, str], said: str) -> None:
    answer = coach.post("/cohorts/pathways/new", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(f'value="{value}"' in answer.text for value in sent.values() if value)


def test_it_is_given_once_to_a_team_of_ones_own(
    coach: PageClient, client: Client, house: House, people: People
) -> None:
    cohort_id = give(coach, house, people)
    with house.database.write() as session:
        pathway = session.exec(select(Pathway)).one()
        other = Team(organisation_id=people.owner.organisation_id, name="Family Safeguarding South")
        session.add(other)
        session.flush()
        away = session.exec(select(Team).where(col(Team.organisation_id) != people.owner.organisation_id)).one()
    sent = {"pathway_id": str(pathway.id), "team_id": str(people.team.id)}
    assert str(cohort_id) in str(coach.post("/cohorts", data=sent).url)
    for team in (other, away):
        assert coach.post("/cohorts", data=sent | {"team_id": str(team.id)}).status_code == 404
    assert client(people.lead).post("/cohorts", data=sent | {"team_id": str(other.id)}).status_code == 200
    assert client(people.stranger_coach).post("/cohorts", data=sent).status_code == 404
    coach.post(f"/cohorts/pathways/{pathway.id}/put-away")
    assert coach.post("/cohorts", data=sent).status_code == 404
    with house.database.read() as session:
        done = session.exec(select(AuditEvent.action).where(col(AuditEvent.action).startswith("pathway_"))).all()
    assert sorted(done) == ["pathway_given", "pathway_given", "pathway_made", "pathway_put_away"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_copy_of_ones_data_has_what_one_made(coach: PageClient, house: House, people: People) -> None:
    give(coach, house, people)
    coach.post("/live/new", data={"parent": "Why me?"}, follow_redirects=False)
    with house.database.read() as session:
        held = own_data(session, session.get_one(Person, people.colleague.person_id))["pathways"]
    assert [one["name"] for one in held["pathways_made"]] == ["First weeks"]
    assert len(held["live_sessions_started"]) == 1
    assert date.fromisoformat(held["live_sessions_started"][0]["at"][:10])
