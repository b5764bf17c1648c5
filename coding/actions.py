"""What people do to sessions: add one, try again, say who the practitioner is. Each writes its audit row and job."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from coding.speech.probe import Probe
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.versions import (
    add_transcript_version,
    latest_transcript,
    new_version_to_parse,
    speaker_labels,
)
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.permissions import Actor, Permission, may, require_session
from models.person import Person
from models.practice import PracticeSession, Recording, SessionKind, Stage
from models.queue import enqueue
from models.sign_in import current_teams
from models.transcript import SpeakerDecision, TranscriptSource

SPEAKERS = ("1", "2", "3", "4", "5", "6")
"""What can be said of how many speak in a recording; most are two."""


class SessionDetailsWrong(EvokeError):
    code = "session_details_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class NothingToRetry(EvokeError):
    status = 409
    code = "nothing_to_retry"


@dataclass(frozen=True)
class SessionDetails:
    """What the person who adds a session says about it. `practitioner_id` is whose practice it is. `speakers` and
    `hotwords` help to hear a recording."""

    practitioner_id: UUID
    kind: SessionKind
    held_on: date
    agreement_confirmed: bool
    title: str = ""
    change_goal: str = ""
    speakers: int = 2
    hotwords: str = ""


@dataclass(frozen=True)
class StoredRecording:
    """A file that already lies sealed in storage, and what a look inside it found."""

    recording_id: UUID
    storage_key: str
    original_name: str
    size_bytes: int
    sha256: str
    probe: Probe


def read_details(fields: dict[str, str], *, by: Actor) -> SessionDetails:
    """The form's text as values, all its mistakes at once. Raises SessionDetailsWrong."""
    wrong: dict[str, str] = {}
    try:
        kind = SessionKind(fields.get("kind", "").strip() or SessionKind.ROLE_PLAY)
    except ValueError:
        wrong["kind"] = "Choose role play, simulated or real practice."
    try:
        held_on = date.fromisoformat(fields["held_on"].strip()) if fields.get("held_on", "").strip() else _today()
        if held_on > _today():
            wrong["held_on"] = "The date is in the future. Enter the day the conversation took place."
    except ValueError:
        wrong["held_on"] = "Enter the date as year-month-day, like 2026-03-27."
    try:
        practitioner_id = UUID(fields["practitioner"]) if fields.get("practitioner") else by.person_id
    except ValueError:
        wrong["practitioner"] = "Choose whose practice this is from the list."
    agreed = fields.get("agreement_confirmed", "").strip().lower() in ("yes", "true", "on", "1")
    if not agreed:
        wrong["agreement_confirmed"] = "Confirm that everyone taking part has agreed. Without that Evoke keeps nothing."
    speakers = fields.get("speakers", "").strip() or "2"
    if speakers not in SPEAKERS:
        wrong["speakers"] = "Choose how many people speak, from 1 to 6."
    for name, limit in (("title", 200), ("change_goal", 1000), ("hotwords", 500)):
        if len(fields.get(name, "")) > limit:
            wrong[name] = f"Shorten this to {limit} characters or fewer."
    if wrong:
        raise SessionDetailsWrong(wrong)
    return SessionDetails(
        practitioner_id=practitioner_id, kind=kind, held_on=held_on, agreement_confirmed=agreed,
        title=fields.get("title", "").strip(), change_goal=fields.get("change_goal", "").strip(),
        speakers=int(speakers), hotwords=" ".join(fields.get("hotwords", "").split()),
    )  # fmt: skip


def _today() -> date:
    return utc_now().date()


def team_for(session: Session, practitioner_id: UUID, *, by: Actor) -> tuple[Person, UUID | None]:
    """Whose session it would be, and in which team. Raises SessionDetailsWrong when `by` may not add one for them."""
    practitioner = session.get(Person, practitioner_id)
    teams: list[UUID | None] = [*current_teams(session, practitioner_id)] if practitioner else []
    for team in teams or [None]:
        if practitioner is not None and may(
            by, Permission.ADD_SESSION, organisation_id=practitioner.organisation_id, owner_id=practitioner.id,
            team_id=team,
        ):  # fmt: skip
            return practitioner, team
    raise SessionDetailsWrong({"practitioner": "Choose yourself, or somebody in a team you coach."})


def _new_session(session: Session, *, details: SessionDetails, by: Actor, title: str) -> PracticeSession:
    practitioner, team = team_for(session, details.practitioner_id, by=by)
    practice = PracticeSession(
        organisation_id=practitioner.organisation_id, team_id=team,
        practitioner_id=practitioner.id, added_by_id=by.person_id, title=(details.title or title)[:200],
        kind=details.kind, change_goal=details.change_goal, held_on=details.held_on,
        agreement_confirmed=details.agreement_confirmed,
    )  # fmt: skip
    session.add(practice)
    session.flush()
    record_audit(
        session, action="session_added", subject=practice, organisation_id=practice.organisation_id, by=by.person_id,
        kind=details.kind.value,
    )  # fmt: skip
    return practice


def add_transcript_session(
    session: Session, *, details: SessionDetails, parsed: ParsedTranscript, name: str, by: Actor
) -> PracticeSession:
    """Raises SessionDetailsWrong when `by` may not add one for that practitioner."""
    practice = _new_session(session, details=details, by=by, title=name)
    version = add_transcript_version(
        session, practice_id=practice.id, parsed=parsed, source=TranscriptSource.FILE, method="import", recording=None
    )
    enqueue(session, "code_transcript", organisation_id=practice.organisation_id, transcript_id=version.id)
    return practice


def add_recording_session(
    session: Session, *, details: SessionDetails, stored: StoredRecording, by: Actor
) -> PracticeSession:
    """Raises SessionDetailsWrong when `by` may not add one for that practitioner."""
    practice = _new_session(session, details=details, by=by, title=stored.original_name)
    recording = Recording(
        id=stored.recording_id, session_id=practice.id, storage_key=stored.storage_key,
        original_name=stored.original_name[:300], size_bytes=stored.size_bytes, sha256=stored.sha256,
        seconds=stored.probe.seconds, notes=list(stored.probe.notes), speakers=details.speakers,
        hotwords=details.hotwords,
    )  # fmt: skip
    session.add(recording)
    session.flush()
    enqueue(session, "transcribe_recording", organisation_id=practice.organisation_id, recording_id=recording.id)
    return practice


def retry_session(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """Takes a stopped session up again where it stopped. Raises NothingToRetry, NotAllowed."""
    require_session(by, Permission.CHANGE_SESSION, practice)
    if practice.stage is not Stage.STOPPED:
        raise NothingToRetry("This session has not stopped, so there is nothing to try again.")
    transcript = latest_transcript(session, practice.id)
    recording = session.exec(select(Recording).where(col(Recording.session_id) == practice.id)).first()
    if transcript is not None:
        enqueue(session, "code_transcript", organisation_id=practice.organisation_id, transcript_id=transcript.id)
    elif recording is not None:
        enqueue(session, "transcribe_recording", organisation_id=practice.organisation_id, recording_id=recording.id)
    practice.stage, practice.problem_code, practice.problem, practice.progress = Stage.QUEUED, None, None, 0
    session.add(practice)
    record_audit(
        session, action="session_retried", subject=practice, organisation_id=practice.organisation_id, by=by.person_id
    )


def say_who_is_practitioner(session: Session, *, practice: PracticeSession, label: str, by: Actor) -> None:
    """Records the decision and codes the transcript again as a new coding; the old one stays. Where the file drew no
    utterances they are drawn anew too, in a new version of the transcript.

    Raises NotAllowed, SessionDetailsWrong.
    """
    require_session(by, Permission.CHANGE_SESSION, practice)
    transcript = latest_transcript(session, practice.id)
    if transcript is None or label not in speaker_labels(session, transcript.id):
        raise SessionDetailsWrong({"label": "Choose one of the speakers of this conversation."})
    if not transcript.utterances_given:
        transcript = new_version_to_parse(session, transcript)
    session.add(SpeakerDecision(transcript_id=transcript.id, practitioner_labels=[label], decided_by_id=by.person_id))
    enqueue(session, "code_transcript", organisation_id=practice.organisation_id, transcript_id=transcript.id)
    practice.stage, practice.progress, practice.problem_code, practice.problem = Stage.QUEUED, 0, None, None
    session.add(practice)
    record_audit(
        session, action="practitioner_decided", subject=practice, organisation_id=practice.organisation_id,
        by=by.person_id,
    )  # fmt: skip
