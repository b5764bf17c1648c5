"""A coding that is kept, as a value to compare with another of the same session."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import Session, col, select

from coding.coding_words import coding_words
from coding.review.draft import read_subtype
from coding.scheme.codes import CodedUtterance, Speaker, parse_code
from coding.transcript.versions import utterances_of, words_of
from models.coding import CodeRow, Coding
from models.review import Rating
from models.transcript import TranscriptVersion

if TYPE_CHECKING:
    from coding.agreement.compared import OneCoding


def coded_lines(session: Session, coding_id: UUID) -> list[tuple[int, CodedUtterance]]:
    """Each coded line with its 0-based place in the transcript; a line outside the stretch that was scored is left out.
    Raises WordsGone."""
    coding = session.get_one(Coding, coding_id)
    turns = {turn.position: turn for turn in words_of(session, _version(session, coding)).turns}
    theirs = coding_words(session, coding).practitioner_labels
    codes = {row.utterance_id: row for row in session.exec(select(CodeRow).where(col(CodeRow.coding_id) == coding_id))}
    found = []
    for one in utterances_of(session, coding.transcript_id):
        row = codes.get(one.id)
        if row is None or one.turn_position not in turns:
            continue
        practitioner = turns[one.turn_position].speaker_label in theirs
        speaker = Speaker.PRACTITIONER if practitioner else Speaker.CLIENT
        code = parse_code(speaker, row.code)
        said = CodedUtterance(
            one.turn_position, one.position, speaker, one.text, code, read_subtype(code, row.subtype)
        )  # fmt: skip
        found.append((one.sequence, said))
    return found


def one_coding(session: Session, coding_id: UUID | None, *, like: "OneCoding | None" = None) -> "OneCoding":
    """With `like`, only the stretch that the other coding of the same transcript scored. Raises WordsGone."""
    from coding.agreement.compared import OneCoding, same_stretch

    assert coding_id is not None, "it is signed off"
    ratings = session.exec(select(Rating).where(col(Rating.coding_id) == coding_id)).all()
    lines = [line for _, line in coded_lines(session, coding_id)]
    if like is not None:
        lines = same_stretch(lines, like.utterances)
    return OneCoding(lines, {row.name: row.value for row in ratings})


def _version(session: Session, coding: Coding) -> TranscriptVersion:
    return session.get_one(TranscriptVersion, coding.transcript_id)
