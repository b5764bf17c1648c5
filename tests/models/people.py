"""Somebody who joins, and what is noted of them."""

from datetime import timedelta

from sqlmodel import Session, col, select

from api.house import House
from models.audit import AuditEvent
from models.columns import utc_now
from models.invitation import Invitation
from models.password import begin_try as begin
from models.people.inviting import link_of
from models.people.joining import add_and_invite
from models.person import Discipline, Person
from tests.conftest import People

TODAY = utc_now().date()
DAY = timedelta(days=1)


def joiner(session: Session, house: House, people: People, email: str = "Nia.New@Example.org ") -> Person:
    return add_and_invite(
        session, organisation_id=people.owner.organisation_id, name=" Nia  New ", email=email,
        discipline=Discipline.RECOVERY_WORKER, settings=house.settings, by=people.lead.person_id,
    )  # fmt: skip


def secret_of(session: Session, house: House, person: Person) -> str:
    newest = select(Invitation).where(col(Invitation.person_id) == person.id).order_by(col(Invitation.id).desc())
    return link_of(session.exec(newest).first(), house.settings).rpartition("/")[2]


def actions(house: House, person: Person) -> list[str]:
    mine = select(AuditEvent.action).where(col(AuditEvent.subject_id) == person.id)
    with house.database.read() as session:
        return list(session.exec(mine.order_by(col(AuditEvent.sequence))))


def tried(house: House, email: str):  # type: ignore[no-untyped-def]
    with house.database.write() as session:
        return begin(session, email=email)
