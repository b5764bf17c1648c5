"""An authority's identity provider connected (SCIM), and its long-lived token.

The token is one of `api_token`, of an API client that may manage people and nothing else. Entra ID asks for one that
lasts; programs that can ask for one every hour are added as API clients with the scope `manage_people` instead.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, or_, select

from models.api_client import DAYS, make_api_client, revoke_api_client
from models.api_client_kept import ApiClient
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.lock import hold_lock
from models.organisation import Organisation
from models.permissions import Permission
from models.person import ApiToken
from models.scim_kept import ScimConnection

CLIENT_NAME = "Identity provider (SCIM)"
TOKEN_NAME = "SCIM"  # noqa: S105  what it is called
OVERLAP = timedelta(days=1)
"""For so long the token before goes on working, so that the new one can be pasted in meanwhile."""


class ScimWrong(EvokeError):
    code = "scim_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class TokenState:
    """One that works. `is_newest` is the one to use; an older one ends by itself."""

    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    is_newest: bool


def connection_of(session: Session, organisation_id: UUID) -> ScimConnection | None:
    return session.get(ScimConnection, organisation_id)


def tokens_of_provider(session: Session, connection: ScimConnection) -> list[TokenState]:
    """Those that work, the newest first."""
    rows = session.exec(
        select(ApiToken).where(
            col(ApiToken.person_id) == connection.client_id, col(ApiToken.name) == TOKEN_NAME,
            col(ApiToken.revoked_at).is_(None), col(ApiToken.expires_at) > utc_now(),
        ).order_by(col(ApiToken.created_at).desc(), col(ApiToken.id).desc())
    ).all()  # fmt: skip
    return [
        TokenState(one.created_at, one.expires_at, one.used_at, number == 0)
        for number, one in enumerate(rows) if one.expires_at is not None
    ]  # fmt: skip


def make_provider_token(session: Session, *, organisation_id: UUID, days: int, by: UUID | None) -> str:
    """The token, which is told once. The one before works for a day longer. Raises ScimWrong; NotFound in an evaluation
    centre."""
    if days not in DAYS:
        raise ScimWrong({"days": "Choose for how long the token is good."})
    hold_lock(session, f"scim of {organisation_id}")
    connection = connection_of(session, organisation_id) or _connect(session, organisation_id, by)
    now = utc_now()
    session.exec(
        update(ApiToken)
        .where(*_theirs(connection), or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now + OVERLAP))
        .values(expires_at=now + OVERLAP)
    )
    token = "evoke_scim_" + secrets.token_urlsafe(32)
    row = ApiToken(
        person_id=connection.client_id, name=TOKEN_NAME, token_hash=hashlib.sha256(token.encode()).hexdigest(),
        expires_at=now + timedelta(days=days), scopes=Permission.MANAGE_PEOPLE.value,
    )  # fmt: skip
    session.add(row)
    session.flush()
    assert row.expires_at is not None
    record_audit(
        session, action="scim_token_made", subject=row, organisation_id=organisation_id, by=by,
        until=row.expires_at.date().isoformat(),
    )  # fmt: skip
    return token


def _connect(session: Session, organisation_id: UUID, by: UUID | None) -> ScimConnection:
    """Its client has a secret that nobody was told: it has this token only."""
    organisation = session.get_one(Organisation, organisation_id)
    client, _ = make_api_client(
        session, organisation=organisation, name=CLIENT_NAME, scopes=[Permission.MANAGE_PEOPLE], days=max(DAYS), by=by
    )
    connection = ScimConnection(organisation_id=organisation_id, client_id=client.id)
    session.add(connection)
    session.flush()
    return connection


def end_older_tokens(session: Session, *, organisation_id: UUID, by: UUID | None) -> None:
    """All but the newest stop working at once."""
    connection = connection_of(session, organisation_id)
    if connection is None:
        return
    newest = session.exec(
        select(ApiToken).where(*_theirs(connection))
        .order_by(col(ApiToken.created_at).desc(), col(ApiToken.id).desc()).limit(1)
    ).first()  # fmt: skip
    if newest is None:
        return
    session.exec(
        update(ApiToken).where(*_theirs(connection), col(ApiToken.id) != newest.id).values(revoked_at=utc_now())
    )
    record_audit(session, action="scim_tokens_ended", subject=newest, organisation_id=organisation_id, by=by)


def disconnect(session: Session, *, organisation_id: UUID, by: UUID | None) -> None:
    """Every token of it stops working at once. People and teams stay as they are."""
    connection = connection_of(session, organisation_id)
    if connection is None:
        return
    client = session.get_one(ApiClient, connection.client_id)
    session.delete(connection)
    session.flush()
    revoke_api_client(session, client=client, by=by)


def _theirs(connection: ScimConnection) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ApiToken.person_id) == connection.client_id, col(ApiToken.name) == TOKEN_NAME,
        col(ApiToken.revoked_at).is_(None),
    )  # fmt: skip


def provisioning_clients(session: Session, organisation_id: UUID) -> list[UUID]:
    """Every program that may, or could, change people here: revoked ones too, for the trail."""
    found = session.exec(
        select(ApiClient.id, ApiClient.scopes).where(col(ApiClient.organisation_id) == organisation_id)
    )
    return [one for one, scopes in found if Permission.MANAGE_PEOPLE in scopes.split()]
