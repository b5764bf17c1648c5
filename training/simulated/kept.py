"""The turns of a conversation under way, sealed under its own key: the one place that writes and reads their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from coding.coder.desk import CodedLine
from models.conversation import Conversation, ConversationTurn
from models.sealed import open_from, seal_into
from training.simulated.format import Did
from training.simulated.memory import Memory


@dataclass(frozen=True)
class Turn:
    """`said` is empty for the opening and for a silence. `lines` are its utterances as coded; `unread` says that nobody
    could code them then. `why` says by which rule the reply was chosen, `about` which topic or concern of the scenario
    it was, `reworded` that another program put it in its words."""

    said: str
    reply: str
    memory: Memory
    did: Did = Did.OTHER
    why: str = "opening"
    about: str = ""
    ends: bool = False
    lines: tuple[CodedLine, ...] = ()
    unread: bool = False
    reworded: bool = False
    client_id: UUID | None = None
    at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "said": self.said, "reply": self.reply, "memory": self.memory.as_json(), "did": self.did.value,
            "why": self.why, "about": self.about, "ends": self.ends, "lines": [one.as_json() for one in self.lines],
            "unread": self.unread, "reworded": self.reworded,
        }  # fmt: skip


def keep_turn_words(session: Session, row: ConversationTurn, turn: Turn) -> None:
    seal_into(session, row, turn.as_json(), session_id=row.conversation_id)
    session.add(row)


def turns_of(session: Session, conversation: Conversation) -> list[Turn]:
    """In their order; none once it is finished. Raises WordsGone."""
    rows = select(ConversationTurn).where(col(ConversationTurn.conversation_id) == conversation.id)
    return [_turn(session, row) for row in session.exec(rows.order_by(col(ConversationTurn.position)))]


def _turn(session: Session, row: ConversationTurn) -> Turn:
    kept = open_from(session, row, session_id=row.conversation_id)
    return Turn(
        said=kept["said"], reply=kept["reply"], memory=Memory.of(kept["memory"]), did=Did(kept["did"]),
        why=kept["why"], about=kept["about"], ends=kept["ends"],
        lines=tuple(CodedLine.from_json(one) for one in kept["lines"]), unread=kept["unread"],
        reworded=kept["reworded"], client_id=row.client_id, at=row.at,
    )  # fmt: skip


def spoken(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Who said what, in order, with the labels of the transcript it becomes. A silence is no turn of its own."""
    talk = []
    for turn in turns:
        if turn.said:
            talk.append((YOU, turn.said))
        talk.append((PARENT, turn.reply))
    return talk


YOU, PARENT = "You", "Parent"
