"""How much was asked lately of all websites on one database together."""

import hashlib
from collections.abc import Mapping
from typing import cast

from sqlalchemy import ColumnElement, Float, delete, func, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

_AT_ONCE = 1000


class RateShare(SQLModel, table=True):
    """Of one who asks, kept as a hash of who and of what is counted: the second at which nothing of it counts any more.
    Rows go when that is over, after an hour at most. Where there is one website there are none."""

    __tablename__ = "rate_share"

    key_hash: str = Field(primary_key=True, max_length=64)
    empty_at: float = Field(index=True)


def share_taken(session: Session, taken: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Adds the seconds that each key's bucket was filled by here, and answers in how many seconds each will be empty,
    with what was taken everywhere."""
    by_hash = {hashlib.sha256(f"{kind} {key}".encode()).hexdigest(): (kind, key) for kind, key in taken}
    hashes, left = sorted(by_hash), dict[tuple[str, str], float]()  # in one order: no two wait for each other
    for at in range(0, len(hashes), _AT_ONCE):
        some = hashes[at : at + _AT_ONCE]
        left |= {by_hash[one]: seconds for one, seconds in _add(session, {one: taken[by_hash[one]] for one in some})}
    over = select(col(RateShare.key_hash)).where(col(RateShare.empty_at) < _now(session)).limit(_AT_ONCE)
    session.execute(delete(RateShare).where(col(RateShare.key_hash).in_(over.with_for_update(skip_locked=True))))
    return left


def _now(session: Session) -> ColumnElement[float]:
    """The database's clock, in seconds: those of machines differ."""
    if _is_sqlite(session):
        return (func.julianday("now", type_=Float) - 2440587.5) * 86400.0
    return cast(ColumnElement[float], func.extract("epoch", func.statement_timestamp()))


def _add(session: Session, seconds: Mapping[str, float]) -> list[tuple[str, float]]:
    on_sqlite, now = _is_sqlite(session), _now(session)
    new = (sqlite.insert if on_sqlite else postgresql.insert)(RateShare).values(
        [{"key_hash": one, "empty_at": now + literal(more, Float)} for one, more in seconds.items()]
    )
    greatest = func.max if on_sqlite else func.greatest
    counted = greatest(col(RateShare.empty_at), now) + (new.excluded.empty_at - now)
    put = new.on_conflict_do_update(index_elements=["key_hash"], set_={"empty_at": counted})
    answer = session.execute(put.returning(col(RateShare.key_hash), col(RateShare.empty_at) - now))
    return [(one, float(left)) for one, left in answer]


def _is_sqlite(session: Session) -> bool:
    return session.connection().dialect.name == "sqlite"
