"""The signed message of a launch (LTI 1.3), checked: a token, the platform's keys and what is expected in, what it says
out. Pure: no database, no network, and the time is given.

Facts of the form: LTI Core 1.3, sections 4.2 and 5; 1EdTech Security Framework 1.0, section 5.1.3; Deep Linking 2.0,
section 4; Assignment and Grade Services 2.0, section 3.1; Names and Role Provisioning Services 2.0, section 3.
"""

import base64
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.lti.reasons import LaunchRefused, Reason
from models.columns import can_be_kept
from models.lti import LONGEST_ADDRESS, LONGEST_ID

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

LEEWAY_SECONDS = 60
LONGEST_RETURN = 2000
OLDEST_SECONDS = 3600
"""However long a platform makes its messages good for."""
_LATEST = 1e12
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
RESOURCE, CHOOSE = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_TEACHES = ("Instructor", "ContentDeveloper", "Administrator", "Manager", "Mentor", "Officer")


@dataclass(frozen=True)
class Expected:
    """What the message must say: of the platform as it was entered, and of the login that it answers."""

    issuer: str
    client_id: str
    deployments: Collection[str]
    nonce: str


@dataclass(frozen=True)
class Said:
    """A message that was found good. `email` only where the platform does not deny that it is the person's; `line_item`
    only where scores may be sent to it. `settings` are those of a request to choose content, as they came."""

    kind: str
    subject: str
    deployment: str
    name: str
    email: str
    learner: bool
    teacher: bool
    custom: dict[str, str]
    line_item: str
    memberships: str
    context: str
    course: str
    return_url: str
    settings: dict[str, Any]


def key_named(token: str) -> str:
    """The `kid` of the key that signed, from the header, which is not to be believed yet. Raises LaunchRefused for what
    is no token, is not signed with RS256, or names no key."""
    parts = token.split(".")
    try:
        header = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError):
        raise LaunchRefused(Reason.NOT_A_TOKEN) from None
    if len(parts) != 3 or not isinstance(header, dict):
        raise LaunchRefused(Reason.NOT_A_TOKEN)
    if header.get("alg") != "RS256":
        raise LaunchRefused(Reason.ALGORITHM)
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LaunchRefused(Reason.KEY_UNKNOWN)
    return kid


def read_launch(token: str, keys: "KeySet", *, expected: Expected, now: float) -> Said:
    """`now` in seconds since 1970. Raises LaunchRefused."""
    from joserfc import jws
    from joserfc.errors import JoseError

    kid = key_named(token)
    key = next((one for one in keys.keys if one.kid == kid), None)
    if key is None:
        raise LaunchRefused(Reason.KEY_UNKNOWN)
    if key.key_type != "RSA":  # a shared secret in a public list is none
        raise LaunchRefused(Reason.ALGORITHM)
    try:
        payload = jws.deserialize_compact(token, key, algorithms=["RS256"]).payload
    except (JoseError, ValueError, TypeError):
        raise LaunchRefused(Reason.SIGNATURE) from None
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        raise LaunchRefused(Reason.NOT_A_TOKEN) from None
    if not isinstance(claims, dict) or not can_be_kept(claims, allow_nan=True):
        raise LaunchRefused(Reason.NOT_A_TOKEN)
    _check_openid(claims, expected, now)
    return _said(claims, expected)


def _check_openid(claims: dict[str, Any], expected: Expected, now: float) -> None:
    if claims.get("iss") != expected.issuer:
        raise LaunchRefused(Reason.ISSUER)
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in several:
        raise LaunchRefused(Reason.AUDIENCE)
    party = claims.get("azp")
    if (len(several) > 1 and party is None) or (party is not None and party != expected.client_id):
        raise LaunchRefused(Reason.PARTY)
    until, since, not_before = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
    if until is None or since is None:
        raise LaunchRefused(Reason.CLAIM_MISSING)
    if until <= now - LEEWAY_SECONDS or since < now - OLDEST_SECONDS:
        raise LaunchRefused(Reason.EXPIRED)
    if since > now + LEEWAY_SECONDS or (not_before is not None and not_before > now + LEEWAY_SECONDS):
        raise LaunchRefused(Reason.NOT_YET)
    if not expected.nonce or claims.get("nonce") != expected.nonce:
        raise LaunchRefused(Reason.NONCE)


def _said(claims: dict[str, Any], expected: Expected) -> Said:
    if claims.get(f"{LTI}version") != "1.3.0":
        raise LaunchRefused(Reason.VERSION)
    kind = claims.get(f"{LTI}message_type")
    if kind not in (RESOURCE, CHOOSE):
        raise LaunchRefused(Reason.MESSAGE)
    deployment = claims.get(f"{LTI}deployment_id")
    if not isinstance(deployment, str) or not deployment or len(deployment) > LONGEST_ID:
        raise LaunchRefused(Reason.CLAIM_MISSING)
    if deployment not in expected.deployments:
        raise LaunchRefused(Reason.DEPLOYMENT, deployment=deployment)
    roles = claims.get(f"{LTI}roles")
    if not isinstance(roles, list):
        raise LaunchRefused(Reason.CLAIM_MISSING)
    subject = claims.get("sub")
    if kind == RESOURCE:
        if not isinstance(subject, str) or not subject:
            raise LaunchRefused(Reason.NOBODY_NAMED)
        if not _text(_part(claims, "resource_link"), "id"):
            raise LaunchRefused(Reason.CLAIM_MISSING)
    subject = subject if isinstance(subject, str) else ""
    if len(subject) > LONGEST_ID:
        raise LaunchRefused(Reason.CLAIM_MISSING)
    settings = claims.get(f"{DEEP_LINKING}deep_linking_settings", {})
    if kind == CHOOSE and not (
        isinstance(settings, dict)
        and re.match(r"https?://[A-Za-z0-9.\-:\[\]]+(/|\?|$)", _text(settings, "deep_link_return_url", LONGEST_RETURN))
    ):
        raise LaunchRefused(Reason.CLAIM_MISSING)
    named = [one for one in roles if isinstance(one, str)]
    context = _part(claims, "context")
    return Said(
        kind=str(kind), subject=subject, deployment=deployment, name=_text(claims, "name", 200),
        email="" if claims.get("email_verified") is False else _text(claims, "email", 320).strip().lower(),
        learner=_is(named, ("Learner",)), teacher=_is(named, _TEACHES), custom=_custom(claims),
        line_item=_line_item(claims), memberships=_memberships(claims), context=_text(context, "id", LONGEST_ID),
        course=_text(context, "title", 200) or _text(context, "label", 200),
        return_url=_text(_part(claims, "launch_presentation"), "return_url", LONGEST_ADDRESS),
        settings=settings if kind == CHOOSE else {},
    )  # fmt: skip


def _is(roles: list[str], names: Collection[str]) -> bool:
    """By roles in the course, which may be short ("Instructor") or have a second part ("Instructor#Lecturer"), and by
    those in the institution and the system for who runs it."""
    for role in roles:
        place, _, name = role.rpartition("#")
        sub = place.startswith(_MEMBERSHIP + "/")
        if sub and place[len(_MEMBERSHIP) + 1 :] in names:
            return True
        if name in names and (place == "" or place == _MEMBERSHIP or (name == "Administrator" and "/person" in place)):
            return True
    return False


def _seconds(claims: dict[str, Any], name: str) -> float | None:
    """Raises LaunchRefused for what is there and is no time."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LATEST:  # NaN is none either
        raise LaunchRefused(Reason.CLAIM_MISSING)
    return float(value)


def _part(claims: dict[str, Any], name: str) -> dict[str, Any]:
    value = claims.get(f"{LTI}{name}")
    return value if isinstance(value, dict) else {}


def _text(values: dict[str, Any], name: str, most: int = LONGEST_ID) -> str:
    """Empty for what is missing, too long or no text."""
    value = values.get(name)
    return value if isinstance(value, str) and len(value) <= most else ""


def _custom(claims: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in _part(claims, "custom").items() if isinstance(value, str)}


def _line_item(claims: dict[str, Any]) -> str:
    service = claims.get(AGS)
    scopes = service.get("scope") if isinstance(service, dict) else None
    if not isinstance(service, dict) or not isinstance(scopes, list) or SCORE_SCOPE not in scopes:
        return ""
    return _text(service, "lineitem", LONGEST_ADDRESS)


def _memberships(claims: dict[str, Any]) -> str:
    service = claims.get(NRPS)
    return _text(service, "context_memberships_url", LONGEST_ADDRESS) if isinstance(service, dict) else ""
