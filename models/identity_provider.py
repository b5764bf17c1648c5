"""What an identity provider says (OpenID Connect): where it is asked, and whom its signed word names.

Tokens are taken with RS256 and a key of the provider's own only: what is not signed, or signed with a shared secret, is
refused before a claim is read.
"""

import ipaddress
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from models.errors import EvokeError

TIMEOUT_SECONDS = 10
KEPT_SECONDS = 3600
LEEWAY_SECONDS = 60
LARGEST_ANSWER = 1_000_000


class ProviderUnreachable(EvokeError):
    status = 502
    code = "provider_unreachable"

    def __init__(self, why: str) -> None:
        super().__init__(f"Your authority's sign-in cannot be reached just now ({why}). Try again in some minutes.")


class SignOnRefused(EvokeError):
    """The person hears no more than this; `reason` is for the audit trail and the tests."""

    status = 401
    code = "sign_on_refused"

    def __init__(self, reason: str) -> None:
        super().__init__("Your authority's sign-in did not lead into Evoke. Begin again, or ask your administrator.")
        self.reason = reason


@dataclass(frozen=True)
class Identity:
    """`subject` is who it is to the provider for ever; `email` is in lower case."""

    subject: str
    email: str


@dataclass(frozen=True)
class Provider:
    """From the discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


def is_safe_address(address: str) -> bool:
    """HTTPS; on this machine itself plain HTTP too."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return True
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


@dataclass
class Providers:
    """Asked now and then, and remembered for an hour."""

    _known: dict[str, tuple[float, Provider]] = field(default_factory=dict)
    _keys: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def provider(self, issuer: str) -> Provider:
        """Raises ProviderUnreachable, also for one that names another issuer than itself."""
        asked, known = self._known.get(issuer, (0.0, None))
        if known is None or time.monotonic() - asked > KEPT_SECONDS:
            said = _get_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
            known = Provider(**{name: str(said.get(name, "")) for name in names})
            if known.issuer != issuer or not all(is_safe_address(getattr(known, name)) for name in names):
                raise ProviderUnreachable("what it says of itself does not fit")
            self._known[issuer] = (time.monotonic(), known)
        return known

    def keys(self, provider: Provider, *, anew: bool = False) -> Any:
        """Its set of keys. Raises ProviderUnreachable."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        asked, known = self._keys.get(provider.issuer, (0.0, None))
        if known is None or anew or time.monotonic() - asked > KEPT_SECONDS:
            try:
                known = KeySet.import_key_set(_get_json(provider.jwks_uri))  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise ProviderUnreachable("its keys cannot be read") from error
            self._keys[provider.issuer] = (time.monotonic(), known)
        return known

    def read_id_token(self, token: str, provider: Provider, *, client_id: str, tenant: str, nonce: str) -> Identity:
        """Raises SignOnRefused, ProviderUnreachable."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            try:
                read = jwt.decode(token, self.keys(provider), algorithms=["RS256"])
            except (JoseError, ValueError):  # it may have changed its key since
                read = jwt.decode(token, self.keys(provider, anew=True), algorithms=["RS256"])
            claims = jwt.JWTClaimsRegistry(
                leeway=LEEWAY_SECONDS, iss={"essential": True, "value": provider.issuer}, exp={"essential": True},
                aud={"essential": True, "value": client_id}, nonce={"essential": True, "value": nonce},
                sub={"essential": True},
            )  # fmt: skip
            claims.validate(read.claims)
        except (JoseError, ValueError) as error:
            raise SignOnRefused(type(error).__name__) from None
        return _identity(read.claims, client_id=client_id, tenant=tenant)


def _identity(claims: dict[str, Any], *, client_id: str, tenant: str) -> Identity:
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client_id:
        raise SignOnRefused("another party")
    if tenant and claims.get("tid") != tenant:
        raise SignOnRefused("another tenant")
    email = claims.get("email") or claims.get("preferred_username")
    if not isinstance(email, str) or "@" not in email or claims.get("email_verified") is False:
        raise SignOnRefused("no address")
    return Identity(str(claims.get("oid") or claims["sub"])[:255], email.strip().lower())


def _get_json(address: str) -> dict[str, Any]:
    import httpx

    try:
        answer = httpx.get(address, timeout=TIMEOUT_SECONDS, follow_redirects=False)
        if answer.status_code != 200 or len(answer.content) > LARGEST_ANSWER:
            raise ProviderUnreachable(f"it answered {answer.status_code}")
        said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ProviderUnreachable(type(error).__name__) from None
    if not isinstance(said, dict):
        raise ProviderUnreachable("its answer cannot be read")
    return said


def fetch_id_token(
    provider: Provider, *, client_id: str, client_secret: str, code: str, code_verifier: str, redirect_uri: str
) -> str:
    """Trades the code in for the provider's word. Raises SignOnRefused, ProviderUnreachable."""
    import httpx
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import OAuth2Client

    with OAuth2Client(client_id, client_secret, redirect_uri=redirect_uri, timeout=TIMEOUT_SECONDS) as client:
        try:
            said = client.fetch_token(provider.token_endpoint, code=code, code_verifier=code_verifier)
        except OAuthError as error:
            raise SignOnRefused("the code is not good") from error
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnreachable(type(error).__name__) from None
    token = said.get("id_token") if isinstance(said, dict) else None
    if not isinstance(token, str):
        raise SignOnRefused("no word of who it is")
    return token


def authorization_address(
    provider: Provider, *, client_id: str, redirect_uri: str, state: str, nonce: str, code_verifier: str, email: str
) -> str:
    """Where the browser goes: authorization code with PKCE (S256)."""
    from authlib.integrations.httpx_client import OAuth2Client

    client = OAuth2Client(
        client_id, redirect_uri=redirect_uri, scope="openid email profile", code_challenge_method="S256"
    )
    address, _ = client.create_authorization_url(
        provider.authorization_endpoint, state=state, code_verifier=code_verifier, nonce=nonce, login_hint=email
    )
    return str(address)
