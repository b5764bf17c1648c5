"""Signed-off codings as rows that `evoke train --own` reads, of sessions whose people agreed that the coder learns."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TextIO
from uuid import UUID

from sqlmodel import Session, col, select

from coding.consent import missing_for
from coding.retention import steps_of
from coding.review.draft import Draft
from coding.review.kept import draft_of
from coding.review.sign_off import signed_off
from models.audit import record_audit
from models.columns import utc_now
from models.consent import Scope
from models.keys import WordsGone
from models.practice import PracticeSession
from models.retention import Part
from models.review import Review, ReviewState
from models.transcript import TranscriptVersion

COLUMNS = ("transcript_id", "turn", "utterance", "speaker", "text", "code", "subtype", "looked_at")


class LeftOut(StrEnum):
    """Why nothing is taken of a session that was signed off, in words for who runs the command."""

    NOT_AGREED = "not everybody who took part agrees, today, that the coder learns from it"
    WORDS_GONE = "what was said is gone, because its time was over"
    NAMES_THERE = "its names were not replaced"


@dataclass(frozen=True)
class Corrected:
    """One session: its rows in the order of COLUMNS."""

    session_id: UUID
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Corrections:
    """`left_out` counts the other signed-off sessions, by why. Withdrawn ones are in neither."""

    taken: tuple[Corrected, ...]
    left_out: dict[LeftOut, int]


def take_corrections(session: Session, organisation_id: UUID, *, today: date | None = None) -> Corrections:
    """Of each session the coding that counts, once: not a second coach's blind one, nor one that a later one follows.
    The audit says of each session that it was taken; withdrawals are kept from passing it meanwhile."""
    taken, left_out = [], dict.fromkeys(LeftOut, 0)
    for practice in _signed_off_sessions(session, organisation_id):
        session.refresh(practice, with_for_update=True)
        review = signed_off(session, practice.id)
        if practice.withdrawn_at is not None or review is None:
            continue
        found = _take(session, practice, review, today or utc_now().date())
        if isinstance(found, LeftOut):
            left_out[found] += 1
            continue
        taken.append(found)
        record_audit(
            session, action="corrections_taken", subject=practice, organisation_id=organisation_id, by=None,
            lines=str(len(found.rows)),
        )  # fmt: skip
    return Corrections(tuple(taken), left_out)


def write_corrections(taken: Iterable[Corrected], out: TextIO) -> None:
    """As text for programs: a cell is as it was said."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in taken:
        writer.writerows(one.rows)


def rows_of(transcript_id: str, draft: Draft) -> Iterator[tuple[str, ...]]:
    """Speakers are called by their role. A line outside the stretch that was scored is context: nobody signed its code.

    Every scored line has its code, also one that was signed off without a look of its own: if only the corrected ones
    had theirs, a coder would learn from what was wrong before and forget what was right.
    """
    scored = {line.key for line in draft.scored_lines()}
    for turn, lines in enumerate(draft.turns(), 1):
        for number, line in enumerate(lines, 1):
            code = line.code if line.key in scored else None
            subtype = line.subtype if code else None
            yield (
                transcript_id, str(turn), str(number), line.role.value, line.text, code.value if code else "",
                subtype.value if subtype else "", "yes" if code and line.accepted else "no",
            )  # fmt: skip


def _signed_off_sessions(session: Session, organisation_id: UUID) -> list[PracticeSession]:
    signed = select(Review.session_id).where(col(Review.state) == ReviewState.SIGNED_OFF, col(Review.blind).is_(False))
    found = select(PracticeSession).where(
        col(PracticeSession.organisation_id) == organisation_id, col(PracticeSession.id).in_(signed)
    )
    return list(session.exec(found.order_by(col(PracticeSession.created_at), col(PracticeSession.id))))


def _take(session: Session, practice: PracticeSession, review: Review, today: date) -> Corrected | LeftOut:
    """The agreement to supervision is asked for too: without it nothing is done with a session at all."""
    if any(missing_for(session, practice, scope=one, today=today) for one in (Scope.SUPERVISION, Scope.IMPROVING)):
        return LeftOut.NOT_AGREED
    if review.begun is None or Part.WORDS in steps_of(session, practice.id):
        return LeftOut.WORDS_GONE
    version = session.get_one(TranscriptVersion, review.made_transcript_id or review.transcript_id)
    if version.names_replaced is None:
        return LeftOut.NAMES_THERE
    try:
        draft = draft_of(session, review)
    except WordsGone:
        return LeftOut.WORDS_GONE
    return Corrected(practice.id, tuple(rows_of(str(practice.id), draft)))
