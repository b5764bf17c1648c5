"""The deletion of a withdrawn session as a job: its files, its rows, its key; and the proof of it.

Files are listed and their digests kept before the first one goes, and all rows go in the transaction that ends the job
and writes the proof. So a machine that dies anywhere goes on when it returns, and the proof names everything.
"""

import hashlib
from typing import Any
from uuid import UUID

import obstore
from sqlmodel import Session, col, select

from coding.context import JobContext
from models.audit import record_audit
from models.cascade import delete_rows
from models.chunks import IN_PROGRESS
from models.columns import utc_now
from models.errors import EvokeError
from models.keys import masters_of, shred_session_key
from models.organisation import Organisation
from models.practice import PracticeSession, Recording
from models.proof import proof_key_of, public_text, sign_proof
from models.recording_in_progress import RecordingInProgress
from models.storage import Storage
from models.sweep import LOST
from models.withdrawal import DeletionProof, ProofKey, Withdrawal


def delete_session(context: JobContext, *, withdrawal_id: str) -> None:
    storage = context.workshop.storage
    with context.write() as session:
        withdrawal = session.get_one(Withdrawal, UUID(withdrawal_id))
        if withdrawal.done_at is not None:
            context.finish(session)
            return
        names = _names(session, withdrawal)
    files = withdrawal.files
    if files is None:
        files = _look_at(context, storage, names)
        with context.write() as session:
            session.get_one(Withdrawal, withdrawal.id).files = files
    for file in files:
        storage.delete(file["name"])
    with context.write() as session:
        withdrawal = session.get_one(Withdrawal, withdrawal.id)
        practice = session.get_one(PracticeSession, withdrawal.session_id)
        record_audit(
            session, action="session_deleted", subject=practice, organisation_id=withdrawal.organisation_id,
            by=withdrawal.by_id, why=withdrawal.why.value, files=str(len(files)),
        )  # fmt: skip
        _prove(session, withdrawal, practice, files)
        context.finish(session)


def deletion_stopped(session: Session, error: EvokeError, /, *, withdrawal_id: str) -> None:
    """The session stays hidden, and the nightly job takes its deletion up again."""


def _names(session: Session, withdrawal: Withdrawal) -> list[str]:
    """Where files of the session may lie, also those that were set aside."""
    recordings = session.exec(select(Recording).where(col(Recording.session_id) == withdrawal.session_id)).all()
    in_progress = select(RecordingInProgress.id).where(col(RecordingInProgress.session_id) == withdrawal.session_id)
    folders = [f"{withdrawal.organisation_id}/{IN_PROGRESS}/{one}" for one in session.exec(in_progress)]
    return [place for one in recordings for place in (one.storage_key, f"{LOST}/{one.storage_key}")] + folders


def _look_at(context: JobContext, storage: Storage, places: list[str]) -> list[dict[str, Any]]:
    """Every file at `places` (a file or a folder), with its size in bytes and the digest of its sealed bytes."""
    found = []
    for place in places:
        try:
            names = [obstore.head(storage.store, place)["path"]]
        except FileNotFoundError:
            names = [one["path"] for batch in obstore.list(storage.store, place) for one in batch]
        for name in names:
            digest, size = hashlib.sha256(), 0
            for piece in obstore.get(storage.store, name).stream():
                digest.update(piece)
                size += len(piece)
                context.check()
            found.append({"name": name, "bytes": size, "sha256_of_sealed": digest.hexdigest()})
    return found


def _prove(session: Session, withdrawal: Withdrawal, practice: PracticeSession, files: list[Any]) -> None:
    """Deletes the rows and the key, and writes what went."""
    key = proof_key_of(masters_of(session).current)
    kind, held_on, added = practice.kind.value, practice.held_on, practice.created_at
    gone = delete_rows(session, withdrawal.session_id)
    shred_session_key(session, withdrawal.session_id)
    withdrawal = session.get_one(Withdrawal, withdrawal.id)
    withdrawal.done_at = utc_now()
    organisation = session.get_one(Organisation, withdrawal.organisation_id)
    document = {
        "organisation": {"id": str(organisation.id), "name": organisation.name},
        "session": {"id": str(withdrawal.session_id), "kind": kind, "held_on": held_on.isoformat(),
                    "added_at": added.isoformat()},
        "why": withdrawal.why.value, "asked_at": withdrawal.at.isoformat(),
        "deleted_at": withdrawal.done_at.isoformat(), "rows": gone, "files": files, "key": "destroyed",
    }  # fmt: skip
    if session.get(ProofKey, public_text(key)) is None:
        session.add(ProofKey(public_key=public_text(key)))
    session.add(DeletionProof(withdrawal_id=withdrawal.id, document=sign_proof(document, key)))
    session.flush()
