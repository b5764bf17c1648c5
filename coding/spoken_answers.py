"""An answer that is spoken: taken in, asked after, and gone once whoever spoke has its words."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from coding.transcript.parsed import ParsedTranscript
from models.audit import record_audit
from models.errors import EvokeError
from models.job import Job, JobState
from models.keys import make_session_key
from models.lock import hold_lock
from models.permissions import Actor
from models.queue import SPEECH_JOBS, enqueue
from models.sealed import open_from, seal_into
from models.spoken_answer import SpokenAnswer, SpokenState, forget_spoken
from models.storage import Storage

LONGEST = 90
"""Seconds. The page stops by itself then; somewhat more is taken, for a stop takes a moment."""
LIMIT_MINUTES = 100 / 60
HEAR = "hear_answer"


class NothingSpoken(EvokeError):
    code = "nothing_spoken"

    def __init__(self) -> None:
        super().__init__("No sound came. Say it again, or type it.")


@dataclass(frozen=True)
class Spoken:
    """`behind` says that every worker that could hear it is at another recording. `doubts` are the parts of `text` that
    the machine does not trust."""

    id: UUID
    state: SpokenState
    behind: bool = False
    text: str = ""
    doubts: tuple[str, ...] = ()
    problem: str = ""


def take_spoken(session: Session, storage: Storage, *, sound: bytes, by: Actor) -> tuple[SpokenAnswer, list[str]]:
    """Seals the sound and has it heard. A person has one at a time: those before are forgotten, and the places of their
    sound come back, to be deleted once this is written. Raises NothingSpoken, OrganisationGone."""
    if not sound:
        raise NothingSpoken
    hold_lock(session, f"{by.person_id} speaks")
    older = session.exec(select(SpokenAnswer).where(col(SpokenAnswer.person_id) == by.person_id)).all()
    places = [one.place for one in older]
    for one in older:
        forget_spoken(session, one, why="said again", by=by.person_id)
    spoken = SpokenAnswer(organisation_id=by.organisation_id, person_id=by.person_id)
    key = make_session_key(session, organisation_id=by.organisation_id, session_id=spoken.id)
    job = enqueue(session, HEAR, organisation_id=by.organisation_id, spoken_id=spoken.id)
    spoken.job_id = job.id
    session.add(spoken)
    record_audit(
        session, action="spoken_answer_taken", subject=spoken, organisation_id=by.organisation_id, by=by.person_id
    )
    writer = storage.writer(spoken.place, key=key.file, record_id=spoken.id)
    writer.write(sound)
    writer.finish()
    return spoken, places


def keep_heard(session: Session, spoken: SpokenAnswer, heard: ParsedTranscript) -> None:
    """Raises WordsGone, KeyDoesNotFit."""
    doubts = [turn.text[doubt.start : doubt.end] for turn in heard.turns for doubt in turn.doubts]
    seal_into(
        session, spoken, {"text": " ".join(turn.text for turn in heard.turns), "doubts": doubts}, session_id=spoken.id
    )
    spoken.state = SpokenState.HEARD  # with its words, or the database refuses it
    _note(session, spoken, "spoken_answer_heard")


def keep_not_heard(session: Session, spoken: SpokenAnswer, problem: str) -> None:
    spoken.state, spoken.problem = SpokenState.NOT_HEARD, problem
    _note(session, spoken, "spoken_answer_not_heard")


def _note(session: Session, spoken: SpokenAnswer, action: str) -> None:
    session.add(spoken)
    record_audit(session, action=action, subject=spoken, organisation_id=spoken.organisation_id, by=None)


def spoken_view(session: Session, spoken: SpokenAnswer) -> Spoken:
    """Raises WordsGone, KeyDoesNotFit, SealBroken."""
    if spoken.state is SpokenState.WAITING:
        return Spoken(spoken.id, spoken.state, behind=_is_behind(session, spoken))
    if spoken.state is SpokenState.NOT_HEARD:
        return Spoken(spoken.id, spoken.state, problem=spoken.problem or "")
    kept = open_from(session, spoken, session_id=spoken.id)
    return Spoken(spoken.id, spoken.state, text=kept["text"], doubts=tuple(kept["doubts"]))


def _is_behind(session: Session, spoken: SpokenAnswer) -> bool:
    own = session.get(Job, spoken.job_id) if spoken.job_id else None
    if own is None or own.state is not JobState.WAITING:
        return False
    running = select(func.count()).select_from(Job).where(
        col(Job.name).in_(SPEECH_JOBS), col(Job.state) == JobState.RUNNING
    )  # fmt: skip
    return session.exec(running).one() > 0
