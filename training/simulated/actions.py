"""What a trainee does with a conversation: begins it, says something, takes it back, finishes it, throws it away. Each
writes its audit row; the words of a turn are thought out beforehand (see `training.simulated.say`)."""

import secrets
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, delete, select

from coding.actions import add_transcript_session
from coding.details import SessionDetails
from coding.ledger import Given, Ledger, TookPart
from coding.scheme.codes import Speaker
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from models.audit import record_audit
from models.columns import new_id, utc_now
from models.consent import HowGiven, Scope, Who
from models.conversation import (
    Conversation,
    ConversationState,
    ConversationTurn,
    forget_conversation,
    require_conversation,
)
from models.errors import EvokeError
from models.keys import make_session_key
from models.lti_grades import parent_target, target_done
from models.name_check import check_of, forget_names
from models.permissions import Actor
from models.practice import PracticeSession, SessionKind
from models.xapi import note_statement
from models.xapi_kept import StatementKind
from training.simulated.course import course_of
from training.simulated.format import Scenario
from training.simulated.kept import YOU, Turn, keep_turn_words, spoken, turns_of
from training.simulated.talk import opening

MOST_TURNS = 60
LONGEST_PAUSE = 120.0
"""Seconds between two turns that count as talking; whoever is away for longer comes back to the same minute."""


class WentOnElsewhere(EvokeError):
    status = 409
    code = "went_on_elsewhere"

    def __init__(self) -> None:
        super().__init__("This talk went on in another window. Here it is now. Say your line if it still fits.")


class TalkIsOver(EvokeError):
    status = 409
    code = "talk_is_over"

    def __init__(self) -> None:
        super().__init__("This talk is over. Finish it to see how it went, or take your last turn back.")


class NothingSaidYet(EvokeError):
    status = 409
    code = "nothing_said_yet"

    def __init__(self) -> None:
        super().__init__("You have not said anything yet. Say something first, or throw the talk away.")


def begin_conversation(
    session: Session, *, slug: str, scenario: Scenario, by: Actor, seed: str | None = None
) -> Conversation:
    """The parent speaks first."""
    conversation = Conversation(
        id=new_id(), organisation_id=by.organisation_id, person_id=by.person_id, scenario=slug,
        scenario_version=scenario.version, seed=seed or secrets.token_hex(8),
    )  # fmt: skip
    make_session_key(session, organisation_id=by.organisation_id, session_id=conversation.id)
    session.add(conversation)
    session.flush()
    reply, memory = opening(scenario, conversation.seed)
    _add(session, conversation, Turn(said="", reply=reply.text, memory=memory), position=0, client_id=new_id())
    _record(session, "conversation_begun", conversation, by, scenario=slug)
    return conversation


def keep_turn(
    session: Session, *, conversation_id: UUID, turn: Turn, position: int, after: UUID | None, client_id: UUID,
    by: Actor,
) -> None:  # fmt: skip
    """The same form sent twice is one turn. `after` is the form of the turn that it answers: another window may have
    taken that one back and said something else. Raises NotFound, TalkIsOver, WentOnElsewhere."""
    conversation = _locked(session, conversation_id, by)
    same = select(ConversationTurn).where(
        col(ConversationTurn.conversation_id) == conversation.id, col(ConversationTurn.client_id) == client_id
    )
    if session.exec(same).first() is not None:
        return
    if conversation.state is not ConversationState.TALKING:
        raise TalkIsOver
    if position != _count(session, conversation) or after != _last_form(session, conversation):
        raise WentOnElsewhere
    conversation.seconds += min((utc_now() - conversation.changed_at).total_seconds(), LONGEST_PAUSE)
    if turn.ends or position >= MOST_TURNS:
        conversation.state = ConversationState.ENDED
    _add(session, conversation, turn, position=position, client_id=client_id)
    _record(session, "conversation_turn_said", conversation, by)


def take_back_turn(session: Session, *, conversation: Conversation, position: int, by: Actor) -> None:
    """The last turn goes, as if it had not been said. `position` is the one that the page showed last, so that a second
    click takes nothing more back. Raises NotFound, TalkIsOver, WentOnElsewhere."""
    conversation = _locked(session, conversation.id, by)
    if conversation.state is ConversationState.FINISHED:
        raise TalkIsOver
    if position < 1 or position != _count(session, conversation) - 1:
        raise WentOnElsewhere
    session.exec(
        delete(ConversationTurn).where(
            col(ConversationTurn.conversation_id) == conversation.id, col(ConversationTurn.position) == position
        )
    )
    conversation.state, conversation.changed_at = ConversationState.TALKING, utc_now()
    session.add(conversation)
    _record(session, "conversation_turn_taken_back", conversation, by)


def finish_conversation(
    session: Session, *, conversation: Conversation, scenario: Scenario, by: Actor
) -> PracticeSession:
    """The talk becomes a session, which is coded like any other; finishing it twice gives the same one. Raises
    NotFound, NothingSaidYet."""
    conversation = _locked(session, conversation.id, by)
    if conversation.state is ConversationState.FINISHED:
        return session.get_one(PracticeSession, conversation.id)
    turns = turns_of(session, conversation)
    if not any(turn.said for turn in turns):
        raise NothingSaidYet
    today = utc_now().date()
    details = SessionDetails(
        practitioner_id=by.person_id, kind=SessionKind.SIMULATED, held_on=today, agreement_confirmed=True,
        title=scenario.title, change_goal=scenario.goal, ledger=_ledger(today),
    )  # fmt: skip
    practice = add_transcript_session(
        session, details=details, parsed=_transcript(turns), name=scenario.title, by=by, session_id=conversation.id,
        method="simulated parent",
    )  # fmt: skip
    if (check := check_of(session, practice.id)) is not None:
        forget_names(session, check, by=None)  # the parent is made up: nobody is asked whether its names went
    conversation.course = course_of(turns)
    conversation.state, conversation.finished_at = ConversationState.FINISHED, utc_now()
    session.add(conversation)
    session.exec(delete(ConversationTurn).where(col(ConversationTurn.conversation_id) == conversation.id))
    _record(session, "conversation_finished", conversation, by)
    facts = {"scenario": conversation.scenario, "title": scenario.title, "seconds": conversation.seconds}
    note_statement(
        session, kind=StatementKind.PARENT_FINISHED, organisation_id=by.organisation_id, person_id=by.person_id,
        subject_id=conversation.id, facts=facts, session_id=practice.id,
    )  # fmt: skip
    target_done(session, target=parent_target(conversation.scenario), person_id=by.person_id)
    return practice


def throw_away_conversation(session: Session, *, conversation: Conversation, by: Actor) -> None:
    """One that is not finished: nothing of it stays. Raises NotFound, TalkIsOver."""
    conversation = _locked(session, conversation.id, by)
    if conversation.state is ConversationState.FINISHED:
        raise TalkIsOver
    forget_conversation(session, conversation, action="conversation_thrown_away", by=by.person_id)


def _locked(session: Session, conversation_id: UUID, by: Actor) -> Conversation:
    found = select(Conversation).where(col(Conversation.id) == conversation_id).with_for_update()
    return require_conversation(by, session.exec(found.execution_options(populate_existing=True)).first())


def _count(session: Session, conversation: Conversation) -> int:
    found = select(ConversationTurn.id).where(col(ConversationTurn.conversation_id) == conversation.id)
    return len(session.exec(found).all())


def _last_form(session: Session, conversation: Conversation) -> UUID | None:
    found = select(ConversationTurn.client_id).where(col(ConversationTurn.conversation_id) == conversation.id)
    return session.exec(found.order_by(col(ConversationTurn.position).desc())).first()


def _add(session: Session, conversation: Conversation, turn: Turn, *, position: int, client_id: UUID) -> None:
    row = ConversationTurn(conversation_id=conversation.id, position=position, client_id=client_id)
    keep_turn_words(session, row, turn)
    conversation.changed_at = utc_now()
    session.add(conversation)
    session.flush()


def _ledger(today: date) -> Ledger:
    """Nobody else takes part, so nobody else is asked."""
    agreed = {Scope.SUPERVISION: Given(HowGiven.SAID, today)}
    return Ledger((TookPart(Who.STAFF, "Practitioner", agreed),))


def _transcript(turns: list[Turn]) -> ParsedTranscript:
    return ParsedTranscript(
        transcript_id="1",
        turns=tuple(
            ParsedTurn(
                turn=str(number), speaker_label=label, utterances=(text,),
                role=Speaker.PRACTITIONER if label == YOU else Speaker.CLIENT,
            )
            for number, (label, text) in enumerate(spoken(turns), 1)
        ),
    )  # fmt: skip


def _record(session: Session, action: str, conversation: Conversation, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=conversation, organisation_id=conversation.organisation_id, by=by.person_id,
        **details,
    )  # fmt: skip
