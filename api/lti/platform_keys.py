"""The key sets of learning platforms: fetched now and then, remembered for an hour, and looked at again when a message
names a key that is not there, because platforms change their keys too."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.lti.reasons import LaunchRefused, Reason
from models.outgoing import AddressWrong, check_address, client, why_not
from models.settings import Settings

if TYPE_CHECKING:
    from joserfc.jwk import KeySet, RSAKey

KEPT_SECONDS = 3600
SECONDS_BETWEEN = 10
"""An unknown key may be named by anybody: it makes Evoke ask no more often than this."""
MOST_KEPT = 200


class KeysUnreachable(Exception):
    """`why` says it in a few words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class PlatformKeys:
    settings: Settings
    _kept: dict[str, tuple[float, "KeySet"]] = field(default_factory=dict)
    _again: dict[str, float] = field(default_factory=dict)

    def key_set(self, address: str, *, kid: str) -> "KeySet":
        """Raises LaunchRefused."""
        try:
            asked, known = self._kept.get(address, (0.0, None))
            now = time.monotonic()
            if known is None or now - asked > KEPT_SECONDS:
                return self.fetch(address)
            has = any(one.kid == kid for one in known.keys)
            if not has and now - self._again.get(address, -SECONDS_BETWEEN) >= SECONDS_BETWEEN:
                self._again[address] = now
                return self.fetch(address)
        except KeysUnreachable:
            raise LaunchRefused(Reason.KEYS_UNREACHABLE) from None
        return known

    def fetch(self, address: str) -> "KeySet":
        """Raises KeysUnreachable."""
        import httpx
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            with client(self.settings) as going_out:
                answer = going_out.get(check_address(address, settings=self.settings))
            if answer.status_code != 200:
                raise KeysUnreachable(f"it answered {answer.status_code}")
            said = answer.json()
            found = KeySet([_key(one) for one in said["keys"] if isinstance(one, dict) and one.get("kty") == "RSA"])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise KeysUnreachable(why_not(error)) from None
        except AddressWrong:
            raise KeysUnreachable("its address is inside a private network, or not by https") from None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise KeysUnreachable("what it answered is no key set") from None
        if not found.keys:
            raise KeysUnreachable("its key set has no RSA key")
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[address] = (time.monotonic(), found)
        return found


def _key(values: dict[str, Any]) -> "RSAKey":
    """Its public half, whatever else the list says of it."""
    from joserfc.jwk import RSAKey

    return RSAKey.import_key({name: str(values[name]) for name in ("kty", "n", "e", "kid") if name in values})
