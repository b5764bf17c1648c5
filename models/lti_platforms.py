"""Learning platforms of an organisation (LTI 1.3): entered by an administrator or by the platform itself, changed, and
given up."""

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
from models.errors import EvokeError, NotFound
from models.lti import (
    LONGEST_ID,
    LONGEST_ISSUER,
    LtiCourse,
    LtiGrade,
    LtiInvitation,
    LtiLaunch,
    LtiLineItem,
    LtiLink,
    LtiLogin,
    LtiMatch,
    LtiPlatform,
    LtiScores,
    LtiTicket,
)
from models.lti_keys import signing_key
from models.outgoing import AddressWrong, check_address
from models.permissions import Actor
from models.settings import Settings

INVITED_FOR = timedelta(hours=24)
MOST_DEPLOYMENTS = 50
ADDRESSES = {
    "authorization_endpoint": "authentication request URL", "token_endpoint": "access token URL",
    "jwks_uri": "public keyset URL",
}  # fmt: skip
"""By the names that platforms give them."""


class PlatformWrong(EvokeError):
    code = "lti_platform_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class PlatformDetails:
    """As entered. `deployments` and `domains` are texts with commas, blanks or new lines between several."""

    name: str
    issuer: str
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_audience: str = ""
    deployments: str = ""
    match: str = LtiMatch.SIGN_IN
    domains: str = ""
    scores: str = LtiScores.COMPLETION


def platforms_of(session: Session, organisation_id: UUID) -> list[LtiPlatform]:
    rows = select(LtiPlatform).where(col(LtiPlatform.organisation_id) == organisation_id)
    return list(session.exec(rows.order_by(col(LtiPlatform.name), col(LtiPlatform.id))))


def require_platform(session: Session, platform_id: UUID, *, by: Actor) -> LtiPlatform:
    """Raises NotFound."""
    found = session.get(LtiPlatform, platform_id)
    if found is None or found.organisation_id != by.organisation_id:
        raise NotFound("There is no such platform of your authority. Perhaps it was taken out already.")
    return found


def platform_that_says(
    session: Session, *, issuer: str, client_id: str, organisation_id: UUID | None
) -> LtiPlatform | None:
    """By who it says it is, among those of the authority at whose address it comes, so that nobody can enter another
    authority's platform as theirs. Without one: among those entered when all had one address. A platform may leave the
    client ID out, where the issuer is enough to tell."""
    named = select(LtiPlatform).where(col(LtiPlatform.issuer) == issuer)
    if organisation_id is None:
        named = named.where(col(LtiPlatform.general_login))
    else:
        named = named.where(col(LtiPlatform.organisation_id) == organisation_id)
    if client_id:
        named = named.where(col(LtiPlatform.client_id) == client_id)
    found = session.exec(named.limit(2)).all()
    return found[0] if len(found) == 1 else None


def keep_platform(
    session: Session, *, details: PlatformDetails, settings: Settings, by: Actor, platform: LtiPlatform | None = None
) -> LtiPlatform:
    """A new one, or `platform` changed. Raises PlatformWrong."""
    return _keep(
        session, details=details, settings=settings, organisation_id=by.organisation_id, by=by.person_id,
        platform=platform,
    )  # fmt: skip


def _keep(
    session: Session, *, details: PlatformDetails, settings: Settings, organisation_id: UUID, by: UUID,
    platform: LtiPlatform | None,
) -> LtiPlatform:  # fmt: skip
    deployments, domains = _several(details.deployments), sorted({one.lower() for one in _several(details.domains)})
    if wrong := _wrong(session, details, deployments, domains, settings, platform, organisation_id):
        raise PlatformWrong(wrong)
    row = platform or LtiPlatform(
        id=new_id(), organisation_id=organisation_id, name="", issuer="", client_id="", authorization_endpoint="",
        token_endpoint="", jwks_uri="",
    )  # fmt: skip
    moved = platform is not None and (row.issuer, row.client_id) != (details.issuer.strip(), details.client_id.strip())
    for name in ("name", "issuer", "client_id", *ADDRESSES, "token_audience"):
        setattr(row, name, getattr(details, name).strip())
    row.deployments, row.domains = deployments, domains
    row.match, row.scores = LtiMatch(details.match), LtiScores(details.scores)
    session.add(row)
    session.flush()
    signing_key(session, organisation_id)  # a platform may look at the key set once and keep what it saw
    if moved:  # who was who to one platform says nothing of who is who to another
        _forget_people(session, row.id)
        row.general_login = False
    record_audit(
        session, action="lti_platform_set", subject=row, organisation_id=organisation_id, by=by, name=row.name,
        issuer=row.issuer, match=row.match.value, scores=row.scores.value,
    )  # fmt: skip
    return row


def _several(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", text.strip()))))


def _wrong(
    session: Session, details: PlatformDetails, deployments: list[str], domains: list[str], settings: Settings,
    platform: LtiPlatform | None, organisation_id: UUID,
) -> dict[str, str]:  # fmt: skip
    wrong = {}
    if not details.name.strip() or len(details.name.strip()) > 100:
        wrong["name"] = "Enter what your people call it, in 100 characters or fewer."
    issuer, client_id = details.issuer.strip(), details.client_id.strip()
    if not re.fullmatch(r"https?://[^\s\"'<>\\]+", issuer) or len(issuer) > LONGEST_ISSUER:
        wrong["issuer"] = "Enter the platform’s ID (issuer), which begins with https://."
    if not client_id or len(client_id) > LONGEST_ID:
        wrong["client_id"] = "Enter the client ID that the platform gave to Evoke."
    for name, shown in ADDRESSES.items():
        try:
            if not getattr(details, name).strip():
                raise AddressWrong(f"Enter the platform’s {shown}.")
            check_address(getattr(details, name), settings=settings)
        except AddressWrong as error:
            wrong[name] = error.message
    if len(details.token_audience) > 500:
        wrong["token_audience"] = "Shorten this to 500 characters or fewer."  # noqa: S105
    if len(deployments) > MOST_DEPLOYMENTS or any(len(one) > LONGEST_ID for one in deployments):
        wrong["deployments"] = (
            f"Enter {MOST_DEPLOYMENTS} deployment IDs or fewer, each of {LONGEST_ID} characters at most."
        )
    if not all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", one) for one in domains):
        wrong["domains"] = "Enter the part after the @ of your people’s email addresses, like example.gov.uk."
    if details.match not in list(LtiMatch):
        wrong["match"] = "Choose how people are known."
    elif details.match == LtiMatch.EMAIL and not domains:
        wrong["domains"] = "Enter your authority’s own email domains: only addresses of these are believed."
    if details.scores not in list(LtiScores):
        wrong["scores"] = "Choose what the platform is told."
    if "issuer" not in wrong and "client_id" not in wrong:
        same = select(LtiPlatform).where(
            col(LtiPlatform.organisation_id) == organisation_id, col(LtiPlatform.issuer) == issuer,
            col(LtiPlatform.client_id) == client_id,
        )  # fmt: skip
        other = session.exec(same).first()
        if other is not None and (platform is None or other.id != platform.id):
            wrong["client_id"] = "A platform with this issuer and client ID is among yours already. Check both."
    return wrong


def allow_deployment(session: Session, *, platform: LtiPlatform, deployment: str, by: Actor) -> None:
    """One that a refused launch named: the administrator need not type it. Raises NotFound, PlatformWrong."""
    refused = select(LtiLaunch.id).where(
        col(LtiLaunch.platform_id) == platform.id, col(LtiLaunch.deployment) == deployment
    )
    if not deployment or session.exec(refused.limit(1)).first() is None:
        raise NotFound("No launch came from such a deployment. Enter its ID under the platform’s details.")
    if deployment not in platform.deployments:
        if len(platform.deployments) >= MOST_DEPLOYMENTS:
            raise PlatformWrong({"deployments": f"There are {MOST_DEPLOYMENTS} deployments. Take one out first."})
        platform.deployments = [*platform.deployments, deployment]
        session.add(platform)
        record_audit(
            session, action="lti_deployment_allowed", subject=platform, organisation_id=by.organisation_id,
            by=by.person_id, deployment=deployment,
        )  # fmt: skip


def end_platform(session: Session, *, platform: LtiPlatform, by: Actor) -> None:
    """It opens nothing any more, and all that was kept of it goes: people sign in as they did before."""
    record_audit(
        session, action="lti_platform_ended", subject=platform, organisation_id=by.organisation_id, by=by.person_id,
        name=platform.name,
    )  # fmt: skip
    _forget_people(session, platform.id)
    for table in (LtiLineItem, LtiLaunch, LtiCourse):
        session.exec(delete(table).where(col(table.platform_id) == platform.id))
    session.flush()
    session.delete(platform)
    session.flush()


def _forget_people(session: Session, platform_id: UUID) -> None:
    columns = select(LtiLineItem.id).where(col(LtiLineItem.platform_id) == platform_id)
    session.exec(delete(LtiGrade).where(col(LtiGrade.line_item_id).in_(columns)))
    for table in (LtiTicket, LtiLogin, LtiLink):
        session.exec(delete(table).where(col(table.platform_id) == platform_id))


def make_invitation(session: Session, *, by: Actor) -> str:
    """The secret of an address at which one platform may register itself, for a day. Kept is its hash."""
    session.exec(delete(LtiInvitation).where(col(LtiInvitation.expires_at) < utc_now()))
    signing_key(session, by.organisation_id)
    secret = secrets.token_urlsafe(32)
    row = LtiInvitation(
        organisation_id=by.organisation_id, secret_hash=hash_of(secret), made_by_id=by.person_id,
        expires_at=utc_now() + INVITED_FOR,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record_audit(
        session, action="lti_invitation_made", subject=row, organisation_id=by.organisation_id, by=by.person_id
    )
    return secret


def invitation_of(session: Session, secret: str, *, locked: bool = True) -> LtiInvitation:
    """One that is still good. Raises NotFound."""
    wanted = select(LtiInvitation).where(col(LtiInvitation.secret_hash) == hash_of(secret))
    row = session.exec(wanted.with_for_update() if locked else wanted).first()
    if row is None or row.expires_at < utc_now():
        raise NotFound("This registration address was used or is over. Ask your Evoke administrator for a new one.")
    return row


def register_invited(
    session: Session, *, secret: str, details: PlatformDetails, settings: Settings
) -> LtiPlatform:  # fmt: skip
    """The platform that came with the invitation, which is used up. Raises NotFound, PlatformWrong."""
    row = invitation_of(session, secret)
    kept = _keep(
        session, details=details, settings=settings, organisation_id=row.organisation_id, by=row.made_by_id,
        platform=None,
    )  # fmt: skip
    session.delete(row)
    session.flush()
    return kept


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
