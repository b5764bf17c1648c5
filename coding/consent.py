"""Keeping the consent ledger, correcting it, and asking it before anything is done with a session."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from coding.ledger import AgreementMissing, Given, Ledger, TookPart, what_is_missing
from coding.retention import steps_of
from models.asked_once import asked_once
from models.audit import record_audit
from models.columns import utc_now
from models.consent import (
    Agreement,
    HowGiven,
    LawfulBasis,
    Participant,
    RealPracticeSwitch,
    Scope,
    SessionBasis,
)
from models.permissions import Actor, Permission, may
from models.practice import PracticeSession
from models.retention import Part
from models.session_permissions import require_session
from models.session_words import keep_participant_label, participant_label


def keep_ledger(session: Session, *, practice: PracticeSession, ledger: Ledger, by: UUID) -> None:
    """The first entries of a session, in the transaction that adds it. What was not agreed to is a row too: a no."""
    for position, person in enumerate(ledger.people, 1):
        add_participant(session, practice=practice, person=person, position=position, by=by)
    if ledger.basis is not None:
        session.add(SessionBasis(session_id=practice.id, basis=ledger.basis, recorded_by_id=by))
    session.flush()


def add_participant(
    session: Session, *, practice: PracticeSession, person: TookPart, position: int, by: UUID
) -> Participant:
    row = Participant(session_id=practice.id, position=position, who=person.who)
    keep_participant_label(session, row, person.label)
    session.add(row)
    session.flush()
    for scope in Scope:
        _add_agreement(session, row.id, scope, person.agreed.get(scope), by=by)
    return row


def _add_agreement(session: Session, participant_id: UUID, scope: Scope, given: Given | None, *, by: UUID) -> None:
    said = given or Given(HowGiven.SAID, utc_now().date())
    session.add(
        Agreement(
            participant_id=participant_id, scope=scope, given=given is not None, how=said.how, heard_at=said.heard_at,
            given_on=said.on, expires_on=said.expires_on, recorded_by_id=by,
        )
    )  # fmt: skip


@asked_once
def participants_of(session: Session, practice_id: UUID) -> Sequence[Participant]:
    return session.exec(_PARTICIPANTS, params={"id": practice_id}).all()


@asked_once
def agreements_of(session: Session, practice_id: UUID) -> Sequence[Agreement]:
    """Every row there ever was, the oldest first."""
    return session.exec(_AGREEMENTS, params={"id": practice_id}).all()


_PARTICIPANTS = (
    select(Participant).where(col(Participant.session_id) == bindparam("id")).order_by(col(Participant.position))
)
_AGREEMENTS = (
    select(Agreement)
    .join(Participant, col(Participant.id) == col(Agreement.participant_id))
    .where(col(Participant.session_id) == bindparam("id"))
    .order_by(col(Agreement.created_at), col(Agreement.id))
)


def ledger_of(session: Session, practice_id: UUID, *, named: bool = True) -> Ledger:
    """What holds now. Without `named` people are numbers, for what is kept unsealed."""
    newest = {(row.participant_id, row.scope): row for row in agreements_of(session, practice_id)}
    people = [
        TookPart(
            who=one.who, label=participant_label(session, one) if named else f"Person {one.position}",
            agreed={
                scope: Given(row.how, row.given_on, row.expires_on, row.heard_at)
                for (owner, scope), row in newest.items() if owner == one.id and row.given
            },
            withdrew=any(row.withdrawn_at is not None for (owner, _), row in newest.items() if owner == one.id),
        )
        for one in participants_of(session, practice_id)
    ]  # fmt: skip
    return Ledger(tuple(people), basis_of(session, practice_id))


@asked_once
def basis_of(session: Session, practice_id: UUID) -> LawfulBasis | None:
    newest = session.exec(_BASES, params={"id": practice_id}).first()
    return newest.basis if newest else None


@asked_once
def real_practice_switch(session: Session, organisation_id: UUID) -> RealPracticeSwitch | None:
    """The newest, which holds."""
    return session.exec(_SWITCH, params={"id": organisation_id}).first()


_BASES = (
    select(SessionBasis)
    .where(col(SessionBasis.session_id) == bindparam("id"))
    .order_by(col(SessionBasis.created_at).desc(), col(SessionBasis.id).desc())
)
_SWITCH = (
    select(RealPracticeSwitch)
    .where(col(RealPracticeSwitch.organisation_id) == bindparam("id"))
    .order_by(col(RealPracticeSwitch.created_at).desc(), col(RealPracticeSwitch.id).desc())
    .limit(1)
)


def real_practice_is_on(session: Session, organisation_id: UUID) -> bool:
    switch = real_practice_switch(session, organisation_id)
    return switch is not None and switch.is_on


def missing_for(
    session: Session,
    practice: PracticeSession,
    *,
    scope: Scope = Scope.SUPERVISION,
    today: date | None = None,
    named: bool = True,
) -> dict[str, str]:
    """As `what_is_missing`, of what is kept."""
    return what_is_missing(
        ledger_of(session, practice.id, named=named), kind=practice.kind, scope=scope, today=today or utc_now().date(),
        real_practice_on=real_practice_is_on(session, practice.organisation_id),
    )  # fmt: skip


def check_agreement(
    session: Session, practice: PracticeSession, *, scope: Scope = Scope.SUPERVISION, named: bool = False
) -> None:
    """Before anything is done with a session, and before each further use. A job's error is kept unsealed, so only what
    a person is told at once is `named`. Raises AgreementMissing."""
    if practice.withdrawn_at is not None:
        raise AgreementMissing({"kind": "The agreement to this session was taken back, and it is being deleted."})
    if missing := missing_for(session, practice, scope=scope, named=named):
        raise AgreementMissing(missing)


@dataclass(frozen=True)
class Correction:
    """What a participant really agreed to. `agreed` holds the scopes; the others are a no."""

    agreed: dict[Scope, Given]


def correct_agreement(
    session: Session, *, practice: PracticeSession, participant: Participant, correction: Correction, by: Actor
) -> None:
    """Adds new rows where something differs; the old ones stay and say what was believed until now.

    Raises NotFound, NotAllowed."""
    require_session(by, Permission.CHANGE_SESSION, practice)
    newest = {row.scope: row for row in agreements_of(session, practice.id) if row.participant_id == participant.id}
    changed = []
    for scope in Scope:
        given, row = correction.agreed.get(scope), newest.get(scope)
        before = Given(row.how, row.given_on, row.expires_on, row.heard_at) if row and row.given else None
        if given != before:
            _add_agreement(session, participant.id, scope, given, by=by.person_id)
            changed.append(scope.value)
    if changed:
        _audit(session, "agreement_corrected", practice, by, scopes=" ".join(changed), person=str(participant.position))


def add_to_ledger(session: Session, *, practice: PracticeSession, person: TookPart, by: Actor) -> Participant:
    """Somebody who was left out; not what they are called, where what was said is gone. Raises NotFound, NotAllowed."""
    require_session(by, Permission.CHANGE_SESSION, practice)
    session.refresh(practice, with_for_update=True)
    if Part.WORDS in steps_of(session, practice.id):
        person = replace(person, label="")
    last = select(func.max(Participant.position)).where(col(Participant.session_id) == practice.id)
    position = (session.exec(last).one() or 0) + 1
    row = add_participant(session, practice=practice, person=person, position=position, by=by.person_id)
    _audit(session, "participant_added", practice, by, who=person.who.value, person=str(position))
    return row


def set_basis(session: Session, *, practice: PracticeSession, basis: LawfulBasis, by: Actor) -> None:
    """Raises NotFound, NotAllowed."""
    require_session(by, Permission.CHANGE_SESSION, practice)
    if basis is not basis_of(session, practice.id):
        session.add(SessionBasis(session_id=practice.id, basis=basis, recorded_by_id=by.person_id))
        _audit(session, "lawful_basis_set", practice, by, basis=basis.value)


def switch_real_practice(session: Session, *, organisation_id: UUID, on: bool, by: Actor) -> None:
    """The caller has checked that `by` may. Sessions that were added while it was on stop when it goes off."""
    assert may(by, Permission.MANAGE_RETENTION, organisation_id=organisation_id)
    row = RealPracticeSwitch(organisation_id=organisation_id, is_on=on, switched_by_id=by.person_id)
    session.add(row)
    session.flush()
    record_audit(
        session, action="real_practice_switched_on" if on else "real_practice_switched_off", subject=row,
        organisation_id=organisation_id, by=by.person_id,
    )  # fmt: skip


def _audit(session: Session, action: str, practice: PracticeSession, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=practice, organisation_id=practice.organisation_id, by=by.person_id, **details
    )
