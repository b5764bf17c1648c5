"""How a store hears who somebody is: by a pseudonym, unless the organisation chose otherwise. Pure."""

import hashlib
import hmac
from typing import Any
from uuid import UUID

Agent = dict[str, Any]


def pseudonym(key: bytes, what: str, one: UUID) -> str:
    """The same for the same, and without `key` nobody can tell of whom: HMAC-SHA-256, its first 128 bits. `what` keeps
    people and sessions apart."""
    return hmac.new(key, f"{what} {one}".encode(), hashlib.sha256).hexdigest()[:32]


def pseudonymous(person_id: UUID, *, key: bytes, site: str) -> Agent:
    return account(site, pseudonym(key, "person", person_id))


def account(home_page: str, name: str) -> Agent:
    return {"objectType": "Agent", "account": {"homePage": home_page, "name": name}}


def by_email(email: str) -> Agent:
    return {"objectType": "Agent", "mbox": f"mailto:{email}"}
