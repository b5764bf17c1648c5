"""How a webhook is signed, as the specification Standard Webhooks says: HMAC-SHA256 over id, time and body, so that
neither can be changed, and an old one cannot be sent again as a new one. Pure."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"


def new_secret() -> str:
    """256 random bits, in base64 after its prefix."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers_for(body: bytes, *, event_id: str, at: datetime, with_secrets: Iterable[str]) -> dict[str, str]:
    """One signature for each secret, the newest first; a receiver takes the delivery if one of them fits."""
    stamp = str(int(at.timestamp()))
    signatures = (_signature(body, event_id=event_id, stamp=stamp, secret=one) for one in with_secrets)
    return {
        "content-type": "application/json", "webhook-id": event_id, "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }  # fmt: skip


def _signature(body: bytes, *, event_id: str, stamp: str, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((event_id.encode(), stamp.encode(), body))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
