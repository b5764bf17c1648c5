"""How much was asked lately of all websites on one database together."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import Float, delete, func, literal
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, select

_NOW = func.extract("epoch", func.statement_timestamp())
"""The database's clock: those of machines differ."""

_AT_ONCE = 1000


class RateShare(SQLModel, table=True):
    """Of one who asks, kept as a hash of who and of what is counted: the second at which nothing of it counts any more.
    Rows go when that is over, after an hour at most. There are none on SQLite."""

    __tablename__ = "rate_share"

    key_hash: str = Field(primary_key=True, max_length=64)
    empty_at: float = Field(index=True)


def share_taken(session: Session, taken: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Adds the seconds that each key's bucket was filled by here, and answers in how many seconds each will be empty,
    with what was taken everywhere. PostgreSQL alone."""
    by_hash = {hashlib.sha256(f"{kind} {key}".encode()).hexdigest(): (kind, key) for kind, key in taken}
    hashes, left = sorted(by_hash), dict[tuple[str, str], float]()  # in one order: no two wait for each other
    for at in range(0, len(hashes), _AT_ONCE):
        some = hashes[at : at + _AT_ONCE]
        left |= {by_hash[one]: seconds for one, seconds in _add(session, {one: taken[by_hash[one]] for one in some})}
    over = select(col(RateShare.key_hash)).where(col(RateShare.empty_at) < _NOW).limit(_AT_ONCE)
    session.execute(delete(RateShare).where(col(RateShare.key_hash).in_(over.with_for_update(skip_locked=True))))
    return left


def _add(session: Session, seconds: Mapping[str, float]) -> list[tuple[str, float]]:
    new = insert(RateShare).values(
        [{"key_hash": one, "empty_at": _NOW + literal(more, Float)} for one, more in seconds.items()]
    )
    counted = func.greatest(col(RateShare.empty_at), _NOW) + (new.excluded.empty_at - _NOW)
    put = new.on_conflict_do_update(index_elements=["key_hash"], set_={"empty_at": counted})
    answer = session.execute(put.returning(col(RateShare.key_hash), col(RateShare.empty_at) - _NOW))
    return [(one, float(left)) for one, left in answer]
