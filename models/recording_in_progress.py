"""A conversation being recorded in a browser: what has come of it so far, and what was said about it beforehand."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, delete
from sqlmodel import Field, Session, SQLModel, col

from models.audit import record_audit
from models.columns import BIG_INTEGER, UtcDateTime, enum_type, new_id, utc_now
from models.errors import NotAllowed, NotFound
from models.keys import shred_session_key
from models.permissions import Actor, Permission, may


class RecordingState(StrEnum):
    """`SENT` has become a session and `THROWN_AWAY` is to be forgotten: their sound is deleted, or is about to be."""

    OPEN = "open"
    SENT = "sent"
    THROWN_AWAY = "thrown_away"


class RecordingInProgress(SQLModel, table=True):
    """Its id is that of the session it becomes, and so is its key. `sealed` holds the fields of the form until then.
    `agreed_at` is when everybody in the room had said yes. `chunks`, `size_bytes` and `seconds` count what has come;
    `seconds` is what the browser says."""

    __tablename__ = "recording_in_progress"
    __table_args__ = (
        CheckConstraint("microphones IN (1, 2)", name="one_microphone_or_two"),
        CheckConstraint("(state = 'sent') = (session_id IS NOT NULL)", name="sent_names_its_session"),
        Index("ix_recording_in_progress_list", "person_id", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    person_id: UUID = Field(foreign_key="person.id", description="who records")
    practitioner_id: UUID = Field(foreign_key="person.id")
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    media_type: str = Field(max_length=60)
    microphones: int
    state: RecordingState = Field(default=RecordingState.OPEN, sa_type=enum_type(RecordingState))
    session_id: UUID | None = Field(default=None, description="no foreign key: the session may go first")
    chunks: int = 0
    size_bytes: int = Field(default=0, sa_type=BIG_INTEGER)
    seconds: float = 0.0
    agreed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


class RecordedChunk(SQLModel, table=True):
    """One piece of sound, a sealed file of its own. `part` counts how often recording was begun anew, from 0: the
    chunks of one part are one file of the browser's. `sha256` is of the clear bytes."""

    __tablename__ = "recorded_chunk"

    recording_id: UUID = Field(foreign_key="recording_in_progress.id", primary_key=True)
    number: int = Field(ge=0, primary_key=True)
    part: int = Field(ge=0)
    size_bytes: int = Field(ge=1)
    sha256: str = Field(max_length=64)


def require_recorder(actor: Actor, recording: RecordingInProgress | None) -> RecordingInProgress:
    """The recording, for who records it. Who could see the session it becomes hears that it is not theirs to touch, and
    a stranger that it does not exist.

    Raises NotFound, NotAllowed.
    """
    if recording is not None and recording.person_id == actor.person_id:
        return recording
    if recording is None or not may(
        actor, Permission.SEE_SESSION, organisation_id=recording.organisation_id, owner_id=recording.practitioner_id,
        team_id=recording.team_id,
    ):  # fmt: skip
        raise NotFound("There is no such recording, or it is not yours.")
    raise NotAllowed("Somebody else is recording this. You can see it once they have sent it.")


def close(session: Session, recording: RecordingInProgress) -> None:
    """After its state was changed: its chunks are not listed any more. Their files are deleted once this is written."""
    recording.changed_at, recording.sealed = utc_now(), None
    session.add(recording)
    session.exec(delete(RecordedChunk).where(col(RecordedChunk.recording_id) == recording.id))
    session.flush()


def forget(session: Session, recording: RecordingInProgress, *, action: str, by: UUID | None) -> None:
    """Throws an open recording away, and says so in the audit trail as `action`. With its key gone its sound cannot
    be opened, whenever the files go."""
    recording.state = RecordingState.THROWN_AWAY
    close(session, recording)
    shred_session_key(session, recording.id)
    record_audit(session, action=action, subject=recording, organisation_id=recording.organisation_id, by=by)
