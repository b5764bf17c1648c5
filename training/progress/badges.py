"""A certificate as an Open Badge 3.0: a signed credential (a JWT) that any system can check without asking anybody.

Facts of the form: Open Badges 3.0 (1EdTech), whose JWT proof puts the credential's own members at the top level of the
payload, with `iss`, `jti`, `nbf` and `sub` beside them (section 8.2), and 1EdTech's Revocation List Status Method 1.0.
The holder is named by a salted hash of their e-mail address, and by an address that belongs to this badge alone.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.certificate import Certificate
from models.organisation import Organisation
from models.person import Person
from models.sealed_secret import open_secret
from training.progress.badge_keys import signing_key

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
"""Where JSON-LD finds what 1EdTech's kinds of status and schema mean."""
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
SVG_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_WIDTH = 26


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a badge are found; `site` has no slash at its end."""

    site: str

    def certificate(self, certificate_id: UUID) -> str:
        return f"{self.site}/certificates/{certificate_id}"

    def issuer(self, organisation_id: UUID) -> str:
        return f"{self.site}/badges/issuers/{organisation_id}"

    def revoked(self, organisation_id: UUID) -> str:
        return f"{self.issuer(organisation_id)}/revoked"

    def keys(self, organisation_id: UUID) -> str:
        return f"{self.issuer(organisation_id)}/keys"

    def key(self, key_id: UUID) -> str:
        return f"{self.site}/badges/keys/{key_id}"

    def achievement(self, module: str, edition: str) -> str:
        return f"{self.site}/learn/{module}?edition={edition}"


def credential(
    certificate: Certificate, *, organisation: Organisation, email: str, salt: str, where: Addresses
) -> dict[str, Any]:
    """As JSON values. The same certificate and salt give the same credential."""
    issuer = where.issuer(organisation.id)
    return {
        "@context": [*CONTEXT, EXTENSIONS],
        "id": where.certificate(certificate.id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"Completed: {certificate.title}",
        "issuer": profile(organisation, where),
        "validFrom": _moment(certificate.issued_at),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": {"id": where.revoked(organisation.id), "type": "1EdTechRevocationList"},
        "credentialSubject": {
            "id": f"{where.certificate(certificate.id)}#holder",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": identity_hash(email, salt),
                    "identityType": "emailAddress",
                    "salt": salt,
                }
            ],
            "activityEndDate": f"{certificate.completed_on}T00:00:00Z",
            "achievement": {
                "id": where.achievement(certificate.module, certificate.edition),
                "type": ["Achievement"],
                "achievementType": "Course",
                "name": certificate.title,
                "description": f"A module on Motivational Interviewing for family work, about {certificate.minutes} "
                "minutes with exercises and a check.",
                "version": certificate.edition,
                "creator": {"id": issuer, "type": ["Profile"]},
                "criteria": {
                    "narrative": "Read the module, tried at least three of its exercises and answered every question "
                    "of its check. It says that the module was completed, not how skilled its holder is."
                },
            },
        },
    }


def profile(organisation: Organisation, where: Addresses) -> dict[str, Any]:
    return {"id": where.issuer(organisation.id), "type": ["Profile"], "name": organisation.name, "url": where.site}


def identity_hash(email: str, salt: str) -> str:
    return f"sha256${hashlib.sha256((email + salt).encode()).hexdigest()}"


def sign(session: Session, certificate: Certificate, *, where: Addresses) -> str:
    """The badge as a compact JWT. Raises OrganisationGone, WordsGone."""
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    organisation = session.get_one(Organisation, certificate.organisation_id)
    person = session.get_one(Person, certificate.person_id)
    key = signing_key(session, organisation.id)
    private = RSAKey.import_key(open_secret(session, key.sealed, record_id=key.id))
    body = credential(certificate, organisation=organisation, email=person.email, salt=certificate.id.hex, where=where)
    claims = body | {
        "iss": body["issuer"]["id"], "jti": body["id"], "nbf": int(certificate.issued_at.timestamp()),
        "sub": body["credentialSubject"]["id"],
    }  # fmt: skip
    header = {"alg": "RS256", "typ": "JWT", "kid": where.key(key.id), "jwk": dict(sorted(key.public.items()))}
    return jwt.encode(header, claims, private, algorithms=["RS256"])


def as_svg(token: str, certificate: Certificate, *, organisation: str) -> str:
    """A picture of the badge with the badge itself inside it, as other systems read it."""
    lines = _lines(certificate.title)
    first = 150 - 14 * len(lines)
    title = "".join(
        f'<text x="160" y="{first + 30 * number}" font-size="24" font-weight="700">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{SVG_NAMESPACE}" viewBox="0 0 320 320" role="img" '
        f"aria-label={_quoted(f'Badge: completed {certificate.title}')}>"
        f"<openbadges:credential verify={_quoted(token)}/>"
        '<rect x="6" y="6" width="308" height="308" rx="28" fill="#e9f4f2" stroke="#0b5d5b" stroke-width="6"/>'
        '<g fill="#12394a" text-anchor="middle" font-family="system-ui, sans-serif">'
        f'<text x="160" y="64" font-size="18">Completed</text>{title}'
        f'<text x="160" y="252" font-size="15">{escape(organisation[:40])}</text>'
        f'<text x="160" y="276" font-size="15">{certificate.completed_on:%-d %B %Y}</text></g></svg>'
    )


def revocations(session: Session, organisation: Organisation, *, where: Addresses) -> dict[str, Any]:
    """What was taken back: `revokedCredentials` is the member that 1EdTech's own validator reads."""
    rows = session.exec(
        select(Certificate.id)
        .where(col(Certificate.organisation_id) == organisation.id, col(Certificate.revoked_at).is_not(None))
        .order_by(col(Certificate.id))
    )
    return {
        "id": where.revoked(organisation.id),
        "type": ["1EdTechRevocationList"],
        "issuer": where.issuer(organisation.id),
        "revokedCredentials": [{"id": where.certificate(one), "revoked": True} for one in rows],
    }


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


def _lines(title: str) -> list[str]:
    """Of at most 26 letters each, broken between words."""
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + len(word) >= _WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:4]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
