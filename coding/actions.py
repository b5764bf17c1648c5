"""What people do to sessions: add one, try again, say who the practitioner is. Each writes its audit row and job."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from coding.coding_words import decided_labels, keep_decision, latest_decision
from coding.consent import check_agreement, keep_ledger, missing_for, real_practice_is_on
from coding.details import SessionDetails, SessionDetailsWrong
from coding.end_copies import end_copies_about
from coding.ledger import NOT_SWITCHED_ON, AgreementMissing, usual_ledger
from coding.retention import require_words, steps_of
from coding.speech.probe import Probe
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.versions import (
    add_transcript_version,
    latest_transcript,
    new_version_to_parse,
    speaker_labels,
)
from models.api_client_kept import is_a_human
from models.audit import record_audit
from models.columns import new_id
from models.errors import EvokeError
from models.keys import make_session_key
from models.lti_grades import role_play_added
from models.name_check import keep_names
from models.permissions import Actor, Permission, may
from models.person import Person
from models.practice import AGREEMENT_MISSING, PracticeSession, Recording, SessionKind, Stage
from models.queue import enqueue
from models.retention import Part
from models.session_permissions import require_session
from models.session_words import RecordingWords, SessionWords, keep_recording_words, keep_session_words
from models.sign_in import current_teams
from models.transcript import SpeakerDecision, TranscriptSource
from models.webhook import say_happened
from models.webhook_kept import Happened

_MOST_HOTWORDS = 500


class NothingToRetry(EvokeError):
    status = 409
    code = "nothing_to_retry"


@dataclass(frozen=True)
class StoredRecording:
    """A file that already lies sealed in storage, under the key of the session it becomes, and what a look inside it
    found."""

    session_id: UUID
    recording_id: UUID
    storage_key: str
    original_name: str
    size_bytes: int
    sha256: str
    probe: Probe


def team_for(session: Session, practitioner_id: UUID, *, by: Actor) -> tuple[Person, UUID | None]:
    """Whose session it would be, and in which team. Raises SessionDetailsWrong when `by` may not add one for them."""
    here = select(Person).where(col(Person.id) == practitioner_id, col(Person.left_at).is_(None), is_a_human())
    practitioner = session.exec(here).first()
    if practitioner is None and by.is_program:
        raise SessionDetailsWrong({"practitioner": "Give the id of the person whose practice this is."})
    teams: list[UUID | None] = [*current_teams(session, practitioner_id)] if practitioner else []
    for team in teams or [None]:
        if practitioner is not None and may(
            by, Permission.ADD_SESSION, organisation_id=practitioner.organisation_id, owner_id=practitioner.id,
            team_id=team,
        ):  # fmt: skip
            return practitioner, team
    raise SessionDetailsWrong({"practitioner": "Choose yourself, or somebody in a team you coach."})


def check_kind(session: Session, kind: SessionKind, organisation_id: UUID) -> None:
    """Before a recording of it is taken. Raises SessionDetailsWrong where the organisation does not let it in."""
    if kind is SessionKind.REAL_PRACTICE and not real_practice_is_on(session, organisation_id):
        raise SessionDetailsWrong({"kind": NOT_SWITCHED_ON})


def _new_session(
    session: Session, *, details: SessionDetails, by: Actor, title: str, session_id: UUID | None = None
) -> PracticeSession:
    """With `session_id` its key is made already."""
    practitioner, team = team_for(session, details.practitioner_id, by=by)
    practice = PracticeSession(
        id=session_id or new_id(), organisation_id=practitioner.organisation_id, team_id=team,
        practitioner_id=practitioner.id, added_by_id=by.person_id, kind=details.kind,
        picked=details.picked, held_on=details.held_on, agreement_confirmed=details.agreement_confirmed,
    )  # fmt: skip
    if session_id is None:
        make_session_key(session, organisation_id=practice.organisation_id, session_id=practice.id)
    keep_session_words(session, practice, SessionWords((details.title or title)[:200], details.change_goal))
    session.add(practice)
    session.flush()
    ledger = details.ledger or usual_ledger(details.kind, details.held_on)
    keep_ledger(session, practice=practice, ledger=ledger, by=by.person_id)
    keep_names(session, session_id=practice.id, names=details.names)
    record_audit(
        session, action="session_added", subject=practice, organisation_id=practice.organisation_id, by=by.person_id,
        kind=details.kind.value,
    )  # fmt: skip
    _say(session, Happened.SESSION_ADDED, practice)
    role_play_added(session, practice)
    if missing := missing_for(session, practice):
        if not details.hold:
            raise SessionDetailsWrong(missing)
        hold_back(session, practice, AgreementMissing(missing))
    return practice


def hold_back(session: Session, practice: PracticeSession, error: AgreementMissing) -> None:
    """Kept sealed, and not worked on, until the ledger is complete."""
    was_held = practice.stage is Stage.STOPPED
    without_names = AgreementMissing(missing_for(session, practice, named=False) or error.fields)
    practice.stage, practice.problem_code, practice.problem = Stage.STOPPED, error.code, without_names.message
    session.add(practice)
    session.flush()
    if not was_held:
        _say(session, Happened.SESSION_STOPPED, practice)


def _say(session: Session, kind: Happened, practice: PracticeSession) -> None:
    say_happened(session, kind, organisation_id=practice.organisation_id, session_id=practice.id)


def add_transcript_session(
    session: Session, *, details: SessionDetails, parsed: ParsedTranscript, name: str, by: Actor,
    session_id: UUID | None = None, method: str = "import",
) -> PracticeSession:  # fmt: skip
    """With `session_id` its key is made already. Raises SessionDetailsWrong when `by` may not add one for that
    practitioner."""
    practice = _new_session(session, details=details, by=by, title=name, session_id=session_id)
    version = add_transcript_version(
        session, practice_id=practice.id, parsed=parsed, source=TranscriptSource.FILE, method=method, recording=None
    )
    if practice.stage is Stage.QUEUED:
        enqueue(session, "code_transcript", organisation_id=practice.organisation_id, transcript_id=version.id)
    return practice


def add_recording_session(
    session: Session, *, details: SessionDetails, stored: StoredRecording, by: Actor
) -> PracticeSession:
    """Raises SessionDetailsWrong when `by` may not add one for that practitioner."""
    practice = _new_session(session, details=details, by=by, title=stored.original_name, session_id=stored.session_id)
    recording = Recording(
        id=stored.recording_id, session_id=practice.id, storage_key=stored.storage_key,
        size_bytes=stored.size_bytes, sha256=stored.sha256, seconds=stored.probe.seconds,
        notes=list(stored.probe.notes), speakers=details.speakers,
    )  # fmt: skip
    keep_recording_words(session, recording, RecordingWords(stored.original_name[:300], _to_listen_for(details)))
    session.add(recording)
    session.flush()
    if practice.stage is Stage.QUEUED:
        enqueue(session, "transcribe_recording", organisation_id=practice.organisation_id, recording_id=recording.id)
    return practice


def go_on_if_agreed(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """After a change of its ledger: a session that was held takes its way, or says what is still missing."""
    if practice.stage is not Stage.STOPPED or practice.problem_code != AGREEMENT_MISSING:
        return
    if steps_of(session, practice.id):  # its time was over before that: nothing is left to work on
        return
    if missing := missing_for(session, practice):
        hold_back(session, practice, AgreementMissing(missing))
    else:
        retry_session(session, practice=practice, by=by)


def _to_listen_for(details: SessionDetails) -> str:
    """The names given are heard better too."""
    return ", ".join(filter(None, [details.hotwords, *(one.name for one in details.names)]))[:_MOST_HOTWORDS]


def retry_session(session: Session, *, practice: PracticeSession, by: Actor) -> None:
    """Takes a stopped session up again where it stopped.

    Raises NothingToRetry, WordsWent, AgreementMissing, NotAllowed.
    """
    require_session(by, Permission.CHANGE_SESSION, practice)
    session.refresh(practice, with_for_update=True)  # two clicks at once are one job
    if practice.stage is not Stage.STOPPED:
        raise NothingToRetry("This session has not stopped, so there is nothing to try again.")
    require_words(session, practice)
    check_agreement(session, practice, named=True)
    transcript = latest_transcript(session, practice.id)
    if transcript is None and Part.RECORDING in steps_of(session, practice.id):
        raise NothingToRetry("The recording is gone, because its time was over, and it was never written down.")
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
    utterances they are drawn anew too, in a new version of the transcript. Copies of what is held about somebody go:
    they could hold another's words as theirs. A decision that stands already, as after a second click, changes nothing.

    Raises NotAllowed, SessionDetailsWrong, WordsWent.
    """
    require_session(by, Permission.CHANGE_SESSION, practice)
    require_words(session, practice)  # which also locks: one decision after the other
    transcript = latest_transcript(session, practice.id)
    if transcript is None or label not in speaker_labels(session, transcript.id):
        raise SessionDetailsWrong({"label": "Choose one of the speakers of this conversation."})
    stands = latest_decision(session, transcript.id)
    if practice.stage is not Stage.STOPPED and stands is not None and decided_labels(session, stands) == (label,):
        return
    if not transcript.utterances_given:
        transcript = new_version_to_parse(session, transcript)
    decision = SpeakerDecision(transcript_id=transcript.id, decided_by_id=by.person_id)
    keep_decision(session, decision, [label])
    session.add(decision)
    enqueue(session, "code_transcript", organisation_id=practice.organisation_id, transcript_id=transcript.id)
    practice.stage, practice.progress, practice.problem_code, practice.problem = Stage.QUEUED, 0, None, None
    session.add(practice)
    end_copies_about(session, practice, by=by.person_id)
    record_audit(
        session, action="practitioner_decided", subject=practice, organisation_id=practice.organisation_id,
        by=by.person_id,
    )  # fmt: skip
