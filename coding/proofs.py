"""Proofs of deletion that were given out: finding them, and telling whether one is ours."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.errors import NotFound
from models.master_key import MasterKeys
from models.permissions import Actor, Permission, may
from models.proof import proof_key_of, public_text
from models.settings import Settings
from models.withdrawal import DeletionProof, ProofKey, Withdrawal


def known_proof_keys(session: Session, settings: Settings) -> set[str]:
    """The public keys of this installation: those of its master keys, and those that it signed with before."""
    used = session.exec(select(ProofKey.public_key)).all()
    return {*used, *(public_text(proof_key_of(master)) for master in MasterKeys(settings).every)}


def withdrawal_for(session: Session, withdrawal_id: UUID, *, actor: Actor) -> tuple[Withdrawal, DeletionProof | None]:
    """For whoever asked for the deletion, and for those who look after data protection. Raises NotFound."""
    found = session.get(Withdrawal, withdrawal_id)
    if found is None or not (
        (found.by_id == actor.person_id and found.organisation_id == actor.organisation_id)
        or may(actor, Permission.MANAGE_RETENTION, organisation_id=found.organisation_id)
    ):
        raise NotFound("There is no such deletion, or it is not yours to see.")
    return found, session.get(DeletionProof, found.id)


def deletions_of(session: Session, organisation_id: UUID, *, limit: int) -> list[Withdrawal]:
    """The newest first."""
    found = select(Withdrawal).where(col(Withdrawal.organisation_id) == organisation_id)
    return list(session.exec(found.order_by(col(Withdrawal.at).desc(), col(Withdrawal.id).desc()).limit(limit)))
