"""Whether the chain of an audit trail is whole.

A hash chain shows a change to anybody who knows a later hash. Somebody who may write to the database can compute a
whole new chain, so keep what `evoke audit check` or `evoke audit export` gives somewhere else, and check against it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import AuditEvent, AuditHead
from models.audit_hash import NOTHING_BEFORE, SYSTEM, hash_of


@dataclass(frozen=True)
class Checked:
    """`rows` are whole up to and without `broken`, the sequence number of the first row that is not; `problem` says in
    what way. `head` is the hash of the last row that is whole."""

    chain: UUID
    rows: int
    head: str
    broken: int | None = None
    problem: str = ""


def check_chains(session: Session, known: Mapping[tuple[UUID, int], str] | None = None) -> list[Checked]:
    """Every chain, the system's own first. `known` are hashes kept elsewhere, by chain and sequence."""
    chains = {*session.exec(select(AuditHead.chain)), *session.exec(select(AuditEvent.chain).distinct())}
    chains |= {chain for chain, _ in known or {}}
    return [_check(session, chain, known or {}) for chain in sorted(chains)]


def _check(session: Session, chain: UUID, known: Mapping[tuple[UUID, int], str]) -> Checked:
    last, before = 0, NOTHING_BEFORE
    for row in rows_of(session, chain):
        problem = _problem(row, last, before)
        if not problem and known.get((chain, row.sequence), row.hash) != row.hash:
            problem = "it is not the row that was kept elsewhere"
        if problem:
            return Checked(chain, last, before, last + 1, problem)
        last, before = row.sequence, row.hash
    head = session.get(AuditHead, chain)
    if head is None or (head.sequence, head.hash) != (last, before):
        return Checked(chain, last, before, last + 1, "rows after this are missing, or the chain's head was changed")
    if any(of == chain and sequence > last for of, sequence in known):
        return Checked(chain, last, before, last + 1, "rows that were kept elsewhere are missing")
    return Checked(chain, last, before)


def _problem(row: AuditEvent, last: int, before: str) -> str:
    if row.sequence != last + 1:
        return "this row is missing"
    if row.previous_hash != before:
        return "it does not follow the row before it"
    if (row.organisation_id or SYSTEM) != row.chain:
        return "it is in another organisation's chain"
    return "" if hash_of(row.as_values()) == row.hash else "it was changed"


def rows_of(session: Session, chain: UUID) -> Iterator[AuditEvent]:
    """In order, read in pieces: a trail can be millions of rows."""
    rows = select(AuditEvent).where(col(AuditEvent.chain) == chain).order_by(col(AuditEvent.sequence))
    for piece in session.exec(rows.execution_options(yield_per=1000)).partitions():
        yield from piece
        for row in piece:
            session.expunge(row)
