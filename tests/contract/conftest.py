"""Somebody of every role, here and in another authority, and what of the owner's they may come across."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from api.house import House
from coding.actions import add_transcript_session
from coding.check_names import finish_check
from coding.coder.desk import CodedLine
from coding.details import SessionDetails
from coding.feedback.contests import contest_code
from coding.feedback.lines import signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.thread import write_message
from coding.feedback.write import save_feedback
from coding.recordings import begin_recording
from coding.requests import ask
from coding.review.actions import begin_review, put_away
from coding.review.sign_off import sign_off_review, signed_off
from coding.scheme.codes import Behaviour, Speaker
from coding.spoken_answers import take_spoken
from coding.transcript.read import read_transcripts
from coding.withdraw import withdraw_session
from models.adoption import UploadKind
from models.api_client import SCOPES, make_api_client
from models.api_token import make_api_token, tokens_of
from models.browser_sign_in import sign_ins_of, start_sign_in
from models.certificate import LearningKind
from models.columns import new_id, utc_now
from models.double_coding import DoubleCoding, DoubleCodingRule
from models.exercise import ExerciseAttempt
from models.lti import LtiOutcome, LtiPlatform
from models.lti_launches import note_launch
from models.organisation import Organisation, OrganisationKind, Team
from models.people.inviting import link_of, open_invitation
from models.people.joining import add_and_invite
from models.people.teams import add_team
from models.permissions import Actor, narrowed
from models.person import Person, Role
from models.practice import PracticeSession, SessionKind
from models.session_request import RequestKind
from models.sign_in import actor_of, make_organisation
from models.webhook_actions import make_webhook, webhooks_of
from models.webhook_kept import WebhookState
from models.withdrawal import Why
from tests.conftest import CONVERSATION, People, add_person, work_off
from tests.contract.routes import (
    ADMINISTRATOR,
    CLIENT,
    COACH,
    EVALUATOR,
    LEAD,
    NOBODY,
    OWNER,
    TEAMMATE,
)
from tests.web.conftest import client
from training.adoption.uploads import keep_upload
from training.cohorts.pathways import Step, give_pathway, make_pathway
from training.exercises.attempts import Sent, WrittenWords, keep_written
from training.exercises.format import Written
from training.exercises.objections import object_to
from training.exercises.score import score
from training.live.answer import give_answer
from training.live.line import own_line
from training.live.run import start_live_session
from training.modules.load import Placed, shipped_library
from training.progress.badges import signing_key
from training.progress.certificates import Completed, give_certificate
from training.progress.record import EntryWords, write_entry
from training.simulated.actions import begin_conversation, keep_turn
from training.simulated.kept import turns_of
from training.simulated.parents_view import require_scenario
from web.worker import Worker

__all__ = ["PLANTED", "Everybody", "client"]
OWN_HOOK = "https://own.invalid/hooks"
PLANTED = ("a quiet word about Tuesdays", "nettle soup at half past nine", "give up the greyhounds")
"""The title, something said, and the change goal of the owner's session: in no answer to who may not see it."""


@dataclass(frozen=True)
class Everybody:
    """The API client comes with a token for all that one may do. Those that begin with `new_` make another of the
    owner's, as far as it can be spoilt; `new_person` gives an invited colleague's id and the secret of their link,
    `new_team` a team beside the owner's."""

    actors: dict[str, Actor | None]
    session_id: UUID
    new_session: Callable[[], UUID]
    new_withdrawal: Callable[[], UUID]
    new_recording: Callable[[], UUID]
    new_person: Callable[[], tuple[UUID, str]]
    new_team: Callable[[], UUID]
    new_sign_in: Callable[[], UUID]
    new_token: Callable[[], UUID]
    new_request: Callable[[], UUID]
    new_client: Callable[[], UUID]
    new_review: Callable[[], UUID]
    new_double: Callable[[], UUID]
    new_conversation: Callable[[], UUID]
    new_spoken: Callable[[], UUID]
    new_attempt: Callable[[], UUID]
    new_objection: Callable[[], UUID]
    new_signed: Callable[[], "SignedIds"]
    signed: "SignedIds"
    new_pathway: Callable[[], UUID]
    new_cohort: Callable[[], UUID]
    new_live: Callable[[], "LiveIds"]
    live: "LiveIds"
    record: "RecordIds"
    new_upload: Callable[[], UUID]
    webhook: Callable[[], UUID]
    new_platform: Callable[[], UUID]


@dataclass(frozen=True)
class RecordIds:
    """What the owner completed and wrote about it; the key signs their authority's badges."""

    certificate: Callable[[], UUID]
    entry: Callable[[], UUID]
    key: Callable[[], UUID]


@dataclass(frozen=True)
class SignedIds:
    """A session that the coach signed off and gave feedback on, and then somebody else, to whom the owner contests a
    code, so that the coach is the second one. The message is the owner's."""

    session_id: UUID
    message_id: UUID
    contest_id: UUID


def written_exercise() -> Placed:
    return next(one for one in shipped_library().exercises.values() if isinstance(one.exercise, Written))


@dataclass(frozen=True)
class LiveIds:
    """A live session that the coach runs, with somebody's answer in it."""

    live_id: UUID
    code: str
    answer_id: UUID


def add_client(session: Session, home: Organisation) -> Actor:
    made, _ = make_api_client(session, organisation=home, name="Cleo Client", scopes=SCOPES, days=90, by=None)
    return narrowed(actor_of(session, session.get_one(Person, made.id)), SCOPES)


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

    def new_person() -> tuple[UUID, str]:
        with house.database.write() as session:
            person = add_and_invite(
                session, organisation_id=people.owner.organisation_id, name="Nia New",
                email=f"nia.{new_id()}@example.org", discipline=None, settings=house.settings, by=None,
            )  # fmt: skip
            invitation = open_invitation(session, person)
            assert invitation is not None
            return person.id, link_of(invitation, house.settings).rpartition("/")[2]

    def new_team() -> UUID:
        with house.database.write() as session:
            return add_team(session, organisation_id=people.owner.organisation_id, name=str(new_id()), by=None).id

    def new_request() -> UUID:
        practice_id = new_session()
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, practice_id)
            about: dict[str, Any] = {"kind": RequestKind.CORRECTION, "words": PLANTED[1]}
            return ask(session, practice=practice, by=people.owner, **about).id

    def new_sign_in() -> UUID:
        with house.database.write() as session:
            start_sign_in(session, session.get_one(Person, people.owner.person_id), settings=house.settings)
            return sign_ins_of(session, people.owner.person_id, settings=house.settings)[0].id

    def new_token() -> UUID:
        with house.database.write() as session:
            make_api_token(session, person=session.get_one(Person, people.owner.person_id), name="script")
            return tokens_of(session, people.owner.person_id)[0].id

    def new_client() -> UUID:
        with house.database.write() as session:
            return add_client(session, session.get_one(Organisation, people.owner.organisation_id)).person_id

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

    def new_conversation() -> UUID:
        """With a turn in it, so that it can be taken back and finished."""
        scenario = require_scenario("wine-at-night")
        with house.database.write() as session:
            talk = begin_conversation(session, slug="wine-at-night", scenario=scenario, by=people.owner)
            (opening,) = turns_of(session, talk)
            keep_turn(
                session, conversation_id=talk.id, turn=replace(opening, said=PLANTED[1]), position=1,
                after=opening.client_id, client_id=new_id(), by=people.owner,
            )  # fmt: skip
            return talk.id

    def new_spoken() -> UUID:
        with house.database.write() as session:
            return take_spoken(session, house.storage, sound=b"sound", by=people.owner)[0].id

    def new_attempt() -> UUID:
        """At `written_exercise`, and not there yet."""
        placed = written_exercise()
        exercise = placed.exercise
        assert isinstance(exercise, Written)
        code = Behaviour.NC
        line = CodedLine(
            len(exercise.before), Speaker.PRACTITIONER, PLANTED[1], code, None, 1.0, False, {code: 1.0}, "Because."
        )
        with house.database.write() as session:
            words, sent = WrittenWords(PLANTED[1], (line,)), Sent(new_id(), 20)
            return keep_written(
                session, placed=placed, words=words, score=score(exercise, [line]), odd=None, coder="x", sent=sent,
                by=people.owner,
            ).id  # fmt: skip

    def new_objection() -> UUID:
        attempt_id = new_attempt()
        with house.database.write() as session:
            attempt = session.get_one(ExerciseAttempt, attempt_id)
            return object_to(session, attempt=attempt, reason=PLANTED[1], by=people.owner).id

    def check_names(session_id: UUID) -> None:
        with house.database.write() as session:
            practice = session.get_one(PracticeSession, session_id)
            finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=people.owner)

    def new_pathway() -> UUID:
        with house.database.write() as session:
            return make_pathway(session, name="First weeks", steps=[Step("reflections", 30)], by=people.colleague).id

    def new_cohort() -> UUID:
        pathway_id = new_pathway()
        with house.database.write() as session:
            return give_pathway(session, pathway_id=pathway_id, team_id=people.team.id, by=people.colleague).id

    def new_live() -> LiveIds:
        with house.database.write() as session:
            line = own_line(parent="Why does everybody tell me what to do?")
            live = start_live_session(session, line=line, exercise=None, by=people.colleague)
            answer = give_answer(session, live=live, number=1, phone="a phone", words=f"There was {PLANTED[1]}.")
            return LiveIds(live.id, live.code, answer.id)

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

    def new_certificate() -> UUID:
        slug = shipped_library().modules[0].slug
        done = Completed(slug, "1", "Reflecting", 15, (), date(2026, 3, 2))
        with house.database.write() as session:
            return give_certificate(session, module=slug, completed=[done], by=people.owner).id

    def new_entry() -> UUID:
        words = EntryWords(*PLANTED)
        about: dict[str, Any] = {"kind": LearningKind.OTHER, "about": "", "on": date(2026, 3, 2), "minutes": 30}
        with house.database.write() as session:
            return write_entry(session, entry_id=None, words=words, by=people.owner, **about)

    def new_key() -> UUID:
        with house.database.write() as session:
            return signing_key(session, people.owner.organisation_id).id

    def new_platform() -> UUID:
        """With a launch that was refused, from a deployment that can be allowed."""
        with house.database.write() as session:
            row = LtiPlatform(
                organisation_id=people.owner.organisation_id, name="Learning", issuer="https://lms.example.org",
                client_id=str(new_id()), authorization_endpoint="https://lms.example.org/x",
                token_endpoint="https://lms.example.org/x", jwks_uri="https://lms.example.org/x",
            )  # fmt: skip
            session.add(row)
            session.flush()
            note_launch(session, platform=row, outcome=LtiOutcome.REFUSED, reason="deployment", deployment="refused-1")
            return row.id

    def new_upload() -> UUID:
        """Of the authority's figures."""
        text = f"month,outcome,count\n2026-01,{new_id()},7\n"
        with house.database.write() as session:
            about: dict[str, Any] = {"kind": UploadKind.OUTCOMES, "data": text.encode(), "today": utc_now().date()}
            upload = keep_upload(session, **about, by=people.lead)
            assert upload is not None
            return upload.id

    def webhook() -> UUID:
        """The same, made active, or another where it was removed."""
        admin = actors[ADMINISTRATOR]
        assert admin is not None
        with house.database.write() as session:
            for one in webhooks_of(session, admin.organisation_id):
                if one.address == OWN_HOOK:
                    one.state = WebhookState.ACTIVE
                    return one.id
            address: dict[str, Any] = {"address": OWN_HOOK, "events": ["session.deleted"]}
            return make_webhook(session, **address, settings=house.settings, by=admin)[0].id

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
    return Everybody(
        actors,
        coded,
        new_session,
        new_withdrawal,
        new_recording,
        new_person,
        new_team,
        new_sign_in,
        new_token,
        new_request,
        new_client,
        new_review,
        new_double,
        new_conversation,
        new_spoken,
        new_attempt,
        new_objection,
        new_signed,
        new_signed(),
        new_pathway,
        new_cohort,
        new_live,
        new_live(),
        RecordIds(new_certificate, new_entry, new_key),
        new_upload,
        webhook,
        new_platform,
    )
