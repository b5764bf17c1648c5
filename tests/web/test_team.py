"""The team's page: who waits comes first, what is said of whom, who sees it, and that it costs the same for more."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from api.house import House
from coding import session_figures
from coding.scheme.summary import ScoreName
from coding.session_figures import put_figures
from models.coding import Coding
from models.columns import utc_now
from models.double_coding import DoubleCoding
from models.figures import SessionFigure
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Person, Role, RoleGrant
from models.practice import PracticeSession, SessionKind
from models.review import Review
from tests.conftest import People, add_person
from tests.web.conftest import Client, client
from tests.web.planted import plant
from training.planning.figures import coded_shares, keep_missing_shares
from training.planning.history import now_for, plan_of, rule_for
from training.planning.kept_shares import kept_shares
from training.planning.many import load_newest, plans_of
from training.planning.team import people_of
from training.supervision.team_view import Turn, build_team_view
from web.kept_figures import enter_kept_figures
from web.navigation import menu

__all__ = ["client"]
ONE = pytest.mark.parametrize("database_kind", ["sqlite"])
RQ, MINA = ScoreName.REFLECTION_TO_QUESTION, ScoreName.MI_NON_ADHERENT


def days_ago(days: int) -> date:
    return utc_now().date() - timedelta(days=days)


def plant_run(house: House, people: People, who: Actor, values: list[float], **more: object) -> None:
    """One session a week, the oldest first, the last one today, with these reflections for each question."""
    with house.database.write() as session:
        for at, value in enumerate(reversed(values)):
            plant(session, who, people.team.id, days_ago(7 * at), scores={RQ: value}, **more)  # type: ignore[arg-type]


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    with house.database.read() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_owner_coach_and_strangers(client: Client, people: People, house: House) -> None:
    plant_run(house, people, people.owner, [1.0])
    path = f"/team/{people.team.id}"
    for who in (people.owner, people.teammate, people.lead, people.stranger, people.stranger_coach):
        assert client(who).get(path).status_code == 404
        assert client(who).get(f"{path}/pack").status_code == 404
        assert client(who).post(f"{path}/pack").status_code == 404
    for who in (people.owner, people.lead, people.stranger):
        assert client(who).get("/team").status_code == 404
    coach = client(people.colleague)
    page = coach.get("/team")
    assert page.url.path == path  # who coaches one team is taken to it
    assert "Olu Owner" in page.text
    assert page.text.count("data-person") == 2  # their own row is nobody's to see
    assert coach.get(f"/team/{people.owner.person_id}").status_code == 404


@ONE
def test_the_menu_has_it_for_who_coaches(people: People) -> None:
    assert "/team" in [item.href for item in menu(people.colleague)]
    assert "/team" not in [item.href for item in menu(people.owner)]
    assert "/team" not in [item.href for item in menu(people.lead)]


@ONE
def test_several_teams_are_a_list_and_an_empty_one_says_so(client: Client, people: People, house: House) -> None:
    with house.database.write() as session:
        south = Team(organisation_id=people.owner.organisation_id, name="South")
        session.add(south)
        session.flush()
        session.add(RoleGrant(person_id=people.colleague.person_id, role=Role.COACH, team_id=south.id))
        south_id = south.id
    plant_run(house, people, people.owner, [1.0])
    coach = client(people.colleague)
    page = coach.get("/team")
    assert page.url.path == "/team"
    assert page.text.index("Family Safeguarding North") < page.text.index("South")
    assert "1 to review" in page.text
    empty = coach.get(f"/team/{south_id}").text
    assert "Nobody else is in this team yet." in empty
    with house.database.write() as session:
        for grant in session.exec(select(RoleGrant).where(col(RoleGrant.person_id) == people.colleague.person_id)):
            grant.team_id = None
    assert "South" in client(people.colleague).get("/team").text


@ONE
def test_who_waits_comes_first_and_nobody_by_skill(people: People, house: House) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        home.review_days = 5
        team = session.get_one(Team, people.team.id)
        new = {
            name: add_person(session, home, name, team=team, role=Role.TRAINEE, role_team=team)
            for name in ("Ann Again", "Bo Better", "Zed Zest")
        }
        for grant in session.exec(select(RoleGrant).where(col(RoleGrant.person_id) == people.teammate.person_id)):
            grant.started_at -= timedelta(days=90)
        good, poor = {RQ: 3.0}, {RQ: 0.1}
        plant(session, new["Zed Zest"], team.id, days_ago(9), scores=good)
        plant(session, new["Bo Better"], team.id, days_ago(2), scores=good)
        plant(session, people.owner, team.id, days_ago(30), scores=poor, signed_by=people.colleague)
    with house.database.read() as session:
        view = build_team_view(session, session.get_one(Team, people.team.id), reader=people.colleague)
    assert [(row.plan.name, row.turn) for row in view.rows] == [
        ("Zed Zest", Turn.OVERDUE), ("Bo Better", Turn.WAITS), ("Toni Teammate", Turn.FEEDBACK_DUE),
        ("Ann Again", Turn.NOTHING_WAITS), ("Olu Owner", Turn.NOTHING_WAITS),
    ]  # fmt: skip
    assert (view.waiting, view.overdue, view.due, view.lately, view.never) == (2, 1, 1, 3, 2)
    assert view.rows[0].waiting is not None
    assert view.rows[0].waiting.due == "Overdue by 4 days"
    assert view.rows[-1].last is not None
    assert view.rows[-1].last.coded == "signed off by a coach"


@ONE
def test_what_the_page_says_of_each(client: Client, people: People, house: House) -> None:
    plant_run(house, people, people.owner, [2.0, 2.1, 1.9, 2.0, 0.9, 1.0, 1.1], signed_by=people.colleague)
    with house.database.write() as session:
        plant(session, people.teammate, people.team.id, days_ago(1), kind=SessionKind.SIMULATED)
    page = client(people.colleague).get(f"/team/{people.team.id}").text
    assert "1 of 2 people recorded a role play or a real session" in page
    assert "1 never did" in page
    assert "Reflections to questions fell from 2 : 1 to 1 : 1 (−1.2 to −0.8)" in " ".join(
        page.replace("\xa0", " ").split()
    )
    assert "the newest 3 role plays against the 4 before, signed off by a coach" in page
    assert "Less MI than before" in page
    looked_at = page.split("The sessions looked at", 1)[1].split("</details>", 1)[0]
    sessions = re.findall(r'href="(/sessions/[^"]+)"', looked_at)
    newest = looked_at.split("Before:", 1)[0]
    with house.database.read() as session:
        rows = select(PracticeSession.id).where(col(PracticeSession.kind) == SessionKind.ROLE_PLAY)
        inside = session.exec(rows.order_by(col(PracticeSession.held_on).desc())).all()
    assert sessions == [f"/sessions/{one}" for one in inside]
    assert newest.count("href=") == 3
    assert "Only talks with a simulated parent so far." in page
    assert page.count("Never recorded") == 1
    assert page.count("Suggest what to practise") == 2


@ONE
def test_no_session_at_all(client: Client, people: People) -> None:
    page = client(people.colleague).get(f"/team/{people.team.id}").text
    assert page.count("No session yet that you can see.") == 2
    assert "0 of 2 people" in page
    assert "data-move" not in page


@ONE
def test_what_is_to_be_coded_blind_is_not_told(people: People, house: House) -> None:
    plant_run(house, people, people.owner, [2.0, 2.1, 1.9, 2.0, 0.9, 1.0, 1.1], signed_by=people.colleague)
    with house.database.write() as session:
        home, team = session.get_one(Organisation, people.owner.organisation_id), session.get_one(Team, people.team.id)
        second = add_person(session, home, "Sid Second", team=team, role=Role.COACH, role_team=team)
        newest = session.exec(select(PracticeSession).order_by(col(PracticeSession.held_on).desc())).first()
        assert newest is not None
        review = session.exec(select(Review).where(col(Review.session_id) == newest.id)).one()
        session.add(
            DoubleCoding(
                organisation_id=home.id, session_id=newest.id, first_review_id=review.id, percent=100,
                second_id=second.person_id,
            )
        )  # fmt: skip
    with house.database.read() as session:
        team = session.get_one(Team, people.team.id)
        [row] = [one for one in build_team_view(session, team, reader=second).rows if one.plan.name == "Olu Owner"]
        assert row.last is not None
        assert (row.last.id, row.last.coded) == (newest.id, "waits for you to code it blind")
        assert len(load_newest(session, [people.owner.person_id], reader=second).coded_of(people.owner.person_id)) == 6
        assert row.drift == ()


def test_plans_of_many_are_those_of_each(people: People, house: House) -> None:
    """Also with more sessions than are loaded, of several kinds, some signed off."""
    with house.database.write() as session:
        for at in range(12):
            signed = people.colleague if at % 3 else None
            kind = SessionKind.SIMULATED if at % 4 == 0 else SessionKind.ROLE_PLAY
            plant(session, people.owner, people.team.id, days_ago(5 * at), kind=kind, signed_by=signed)
        plant(session, people.teammate, people.team.id, days_ago(400))
    with house.database.read() as session:
        rule = rule_for(session, people.owner.organisation_id)
        now = now_for(rule)
        members = [person for person, _ in people_of(session, people.colleague)]
        newest = load_newest(session, [one.id for one in members], reader=people.colleague)
        many = plans_of(session, members, newest, reader=people.colleague, rule=rule, now=now)
        assert len(members) == 2
        for person in members:
            plan, history = plan_of(session, session.get_one(Person, person.id), reader=people.colleague, now=now)
            assert (many[person.id].plan, many[person.id].history) == (plan, history)


def test_what_is_kept_says_the_same_and_never_what_was(people: People, house: House) -> None:
    """The coding that counts, from figures and without; and a plan made before, once there is something new."""
    reader, ids = people.colleague, [people.owner.person_id]
    with house.database.write() as session:
        for at in range(4):
            plant(session, people.owner, people.team.id, days_ago(5 * at), signed_by=reader if at % 2 else None)
        without = load_newest(session, ids, reader=reader)
        assert sorted(one.by_person for one in without.codings.values()) == [False, False, True, True]
        for practice in session.exec(select(PracticeSession)).all()[:3]:
            put_figures(session, practice)
        assert load_newest(session, ids, reader=reader) == without
        for practice in session.exec(select(PracticeSession)).all():
            put_figures(session, practice)
    with house.database.read() as session, statements(house) as seen:
        assert load_newest(session, ids, reader=reader) == without
    assert not [one for one in seen if "transcript_version" in one]
    for days in (3, 2, 1):
        with house.database.write() as session:
            if days < 3:
                plant(session, people.owner, people.team.id, days_ago(days), signed_by=reader if days == 1 else None)
            rule = rule_for(session, people.owner.organisation_id)
            now = now_for(rule)
            members = [person for person, _ in people_of(session, reader)]
            newest = load_newest(session, [one.id for one in members], reader=reader)
            many = plans_of(session, members, newest, reader=reader, rule=rule, now=now)
            owner = session.get_one(Person, people.owner.person_id)
            assert (many[owner.id].plan, many[owner.id].history) == plan_of(session, owner, reader=reader, now=now)


def test_kept_shares_are_those_of_the_codes(
    people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Of machines with their intervals and of people; and a coding after the night is not left out."""
    monkeypatch.setattr(session_figures, "ADDITIONS", {})
    with house.database.write() as session:
        for at in range(3):
            plant(session, people.owner, people.team.id, days_ago(at), signed_by=people.colleague if at else None)
        for practice in session.exec(select(PracticeSession)):
            put_figures(session, practice)
        codings = session.exec(select(Coding.id)).all()
        live = coded_shares(session, codings)
        organisation_id = people.owner.organisation_id
        assert [keep_missing_shares(session, organisation_id, most=2) for _ in range(4)] == [2, 2, 1, 0]
    with house.database.read() as session:
        kept = kept_shares(session, codings)
        assert kept == live
        assert len(kept) == 5
        with statements(house) as seen:
            assert coded_shares(session, codings) == live
        assert not [one for one in seen if "utterance" in one]
    with house.database.write() as session:
        plant(session, people.owner, people.team.id, days_ago(0))
        every = session.exec(select(Coding.id)).all()
        assert len(coded_shares(session, every)) == 6
        for row in session.exec(select(SessionFigure)):
            row.skill_shares = {**(row.skill_shares or {}), "version": 0}
        session.flush()
        assert kept_shares(session, every) == {}
        assert keep_missing_shares(session, organisation_id, most=9) == 5


@ONE
def test_shares_are_kept_as_a_session_is_coded(people: People, house: House) -> None:
    """As the website and a worker have it: no page has to read the codes of today's sessions."""
    enter_kept_figures()
    with house.database.write() as session:
        plant(session, people.owner, people.team.id, days_ago(0), signed_by=people.colleague)
        rows = put_figures(session, session.exec(select(PracticeSession)).one())
        codings = [row.coding_id for row in rows]
        kept = kept_shares(session, codings)
        assert len(kept) == len(codings) == 2
        for row in rows:
            row.skill_shares = None
        session.flush()
        assert coded_shares(session, codings) == kept
        assert keep_missing_shares(session, people.owner.organisation_id, most=9) == 2
        session.flush()
        session.expire_all()
        assert kept_shares(session, codings) == kept


@ONE
def test_twice_the_sessions_and_people_take_the_same_queries(people: People, house: House) -> None:
    def asked() -> list[str]:
        with house.database.read() as session:
            team = session.get_one(Team, people.team.id)
            with statements(house) as seen:
                build_team_view(session, team, reader=people.colleague)
        return seen

    def add(weeks: range) -> None:
        with house.database.write() as session:
            for who in (people.owner, people.teammate):
                for week in weeks:
                    signed = people.colleague if week % 2 else None
                    plant(session, who, people.team.id, days_ago(7 * week), scores={RQ: 1.0}, signed_by=signed)

    add(range(12))
    before = asked()
    add(range(12, 24))
    assert len(asked()) == len(before)
    with house.database.write() as session:
        home, team = session.get_one(Organisation, people.owner.organisation_id), session.get_one(Team, people.team.id)
        for number in range(8):
            who = add_person(session, home, f"New {number}", team=team, role=Role.TRAINEE, role_team=team)
            plant(session, who, team.id, days_ago(number), scores={MINA: 2.0})
    assert len(asked()) == len(before)
    assert len(before) < 30
    with house.database.read() as session:
        newest = load_newest(session, [people.owner.person_id], reader=people.colleague)
        assert len(newest.sessions) == 9
