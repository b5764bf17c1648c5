"""Which coding of a session counts, for figures of many sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from coding.kept_figures import version_of_machines
from models.coding import CodedBy, Coding
from models.practice import Picked, PracticeSession, SessionKind, Stage
from models.review import no_blind_coding
from models.transcript import TranscriptVersion


def codings_in_order(session: Session, *which: ColumnElement[bool]) -> Sequence[tuple[PracticeSession, Coding]]:
    """Those of the sessions of `which` that can be read. The last of a session is the one that counts: what a person
    signed off last, else what the machine coded last. Blind ones never are among them."""
    found: Sequence[tuple[PracticeSession, Coding]] = session.exec(
        _in_order(select(PracticeSession, Coding), *which)
    ).all()
    return found


def _in_order(rows: Any, *which: ColumnElement[bool]) -> Any:
    practice, version = PracticeSession, TranscriptVersion
    return (
        rows.join(version, col(version.session_id) == col(practice.id))
        .join(Coding, col(Coding.transcript_id) == col(version.id))
        .where(
            *which, col(practice.withdrawn_at).is_(None), col(practice.stage) == Stage.READY,
            no_blind_coding(),
        )
        .order_by(*_the_last_counts())
    )  # fmt: skip


def _the_last_counts() -> tuple[Any, ...]:
    return (
        col(Coding.coded_by) == CodedBy.PERSON, version_of_machines(), col(Coding.created_at), col(Coding.id),
    )  # fmt: skip


@dataclass(frozen=True)
class CountingSession:
    """A session that can be read, with the coding that counts of it."""

    id: UUID
    held_on: date
    kind: SessionKind
    picked: Picked
    coding_id: UUID
    by_person: bool


def counting_sessions(session: Session, *which: ColumnElement[bool]) -> list[CountingSession]:
    """Each session of `codings_in_order` once, with its last coding; in one query, of the few columns that figures over
    time need."""
    rows: Any = session.exec(_COUNTING.where(*which))
    found = {
        id_: CountingSession(id_, held_on, SessionKind(kind), Picked(picked), coding_id, coded_by is CodedBy.PERSON)
        for id_, held_on, kind, picked, coding_id, coded_by in rows
    }
    return list(found.values())


_COUNTING = _in_order(
    select(  # type: ignore[call-overload]
        PracticeSession.id, PracticeSession.held_on, PracticeSession.kind, PracticeSession.picked, Coding.id,
        Coding.coded_by,
    ).select_from(PracticeSession)
)  # fmt: skip


@dataclass(frozen=True)
class Counting:
    """The coding that counts for a session, without its words."""

    id: UUID
    by_person: bool


def codings_that_count(session: Session, session_ids: Collection[UUID]) -> dict[UUID, Counting]:
    """By session, as the last of `codings_in_order`; in one query, without what is sealed in them."""
    return {
        session_id: Counting(coding_id, coded_by is CodedBy.PERSON)
        for session_id, coding_id, coded_by in session.exec(_OF_SESSIONS, params={"sessions": session_ids})
    }


_OF_SESSIONS = (
    select(col(TranscriptVersion.session_id), Coding.id, Coding.coded_by)
    .join(Coding, col(Coding.transcript_id) == col(TranscriptVersion.id))
    .where(col(TranscriptVersion.session_id).in_(bindparam("sessions", expanding=True)), no_blind_coding())
    .order_by(*_the_last_counts())
)
