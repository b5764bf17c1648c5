"""What was asked to be deleted, and the proof that it was. Neither row holds a key to the session, which goes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now


class Why(StrEnum):
    """Why a session was deleted. `ASKED`: somebody who took part took their agreement back."""

    ASKED = "asked"
    MISTAKE = "mistake"
    AGREEMENT_ENDED = "agreement_ended"
    RETENTION = "retention"


class Withdrawal(SQLModel, table=True):
    """From this row on nobody sees the session; `done_at` is when its last trace went. `files` are those that are to be
    deleted, found before the first one was: so a machine that died in between still proves all of them. `by_id` is
    empty where the retention rules asked."""

    __table_args__ = (Index("ix_withdrawal_list", "organisation_id", "at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    session_id: UUID = Field(unique=True)
    why: Why = Field(sa_type=enum_type(Why))
    by_id: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    files: list[Any] | None = Field(default=None, sa_type=JSON_TYPE)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeletionProof(SQLModel, table=True):
    """`document` is the signed proof as it is given out; see `models.proof`."""

    __tablename__ = "deletion_proof"

    withdrawal_id: UUID = Field(foreign_key="withdrawal.id", primary_key=True)
    document: dict[str, Any] = Field(sa_type=JSON_TYPE)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ProofKey(SQLModel, table=True):
    """A public key that proofs of this installation were signed with, so that an old proof still verifies after the
    master key was changed."""

    __tablename__ = "proof_key"

    public_key: str = Field(max_length=64, primary_key=True)
    first_used_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
