"""Invitations: a link that works once, and for a week.

A link's secret is made from the master key and the invitation's id, so that the mail and the page show the same one and
a mail that is sent again needs no other. Kept is its hash alone: a copied database lets nobody in.
"""

import base64
import hashlib
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.cipher import derived_key
from models.columns import new_id, utc_now
from models.errors import NotFound
from models.invitation import Invitation
from models.master_key import load_master_key
from models.password import set_password
from models.person import Person
from models.queue import enqueue
from models.settings import Settings

DAYS = 7


class InvitationOver(NotFound):
    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(
            "This invitation does not work. It was used already, it was replaced by a newer one, or its week is over. "
            "If you have a password, sign in. If not, ask whoever invited you for a new one."
        )


def invite(session: Session, *, person: Person, settings: Settings, by: UUID | None) -> Invitation:
    """A new link, and the job that mails it. Earlier links stop working."""
    end_invitations(session, person)
    invitation_id = new_id()
    invitation = Invitation(
        id=invitation_id, person_id=person.id, token_hash=_hash(_secret(invitation_id, settings)), by_id=by,
        expires_at=utc_now() + timedelta(days=DAYS),
    )  # fmt: skip
    session.add(invitation)
    person.invited_at = utc_now()
    session.add(person)
    session.flush()
    enqueue(session, "send_invitation", organisation_id=person.organisation_id, invitation_id=invitation.id)
    record_audit(session, action="invited", subject=person, organisation_id=person.organisation_id, by=by)
    return invitation


def link_of(invitation: Invitation, settings: Settings) -> str:
    """Empty where it was made with another master key: then a new invitation is needed."""
    secret = _secret(invitation.id, settings)
    return f"{settings.site}/join/{secret}" if _hash(secret) == invitation.token_hash else ""


def open_invitation(session: Session, person: Person) -> Invitation | None:
    """The newest that still works."""
    theirs = select(Invitation).where(col(Invitation.person_id) == person.id, col(Invitation.ended_at).is_(None))
    newest = session.exec(theirs.order_by(col(Invitation.created_at).desc())).first()
    return newest if newest is not None and newest.is_open else None


def invited_person(session: Session, secret: str) -> Person:
    """Whom the link invites. Raises InvitationOver."""
    return session.get_one(Person, _find(session, secret).person_id)


def accept_invitation(session: Session, *, secret: str, name: str, password_hash: str) -> Person:
    """Gives them their password, once. Raises InvitationOver."""
    person = session.get_one(Person, _find(session, secret, locked=True).person_id)
    person.name = name
    set_password(session, person=person, password_hash=password_hash, by=person.id)
    has_joined(session, person)
    return person


def has_joined(session: Session, person: Person) -> None:
    """They are in, by their link or in another way they proved who they are: no link is needed any more."""
    if person.invited_at is None:
        return
    person.invited_at = None
    session.add(person)
    end_invitations(session, person)
    record_audit(session, action="joined", subject=person, organisation_id=person.organisation_id, by=person.id)


def end_invitations(session: Session, person: Person) -> None:
    theirs = select(Invitation).where(col(Invitation.person_id) == person.id, col(Invitation.ended_at).is_(None))
    for invitation in session.exec(theirs):
        invitation.ended_at = utc_now()
        session.add(invitation)
    session.flush()


def _find(session: Session, secret: str, *, locked: bool = False) -> Invitation:
    """Locked to be used, so that it is used once. Raises InvitationOver."""
    wanted = select(Invitation).where(col(Invitation.token_hash) == _hash(secret))
    invitation = session.exec(wanted.with_for_update() if locked else wanted).first()
    if invitation is None or not invitation.is_open:
        raise InvitationOver
    person = session.get_one(Person, invitation.person_id)
    if person.left_at is not None or person.invited_at is None:
        raise InvitationOver
    return invitation


def _secret(invitation_id: UUID, settings: Settings) -> str:
    key = derived_key(load_master_key(settings), purpose="invitation", record_id=invitation_id)
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
