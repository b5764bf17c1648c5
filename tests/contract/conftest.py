"""Somebody of every role, here and in another authority, and what of the owner's they may come across."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from coding.actions import add_transcript_session
from coding.check_names import finish_check
from coding.details import SessionDetails
from coding.feedback.contests import contest_code
from coding.feedback.lines import signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.thread import write_message
from coding.feedback.write import save_feedback
from coding.recordings import begin_recording
from coding.requests import ask
from coding.resumable import begin_upload
from coding.review.actions import begin_review, put_away
from coding.review.sign_off import sign_off_review, signed_off
from coding.transcript.read import read_transcripts
from coding.withdraw import withdraw_session
from models.columns import new_id, utc_now
from models.double_coding import DoubleCoding, DoubleCodingRule
from models.organisation import Organisation, OrganisationKind, Team
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, SessionKind
from models.session_request import RequestKind
from models.sign_in import make_organisation
from models.withdrawal import Why
from tests.conftest import CONVERSATION, People, add_person, work_off
from tests.contract.everybody import PLANTED, Everybody, RecordIds, SignedIds
from tests.contract.made_learning import Learning, written_exercise
from tests.contract.made_places import Places, add_client
from tests.contract.rule import ADMINISTRATOR, CLIENT, COACH, EVALUATOR, LEAD, NOBODY, OWNER, TEAMMATE
from tests.web.conftest import client
from web.worker import Worker

__all__ = ["PLANTED", "Everybody", "client", "written_exercise"]


@pytest.fixture
def everybody(house: House, people: People, worker: Worker) -> Everybody:
    with house.database.write() as session:
        home = session.exec(select(Organisation).where(col(Organisation.id) == people.owner.organisation_id)).one()
        away = session.exec(select(Organisation).where(col(Organisation.id) == people.stranger.organisation_id)).one()
        home.evaluation_opt_in = True
        centre = make_organisation(session, name="Elm University", kind=OrganisationKind.EVALUATION)
        actors: dict[str, Actor | None] = {
            OWNER: people.owner, COACH: people.colleague, TEAMMATE: people.teammate, LEAD: people.lead,
            ADMINISTRATOR: add_person(session, home, "Addy Administrator", role=Role.ADMINISTRATOR),
            EVALUATOR: add_person(session, centre, "Eve Evaluator", role=Role.EVALUATOR),
            CLIENT: add_client(session, home),
            "stranger": people.stranger, "coach elsewhere": people.stranger_coach,
            "administrator elsewhere": add_person(session, away, "Ada Elsewhere", role=Role.ADMINISTRATOR),
            NOBODY: None,
        }  # fmt: skip
        team = session.get_one(Team, people.team.id)
        other_coach = add_person(session, home, "Otto Other", role=Role.COACH, role_team=team)

    def new_session() -> UUID:
        title, said, goal = PLANTED
        details = SessionDetails(
            practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
            agreement_confirmed=True, title=title, change_goal=goal,
        )  # fmt: skip
        parsed = read_transcripts("talk.txt", f"{CONVERSATION}Parent: There was {said}.\n".encode())[0]
        with house.database.write() as session:
            return add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner).id

    def new_withdrawal() -> UUID:
        practice_id = new_session()
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, practice_id)
            return withdraw_session(session, practice=practice, why=Why.ASKED, by=people.owner).id

    def new_recording() -> UUID:
        with house.database.write() as session:
            details = {"kind": "role_play", "agreement_confirmed": "yes", "title": PLANTED[0]}
            return begin_recording(session, details=details, media_type="audio/webm", microphones=1, by=people.owner).id

    def new_resumable() -> UUID:
        with house.database.write() as session:
            details = {"kind": "role_play", "agreement_confirmed": "yes", "title": PLANTED[0]}
            made = begin_upload(session, details=details, file_name="a.wav", size_bytes=8, by=people.owner)
            return made.id

    def new_request() -> UUID:
        practice_id = new_session()
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, practice_id)
            about: dict[str, Any] = {"kind": RequestKind.CORRECTION, "words": PLANTED[1]}
            return ask(session, practice=practice, by=people.owner, **about).id

    def new_review() -> UUID:
        """The coach's only open one, of a session whose names are checked."""
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, checked)
            review = begin_review(session, practice=practice, by=people.colleague)
            put_away(session, review=review, by=people.colleague)
            return begin_review(session, practice=practice, by=people.colleague).id

    def new_double() -> UUID:
        """The coach is to code it blind."""
        with house.database.write() as session:
            task = session.get_one(DoubleCoding, drawn)
            task.second_id = people.colleague.person_id
            return task.id

    def check_names(session_id: UUID) -> None:
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, session_id)
            finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=people.owner)

    def new_signed() -> SignedIds:
        session_id = new_session()
        work_off(worker)
        check_names(session_id)
        words = FeedbackWords((Point(PLANTED[1]),), Point(PLANTED[1]))
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, session_id)
            for drawing in session.exec(select(DoubleCodingRule)):
                drawing.percent = 0  # a route before this may have set it, and the second coach would code blind
            for by in (people.colleague, other_coach):
                sign_off_review(session, review=begin_review(session, practice=practice, by=by), expected=0, by=by)
            save_feedback(session, practice=practice, words=words, send=True, by=people.colleague)
            said: dict[str, Any] = {"words": PLANTED[1], "client_id": new_id()}
            message = write_message(session, practice=practice, by=people.owner, **said)
            review = signed_off(session, session_id)
            assert review is not None
            line = signed_lines(session, review)[-1]
            contested: dict[str, Any] = {"code": "FN" if line.code != "FN" else "CT", "subtype": None}
            contest = contest_code(
                session, practice=practice, utterance_id=line.id, reason=PLANTED[1], by=people.owner, **contested
            )
            return SignedIds(session_id, message.id, contest.id)

    coded, checked, twice = new_session(), new_session(), new_session()
    work_off(worker)
    check_names(checked)
    check_names(twice)
    with house.database.write() as session:
        rule = DoubleCodingRule(organisation_id=home.id, percent=100, seed=b"of the contract")
        session.add(rule)
        review = begin_review(session, practice=session.get_one(PracticeSession, twice), by=other_coach)
        sign_off_review(session, review=review, expected=0, by=other_coach)
        drawn = session.exec(select(DoubleCoding.id)).one()
        rule.percent = 0
    admin = actors[ADMINISTRATOR]
    assert admin is not None
    learning, places = Learning(house, people), Places(house, people, admin)
    return Everybody(
        actors,
        coded,
        new_session,
        new_withdrawal,
        new_recording,
        places.new_person,
        places.new_team,
        places.new_sign_in,
        places.new_token,
        new_request,
        places.new_client,
        new_review,
        new_double,
        learning.new_conversation,
        learning.new_spoken,
        learning.new_attempt,
        learning.new_objection,
        new_signed,
        new_signed(),
        learning.new_pathway,
        learning.new_cohort,
        learning.new_live,
        learning.new_live(),
        RecordIds(learning.new_certificate, learning.new_entry, learning.new_key),
        places.new_upload,
        places.webhook,
        places.new_platform,
        places.new_system,
        new_resumable,
    )
