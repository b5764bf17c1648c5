"""What nobody will come back for: files and keys that no row names, as when a process dies in the middle of an upload,
and recordings in progress and talks with a simulated parent that were never finished."""

import contextlib
import logging
import re
import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import col, select

from models.adoption import EvaluationExport, EvaluationKey
from models.certificate import BadgeKey
from models.certificate_kept import record_keys
from models.chunks import IN_PROGRESS
from models.cmi5 import Cmi5Session
from models.columns import utc_now
from models.conversation import Conversation, ConversationState, forget_conversation
from models.data_copy import DataCopy
from models.database import Database
from models.exercise_words import answers_keys
from models.in_progress import InProgress, forget
from models.keys import SessionKey, forget_key
from models.listening_copy import listening_place
from models.live import LiveSession
from models.lti import LtiKey
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
from models.webhook_kept import Webhook
from models.xapi_kept import XapiConnection

log = logging.getLogger("evoke.sweep")
LOST = "lost"
_UNFINISHED = re.compile(r"\.sealed#\d+$")
"""How obstore calls a file while it is written."""


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
    root = settings.data_dir / "files"
    before = time.time() - older_than_hours * 3600
    old = [path for path in root.rglob("*") if _is_older(path, before)]
    with database.read() as session:
        known = set(session.exec(select(Recording.storage_key)).all())
        known |= {listening_place(key) for key in known}
        ours = {str(one) for one in session.exec(select(Organisation.id)).all()}
        in_progress = {str(one) for one in session.exec(select(RecordingInProgress.id)).all()}
        in_progress |= {str(one) for one in session.exec(select(ResumableUpload.id)).all()}
    unfinished = lost = put_back = 0
    for path in old:
        key = path.relative_to(root)
        if key.parts[0] == LOST:
            named = key.relative_to(LOST)
            if str(named) in known and not (root / named).exists():
                put_back += _move(path, root / named)
        elif _UNFINISHED.search(path.name):
            path.unlink(missing_ok=True)
            unfinished += 1
        elif key.parts[1:2] == (IN_PROGRESS,) and path.parent.name in in_progress:
            continue
        elif key.parts[1:2] == (SPOKEN,):
            continue  # nobody comes back for it: see models.sweep_spoken
        elif path.suffix == ".sealed" and key.parts[0] in ours and str(key) not in known:
            lost += _move(path, root / LOST / key)
    log.info("swept %s: %d unfinished deleted, %d set aside, %d put back", root, unfinished, lost, put_back)
    if lost:
        log.warning(
            "%d recordings that this database does not name are now in %s. Is it the right database?", lost, root / LOST
        )
    return Swept(unfinished, lost, put_back)


def sweep_in_progress(database: Database, settings: Settings) -> int:
    """Throws away recordings in progress, and uploads in pieces, that nothing has come to for the days of the settings,
    and the sound of those that became sessions or were thrown away, where a process died before it did. How many are
    gone for good."""
    return sum(_sweep_kind(database, settings, kind) for kind in (RecordingInProgress, ResumableUpload))


def _sweep_kind(database: Database, settings: Settings, kind: type[InProgress]) -> int:
    before = utc_now() - timedelta(days=settings.unsent_recording_days)
    waiting = col(kind.state) == kind.OPEN
    with database.write() as session:
        expired = select(kind).where(waiting, col(kind.changed_at) < before)
        for one in session.exec(expired.with_for_update()).all():  # not one that is being sent at this moment
            forget(session, one, action=kind.EXPIRED, by=None)
    with database.read() as session:
        closed = session.exec(select(kind).where(~waiting)).all()
    root = settings.data_dir / "files"
    deleted = [one for one in closed if _delete(root / str(one.organisation_id) / IN_PROGRESS / str(one.id))]
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


def _delete(folder: Path) -> bool:
    """Whether it is gone. One that stays keeps its row, so that the next sweep tries again and nothing is set aside."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return not folder.exists()
    except OSError as error:
        log.error("%s cannot be deleted; the next sweep tries again: %s", folder, error)
        return False
    return True


def _is_older(path: Path, before: float) -> bool:
    with contextlib.suppress(FileNotFoundError):  # another worker sweeps at the same time
        return path.is_file() and path.stat().st_mtime < before
    return False


def _move(path: Path, to: Path) -> bool:
    to.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.rename(to)
        return True
    return False
