"""Which coding of a session counts, for figures of many sessions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from coding.kept_figures import version_of_machines
from models.coding import CodedBy, Coding
from models.practice import PracticeSession, Stage
from models.review import no_blind_coding
from models.transcript import TranscriptVersion


def codings_in_order(session: Session, *which: ColumnElement[bool]) -> Sequence[tuple[PracticeSession, Coding]]:
    """Those of the sessions of `which` that can be read. The last of a session is the one that counts: what a person
    signed off last, else what the machine coded last. Blind ones never are among them."""
    practice, version = PracticeSession, TranscriptVersion
    rows = (
        select(practice, Coding)
        .join(version, col(version.session_id) == col(practice.id))
        .join(Coding, col(Coding.transcript_id) == col(version.id))
        .where(
            *which, col(practice.withdrawn_at).is_(None), col(practice.stage) == Stage.READY,
            no_blind_coding(),
        )
        .order_by(col(Coding.coded_by) == CodedBy.PERSON, version_of_machines(), col(Coding.created_at), col(Coding.id))
    )  # fmt: skip
    return session.exec(rows).all()


@dataclass(frozen=True)
class Counting:
    """The coding that counts for a session, without its words."""

    id: UUID
    by_person: bool
    count_intervals: Mapping[str, Any]


def codings_that_count(session: Session, session_ids: Collection[UUID]) -> dict[UUID, Counting]:
    """By session, as the last of `codings_in_order`; in one query, without what is sealed in them."""
    version = TranscriptVersion
    rows = (
        select(col(version.session_id), Coding.id, Coding.coded_by, Coding.count_intervals)
        .join(Coding, col(Coding.transcript_id) == col(version.id))
        .where(col(version.session_id).in_(session_ids), no_blind_coding())
        .order_by(col(Coding.coded_by) == CodedBy.PERSON, version_of_machines(), col(Coding.created_at), col(Coding.id))
    )
    return {
        session_id: Counting(coding_id, coded_by is CodedBy.PERSON, intervals)
        for session_id, coding_id, coded_by, intervals in session.exec(rows)
    }
