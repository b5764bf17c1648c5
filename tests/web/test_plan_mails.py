"""Reminders and nudges: to whom, when, how often, without a word of a session, and stopped without signing in."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select, update

from api.house import House
from models.columns import utc_now
from models.job import Job, JobState
from models.organisation import Organisation
from models.people.leaving import mark_as_left
from models.permissions import Actor
from models.person import Person, Role, RoleGrant
from models.plan import PlanMail, PlanMailKind, PlanRule, PlanSetting
from models.queue import enqueue
from tests.conftest import People, add_person, work_off
from tests.web.conftest import Client, client
from tests.web.test_audit import noted
from training.plan.values import Attempt, PlanExercise
from training.planning import history as history_module
from training.planning import hour as hour_module
from training.planning.hour import NAME, ensure_practice_mails, mail_who_waits
from training.skills import Skill
from web.worker import Worker

__all__ = ["client"]
ONE = pytest.mark.parametrize("database_kind", ["sqlite"])
LIBRARY = tuple(PlanExercise(f"{one.value}-{n}", "m", one, 1, "Answer") for one in Skill for n in range(3))
TUESDAY = datetime(2026, 11, 24, 9, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "exercises_for", lambda *_: LIBRARY)


def remind(client: Client, who: Actor, *, days: str = "0123456", hour: str = "9", nudges: str = "") -> None:
    sent = {"reminders": "yes", "nudges": nudges, "days": list(days), "hour": hour}
    assert client(who).post("/plan/reminders", data=sent, follow_redirects=False).status_code == 303


def mails_at(house: House, who: Actor, at: datetime) -> list[PlanMailKind]:
    """What goes to them then."""
    with house.database.write() as session:
        return [
            one.kind for one in mail_who_waits(session, who.organisation_id, at=at) if one.person_id == who.person_id
        ]  # fmt: skip


def long_ago(house: House, *people: Actor) -> None:
    with house.database.write() as session:
        ids = [one.person_id for one in people]
        session.exec(
            update(RoleGrant).where(col(RoleGrant.person_id).in_(ids)).values(started_at=TUESDAY - timedelta(days=200))
        )


@ONE
def test_a_reminder_comes_once_on_its_day_and_hour(client: Client, people: People, house: House) -> None:
    assert mails_at(house, people.owner, TUESDAY) == []  # nobody is reminded who did not ask for it
    remind(client, people.owner, days="13", hour="9")
    assert mails_at(house, people.owner, TUESDAY - timedelta(hours=1)) == []
    assert mails_at(house, people.owner, TUESDAY + timedelta(hours=3)) == []  # too late for it
    assert mails_at(house, people.owner, TUESDAY + timedelta(hours=1)) == [PlanMailKind.REMINDER]
    assert mails_at(house, people.owner, TUESDAY + timedelta(hours=1)) == []
    assert mails_at(house, people.owner, TUESDAY + timedelta(days=1)) == []  # Wednesday
    assert mails_at(house, people.owner, TUESDAY + timedelta(days=2)) == [PlanMailKind.REMINDER]


@ONE
def test_the_hour_is_that_of_the_organisation(client: Client, people: People, house: House) -> None:
    remind(client, people.owner)
    summer = datetime(2026, 7, 7, 8, 5, tzinfo=UTC)  # 9:05 in London
    assert mails_at(house, people.owner, summer) == [PlanMailKind.REMINDER]
    with house.database.write() as session:
        session.add(PlanRule(organisation_id=people.owner.organisation_id, time_zone="Pacific/Auckland"))
    assert mails_at(house, people.owner, TUESDAY) == []
    assert mails_at(house, people.owner, datetime(2026, 11, 24, 20, 5, tzinfo=UTC)) == [PlanMailKind.REMINDER]


@ONE
def test_no_reminder_for_who_has_practised_or_paused(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    remind(client, people.owner)
    done = Attempt(LIBRARY[0].id, LIBRARY[0].skill, 1, True, TUESDAY - timedelta(hours=1))
    with monkeypatch.context() as patch:
        patch.setattr(history_module, "attempts_of", lambda *_: (done,))
        assert mails_at(house, people.owner, TUESDAY) == []
    client(people.owner).post("/plan/pause", data={"paused": "yes"})
    assert mails_at(house, people.owner, TUESDAY) == []
    client(people.owner).post("/plan/pause")
    assert mails_at(house, people.owner, TUESDAY) == [PlanMailKind.REMINDER]


@ONE
def test_nudges_go_to_both_and_seldom(client: Client, people: People, house: House) -> None:
    both = (people.owner, people.colleague)
    assert [mails_at(house, one, TUESDAY) for one in both] == [[], []]  # they have just begun
    long_ago(house, people.owner)
    with house.database.write() as session:
        home = people.owner.organisation_id
        sent = {(one.person_id, one.kind) for one in mail_who_waits(session, home, at=TUESDAY)}
    assert sent == {
        (people.owner.person_id, PlanMailKind.NUDGE), (people.colleague.person_id, PlanMailKind.COACH_NUDGE),
    }  # fmt: skip
    for days in (0, 1, 6, 7, 13):
        assert mails_at(house, people.owner, TUESDAY + timedelta(days=days)) == []
    assert mails_at(house, people.owner, TUESDAY + timedelta(days=14)) == [PlanMailKind.NUDGE]
    saturday = TUESDAY + timedelta(days=32)
    assert mails_at(house, people.owner, saturday) == []


@ONE
def test_who_is_both_gets_one_and_who_wants_none_gets_none(client: Client, people: People, house: House) -> None:
    with house.database.write() as session:
        grant = RoleGrant(person_id=people.colleague.person_id, role=Role.TRAINEE, team_id=people.team.id)
        session.add(grant)
    long_ago(house, people.owner, people.colleague)
    remind(client, people.owner, days="5", nudges="")
    assert mails_at(house, people.colleague, TUESDAY) == [PlanMailKind.NUDGE]
    assert mails_at(house, people.owner, TUESDAY) == []


def mailed(house: House, worker: Worker) -> list[str]:
    """As the worker does it now, whatever the hour is: the reminder is for this one."""
    with house.database.write() as session:
        session.exec(update(Job).where(col(Job.name) == NAME).values(state=JobState.CANCELLED))
        enqueue(session, NAME)
    work_off(worker)
    folder = house.settings.data_dir / "mail"
    return [one.read_text() for one in sorted(folder.glob("practice-*.eml"))] if folder.exists() else []


def test_the_mail_says_little_and_its_link_stops_it(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    now = utc_now().astimezone(history_module.now_for(PlanRule(organisation_id=people.owner.organisation_id)).tzinfo)
    remind(client, people.owner, hour=str(now.hour))
    [mail] = mailed(house, worker)
    assert "To: olu.owner@example.org" in mail
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail
    for word in ("%", "session", "open questions", "affirm", "reflect"):
        assert word not in mail.split("\n\n", 1)[1].lower()
    with house.database.read() as session:
        assert session.exec(select(PlanMail)).one().sent_at is not None
        assert (
            len(session.exec(select(Job).where(col(Job.name) == NAME, col(Job.state) == JobState.WAITING)).all()) == 1
        )
    assert len(mailed(house, worker)) == 1
    path = re.search(r"(/plan/stop-mails/\S+)", mail.split("\n\n", 1)[1].replace("=\n", ""))[1]  # type: ignore[index]
    nobody = client(None)
    assert "Stop mails about practice?" in nobody.get(path).text
    assert "are off" not in client(people.owner).get(path).text  # looking stops nothing
    for wrong in (path[:-1], path[:-1] + ("0" if path[-1] != "0" else "1"), "/plan/stop-mails/é", f"{path}0"):
        assert nobody.get(wrong).status_code == nobody.post(wrong).status_code == 404
    assert "Mails about practice are off" in nobody.post(path, data={"List-Unsubscribe": "One-Click"}).text
    with house.database.write() as session:
        setting = session.exec(select(PlanSetting)).one()
        assert (setting.reminders, setting.nudges) == (False, False)
        session.exec(update(PlanMail).values(on_day=now.date() - timedelta(days=9)))
    assert len(mailed(house, worker)) == 1
    assert [row.details.get("by_link") for row in noted(house, "reminders_set")] == [None, "yes"]


@ONE
def test_who_left_is_not_mailed(client: Client, people: People, house: House, worker: Worker) -> None:
    remind(client, people.owner)
    with house.database.write() as session:
        mail_who_waits(session, people.owner.organisation_id, at=TUESDAY)
        person = session.get_one(Person, people.owner.person_id)
        mark_as_left(session, person=person, by=None)
    work_off(worker)
    assert not (house.settings.data_dir / "mail").exists()
    with house.database.read() as session:
        assert session.exec(select(PlanSetting)).all() == []
    assert mails_at(house, people.owner, TUESDAY + timedelta(days=1)) == []


@ONE
def test_what_is_wrong_with_the_form_is_said(client: Client, people: People) -> None:
    owner = client(people.owner)
    wrong = owner.post("/plan/reminders", data={"reminders": "yes", "hour": "25"})
    assert wrong.status_code == 422
    assert "Choose at least one day" in wrong.text
    assert "Choose an hour from the list." in wrong.text
    remind(client, people.owner, days="6", hour="18")
    page = owner.get("/plan").text
    assert re.search(r'value="6" checked', page)
    assert re.search(r'<option value="18" selected>6 pm', page)


@ONE
def test_one_job_waits_however_often_a_worker_starts(house: House) -> None:
    for _ in range(2):
        ensure_practice_mails(house.database)
    with house.database.read() as session:
        assert len(session.exec(select(Job).where(col(Job.name) == NAME)).all()) == 1


@ONE
def test_what_fails_in_one_organisation_stops_no_other(
    people: People, house: House, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fails_at_home(_: object, organisation_id: UUID, **__: object) -> None:
        asked.append(organisation_id)
        if organisation_id == people.owner.organisation_id:
            raise RuntimeError("as if its time zone were gone")

    monkeypatch.setattr(hour_module, "mail_who_waits", fails_at_home)
    with house.database.write() as session:
        session.exec(update(Job).values(state=JobState.CANCELLED))
        enqueue(session, NAME)
    work_off(worker)
    assert {*asked} == {people.owner.organisation_id, people.stranger.organisation_id}
    with house.database.read() as session:
        assert session.exec(select(Job).where(col(Job.name) == NAME, col(Job.state) == JobState.WAITING)).one()


@ONE
def test_organisations_apart(client: Client, people: People, house: House) -> None:
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        other = add_person(session, away, "Ana Away", role=Role.TRAINEE)
    long_ago(house, people.owner, other)
    with house.database.write() as session:
        sent = {one.person_id for one in mail_who_waits(session, away.id, at=TUESDAY)}
    assert sent == {other.person_id}
