"""The sheet for a team's meeting: whose words may stand on it, whose never do, and what it says of the team."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from api.house import House
from coding.consent import Correction, correct_agreement, participants_of, switch_real_practice
from coding.excerpts import let_team_read, team_may_read
from coding.ledger import Given
from coding.review.actions import begin_review
from coding.review.sign_off import sign_off_review
from coding.withdraw import withdraw_session
from models.coding import CodeRow
from models.columns import utc_now
from models.consent import Agreement, HowGiven, LawfulBasis, Participant, Scope, SessionBasis, Who
from models.double_coding import DoubleCoding
from models.errors import NotAllowed, NotFound
from models.name_check import NameCheck
from models.organisation import Organisation, Team
from models.people.leaving import mark_as_left
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession, SessionKind
from models.retention import Part, RetentionStep
from models.review import Review
from models.withdrawal import Why
from tests.coding.review.conftest import Bench, add_coded_session, bench
from tests.conftest import People, add_person
from tests.web.conftest import Client, client
from tests.web.test_audit import noted
from training.supervision.pack import Pack, Wanted, build_pack
from web.worker import Worker

__all__ = ["bench", "client"]
ONE = pytest.mark.parametrize("database_kind", ["sqlite"])
TALK = """\
Worker: Q What would you like the mornings to be like, if Olu may ask?
Parent: ST Number {n} is how it is, and I cannot see how it could be any different.
Worker: CR You have tried so hard already that hoping again has become a risk for you.
Parent: CT Yes, but I want the children to wake up in a calm house again.
Worker: Q Is it the evenings? Q Is it the nights? Q Is it the wine?
Parent: FN It is the evenings.
"""
SAID = "hoping again has become a risk"


@dataclass(frozen=True)
class Meeting:
    """Three people of the team have a signed-off session each, in the order of `people`."""

    house: House
    team_id: UUID
    coach: Actor
    people: tuple[Actor, Actor, Actor]
    sessions: tuple[UUID, UUID, UUID]

    def agree(self, *at: int, agreed: bool = True) -> None:
        with self.house.database.write() as session:
            for one in at:
                practice = session.get_one(PracticeSession, self.sessions[one])
                let_team_read(session, practice=practice, agreed=agreed, by=self.people[one])

    def pack(self, *, reader: Actor | None = None, wanted: Wanted | None = None) -> Pack:
        with self.house.database.read() as session:
            team = session.get_one(Team, self.team_id)
            return build_pack(session, team, reader=reader or self.coach, wanted=wanted)


@pytest.fixture
def meeting(bench: Bench, people: People, worker: Worker) -> Meeting:
    house = bench.house
    with house.database.write() as session:
        home, team = session.get_one(Organisation, people.owner.organisation_id), session.get_one(Team, people.team.id)
        third = add_person(session, home, "Thea Third", team=team, role=Role.TRAINEE, role_team=team)
    three = (people.owner, people.teammate, third)
    sessions = []
    for number, who in enumerate(three):
        sessions.append(add_coded_session(house, worker, who, talk=TALK.format(n=number) * 2))
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, sessions[-1])
            review = begin_review(session, practice=practice, by=bench.coach)
            sign_off_review(session, review=review, expected=0, by=bench.coach)
    return Meeting(house, people.team.id, bench.coach, three, (sessions[0], sessions[1], sessions[2]))


def test_without_anybodys_word_nothing_is_read(client: Client, meeting: Meeting) -> None:
    page = client(meeting.coach).get(f"/team/{meeting.team_id}/pack").text
    assert SAID not in page
    assert "No excerpt can be read yet." in page
    assert "room to grow" in page  # themes are figures of the whole team
    assert "From 3 role play sessions of 3 people" in page
    assert noted(meeting.house, "excerpt_shown") == []


def test_three_stretches_without_names_or_days(client: Client, meeting: Meeting) -> None:
    meeting.agree(0, 1, 2)
    pack, page = meeting.pack(), client(meeting.coach).get(f"/team/{meeting.team_id}/pack").text
    assert {one.session_id for one in pack.excerpts} == set(meeting.sessions)  # of three people
    sheet = page.partition("data-sheet")[2].partition("</section>")[0]
    assert sheet.count(SAID) == 3
    for who in meeting.people:
        for part in who.name.split():
            assert part not in sheet
    assert "if […] may ask" in sheet
    assert str(utc_now().year) not in sheet
    assert "sessions/" not in sheet
    rows = noted(meeting.house, "excerpt_shown")
    assert {row.subject_id for row in rows} == set(meeting.sessions)
    assert all(row.actor_id == meeting.coach.person_id and SAID not in str(row.details) for row in rows)
    client(meeting.coach).get(f"/team/{meeting.team_id}/pack")
    assert len(noted(meeting.house, "excerpt_shown")) == 3  # once an hour


@ONE
def test_who_speaks_is_as_sure_where_a_line_was_not_scored(meeting: Meeting) -> None:
    """It follows from the codes where every line has one, and otherwise from who spoke each turn."""
    meeting.agree(0, 1, 2)
    whole = meeting.pack()
    with meeting.house.database.write() as session:
        codings = select(Review.made_coding_id).where(col(Review.made_coding_id).is_not(None))
        last = select(CodeRow).where(col(CodeRow.coding_id).in_(codings)).order_by(col(CodeRow.utterance_id).desc())
        kept = {row.coding_id: row for row in reversed(session.exec(last).all())}
        assert [row.code for row in kept.values()] == ["FN"] * 3
        for row in kept.values():
            session.delete(row)
    without = meeting.pack()
    assert {one.key: one.turns for one in whole.excerpts} == {one.key: one.turns for one in without.excerpts}
    assert [who for one in whole.excerpts for who in {turn.who for turn in one.turns}].count("Parent") == 3


@ONE
def test_a_coach_chooses_swaps_and_leaves_words_out(client: Client, meeting: Meeting) -> None:
    meeting.agree(0)
    pack, path = meeting.pack(), f"/team/{meeting.team_id}/pack"
    assert len({one.key for one in pack.excerpts if one.key}) == 2  # two that do not overlap
    key = pack.choices[0][0]
    page = client(meeting.coach).post(
        path, data={"excerpt_2": key, "without_2": "Calm  house, hoping", "excerpt_1": ""}
    )
    sheet = page.text.partition("data-sheet")[2].partition("</section>")[0]
    assert sheet.count("<article") == 1
    assert "in a […] again" in sheet
    assert "that […] again has become" in sheet
    assert 'value="Calm  house, hoping"' in page.text
    nonsense = {"excerpt_1": f"{meeting.sessions[1]}.reflections.0-2", "excerpt_2": "<b>", "without_1": "x" * 5000}
    assert "<article" not in client(meeting.coach).post(path, data=nonsense).text


def _ledger(meeting: Meeting, at: int, *, scopes: dict[int, tuple[Scope, ...]], who: Who) -> None:
    """What each person of the session agreed to, by position; the second one is a `who`."""
    with meeting.house.database.write() as session:
        practice = session.get_one(PracticeSession, meeting.sessions[at])
        second = (col(Participant.session_id) == practice.id, col(Participant.position) == 2)
        session.exec(update(Participant).where(*second).values(who=who))
        given = Given(HowGiven.SAID, utc_now().date())
        for one in participants_of(session, practice.id):
            correct_agreement(
                session, practice=practice, participant=one,
                correction=Correction(dict.fromkeys(scopes[one.position], given)), by=meeting.people[at],
            )  # fmt: skip


def _made_real(meeting: Meeting, at: int, *, on: bool = True) -> None:
    with meeting.house.database.write() as session:
        practice = session.get_one(PracticeSession, meeting.sessions[at])
        practice.kind = SessionKind.REAL_PRACTICE
        home = practice.organisation_id
        session.add(
            SessionBasis(session_id=practice.id, basis=LawfulBasis.PUBLIC_TASK, recorded_by_id=practice.added_by_id)
        )
        boss = add_person(session, session.get_one(Organisation, home), "Addy Admin", role=Role.ADMINISTRATOR)
        switch_real_practice(session, organisation_id=home, on=on, by=boss)


@ONE
def test_of_a_real_session_the_family_agreed_too(client: Client, meeting: Meeting) -> None:
    meeting.agree(0)
    _made_real(meeting, 0)
    both = (Scope.SUPERVISION, Scope.TEAM_LEARNING)
    _ledger(meeting, 0, scopes={1: both, 2: (Scope.SUPERVISION,)}, who=Who.FAMILY_MEMBER)
    assert meeting.pack().shown == []
    owner = client(meeting.people[0]).get(f"/sessions/{meeting.sessions[0]}").text
    assert "which they have not" in owner
    _ledger(meeting, 0, scopes={1: both, 2: both}, who=Who.FAMILY_MEMBER)
    assert meeting.pack().shown == [meeting.sessions[0]]
    with meeting.house.database.write() as session:
        session.exec(update(Agreement).values(given_on=utc_now().date() - timedelta(days=9)))
        session.exec(update(Agreement).values(expires_on=utc_now().date() - timedelta(days=1)))
    assert meeting.pack().shown == []


@ONE
def test_a_role_play_in_which_somebody_took_their_agreement_back(meeting: Meeting) -> None:
    meeting.agree(0)
    assert meeting.pack().shown
    with meeting.house.database.write() as session:
        [_, other] = participants_of(session, meeting.sessions[0])
        session.add(
            Agreement(
                participant_id=other.id, scope=Scope.SUPERVISION, given=False, how=HowGiven.SAID,
                given_on=utc_now().date(), withdrawn_at=utc_now(), recorded_by_id=meeting.people[0].person_id,
            )
        )  # fmt: skip
    assert meeting.pack().shown == []


def _take_back(meeting: Meeting) -> None:
    meeting.agree(0, agreed=False)


def _words_go(meeting: Meeting) -> None:
    with meeting.house.database.write() as session:
        practice = session.get_one(PracticeSession, meeting.sessions[0])
        session.add(
            RetentionStep(
                organisation_id=practice.organisation_id, session_id=practice.id, kind=practice.kind, part=Part.WORDS,
                since=utc_now(), since_coded=True, period="test",
            )
        )  # fmt: skip


def _withdraw(meeting: Meeting) -> None:
    with meeting.house.database.write() as session:
        practice = session.get_one(PracticeSession, meeting.sessions[0])
        withdraw_session(session, practice=practice, why=Why.ASKED, by=meeting.people[0])


def _leaves(meeting: Meeting) -> None:
    with meeting.house.database.write() as session:
        mark_as_left(session, person=session.get_one(Person, meeting.people[0].person_id), by=None)


def _other_team(meeting: Meeting) -> None:
    with meeting.house.database.write() as session:
        practice = session.get_one(PracticeSession, meeting.sessions[0])
        other = Team(organisation_id=practice.organisation_id, name="South")
        session.add(other)
        session.flush()
        practice.team_id = other.id


def _blind(meeting: Meeting) -> None:
    with meeting.house.database.write() as session:
        practice = session.get_one(PracticeSession, meeting.sessions[0])
        review = session.exec(select(Review).where(col(Review.session_id) == practice.id)).one()
        session.add(
            DoubleCoding(
                organisation_id=practice.organisation_id, session_id=practice.id, first_review_id=review.id,
                percent=100, second_id=meeting.coach.person_id,
            )
        )  # fmt: skip


def _names_unchecked(meeting: Meeting) -> None:
    with meeting.house.database.write() as session:
        session.exec(delete(NameCheck).where(col(NameCheck.session_id) == meeting.sessions[0]))
        session.add(NameCheck(session_id=meeting.sessions[0], said=b"sealed"))


@ONE
@pytest.mark.parametrize("happens", [_take_back, _words_go, _withdraw, _leaves, _other_team, _blind, _names_unchecked])
def test_what_ends_it(meeting: Meeting, happens: Callable[[Meeting], None]) -> None:
    meeting.agree(0, 1)
    chosen = meeting.pack()
    assert set(chosen.shown) == set(meeting.sessions[:2])
    happens(meeting)
    again = meeting.pack(wanted=Wanted(tuple(one.key for one in chosen.excerpts), ()))
    assert again.shown == [meeting.sessions[1]]  # what was chosen before is not there any more


@ONE
def test_only_the_practitioner_says_it(client: Client, meeting: Meeting, people: People) -> None:
    path = f"/sessions/{meeting.sessions[0]}"
    with meeting.house.database.write() as session:
        practice = session.get_one(PracticeSession, meeting.sessions[0])
        with pytest.raises(NotAllowed):
            let_team_read(session, practice=practice, agreed=True, by=meeting.coach)
        with pytest.raises(NotFound):
            let_team_read(session, practice=practice, agreed=True, by=people.stranger)
    coach = client(meeting.coach)
    assert "May your team read" not in coach.get(path).text
    assert coach.post(f"{path}/team-reads", data={"agreed": "yes"}).status_code == 403
    owner = client(people.owner)
    assert "Not unless you say yes." in owner.get(path).text
    assert "You said yes." in owner.post(f"{path}/team-reads", data={"agreed": "yes"}).text
    owner.post(f"{path}/team-reads", data={"agreed": "yes"})
    assert len(noted(meeting.house, "excerpt_agreed")) == 1
    assert "Not unless you say yes." in owner.post(f"{path}/team-reads", data={"agreed": "no"}).text
    assert len(noted(meeting.house, "excerpt_refused")) == 1
    with meeting.house.database.read() as session:
        assert not team_may_read(session, meeting.sessions[0])


@ONE
def test_what_cannot_be_noted_is_not_read(client: Client, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit cannot be written")

    meeting.agree(0, 1)
    path, keys, coach = f"/team/{meeting.team_id}/pack", meeting.pack().choices, client(meeting.coach)
    monkeypatch.setattr("models.audit._append", broken)
    for answer in (coach.get(path), coach.post(path, data={"excerpt_1": keys[0][0]})):
        assert answer.status_code == 500
        assert SAID not in answer.text


@ONE
def test_two_people_are_too_few_for_a_theme(meeting: Meeting) -> None:
    with meeting.house.database.write() as session:
        session.get_one(PracticeSession, meeting.sessions[2]).held_on -= timedelta(days=92)
    pack = meeting.pack()
    assert (pack.sessions, pack.people, pack.themes) == (2, 2, ())
    assert pack.practice is not None


@ONE
def test_kinds_are_not_mixed(meeting: Meeting) -> None:
    _made_real(meeting, 1)
    assert (meeting.pack().kind, meeting.pack().sessions, meeting.pack().themes) == ("role play", 2, ())
