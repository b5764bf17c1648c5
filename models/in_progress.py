"""What comes bit by bit until it is a session: who may touch it, and how it ends."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary
from sqlalchemy.sql.dml import Delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.audit import record_audit
from models.columns import UtcDateTime, new_id, utc_now
from models.errors import NotAllowed, NotFound
from models.keys import shred_session_key
from models.permissions import Actor, Permission, may


class InProgress(SQLModel):
    """Its id is that of the session it becomes, and so is its key. `sealed` holds what was said about that session
    until then. Each kind has states of its own, two of which are OPEN and THROWN_AWAY. For people it says what it is
    CALLED, what somebody is DOING with it, and what was DONE with one that has become a session; for the audit trail,
    that one EXPIRED."""

    OPEN: ClassVar[StrEnum]
    THROWN_AWAY: ClassVar[StrEnum]
    CALLED: ClassVar[str]
    DOING: ClassVar[str]
    DONE: ClassVar[str]
    EXPIRED: ClassVar[str]
    if TYPE_CHECKING:
        state: Any

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    person_id: UUID = Field(foreign_key="person.id", description="who records or sends it; may be an API client")
    practitioner_id: UUID = Field(foreign_key="person.id")
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    session_id: UUID | None = Field(default=None, description="no foreign key: the session may go first")
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)

    def without_bits(self) -> Delete:
        """Deletes the rows of what has come of it."""
        raise NotImplementedError


Kind = TypeVar("Kind", bound=InProgress)


def own(session: Session, kind: type[Kind], one_id: UUID, *, by: Actor, locked: bool = False) -> Kind:
    """For who records or sends it. With `locked`, nobody else changes it until the transaction ends. Who could see the
    session it becomes hears that it is not theirs to touch, and a stranger that it does not exist. One thrown away is
    not there any more.

    Raises NotFound, NotAllowed.
    """
    query = select(kind).where(col(kind.id) == one_id)
    found = session.exec(query.with_for_update() if locked else query).first()
    if found is None or (found.person_id != by.person_id and not _may_see(by, found)):
        raise NotFound(f"There is no such {kind.CALLED}, or it is not yours.")
    if found.person_id != by.person_id:
        raise NotAllowed(f"Somebody else is {kind.DOING} this. You can see it once it has become a session.")
    if found.state is kind.THROWN_AWAY:
        raise NotFound(f"This {kind.CALLED} was thrown away, or nothing came for so long that it ended.")
    return found


def open_of(kind: type[InProgress], actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The actor's own that have neither become a session nor been thrown away, as conditions of a query."""
    return col(kind.person_id) == actor.person_id, col(kind.state) == kind.OPEN


def close(session: Session, one: InProgress) -> None:
    """After its state was changed: what came is not listed any more. Its files are deleted once this is written."""
    one.changed_at, one.sealed = utc_now(), None
    session.add(one)
    session.exec(one.without_bits())
    session.flush()


def forget(session: Session, one: InProgress, *, action: str, by: UUID | None) -> None:
    """Throws an open one away, and says so in the audit trail as `action`. With its key gone what came cannot be
    opened, whenever the files go."""
    one.state = one.THROWN_AWAY
    close(session, one)
    shred_session_key(session, one.id)
    record_audit(session, action=action, subject=one, organisation_id=one.organisation_id, by=by)


def _may_see(actor: Actor, one: InProgress) -> bool:
    return may(
        actor, Permission.SEE_SESSION, organisation_id=one.organisation_id, owner_id=one.practitioner_id,
        team_id=one.team_id,
    )  # fmt: skip
