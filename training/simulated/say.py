"""One turn from what was typed to what the parent answers: it is coded at the desk, outside of any transaction, and
then kept. What cannot be coded is answered all the same, and the page says so."""

import logging
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from coding.coder.desk import CodedLine, DeskUnavailable
from coding.coder.desk import Turn as SaidTurn
from coding.scheme.codes import Behaviour, QuestionType, Speaker
from models.conversation import Conversation, ConversationState, require_conversation
from models.database import Database
from models.errors import EvokeError
from models.permissions import Actor
from training.simulated.actions import TalkIsOver, WentOnElsewhere, keep_turn
from training.simulated.format import Band, Reply, Scenario
from training.simulated.kept import PARENT, YOU, Turn, spoken, turns_of
from training.simulated.moves import Spoken
from training.simulated.talk import answer

log = logging.getLogger("evoke.simulated")
LONGEST = 1500
"""Characters of one turn."""
_CONTEXT = 8
"""Turns before it that the coder hears a line in."""


class TooLongToSay(EvokeError):
    code = "too_long_to_say"

    def __init__(self) -> None:
        super().__init__(f"That is a speech, not a turn. Say it in {LONGEST:,} characters or fewer.")


class Codes(Protocol):
    def code(
        self, turns: Sequence[SaidTurn], *, change_goal: str = "", practitioner_labels: Sequence[str] = ("You",)
    ) -> tuple[CodedLine, ...]: ...


class Writer(Protocol):
    """Puts an authored reply in other words that lean the same way; None where it cannot."""

    def reworded(
        self, scenario: Scenario, talk: Sequence[SaidTurn], reply: Reply, band: Band, *, codes: Codes
    ) -> str | None: ...


def say(
    database: Database, codes: Codes, *, conversation_id: UUID, scenario: Scenario, text: str, position: int,
    client_id: UUID, by: Actor, writer: Writer | None = None,
) -> None:  # fmt: skip
    """`position` is that of the new turn as the page saw it. An empty `text` is a silence. Raises NotFound,
    TooLongToSay, TalkIsOver, WentOnElsewhere."""
    if len(text) > LONGEST:
        raise TooLongToSay
    with database.read() as session:
        conversation = require_conversation(by, session.get(Conversation, conversation_id))
        turns = turns_of(session, conversation)
    if any(turn.client_id == client_id for turn in turns):
        return
    if conversation.state is not ConversationState.TALKING:
        raise TalkIsOver
    if position != len(turns):
        raise WentOnElsewhere
    turn = next_turn(codes, conversation, scenario, turns, text, writer)
    with database.write() as session:
        keep_turn(
            session, conversation_id=conversation_id, turn=turn, position=position, after=turns[-1].client_id,
            client_id=client_id, by=by,
        )  # fmt: skip


def next_turn(
    codes: Codes, conversation: Conversation, scenario: Scenario, turns: Sequence[Turn], text: str,
    writer: Writer | None,
) -> Turn:  # fmt: skip
    lines, unread = _coded(codes, scenario, turns, text)
    given, memory = answer(
        scenario, turns[-1].memory, text, said_of(lines), seed=conversation.seed,
        time_is_short=_time_is_short(conversation, scenario, turns),
    )  # fmt: skip
    other = None
    if writer is not None and given.may_be_reworded:
        other = writer.reworded(scenario, [*spoken(turns), (YOU, text)], given.reply, memory.state.band, codes=codes)
    return Turn(
        said=text, reply=other or given.reply.text, memory=memory, did=given.did, why=given.why, about=given.about,
        ends=given.ends, lines=lines, unread=unread, reworded=other is not None,
    )  # fmt: skip


def said_of(lines: Sequence[CodedLine]) -> list[Spoken]:
    return [
        Spoken(
            line.text, line.code, line.subtype if isinstance(line.subtype, QuestionType) else None,
            {code: share for code, share in line.probabilities.items() if isinstance(code, Behaviour)},
        )
        for line in lines if isinstance(line.code, Behaviour)
    ]  # fmt: skip


def _coded(codes: Codes, scenario: Scenario, turns: Sequence[Turn], text: str) -> tuple[tuple[CodedLine, ...], bool]:
    """Its utterances, and whether the coder could not answer."""
    if not text:
        return (), False
    talk = [*spoken(turns)[-_CONTEXT:], (YOU, text)]
    try:
        lines = codes.code(talk, change_goal=scenario.goal, practitioner_labels=(YOU,))
    except DeskUnavailable:
        return (), True
    return tuple(one for one in lines if one.turn == len(talk) - 1 and one.speaker is Speaker.PRACTITIONER), False


def _time_is_short(conversation: Conversation, scenario: Scenario, turns: Sequence[Turn]) -> bool:
    return conversation.seconds > scenario.minutes * 60 * 0.8 or len(turns) >= scenario.minutes * 2


__all__ = ["LONGEST", "PARENT", "Codes", "TooLongToSay", "Writer", "next_turn", "said_of", "say"]
