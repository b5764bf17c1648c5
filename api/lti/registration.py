"""A platform that registers Evoke by itself (LTI Dynamic Registration 1.0): its description is read, Evoke describes
itself, and what the platform answers is kept."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from api.house import House
from api.lti.login import LAUNCH, login_address
from api.lti.public import CLAIMS, DESCRIPTION, MESSAGES, keys_address
from api.lti.services import SCOPES
from models.errors import EvokeError
from models.lti import LtiMatch, LtiPlatform, LtiScores
from models.lti_platforms import PlatformDetails, invitation_of, register_invited
from models.outgoing import AddressWrong, check_address, client, why_not

if TYPE_CHECKING:
    import httpx

TOOL, PLATFORM = (
    "https://purl.imsglobal.org/spec/lti-tool-configuration", "https://purl.imsglobal.org/spec/lti-platform-configuration",
)  # fmt: skip


class RegistrationFailed(EvokeError):
    status = 502
    code = "lti_registration_failed"

    def __init__(self, why: str) -> None:
        super().__init__(f"The platform could not be registered: {why}. Nothing was kept; you can try again.")


def register(house: House, *, secret: str, configuration: str, token: str) -> LtiPlatform:
    """`configuration` is the address of the platform's description, `token` what it lets Evoke register with, which
    some leave out. The invitation is used up where it worked. Raises NotFound, RegistrationFailed, PlatformWrong."""
    with house.database.read() as session:
        organisation_id = invitation_of(session, secret, locked=False).organisation_id
    with client(house.settings) as going_out:
        said = _ask(house, going_out, "GET", configuration)
        issuer = str(said.get("issuer", ""))
        if not _host(issuer) or _host(configuration) != _host(issuer):
            raise RegistrationFailed("its description names another site than its own")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        kept = _ask(
            house, going_out, "POST", str(said.get("registration_endpoint", "")), headers=headers,
            json=described(house.settings.site, organisation_id),
        )  # fmt: skip
    own = kept.get(TOOL)
    deployment = own.get("deployment_id") if isinstance(own, dict) else None
    about = said.get(PLATFORM)
    family = about.get("product_family_code") if isinstance(about, dict) else None
    details = PlatformDetails(
        name=f"{str(family).capitalize()[:40] if family else 'Platform'} at {_host(issuer)}"[:100],
        issuer=issuer, client_id=str(kept.get("client_id", "")),
        authorization_endpoint=str(said.get("authorization_endpoint", "")),
        token_endpoint=str(said.get("token_endpoint", "")), jwks_uri=str(said.get("jwks_uri", "")),
        token_audience=str(said.get("authorization_server", "")), deployments=str(deployment or ""),
        match=LtiMatch.SIGN_IN, scores=LtiScores.COMPLETION,
    )  # fmt: skip
    with house.database.write() as session:
        return register_invited(session, secret=secret, details=details, settings=house.settings)


def described(site: str, organisation_id: UUID) -> dict[str, Any]:
    """Evoke as a tool, in the form of the specification's section 3.5."""
    return {
        "application_type": "web", "response_types": ["id_token"], "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": login_address(site, organisation_id), "redirect_uris": [f"{site}{LAUNCH}"],
        "client_name": "Evoke",
        "jwks_uri": keys_address(site, organisation_id), "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(SCOPES),
        TOOL: {
            "domain": urlsplit(site).netloc, "description": DESCRIPTION, "target_link_uri": f"{site}{LAUNCH}",
            "claims": list(CLAIMS),
            "messages": [{"type": one, "target_link_uri": f"{site}{LAUNCH}"} for one in MESSAGES],
        },
    }  # fmt: skip


def _host(address: str) -> str:
    """Empty for what is no address."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _ask(house: House, going_out: "httpx.Client", method: str, address: str, **sent: Any) -> dict[str, Any]:
    import httpx

    try:
        answer = going_out.request(method, check_address(address, settings=house.settings), **sent)
        said = answer.json() if 200 <= answer.status_code < 300 else None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RegistrationFailed(why_not(error)) from None
    except AddressWrong as error:
        raise RegistrationFailed(error.message.rstrip(".")) from None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        refused = f"it refused (it answered {answer.status_code})" if answer.status_code >= 300 else ""
        raise RegistrationFailed(refused or "what it answered cannot be read")
    return said
