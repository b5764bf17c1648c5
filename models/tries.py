"""How often a secret may be tried: some times freely, then after waits that grow with every try."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import UtcDateTime, enum_type, new_id, utc_now
from models.errors import TooMany
from models.lock import hold_lock

REMEMBERED = timedelta(hours=24)
FIRST_WAIT = 60
LONGEST_WAIT = 3600


class Tried(StrEnum):
    """What is counted: passwords by e-mail address, anything by network address, codes and links by person,
    secrets of API clients by the client's ID, codes of live sessions that there are not by network address."""

    PASSWORD = "password"  # noqa: S105  the name of what is counted
    NETWORK = "network"
    CODE = "code"
    RESET = "reset"
    CLIENT = "client"
    LIVE = "live"


FREE = {Tried.PASSWORD: 8, Tried.NETWORK: 60, Tried.CODE: 5, Tried.RESET: 3, Tried.CLIENT: 8, Tried.LIVE: 100}
"""Tries without a wait. A whole authority may come from one network address."""


class CountedTry(SQLModel, table=True):
    """Rows older than a day are deleted as new ones come. The key is kept as a hash only: people type passwords into
    the field for the address."""

    __tablename__ = "counted_try"
    __table_args__ = (Index("ix_counted_try_key", "tried", "key_hash", "at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    tried: Tried = Field(sa_type=enum_type(Tried))
    key_hash: str = Field(max_length=64)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


class TooManyTries(TooMany):
    code = "too_many_tries"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries. Wait {_in_words(seconds)}, then try again.", retry_after=seconds)


@dataclass(frozen=True)
class Key:
    tried: Tried
    value: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.value.encode("utf-8", "replace")).hexdigest()


def network_key(address: str) -> Key:
    """One network address; of IPv6 the /64 that one household or office has to itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return Key(Tried.NETWORK, address)
    if parsed.version == 6:
        address = str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return Key(Tried.NETWORK, address)


def wait_after(tried: Tried, failed: int) -> int:
    """Seconds to wait after so many failed tries: none, then a minute, two, four and so on to an hour."""
    over = failed - FREE[tried]
    return 0 if over < 0 else int(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 10)))


def count_try(session: Session, *keys: Key) -> None:
    """Counts one try under every key, or none of them. Raises TooManyTries."""
    session.exec(delete(CountedTry).where(col(CountedTry.at) < utc_now() - REMEMBERED))
    check_tries(session, *keys)
    session.add_all(CountedTry(tried=key.tried, key_hash=key.hash) for key in keys)
    session.flush()


def check_tries(session: Session, *keys: Key) -> None:
    """Whether one may try now; nobody else tries under these keys until the transaction ends. Raises TooManyTries."""
    since = utc_now() - REMEMBERED
    for key in sorted(keys, key=lambda key: key.tried):  # always in one order, so that no two wait for each other
        hold_lock(session, f"tries of {key.tried} {key.hash}")
        failed, latest = session.exec(
            select(func.count(), func.max(CountedTry.at)).where(
                col(CountedTry.tried) == key.tried, col(CountedTry.key_hash) == key.hash, col(CountedTry.at) >= since
            )
        ).one()
        wait = wait_after(key.tried, failed)
        if wait and (left := wait - (utc_now() - latest).total_seconds()) > 0:
            raise TooManyTries(int(left) + 1)


def forget_tries(session: Session, key: Key) -> None:
    session.exec(delete(CountedTry).where(col(CountedTry.tried) == key.tried, col(CountedTry.key_hash) == key.hash))


def _in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return "a minute" if minutes <= 1 else "an hour" if minutes >= 60 else f"{minutes} minutes"
