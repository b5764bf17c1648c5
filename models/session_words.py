"""What was said about a session, and could name somebody: its title and goal, a file's name, names to listen for, what
those who took part are called."""

import base64
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.consent import Participant
from models.keys import WordsGone, open_session_key
from models.practice import PracticeSession, Recording
from models.recording_in_progress import RecordingInProgress
from models.sealed import open_from, seal_into


@dataclass(frozen=True)
class SessionWords:
    """`title_for_others` and `goal_for_others` have placeholders for what names somebody; None until it is coded (see
    `coding.about_session`)."""

    title: str
    change_goal: str = ""
    title_for_others: str | None = None
    goal_for_others: str | None = None


@dataclass(frozen=True)
class RecordingWords:
    """`original_name` is the uploaded file's; `hotwords` are names to listen for."""

    original_name: str
    hotwords: str = ""


def keep_session_words(session: Session, practice: PracticeSession, words: SessionWords) -> None:
    seal_into(session, practice, asdict(words), session_id=practice.id)


def session_words(session: Session, practice: PracticeSession) -> SessionWords:
    """Raises WordsGone. For many, `models.keys.open_session_keys` first."""
    return SessionWords(**open_from(session, practice, session_id=practice.id))


NAME_DELETED = "name deleted"


def keep_participant_label(session: Session, participant: Participant, label: str) -> None:
    seal_into(session, participant, label, session_id=participant.session_id, column="label")


def participant_label(session: Session, participant: Participant) -> str:
    """NAME_DELETED where the session's words are gone: that somebody took part, and what they agreed to, stays."""
    try:
        return open_from(session, participant, session_id=participant.session_id, column="label") or NAME_DELETED
    except WordsGone:
        return NAME_DELETED


def keep_recording_words(session: Session, recording: Recording, words: RecordingWords) -> None:
    seal_into(session, recording, asdict(words), session_id=recording.session_id)


def recording_words(session: Session, recording: Recording) -> RecordingWords:
    """Raises WordsGone."""
    kept = open_from(session, recording, session_id=recording.session_id)
    return RecordingWords(kept["original_name"], kept["hotwords"])


def keep_heard_turns(session: Session, recording: Recording, turns: list[Any], *, method: str) -> None:
    """`method` names how they were heard, as that of a `HeardClipRow` does."""
    kept = {"method": method, "turns": turns}
    seal_into(session, recording, kept, session_id=recording.session_id, column="heard_turns")
    session.add(recording)


def heard_turns_of(session: Session, recording: Recording, *, method: str) -> list[Any] | None:
    """Who was heard when, as the speech stage gave it; None when nobody was yet, or by another method: people are
    numbered anew by each, so that its turns must not be mixed with these clips. Raises WordsGone."""
    if recording.heard_turns is None:
        return None
    kept = open_from(session, recording, session_id=recording.session_id, column="heard_turns")
    named = isinstance(kept, dict) and kept["method"] == method  # a list has no method: from before it was kept
    return list(kept["turns"]) if named else None


def keep_details(session: Session, recording: RecordingInProgress, details: dict[str, str]) -> None:
    seal_into(session, recording, {"details": details}, session_id=recording.id)


def details_of(session: Session, recording: RecordingInProgress) -> dict[str, str]:
    """The fields of the form; empty once it is sent or thrown away."""
    return dict(open_from(session, recording, session_id=recording.id)["details"]) if recording.sealed else {}


def file_key(session: Session, recording: Recording | RecordingInProgress) -> bytes:
    """What its sound is sealed with: the session's key, but for recordings from before sessions had keys. Theirs, the
    organisation's of that time, lies sealed in the row.

    Raises WordsGone, KeyDoesNotFit.
    """
    session_id: UUID = recording.session_id if isinstance(recording, Recording) else recording.id
    kept = open_from(session, recording, session_id=session_id) if recording.sealed else {}
    old = kept.get("old_file_key")
    return base64.b64decode(old) if old else open_session_key(session, session_id).file
