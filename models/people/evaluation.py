"""Whether evaluators may see an authority's pseudonymous figures."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.adoption_kept import end_exports_about
from models.audit import AuditEvent, record_audit
from models.errors import NotFound
from models.organisation import Organisation, OrganisationKind
from models.person import Person


@dataclass(frozen=True)
class Switch:
    """When it was last switched, and by whom; both empty where it never was. `who` is empty for an operator."""

    at: datetime | None = None
    who: str = ""


def set_evaluation_opt_in(session: Session, *, organisation: Organisation, opt_in: bool, by: UUID | None) -> None:
    """At once, and it can be taken back: files for evaluators that tell of it, and lie here still, go. Raises NotFound
    in an evaluation centre, which has no figures."""
    if organisation.kind is not OrganisationKind.AUTHORITY:
        raise NotFound("Only an authority has figures that evaluators could see.")
    if organisation.evaluation_opt_in == opt_in:
        return
    organisation.evaluation_opt_in = opt_in
    session.add(organisation)
    if not opt_in:
        end_exports_about(session, organisation.id)
    action = "opted_in_to_evaluation" if opt_in else "opted_out_of_evaluation"
    record_audit(session, action=action, subject=organisation, organisation_id=organisation.id, by=by)


def last_switched(session: Session, organisation_id: UUID) -> Switch:
    found = session.exec(
        select(AuditEvent).where(
            col(AuditEvent.chain) == organisation_id,
            col(AuditEvent.action).in_(("opted_in_to_evaluation", "opted_out_of_evaluation")),
        ).order_by(col(AuditEvent.sequence).desc()).limit(1)
    ).first()  # fmt: skip
    if found is None:
        return Switch()
    person = session.get(Person, found.actor_id) if found.actor_id else None
    return Switch(found.at, person.name if person else "")
