"""API clients: made, renewed and revoked by administrators, and given tokens for their secret (OAuth 2.0, RFC 6749,
section 4.4). A secret is 256 random bits, so one round of SHA-256 keeps it; what is slowed down is trying."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.api_client_kept import ApiClient
from models.api_token import add_short_token
from models.audit import record_audit
from models.columns import new_id, utc_now
from models.errors import EvokeError, NotFound
from models.organisation import Organisation, OrganisationKind
from models.people.leaving import mark_as_left
from models.permissions import ROLES, Actor, Permission, may
from models.person import ApiToken, Person, Role, RoleGrant
from models.scim_kept import ScimConnection
from models.tries import Key, Tried, check_tries, count_try, forget_tries, network_key

SCOPES = ROLES[Role.API_CLIENT]
USUAL_SCOPES = tuple(one for one in SCOPES if one not in (Permission.MANAGE_PEOPLE, Permission.READ_PEOPLE))
"""What a program may do where nobody says: who is in is decided by people, or by what was named for it."""
DAYS = (90, 365, 730)
"""For how long a secret may be good."""
OVERLAP_HOURS = (0, 24, 168)
"""For how long the secret before may be good beside a new one."""
TOKEN_GOOD_FOR = timedelta(hours=1)
LONGEST_NAME = 100


class ApiClientWrong(EvokeError):
    code = "api_client_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class ClientRow:
    """For a list. `scopes` are in the order of SCOPES."""

    client: ApiClient
    name: str
    scopes: tuple[Permission, ...]

    @property
    def old_works(self) -> bool:
        return self.client.old_secret_until is not None and self.client.old_secret_until > utc_now()

    @property
    def is_over(self) -> bool:
        return self.client.expires_at <= utc_now()


@dataclass(frozen=True)
class Issued:
    """`scope` is what the token may do, with spaces between."""

    token: str
    seconds: int
    scope: str


class SecretWrong(EvokeError):
    """Also for a client that is not there, is revoked or over: which, is not told."""

    status = 401
    code = "invalid_client"

    def __init__(self) -> None:
        super().__init__("The client ID and secret do not go together, or the client is revoked or over.")


class ScopeWrong(EvokeError):
    status = 400
    code = "invalid_scope"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This client may ask for no other scope than: {allowed}")


def make_api_client(
    session: Session, *, organisation: Organisation, name: str, scopes: Collection[str], days: int, by: UUID | None
) -> tuple[ApiClient, str]:
    """The client and its secret, which is told once. Raises ApiClientWrong; NotFound in an evaluation centre."""
    if organisation.kind is not OrganisationKind.AUTHORITY:
        raise NotFound("An evaluation centre has no sessions that a program could bring.")
    name = " ".join(name.split())
    if wrong := _wrong(name, scopes, days):
        raise ApiClientWrong(wrong)
    client_id = new_id()
    person = Person(
        id=client_id, organisation_id=organisation.id, name=name, email=f"{client_id}@api-client.invalid",
        password_hash="",
    )  # fmt: skip
    session.add(person)
    session.flush()
    session.add(RoleGrant(person_id=person.id, role=Role.API_CLIENT))
    client = ApiClient(
        id=client_id, organisation_id=organisation.id, scopes=" ".join(one for one in SCOPES if one in scopes),
        secret_hash="", expires_at=utc_now(),
    )  # fmt: skip
    secret = _new_secret(client, days)
    session.add(client)
    session.flush()
    _audit(session, "api_client_made", client, by=by, name=name, may=client.scopes, until=_day(client))
    return client, secret


def _wrong(name: str, scopes: Collection[str], days: int) -> dict[str, str]:
    wrong = {}
    if not name:
        wrong["name"] = "Enter what the program is called, so that you know it again."
    elif len(name) > LONGEST_NAME:
        wrong["name"] = f"Shorten this to {LONGEST_NAME} characters or fewer."
    if not scopes or not set(scopes) <= set(SCOPES):
        wrong["scopes"] = "Choose what the program may do."
    if days not in DAYS:
        wrong["days"] = "Choose for how long its secret is good."
    return wrong


def _new_secret(client: ApiClient, days: int) -> str:
    secret = "evoke_secret_" + secrets.token_urlsafe(32)
    client.secret_hash, client.expires_at = _hash(secret), utc_now() + timedelta(days=days)
    return secret


def renew_api_client(
    session: Session, *, client: ApiClient, days: int, by: UUID | None, overlap_hours: int = 0
) -> str:  # fmt: skip
    """Another secret, from now on. The one before is good too for the `overlap_hours`, if it does not end sooner;
    without them it, and every token got with it, stop working at once.

    Raises ApiClientWrong."""
    if days not in DAYS:
        raise ApiClientWrong({"days": "Choose for how long its secret is good."})
    if overlap_hours not in OVERLAP_HOURS:
        raise ApiClientWrong({"overlap": "Choose for how long the present secret stays good."})
    before, ends = client.secret_hash, min(client.expires_at, utc_now() + timedelta(hours=overlap_hours))
    secret = _new_secret(client, days)
    overlaps = overlap_hours > 0 and ends > utc_now()
    client.old_secret_hash, client.old_secret_until = (before, ends) if overlaps else (None, None)
    session.add(client)
    if not overlaps:
        session.exec(delete(ApiToken).where(col(ApiToken.person_id) == client.id))
    more = {"old_until": ends.isoformat(timespec="minutes")} if overlaps else {}
    _audit(session, "api_client_renewed", client, by=by, until=_day(client), **more)
    return secret


def _fits(client: ApiClient | None, secret: str) -> datetime | None:
    """Until when this secret of the client is good; None where it is none of them. Compares both, always."""
    given, now = _hash(secret), utc_now()
    old = client.old_secret_hash if client and client.old_secret_hash else "-" * 64
    is_new = hmac.compare_digest(client.secret_hash if client else "-" * 64, given)
    is_old = hmac.compare_digest(old, given)
    if client is None:
        return None
    until = client.expires_at if is_new else client.old_secret_until if is_old else None
    return until if until is not None and until > now else None


def revoke_api_client(session: Session, *, client: ApiClient, by: UUID | None) -> None:
    """It and its tokens stop working at once, for good. What it brought stays."""
    person = session.get_one(Person, client.id)
    mark_as_left(session, person=person, by=by)
    _audit(session, "api_client_revoked", client, by=by, name=person.name)


def api_clients_of(session: Session, organisation_id: UUID) -> list[ClientRow]:
    """Those that are not revoked, by name, without the one of a connected identity provider: see models.scim."""
    provider = select(ScimConnection.client_id).where(col(ScimConnection.organisation_id) == organisation_id)
    found = session.exec(
        select(ApiClient, Person.name).join(Person, col(Person.id) == col(ApiClient.id))
        .where(col(ApiClient.organisation_id) == organisation_id, col(Person.left_at).is_(None),
               col(ApiClient.id).not_in(provider))
        .order_by(col(Person.name), col(ApiClient.id))
    )  # fmt: skip
    return [
        ClientRow(client, name, tuple(one for one in SCOPES if one in client.scopes.split())) for client, name in found
    ]


def require_api_client(session: Session, client_id: UUID, *, by: Actor) -> ApiClient:
    """For who looks after settings. Raises NotFound."""
    client = find_api_client(session, str(client_id))
    if client is None or not may(by, Permission.MANAGE_SETTINGS, organisation_id=client.organisation_id):
        raise NotFound("There is no such program here. Perhaps it is revoked already.")
    return client


def find_api_client(session: Session, client_id: str) -> ApiClient | None:
    """One that is not revoked; nobody else changes it until the transaction ends."""
    try:
        wanted = UUID(client_id)
    except ValueError:
        return None
    return session.exec(
        select(ApiClient).join(Person, col(Person.id) == col(ApiClient.id))
        .where(col(ApiClient.id) == wanted, col(Person.left_at).is_(None))
        .with_for_update(of=ApiClient)
    ).first()  # fmt: skip


def issue_token(
    session: Session, *, client_id: str, secret: str, scope: str, address: str
) -> Issued | SecretWrong | ScopeWrong:
    """A token for the client's secret. An empty `scope` asks for all that the client may. What is refused comes back as
    a value, because the try is counted in this very transaction. Raises TooManyTries, whatever the secret."""
    keys = Key(Tried.CLIENT, client_id), network_key(address)
    check_tries(session, *keys)
    client = find_api_client(session, client_id)
    until = _fits(client, secret)
    if client is None or until is None:
        count_try(session, *keys)
        if client is not None:
            _audit(session, "api_client_refused", client, by=None)
        return SecretWrong()
    forget_tries(session, keys[0])
    wanted = scope.split() or client.scopes.split()
    if not set(wanted) <= set(client.scopes.split()):
        return ScopeWrong(client.scopes)
    return _issue(session, client, " ".join(one for one in client.scopes.split() if one in wanted), until)


def _issue(session: Session, client: ApiClient, scope: str, until: datetime) -> Issued:
    now = utc_now()
    expires = min(now + TOKEN_GOOD_FOR, until)
    token = add_short_token(session, person_id=client.id, scopes=scope, expires_at=expires)
    client.used_at = now
    session.add(client)
    _audit(session, "api_client_token_issued", client, by=client.id, may=scope)
    return Issued(token, int((expires - now).total_seconds()), scope)


def _audit(session: Session, action: str, client: ApiClient, *, by: UUID | None, **details: str) -> None:
    record_audit(session, action=action, subject=client, organisation_id=client.organisation_id, by=by, **details)


def _day(client: ApiClient) -> str:
    return client.expires_at.date().isoformat()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
