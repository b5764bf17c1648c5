"""The lines of a signed-off review as they stand in the transcript it made: what feedback quotes and contests name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.review.draft import Draft
from coding.review.kept import draft_of
from coding.scheme.codes import Speaker
from coding.transcript.versions import utterances_of
from models.practice import PracticeSession
from models.review import Review, ReviewState


@dataclass(frozen=True)
class SignedLine:
    """`number` counts from 1 through the conversation; `id` is the utterance's, as the session's page and JSON have it.
    `code` is empty for a line outside the stretch that was scored."""

    id: int
    number: int
    key: str
    role: Speaker
    speaker_label: str
    text: str
    code: str
    subtype: str | None


def signed_lines(session: Session, review: Review, draft: Draft | None = None) -> list[SignedLine]:
    """None of them once what was said is gone. Raises WordsGone."""
    if review.begun is None:
        return []
    draft = draft or draft_of(session, review)
    scored = {line.key for line in draft.scored_lines()}
    rows = utterances_of(session, review.made_transcript_id or review.transcript_id)
    return [
        SignedLine(
            row.id, number, line.key, line.role, line.speaker_label, line.text,
            line.code.value if line.code and line.key in scored else "", line.subtype.value if line.subtype else None,
        )
        for number, (row, line) in enumerate(zip(rows, draft.lines, strict=True), 1)
    ]  # fmt: skip


NO_LINE = ""
"""The key of what is no line: feedback that names it is refused with the numbers there are."""


def keys_of(lines: Sequence[SignedLine], numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(lines[number - 1].key if 1 <= number <= len(lines) else NO_LINE for number in numbers)


def root_of(session: Session, review: Review) -> Review:
    """The one that a person did as a whole, of which `review` may only have changed single codes."""
    while review.follows_id is not None:
        review = session.get_one(Review, review.follows_id)
    return review


def reviews_signed_by(session: Session, practice: PracticeSession, person_id: object) -> list[Review]:
    """Whole reviews of theirs, blind ones apart, the one signed off last first."""
    return list(session.exec(_SIGNED_BY, params={"id": practice.id, "person": person_id}))


_SIGNED_BY = (
    select(Review)
    .where(
        col(Review.session_id) == bindparam("id"), col(Review.reviewer_id) == bindparam("person"),
        col(Review.state) == ReviewState.SIGNED_OFF, col(Review.follows_id).is_(None),
        col(Review.blind).is_(False),
    )
    .order_by(col(Review.closed_at).desc(), col(Review.id).desc())
)  # fmt: skip
