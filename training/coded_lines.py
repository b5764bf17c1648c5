"""The lines of a session with their codes, a page at a time: nothing else of the session is built for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from coding.coding_words import coding_words
from coding.review.sign_off import signed_off
from coding.scheme.codes import Speaker
from coding.transcript.versions import utterance_texts, words_of
from models.coding import CodeRow
from models.practice import PracticeSession
from models.transcript import UtteranceRow
from training.build_session_view import NOT_SCORED, shown_of
from training.checked_view import codes_given_otherwise


@dataclass(frozen=True)
class CodedLine:
    """`number` counts from 1 through the session, `turn` from 0; times are seconds. The rest as in `UtteranceView`."""

    number: int
    id: int
    turn: int
    role: str
    speaker_label: str
    started: float | None
    ended: float | None
    text: str
    code: CodeRow
    machine_code: str


@dataclass(frozen=True)
class CodedPage:
    """`total` is how many lines the session has."""

    coded_by: str
    model_version: str
    total: int
    lines: tuple[CodedLine, ...]


def coded_page(session: Session, practice: PracticeSession, *, first: int, most: int | None) -> CodedPage:
    """From line `first` (from 1) on, `most` of them or all. What a person signed off, else the newest of the machine;
    none where it is not coded yet. Raises WordsGone."""
    review = signed_off(session, practice.id)
    transcript, coding = shown_of(session, practice, review)
    if transcript is None or coding is None:
        return CodedPage("", "", 0, ())
    coded_by, model = coding.coded_by.value, coding.model_version or ""
    texts = utterance_texts(session, transcript)
    if not texts:
        return CodedPage(coded_by, model, 0, ())
    sequence = col(UtteranceRow.sequence)
    rows = select(UtteranceRow).where(col(UtteranceRow.transcript_id) == transcript.id, sequence >= first - 1)
    found = session.exec(rows.order_by(sequence).limit(most)).all()
    codes = _codes(session, coding.id, found[0].sequence, len(found), transcript.id) if found else {}
    turns = {one.position: one for one in words_of(session, transcript).turns}
    practitioners = coding_words(session, coding).practitioner_labels
    otherwise = codes_given_otherwise(session, review) if review is not None and found else {}
    lines = []
    for row in found:
        turn = turns[row.turn_position]
        role = Speaker.PRACTITIONER if turn.speaker_label in practitioners else Speaker.CLIENT
        lines.append(
            CodedLine(
                number=row.sequence + 1, id=row.id or 0, turn=turn.position, role=role.value,
                speaker_label=turn.speaker_label, started=turn.started, ended=turn.ended, text=texts[row.sequence],
                code=codes.get(row.id or 0, NOT_SCORED), machine_code=otherwise.get(row.sequence, ""),
            )
        )  # fmt: skip
    return CodedPage(coded_by, model, len(texts), tuple(lines))


def _codes(session: Session, coding_id: UUID, first: int, many: int, transcript_id: UUID) -> Mapping[int, CodeRow]:
    """Of `many` utterances from the one with the sequence number `first` on, by their ids."""
    place = col(UtteranceRow.sequence)
    found = select(CodeRow).join(UtteranceRow, col(UtteranceRow.id) == col(CodeRow.utterance_id))
    of_page = found.where(
        col(CodeRow.coding_id) == coding_id, col(UtteranceRow.transcript_id) == transcript_id,
        place >= first, place < first + many,
    )  # fmt: skip
    return {row.utterance_id: row for row in session.exec(of_page)}
