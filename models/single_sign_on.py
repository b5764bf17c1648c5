"""Single sign-on: an organisation's identity provider set, a sign-on begun and ended, and whom it lets in."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import new_id, utc_now
from models.errors import EvokeError
from models.identity_provider import Identity, SignOnRefused, is_safe_address
from models.people.inviting import has_joined
from models.permissions import Actor
from models.person import Person
from models.sealed_secret import forget_secret, open_secret, seal_secret
from models.single_sign_on_kept import ProviderIdentity, SignOnUnderWay, SingleSignOn

GOOD_FOR = timedelta(minutes=10)


class SettingsOfSignOnWrong(EvokeError):
    code = "single_sign_on_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class SignOnDetails:
    """As an administrator enters them. An empty `client_secret` keeps the one there is; `domains` as one text."""

    issuer: str
    tenant: str
    client_id: str
    client_secret: str
    domains: str
    only_way: bool


@dataclass(frozen=True)
class Begun:
    """`state` goes to the provider and back, `browser` is the cookie's secret."""

    state: str
    browser: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class CameBack:
    organisation_id: UUID
    nonce: str
    code_verifier: str
    next: str


def single_sign_on_of(session: Session, organisation_id: UUID) -> SingleSignOn | None:
    return session.exec(select(SingleSignOn).where(col(SingleSignOn.organisation_id) == organisation_id)).first()


def single_sign_on_for(session: Session, email: str) -> SingleSignOn | None:
    """That of the organisation whose domain the address has."""
    domain = email.strip().lower().rpartition("@")[2]
    return next((one for one in session.exec(select(SingleSignOn)) if domain in one.domains), None)


def client_secret_of(session: Session, sign_on: SingleSignOn) -> str:
    return open_secret(session, sign_on.sealed_secret, record_id=sign_on.id)


def set_single_sign_on(session: Session, *, details: SignOnDetails, by: Actor) -> SingleSignOn:
    """`by` is the one whose password still works where it is the only way. Raises SettingsOfSignOnWrong."""
    row = single_sign_on_of(session, by.organisation_id)
    domains = sorted(set(re.split(r"[\s,;]+", details.domains.strip().lower())) - {""})
    if wrong := _wrong(session, details, domains, row):
        raise SettingsOfSignOnWrong(wrong)
    row = row or SingleSignOn(
        id=new_id(), organisation_id=by.organisation_id, issuer="", client_id="", sealed_secret=b""
    )
    row.issuer, row.tenant, row.client_id = details.issuer.strip(), details.tenant.strip(), details.client_id.strip()
    row.domains, row.only_way = domains, details.only_way
    row.break_glass_id = by.person_id if details.only_way else None
    if details.client_secret:
        row.sealed_secret = seal_secret(
            session, details.client_secret, organisation_id=by.organisation_id, record_id=row.id
        )
    session.add(row)
    session.flush()
    record_audit(
        session, action="single_sign_on_set", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        issuer=row.issuer, only_way="yes" if row.only_way else "no",
    )  # fmt: skip
    return row


def _wrong(
    session: Session, details: SignOnDetails, domains: list[str], row: SingleSignOn | None
) -> dict[str, str]:  # fmt: skip
    wrong = {}
    if not is_safe_address(details.issuer.strip()) or len(details.issuer) > 300:
        wrong["issuer"] = "Enter the issuer’s address, which begins with https://."
    if not details.client_id.strip() or len(details.client_id) > 200:
        wrong["client_id"] = "Enter the client ID that your identity provider gave to Evoke."
    if len(details.tenant) > 100:
        wrong["tenant"] = "Shorten this to 100 characters or fewer."
    if (not details.client_secret and row is None) or len(details.client_secret) > 500:
        wrong["client_secret"] = "Enter the client secret that your identity provider gave to Evoke."  # noqa: S105
    if not domains or not all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) for domain in domains):
        wrong["domains"] = "Enter the part after the @ of your people’s email addresses, like example.gov.uk."
    for other in session.exec(select(SingleSignOn)):
        if (row is None or other.id != row.id) and set(other.domains) & set(domains):
            wrong["domains"] = "One of these belongs to another organisation already. Check them."
    return wrong


def end_single_sign_on(session: Session, *, by: Actor) -> None:
    """People sign in with passwords again; whoever has none asks for a link."""
    row = single_sign_on_of(session, by.organisation_id)
    if row is not None:
        record_audit(
            session, action="single_sign_on_ended", subject=row, organisation_id=by.organisation_id, by=by.person_id
        )
        session.exec(delete(SignOnUnderWay).where(col(SignOnUnderWay.organisation_id) == by.organisation_id))
        session.exec(delete(ProviderIdentity).where(col(ProviderIdentity.organisation_id) == by.organisation_id))
        forget_secret(session, record_id=row.id)
        session.delete(row)


def password_signs_in(session: Session, person: Person) -> bool:
    row = single_sign_on_of(session, person.organisation_id)
    return row is None or not row.only_way or row.break_glass_id == person.id


def begin_sign_on(session: Session, *, sign_on: SingleSignOn, next: str) -> Begun:
    session.exec(delete(SignOnUnderWay).where(col(SignOnUnderWay.expires_at) < utc_now()))
    state, browser, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    begun = Begun(state, browser, nonce, code_verifier=secrets.token_urlsafe(48))
    session.add(
        SignOnUnderWay(
            organisation_id=sign_on.organisation_id, state_hash=_hash(begun.state), browser_hash=_hash(begun.browser),
            nonce=begun.nonce, code_verifier=begun.code_verifier, next=next[:2000], expires_at=utc_now() + GOOD_FOR,
        )
    )  # fmt: skip
    session.flush()
    return begun


def end_sign_on(session: Session, *, state: str, browser: str) -> CameBack:
    """The browser is back; the state is used up, whatever comes of it. Raises SignOnRefused."""
    row = session.exec(
        select(SignOnUnderWay).where(col(SignOnUnderWay.state_hash) == _hash(state)).with_for_update()
    ).first()
    if row is None or row.expires_at < utc_now() or row.browser_hash != _hash(browser):
        raise SignOnRefused("the state is not known in this browser")
    session.delete(row)
    return CameBack(row.organisation_id, row.nonce, row.code_verifier, row.next)


def person_of(session: Session, *, sign_on: SingleSignOn, identity: Identity) -> Person:
    """Somebody who is in the organisation or invited to it; nobody is made. Raises SignOnRefused."""
    if identity.email.rpartition("@")[2] not in sign_on.domains:
        raise SignOnRefused("another domain")
    home = sign_on.organisation_id
    bound = session.exec(
        select(ProviderIdentity).where(
            col(ProviderIdentity.organisation_id) == home, col(ProviderIdentity.subject) == identity.subject
        )
    ).first()
    if bound is not None:
        person = session.get_one(Person, bound.person_id)
    else:
        found = session.exec(
            select(Person).where(col(Person.organisation_id) == home, col(Person.email) == identity.email)
        ).first()
        if found is None or session.get(ProviderIdentity, found.id) is not None:
            raise SignOnRefused("nobody here")
        person = found
        session.add(ProviderIdentity(person_id=person.id, organisation_id=home, subject=identity.subject))
    if person.left_at is not None:
        raise SignOnRefused("somebody who left")
    has_joined(session, person)
    session.flush()
    return person


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
