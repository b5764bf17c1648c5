"""The program, if any, that an authority lets put in words what simulated parents say (any service with
OpenAI's way of being asked)."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from models.audit import record_audit
from models.columns import UtcDateTime, new_id, utc_now
from models.errors import EvokeError
from models.identity_provider import is_safe_address
from models.permissions import Actor
from models.sealed_secret import forget_secret, open_secret, seal_secret


class ParentWriter(SQLModel, table=True):
    """`address` is that of the service's API, to which `/chat/completions` is added. The secret is sealed under a key
    of the row's own; empty where the service asks for none."""

    __tablename__ = "parent_writer"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    address: str = Field(max_length=300)
    model: str = Field(max_length=200)
    sealed_secret: bytes = Field(default=b"", sa_type=LargeBinary)
    is_on: bool = False
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc.rpartition("@")[2]


class WriterDetailsWrong(EvokeError):
    code = "parent_writer_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class WriterDetails:
    """As an administrator enters them. An empty `secret` keeps the one there is, at the same address only."""

    address: str
    model: str
    secret: str
    is_on: bool


def parent_writer_of(session: Session, organisation_id: UUID) -> ParentWriter | None:
    return session.exec(select(ParentWriter).where(col(ParentWriter.organisation_id) == organisation_id)).first()


def writer_secret(session: Session, row: ParentWriter) -> str:
    return open_secret(session, row.sealed_secret, record_id=row.id) if row.sealed_secret else ""


def set_parent_writer(session: Session, *, details: WriterDetails, by: Actor) -> ParentWriter:
    """The caller has checked that `by` may. A new address gets no secret that was meant for another. Raises
    WriterDetailsWrong."""
    address, model = details.address.strip().rstrip("/"), details.model.strip()
    if wrong := _wrong(address, model, details.secret):
        raise WriterDetailsWrong(wrong)
    row = parent_writer_of(session, by.organisation_id)
    row = row or ParentWriter(id=new_id(), organisation_id=by.organisation_id, address=address, model=model)
    if row.address != address:
        row.sealed_secret = b""
    row.address, row.model, row.is_on, row.changed_at = address, model, details.is_on, utc_now()
    if details.secret:
        row.sealed_secret = seal_secret(session, details.secret, organisation_id=by.organisation_id, record_id=row.id)
    session.add(row)
    session.flush()
    record_audit(
        session, action="parent_writer_set", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        address=row.address, model=row.model, on="yes" if row.is_on else "no",
    )  # fmt: skip
    return row


def end_parent_writer(session: Session, *, by: Actor) -> None:
    """Its address and secret are forgotten, and only authored lines are said. None is not an error."""
    row = parent_writer_of(session, by.organisation_id)
    if row is None:
        return
    record_audit(
        session, action="parent_writer_ended", subject=row, organisation_id=by.organisation_id, by=by.person_id
    )
    forget_secret(session, record_id=row.id)
    session.delete(row)
    session.flush()


def _wrong(address: str, model: str, secret: str) -> dict[str, str]:
    wrong = {}
    parts = urlsplit(address)
    # with a bare ? or # at its end, what is added to it would be no path any more, and it could lead anywhere
    if not is_safe_address(address) or len(address) > 300 or set("?#\\ ") & set(address) or "@" in parts.netloc:
        wrong["address"] = "Enter the address of the service’s API, which begins with https://."
    if not model or len(model) > 200:
        wrong["model"] = "Enter the name of the model, as the service calls it."
    if len(secret) > 500 or not secret.isascii() or not secret.isprintable():
        wrong["secret"] = "Enter the secret as the service shows it."  # noqa: S105
    return wrong
