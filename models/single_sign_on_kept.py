"""Single sign-on, as it is kept: an organisation's identity provider, sign-ons under way, and who is who there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import JSON_TYPE, UtcDateTime, new_id


class SingleSignOn(SQLModel, table=True):
    """`domains` are those of the e-mail addresses whose owners are sent there. Where it is `only_way`, passwords sign
    nobody in but `break_glass_id`. The client's secret is sealed under a key of the row's own."""

    __tablename__ = "single_sign_on"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", unique=True)
    issuer: str = Field(max_length=300)
    tenant: str = Field(default="", max_length=100)
    client_id: str = Field(max_length=200)
    sealed_secret: bytes = Field(sa_type=LargeBinary)
    domains: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    only_way: bool = False
    break_glass_id: UUID | None = Field(default=None, foreign_key="person.id")


class SignOnUnderWay(SQLModel, table=True):
    """From the moment a browser is sent to the provider until it is back, once. `browser_hash` is of a cookie's secret:
    whoever makes another's browser come back with a code of their own has it not."""

    __tablename__ = "sign_on_under_way"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    state_hash: str = Field(max_length=64, unique=True)
    browser_hash: str = Field(max_length=64)
    nonce: str = Field(max_length=64)
    code_verifier: str = Field(max_length=128)
    next: str = Field(max_length=2000)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class ProviderIdentity(SQLModel, table=True):
    """Who a person is to the provider. An e-mail address can be given to somebody else there; this cannot."""

    __tablename__ = "provider_identity"
    __table_args__ = (UniqueConstraint("organisation_id", "subject"),)

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    subject: str = Field(max_length=255)
