"""The beginning of a launch: a platform sends somebody, and the browser is sent back to it to prove who."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from api.lti.reasons import LaunchRefused, Reason
from models.lti import LtiPlatform
from models.lti_launches import Begun, begin_login
from models.lti_platforms import platform_that_says

if TYPE_CHECKING:
    from api.house import House  # which loads FastAPI, and workers, who need this module for a name, do without it

LAUNCH = "/lti/launch"
_HINTS = ("login_hint", "lti_message_hint")


@dataclass(frozen=True)
class LoginAnswer:
    """`address` is where the browser goes. `stored` is the frame of the platform that keeps things for tools whose
    cookies are blocked; empty where the platform offers none."""

    begun: Begun
    address: str
    stored: str
    origin: str


def origin_of(address: str) -> str:
    """Empty for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def frames_of(platform: LtiPlatform, *returns: str) -> tuple[str, ...]:
    """The origins that may show a page of this platform's launch within theirs. `returns` are addresses that its
    message leads back to."""
    found = {origin_of(one) for one in (platform.issuer, platform.authorization_endpoint, *returns) if one}
    return tuple(sorted(one for one in found if _is_origin(one)))


def _is_origin(text: str) -> bool:
    """Nothing that could end a directive of a security policy."""
    return text.startswith(("https://", "http://")) and text.isascii() and not set("; ,'\"@*") & set(text)


def login_address(site: str, organisation_id: UUID) -> str:
    """Each authority has its own: who comes there can be one of its platforms only."""
    return f"{site}/lti/login/{organisation_id}"


def begin(house: "House", sent: dict[str, str], *, organisation_id: UUID | None) -> LoginAnswer:
    """The platform sends somebody (third-party initiated login) to the authority's address, or to the one that all had
    once. Raises LaunchRefused."""
    target = sent.get("target_link_uri", "")
    if target and origin_of(target) != origin_of(house.settings.site):
        raise LaunchRefused(Reason.NOT_OUR_PAGE)
    with house.database.write() as session:
        platform = platform_that_says(
            session, issuer=sent.get("iss", ""), client_id=sent.get("client_id", ""), organisation_id=organisation_id
        )
        if platform is None or not sent.get("login_hint"):
            raise LaunchRefused(Reason.UNKNOWN_PLATFORM)
        begun = begin_login(session, platform=platform, stored=sent.get("lti_storage_target", ""))
        asked = {
            "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
            "client_id": platform.client_id, "redirect_uri": f"{house.settings.site}{LAUNCH}", "state": begun.state,
            "nonce": begun.nonce, **{name: sent[name] for name in _HINTS if sent.get(name)},
        }  # fmt: skip
        endpoint = platform.authorization_endpoint
    address = f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"
    return LoginAnswer(begun, address, sent.get("lti_storage_target", "")[:100], origin_of(endpoint))
