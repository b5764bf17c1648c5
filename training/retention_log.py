"""The one log of what went: whole sessions, each with its proof, and what went because its time was over, by night."""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.proofs import deletions_of
from models.practice import SessionKind
from models.retention import Part, RetentionStep, SessionHold
from models.withdrawal import DeletionProof
from training.retention_next import PART_SHOWN
from training.session_lists import KIND_SHOWN
from training.withdrawal_view import WHY_SHOWN

LOG_LIMIT = 200


@dataclass(frozen=True)
class WentView:
    """`deletion` is set for a whole session, and `state` then proof, going or held (a legal hold keeps what nobody sees
    any more); else it is empty, and `detail` says by which period."""

    at: datetime
    what: str
    detail: str
    deletion: UUID | None = None
    state: str = ""


_COLUMNS: list[Any] = [
    RetentionStep.at, RetentionStep.part, RetentionStep.kind, RetentionStep.period, RetentionStep.since_coded,
]  # fmt: skip
_NEWEST_STEPS: Any = (
    select(*_COLUMNS)
    .where(col(RetentionStep.organisation_id) == bindparam("id"))
    .order_by(col(RetentionStep.at).desc())
    .limit(LOG_LIMIT * 10)
    .execution_options(yield_per=LOG_LIMIT)
)  # fmt: skip


def what_went(session: Session, organisation_id: UUID) -> tuple[WentView, ...]:
    """The newest first, at most LOG_LIMIT."""
    found = [*_deletions(session, organisation_id), *_steps(session, organisation_id)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:LOG_LIMIT])


def _deletions(session: Session, organisation_id: UUID) -> list[WentView]:
    found = deletions_of(session, organisation_id, limit=LOG_LIMIT)
    proved = select(DeletionProof.withdrawal_id).where(col(DeletionProof.withdrawal_id).in_([o.id for o in found]))
    held = select(SessionHold.session_id).where(
        col(SessionHold.session_id).in_([o.session_id for o in found]), col(SessionHold.lifted_at).is_(None)
    )
    with_proof, kept = set(session.exec(proved)), set(session.exec(held))
    return [
        WentView(
            one.at, "1 session", WHY_SHOWN[one.why], one.id,
            "proof" if one.id in with_proof else "held" if one.session_id in kept else "going",
        )
        for one in found
    ]  # fmt: skip


def _steps(session: Session, organisation_id: UUID) -> list[WentView]:
    """Those of one day and kind and period together. No more are read than LOG_LIMIT lines need."""
    counts: Counter[tuple[date, Part, SessionKind, str, bool]] = Counter()
    last: dict[tuple[date, Part, SessionKind, str, bool], datetime] = {}
    with closing(session.exec(_NEWEST_STEPS, params={"id": organisation_id})) as rows:
        for day, of_day in groupby(rows, key=lambda row: row[0].date()):
            if len(counts) >= LOG_LIMIT:
                break
            for at, part, kind, period, since_coded in of_day:
                key = (day, part, kind, period, since_coded)
                counts[key] += 1
                last.setdefault(key, at)
    return [
        WentView(
            last[key], f"{count} {PART_SHOWN[key[1]][count != 1]}",
            f"{KIND_SHOWN[key[2]]}, {key[3]} after {'the session was' if count == 1 else 'the sessions were'} "
            f"{'coded' if key[4] else 'added'}",
        )
        for key, count in counts.items()
    ]  # fmt: skip
