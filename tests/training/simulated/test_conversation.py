"""A conversation from its beginning to the session it becomes: whose it is, what is kept, and that nothing is lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from coding.check_names import is_to_check
from coding.coder.desk import CodedLine
from coding.scheme.codes import Behaviour
from coding.transcript.versions import latest_transcript, turns_of
from models.audit import AuditEvent
from models.columns import new_id, utc_now
from models.consent import Participant
from models.conversation import Conversation, ConversationState, ConversationTurn, require_conversation
from models.errors import NotFound
from models.keys import SessionKey
from models.practice import PracticeSession, SessionKind, Stage
from models.sweep import sweep_conversations, sweep_keys
from tests.conftest import People, work_off
from tests.training.simulated.conftest import ByHeart
from training.simulated import kept
from training.simulated.actions import (
    NothingSaidYet,
    TalkIsOver,
    WentOnElsewhere,
    begin_conversation,
    finish_conversation,
    take_back_turn,
    throw_away_conversation,
)
from training.simulated.say import LONGEST, TooLongToSay, say
from training.simulated.shelf import scenarios
from training.simulated.talk_view import after_view
from web.worker import Worker

SLUG = "wine-at-night"
KELLY = scenarios()[SLUG]
REFLECTION, QUESTION = "You're worn out, and you keep going for them.", "What would you like to be different?"


@pytest.fixture
def talk(house: House, people: People) -> UUID:
    with house.database.write() as session:
        return begin_conversation(session, slug=SLUG, scenario=KELLY, by=people.owner, seed="a test").id


def turns(house: House, talk: UUID) -> list[kept.Turn]:
    with house.database.read() as session:
        return kept.turns_of(session, session.get_one(Conversation, talk))


def say_all(house: House, people: People, talk: UUID, *texts: str, codes: ByHeart | None = None) -> list[kept.Turn]:
    for text in texts:
        say(
            house.database, codes or ByHeart(), conversation_id=talk, scenario=KELLY, text=text,
            position=len(turns(house, talk)), client_id=new_id(), by=people.owner,
        )  # fmt: skip
    return turns(house, talk)


def test_it_is_its_trainees_own(house: House, people: People, talk: UUID) -> None:
    with house.database.read() as session:
        found = session.get_one(Conversation, talk)
        assert require_conversation(people.owner, found) is found
        for other in (people.colleague, people.teammate, people.lead, people.stranger, people.stranger_coach):
            with pytest.raises(NotFound):
                require_conversation(other, found)
    with pytest.raises(NotFound):
        say(
            house.database, ByHeart(), conversation_id=talk, scenario=KELLY, text=REFLECTION, position=1,
            client_id=new_id(), by=people.colleague,
        )  # fmt: skip


def test_what_is_said_moves_the_parent_and_lies_sealed(house: House, people: People, talk: UUID) -> None:
    opened = say_all(house, people, talk, REFLECTION, QUESTION)
    assert [turn.said for turn in opened] == ["", REFLECTION, QUESTION]
    assert [line.code for turn in opened for line in turn.lines] == [Behaviour.CR, Behaviour.Q]
    assert opened[2].memory.state.openness > opened[0].memory.state.openness
    with house.database.read() as session:
        for row in session.exec(select(ConversationTurn)):
            assert b"worn" not in row.sealed
        trail = session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))).all()
    assert trail == ["conversation_begun", "conversation_turn_said", "conversation_turn_said"]


def test_a_form_sent_twice_is_one_turn_and_a_second_window_is_told(house: House, people: People, talk: UUID) -> None:
    once = new_id()
    for _ in range(2):
        say(
            house.database, ByHeart(), conversation_id=talk, scenario=KELLY, text=REFLECTION, position=1,
            client_id=once, by=people.owner,
        )  # fmt: skip
    assert len(turns(house, talk)) == 2
    with pytest.raises(WentOnElsewhere):
        say(
            house.database, ByHeart(), conversation_id=talk, scenario=KELLY, text=QUESTION, position=1,
            client_id=new_id(), by=people.owner,
        )  # fmt: skip


def test_a_turn_taken_back_is_as_if_not_said(house: House, people: People, talk: UUID) -> None:
    before = say_all(house, people, talk, REFLECTION)
    hurt = say_all(house, people, talk, "You stupid lazy cow")
    assert hurt[-1].ends
    with pytest.raises(TalkIsOver):
        say_all(house, people, talk, QUESTION)
    with house.database.write() as session:
        found = session.get_one(Conversation, talk)
        take_back_turn(session, conversation=found, position=2, by=people.owner)
        with pytest.raises(WentOnElsewhere):
            take_back_turn(session, conversation=found, position=2, by=people.owner)
        assert found.state is ConversationState.TALKING
    assert turns(house, talk) == before
    with house.database.write() as session:
        found = session.get_one(Conversation, talk)
        take_back_turn(session, conversation=found, position=1, by=people.owner)
        with pytest.raises(WentOnElsewhere):  # the parent's opening stays
            take_back_turn(session, conversation=found, position=0, by=people.owner)


def test_what_another_window_put_in_its_place_meanwhile_is_not_answered_from_what_was(
    house: House, people: People, talk: UUID
) -> None:
    say_all(house, people, talk, REFLECTION)

    class Meanwhile(ByHeart):
        def code(self, *given: Any, **more: Any) -> tuple[CodedLine, ...]:
            with house.database.write() as session:
                found = session.get_one(Conversation, talk)
                take_back_turn(session, conversation=found, position=1, by=people.owner)
            say_all(house, people, talk, QUESTION)
            return super().code(*given, **more)

    with pytest.raises(WentOnElsewhere):
        say_all(house, people, talk, "You need to stop drinking.", codes=Meanwhile())
    assert [turn.said for turn in turns(house, talk)] == ["", QUESTION]


def test_without_the_coder_the_talk_goes_on_and_nothing_is_lost(house: House, people: People, talk: UUID) -> None:
    kept_on = say_all(house, people, talk, REFLECTION, codes=ByHeart(broken=True))
    assert (kept_on[-1].said, kept_on[-1].unread) == (REFLECTION, True)
    assert kept_on[-1].reply
    again = say_all(house, people, talk, QUESTION)
    assert not again[-1].unread


def test_a_speech_is_refused_and_a_silence_is_not(house: House, people: People, talk: UUID) -> None:
    with pytest.raises(TooLongToSay):
        say_all(house, people, talk, "x" * (LONGEST + 1))
    quiet = say_all(house, people, talk, "")
    assert quiet[-1].reply in [line.text for line in KELLY.silence]


def test_a_finished_talk_is_a_session_coded_like_any_other(
    house: House, people: People, talk: UUID, worker: Worker
) -> None:
    with house.database.write() as session, pytest.raises(NothingSaidYet):
        finish_conversation(session, conversation=session.get_one(Conversation, talk), scenario=KELLY, by=people.owner)
    said = say_all(house, people, talk, REFLECTION, "", "You need to stop drinking.", QUESTION)
    with house.database.write() as session:
        found = session.get_one(Conversation, talk)
        practice = finish_conversation(session, conversation=found, scenario=KELLY, by=people.owner)
        assert finish_conversation(session, conversation=found, scenario=KELLY, by=people.owner).id == practice.id
        assert (practice.id, practice.kind, practice.team_id) == (talk, SessionKind.SIMULATED, people.team.id)
        assert session.exec(select(ConversationTurn)).all() == []
        assert len(session.exec(select(Participant).where(col(Participant.session_id) == talk)).all()) == 1
    work_off(worker)
    with house.database.read() as session:
        practice = session.get_one(PracticeSession, talk)
        assert practice.stage is Stage.READY
        assert not is_to_check(session, practice), "nobody in it is real"
        transcript = latest_transcript(session, talk)
        assert transcript is not None
        texts = [turn.text for turn in turns_of(session, transcript.id)]
        assert len(texts) == 8, "four answers, an opening and three things said; the silence is nobody's turn"
        assert QUESTION in texts
        view = after_view(session, session.get_one(Conversation, talk), KELLY, by=people.owner)
        assert [step.place for step, _, _ in view.steps] == [1, None, 4, 6]
        assert [words for _, _, words in view.steps] == [turn.said for turn in said[1:]]
        assert [one.words for one in view.closed] == ["You need to stop drinking."]


def test_what_nobody_goes_on_with_goes_after_its_days_and_a_finished_one_stays(
    house: House, people: People, talk: UUID
) -> None:
    say_all(house, people, talk, REFLECTION)
    assert sweep_keys(house.database, older_than_hours=0) == 0
    with house.database.write() as session:
        left = begin_conversation(session, slug=SLUG, scenario=KELLY, by=people.teammate)
        finish_conversation(session, conversation=session.get_one(Conversation, talk), scenario=KELLY, by=people.owner)
        long_ago = utc_now() - timedelta(days=house.settings.unsent_recording_days + 1)
        left.changed_at = session.get_one(Conversation, talk).changed_at = long_ago
    assert sweep_conversations(house.database, house.settings) == 1
    with house.database.read() as session:
        assert [one.id for one in session.exec(select(Conversation))] == [talk]


def test_what_is_thrown_away_is_gone_with_its_key(house: House, people: People, talk: UUID) -> None:
    say_all(house, people, talk, REFLECTION)
    with house.database.write() as session:
        throw_away_conversation(session, conversation=session.get_one(Conversation, talk), by=people.owner)
    with house.database.read() as session:
        assert session.exec(select(Conversation)).all() == []
        assert session.exec(select(ConversationTurn)).all() == []
        assert session.get(SessionKey, talk) is None
