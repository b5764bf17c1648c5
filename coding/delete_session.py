"""The deletion of a withdrawn session as a job: its files, its rows, its key; and the proof of it.

Files are listed and their digests kept before the first one goes, and all rows go in the transaction that ends the job
and writes the proof. So a machine that dies anywhere goes on when it returns, and the proof names everything.
"""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from coding.hold import is_held
from coding.kept_figures import keep_figures
from coding.session_files import look_at, places_of
from models.audit import record_audit
from models.cascade import delete_rows
from models.columns import utc_now
from models.errors import EvokeError
from models.keys import masters_of, shred_session_key
from models.organisation import Organisation
from models.practice import PracticeSession
from models.proof import proof_key_of, public_text, sign_proof
from models.webhook import say_happened
from models.webhook_kept import Happened
from models.withdrawal import DeletionProof, ProofKey, Why, Withdrawal


def delete_session(context: JobContext, *, withdrawal_id: str) -> None:
    storage = context.workshop.storage
    with context.write() as session:
        withdrawal = session.get_one(Withdrawal, UUID(withdrawal_id))
        if withdrawal.done_at is not None or is_held(session, withdrawal.session_id):  # the hold's end enqueues it anew
            context.finish(session)
            return
        places = places_of(session, organisation_id=withdrawal.organisation_id, session_id=withdrawal.session_id)
    files = withdrawal.files
    if files is None:
        files = look_at(context, places)
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
        say_happened(
            session, Happened.SESSION_DELETED, organisation_id=withdrawal.organisation_id, session_id=practice.id
        )  # fmt: skip
        _prove(session, withdrawal, practice, files)
        context.finish(session)


def deletion_stopped(session: Session, error: EvokeError, /, *, withdrawal_id: str) -> None:
    """The session stays hidden, and the nightly job takes its deletion up again."""


def _prove(session: Session, withdrawal: Withdrawal, practice: PracticeSession, files: list[Any]) -> None:
    """Deletes the rows and the key, and writes what went. Where the time was over, figures without a person stay."""
    figures = keep_figures(session, practice) if withdrawal.why is Why.RETENTION else 0
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
        "codings_kept_as_figures": figures,
    }  # fmt: skip
    if session.get(ProofKey, public_text(key)) is None:
        session.add(ProofKey(public_key=public_text(key)))
    session.add(DeletionProof(withdrawal_id=withdrawal.id, document=sign_proof(document, key)))
    session.flush()
