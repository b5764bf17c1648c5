"""Listening to a recording: having its copy made, how far that is, and what it holds."""

import base64
from dataclasses import dataclass
from typing import BinaryIO

from sqlmodel import Session, col, select

from coding.bleeping import Bleeping, bleeping_of
from coding.consent import check_agreement
from coding.retention import WordsWent, steps_of
from models.errors import EvokeError, NotFound
from models.job import Job, JobState
from models.listening_copy import copy_of, forget_rows, open_copy
from models.listening_copy_kept import ListeningCopy
from models.practice import PracticeSession, Recording
from models.queue import UNFINISHED, enqueue
from models.retention import Part
from models.sealed import open_from, seal_into
from models.storage import Storage

NAME = "make_listening_copy"


class SoundNotReady(EvokeError):
    """`members["state"]`: `none` (ask for it), `working` (ask again in a moment), `failed`."""

    status = 409
    code = "sound_not_ready"

    def __init__(self, state: str) -> None:
        super().__init__(_WHY[state])
        self.members = {"state": state}


_WHY = {
    "none": "Nobody has asked to listen to this recording yet. Ask for its sound to be made ready first.",
    "working": "The sound is being made ready. That takes some seconds for each minute of it.",
    "failed": "The sound could not be made ready. Try again, and if that does not help ask your administrator.",
}


@dataclass(frozen=True)
class Peaks:
    """`peaks` has a byte for each 25th of a second, 255 for the loudest, in base 64."""

    seconds: float
    peaks: str


def recording_to_hear(session: Session, practice: PracticeSession) -> Recording:
    """For who may see the session. Raises NotFound, WordsWent, AgreementMissing."""
    if Part.RECORDING in steps_of(session, practice.id):
        raise WordsWent("The recording of this session is gone, because its time was over.")
    check_agreement(session, practice)
    found = session.exec(select(Recording).where(col(Recording.session_id) == practice.id)).first()
    if found is None:
        raise NotFound("This session came as a transcript, so there is nothing to listen to.")
    return found


def can_be_heard(session: Session, practice: PracticeSession) -> bool:
    try:
        recording_to_hear(session, practice)
    except EvokeError:
        return False
    return True


def make_ready(session: Session, *, practice: PracticeSession, storage: Storage | None = None) -> str:
    """Has the copy made unless it is there, or being made: its state. With `storage` one whose file is gone, as after a
    backup without it, is made anew. Raises NotFound, WordsWent, AgreementMissing."""
    session.refresh(practice, with_for_update=True)  # two clicks are one job
    recording = recording_to_hear(session, practice)
    state = state_of_copy(session, practice, recording)
    if state == "ready" and storage is not None:
        try:
            open_copy(session, storage, recording).close()
        except FileNotFoundError:
            forget_rows(session, [recording.id])
            state = "none"
    if state in ("none", "failed"):
        enqueue(session, NAME, organisation_id=practice.organisation_id, recording_id=recording.id)
        return "working"
    return state


def state_of_copy(session: Session, practice: PracticeSession, recording: Recording) -> str:
    """`ready`, or as in SoundNotReady. While a tone is put over names nothing is given out."""
    if bleeping_of(session, practice) is Bleeping.WORKING:
        return "working"
    if copy_of(session, recording) is not None:
        return "ready"
    about = col(Job.args)["recording_id"].as_string() == str(recording.id)
    newest = select(Job.state).where(col(Job.name) == NAME, about).order_by(col(Job.created_at).desc())
    last = session.exec(newest.limit(1)).first()
    if last in UNFINISHED:
        return "working"
    return "failed" if last is JobState.FAILED else "none"


def sound_of(session: Session, storage: Storage, practice: PracticeSession) -> tuple[BinaryIO, ListeningCopy]:
    """The clear sound, MP3. Raises NotFound, WordsWent, AgreementMissing, SoundNotReady."""
    recording, copy = _ready(session, practice)
    try:
        return open_copy(session, storage, recording), copy
    except FileNotFoundError:
        raise SoundNotReady("none") from None


def peaks_of(session: Session, practice: PracticeSession) -> Peaks:
    """Raises NotFound, WordsWent, AgreementMissing, SoundNotReady."""
    _, copy = _ready(session, practice)
    return Peaks(copy.seconds, open_from(session, copy, session_id=practice.id, column="peaks"))


def keep_peaks(session: Session, copy: ListeningCopy, recording: Recording, peaks: bytes) -> None:
    kept = base64.b64encode(peaks).decode()
    seal_into(session, copy, kept, session_id=recording.session_id, column="peaks")
    session.add(copy)
    session.flush()


def _ready(session: Session, practice: PracticeSession) -> tuple[Recording, ListeningCopy]:
    recording = recording_to_hear(session, practice)
    state = state_of_copy(session, practice, recording)
    copy = copy_of(session, recording)
    if state != "ready" or copy is None:
        raise SoundNotReady(state)
    return recording, copy
