"""A talk as its page shows it, and a finished one looked back on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from coding.transcript.versions import latest_transcript, turns_of
from models.conversation import Conversation, ConversationState
from models.errors import NotFound
from models.keys import WordsGone
from models.permissions import Actor, Permission
from models.practice import PracticeSession, Stage
from models.session_permissions import require_session
from training.exercises.odd import speaks_of_own_distress
from training.simulated import kept
from training.simulated.course import Step, closed_most, opened_most, steps_of
from training.simulated.format import Band, Did, Scenario
from training.simulated.state import State

DID_SHOWN = {
    Did.REFLECTED: "a reflection",
    Did.ASKED: "an open question",
    Did.ASKED_CLOSED: "a closed question",
    Did.AFFIRMED: "an affirmation",
    Did.GAVE_CHOICE: "asking first, or leaving the choice",
    Did.TOLD: "information or advice",
    Did.PUSHED: "persuading",
    Did.CONFRONTED: "confronting",
    Did.QUESTIONED: "one more question in a run of them",
    Did.OTHER: "something else",
}
BAND_SHOWN = {Band.GUARDED: "guarded", Band.UNSURE: "in two minds", Band.OPEN: "open"}


@dataclass(frozen=True)
class TalkView:
    """`position` is that of the next turn. `unread` is whether the last line could not be coded, `distress` whether
    in it the trainee spoke of wanting to die or to harm themselves."""

    id: UUID
    slug: str
    scenario: Scenario
    turns: tuple[kept.Turn, ...]
    minutes: int
    over: bool
    unread: bool
    distress: bool

    @property
    def position(self) -> int:
        return len(self.turns)

    @property
    def by_program(self) -> bool:
        return any(turn.reworded for turn in self.turns)


def talk_view(session: Session, conversation: Conversation, scenario: Scenario) -> TalkView:
    """Raises WordsGone."""
    turns = tuple(kept.turns_of(session, conversation))
    return TalkView(
        id=conversation.id, slug=conversation.scenario, scenario=scenario, turns=turns,
        minutes=round(conversation.seconds / 60), over=conversation.state is ConversationState.ENDED,
        unread=bool(turns) and turns[-1].unread, distress=bool(turns) and speaks_of_own_distress(turns[-1].said),
    )  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A turn that moved the parent: which, what it was and what was said, where that can still be read."""

    line: int
    what: str
    words: str


@dataclass(frozen=True)
class AfterView:
    """`course` is the opening and then each turn: openness 0–1. `stayed` counts the concerns that were not said."""

    id: UUID
    slug: str
    scenario: Scenario
    began: str
    ended: str
    course: tuple[float, ...]
    steps: tuple[tuple[Step, str, str], ...]
    opened: tuple[Named, ...]
    closed: tuple[Named, ...]
    told: tuple[str, ...]
    stayed: int
    safety: tuple[tuple[str, str], ...]
    unread: int
    coded: bool


def after_view(session: Session, conversation: Conversation, scenario: Scenario, *, by: Actor) -> AfterView:
    """Raises NotFound where the session that it became is gone or withdrawn."""
    practice = session.get(PracticeSession, conversation.id)
    if practice is None:
        raise NotFound("There is no such conversation, or it is not yours.")
    require_session(by, Permission.SEE_SESSION, practice)
    steps = steps_of(conversation.course)
    words = _words(session, practice)
    first = State(**conversation.course[0]["state"])
    told = {step.told for step in steps}
    concerns = scenario.parent.concerns
    notes = {topic.topic: topic.note for topic in scenario.safety}
    return AfterView(
        id=conversation.id, slug=conversation.scenario, scenario=scenario, began=BAND_SHOWN[first.band],
        ended=BAND_SHOWN[steps[-1].band], course=(first.openness, *(step.openness for step in steps)),
        steps=tuple((step, DID_SHOWN[step.did], _said(words, step)) for step in steps),
        opened=tuple(_named(words, step) for step in opened_most(steps)),
        closed=tuple(_named(words, step) for step in closed_most(steps)),
        told=tuple(one.what for one in concerns if one.id in told),
        stayed=sum(1 for one in concerns if one.id not in told),
        safety=tuple((topic, notes[topic]) for topic in dict.fromkeys(s.safety for s in steps) if topic in notes),
        unread=sum(1 for one in conversation.course if one["unread"]), coded=practice.stage is Stage.READY,
    )  # fmt: skip


def _words(session: Session, practice: PracticeSession) -> Sequence[str]:
    """Of the transcript's turns; none where they are gone."""
    transcript = latest_transcript(session, practice.id)
    try:
        return [turn.text for turn in turns_of(session, transcript.id)] if transcript else []
    except WordsGone:
        return []


def _said(words: Sequence[str], step: Step) -> str:
    return words[step.place] if step.place is not None and step.place < len(words) else ""


def _named(words: Sequence[str], step: Step) -> Named:
    return Named(step.line, DID_SHOWN[step.did] if step.place is not None else "a silence", _said(words, step))
