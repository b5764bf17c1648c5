"""What nobody will come back for: files and keys that no row names, as when a process dies in the middle of an upload,
and recordings in progress and talks with a simulated parent that were never finished."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from models.adoption import EvaluationExport, EvaluationKey
from models.certificate import BadgeKey
from models.certificate_kept import record_keys
from models.chunks import IN_PROGRESS, folder_of_chunks
from models.cmi5 import Cmi5Session
from models.columns import utc_now
from models.conversation import Conversation, ConversationState, forget_conversation
from models.data_copy import DataCopy
from models.database import Database
from models.exercise_words import answers_keys
from models.files_errors import FilesError
from models.in_progress import InProgress, forget
from models.keys import SessionKey, forget_key
from models.listening_copy import listening_place
from models.live import LiveSession
from models.lti import LtiKey
from models.named_files import IN_PIECES
from models.organisation import Organisation
from models.parent_writer import ParentWriter
from models.plan import PlanChoice
from models.practice import PracticeSession, Recording
from models.recording_in_progress import RecordingInProgress
from models.resumable_upload import ResumableUpload
from models.second_step_kept import SecondStep
from models.settings import Settings
from models.single_sign_on_kept import SingleSignOn
from models.spoken_answer import SPOKEN, SpokenAnswer
from models.storage import Storage
from models.webhook_kept import Webhook
from models.xapi_kept import XapiConnection

log = logging.getLogger("evoke.sweep")
LOST = "lost"


@dataclass(frozen=True)
class Swept:
    """How many files: `unfinished` are deleted, `lost` set aside, `put_back` were set aside and have a row again."""

    unfinished: int
    lost: int
    put_back: int


def sweep_files(database: Database, settings: Settings, *, older_than_hours: float = 24) -> Swept:
    """For the start of a worker; touches no file that an upload could still be writing.

    Only an upload that was never finished is deleted. A finished recording without a row goes to files/lost: perhaps
    it is the row that is missing, after an older backup or with another database. Files of an organisation that this
    database does not know are left alone.
    """
    storage, before = Storage(settings), utc_now() - timedelta(hours=older_than_hours)
    unfinished = storage.delete_unfinished(before=before)
    found = list(storage.files())
    with database.read() as session:
        known = set(session.exec(select(Recording.storage_key)).all())
        known |= {listening_place(key) for key in known}
        ours = {str(one) for one in session.exec(select(Organisation.id)).all()}
        in_progress = {str(one) for one in session.exec(select(RecordingInProgress.id)).all()}
        in_progress |= {str(one) for one in session.exec(select(ResumableUpload.id)).all()}
    there = {file.key for file in found}
    lost = put_back = 0
    for key in (file.key for file in found if file.changed_at < before):
        first, second, third, *_ = *key.split("/"), "", ""
        if first == LOST:
            named = key.removeprefix(f"{LOST}/")
            if named in known and named not in there:
                put_back += _move(storage, key, named)
        elif second == IN_PROGRESS and third in in_progress:
            continue
        elif second == SPOKEN:
            continue  # nobody comes back for it: see models.sweep_spoken
        elif key.endswith(".sealed") and first in ours and key not in known:
            lost += _move(storage, key, f"{LOST}/{key}")
    log.info("swept files: %d unfinished deleted, %d set aside, %d put back", unfinished, lost, put_back)
    if lost:
        log.warning(
            "%d recordings that this database does not name now lie under %s. Is it the right database?", lost, LOST
        )
    return Swept(unfinished, lost, put_back)


def sweep_in_progress(database: Database, settings: Settings) -> int:
    """Throws away recordings in progress, and uploads in pieces, that nothing has come to for the days of the settings,
    and the sound of those that became sessions or were thrown away, where a process died before it did. How many are
    gone for good."""
    return sum(_sweep_kind(database, settings, kind) for kind in IN_PIECES)


def _sweep_kind(database: Database, settings: Settings, kind: type[InProgress]) -> int:
    before = utc_now() - timedelta(days=settings.unsent_recording_days)
    waiting = col(kind.state) == kind.OPEN
    with database.write() as session:
        expired = select(kind).where(waiting, col(kind.changed_at) < before)
        for one in session.exec(expired.with_for_update()).all():  # not one that is being sent at this moment
            forget(session, one, action=kind.EXPIRED, by=None)
    with database.read() as session:
        closed = session.exec(select(kind).where(~waiting)).all()
    storage = Storage(settings)
    deleted = [one for one in closed if _delete(storage, folder_of_chunks(one.organisation_id, one.id))]
    gone = [one for one in deleted if one.state is kind.THROWN_AWAY or one.changed_at < before]
    with database.write() as session:
        # Those that became sessions answer, for as many days, who did not hear so.
        session.exec(delete(kind).where(col(kind.id).in_([one.id for one in gone])))
    if gone:
        log.info("swept %d %ss that were in progress", len(gone), kind.CALLED)
    return len(gone)


def sweep_conversations(database: Database, settings: Settings) -> int:
    """Throws away talks with a simulated parent that nobody went on with for the days of the settings. How many."""
    before = utc_now() - timedelta(days=settings.unsent_recording_days)
    left = col(Conversation.state) != ConversationState.FINISHED
    with database.write() as session:
        expired = select(Conversation).where(left, col(Conversation.changed_at) < before).with_for_update()
        found = session.exec(expired).all()
        for one in found:
            forget_conversation(session, one, action="conversation_expired", by=None)
    return len(found)


def sweep_keys(database: Database, *, older_than_hours: float = 24) -> int:
    """Forgets keys of what never became a session, as when a process dies in the middle of an upload. How many."""
    before = utc_now() - timedelta(hours=older_than_hours)
    with database.write() as session:
        unused = select(SessionKey.session_id).where(
            col(SessionKey.created_at) < before,
            col(SessionKey.session_id).not_in(select(PracticeSession.id)),
            col(SessionKey.session_id).not_in(select(RecordingInProgress.id)),
            col(SessionKey.session_id).not_in(select(ResumableUpload.id)),
            col(SessionKey.session_id).not_in(select(Conversation.id)),
            col(SessionKey.session_id).not_in(select(ParentWriter.id)),
            col(SessionKey.session_id).not_in(select(SecondStep.id)),
            col(SessionKey.session_id).not_in(select(SingleSignOn.id)),
            col(SessionKey.session_id).not_in(select(DataCopy.id)),
            col(SessionKey.session_id).not_in(select(PlanChoice.id)),
            col(SessionKey.session_id).not_in(select(LiveSession.id)),
            col(SessionKey.session_id).not_in(select(BadgeKey.id)),
            col(SessionKey.session_id).not_in(select(SpokenAnswer.id)),
            col(SessionKey.session_id).not_in(select(EvaluationKey.id)),
            col(SessionKey.session_id).not_in(select(LtiKey.id)),
            col(SessionKey.session_id).not_in(select(EvaluationExport.id)),
            col(SessionKey.session_id).not_in(select(Webhook.id)),
            col(SessionKey.session_id).not_in(select(XapiConnection.id)),
            col(SessionKey.session_id).not_in(select(Cmi5Session.id)),
        )  # fmt: skip
        found = set(session.exec(unused).all()) - record_keys(session) - answers_keys(session)
        for session_id in found:
            forget_key(session, session_id)
    return len(found)


def _delete(storage: Storage, folder: str) -> bool:
    """Whether it is gone. One that stays keeps its row, so that the next sweep tries again and nothing is set aside."""
    try:
        storage.delete_folder(folder)
    except FilesError:
        log.error("%s cannot be deleted; the next sweep tries again", folder)
        return False
    return True


def _move(storage: Storage, key: str, to: str) -> bool:
    try:
        storage.rename(key, to)
    except FileNotFoundError:  # another worker sweeps at the same time
        return False
    return True
