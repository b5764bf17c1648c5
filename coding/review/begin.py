"""The draft that a review begins as: what the machine said of each line of a transcript."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from coding.coding_words import coding_words
from coding.review.draft import Draft, DraftLine, MachineCode, read_subtype
from coding.review.segment import segment_by_chance
from coding.scheme.codes import Speaker, parse_code
from coding.scheme.sample import sample_use
from coding.scheme.summary import GlobalRating
from coding.transcript.versions import utterances_of, words_of
from coding.transcript.words import Turn, Utterance
from models.coding import CodedBy, CodeRow, Coding
from models.practice import PracticeSession, Recording
from models.session_words import session_words
from models.transcript import TranscriptVersion

LONG_ENOUGH = 20.0
"""Minutes, for a transcript that does not say how long it took: a person judges that."""


def coding_to_review(session: Session, practice: PracticeSession) -> tuple[TranscriptVersion, Coding] | None:
    """The newest coding by a machine. A version that a signed-off review made has none."""
    found = (
        select(TranscriptVersion, Coding)
        .join(Coding, col(Coding.transcript_id) == col(TranscriptVersion.id))
        .where(col(TranscriptVersion.session_id) == practice.id, col(Coding.coded_by) == CodedBy.MACHINE)
        .order_by(col(TranscriptVersion.version).desc(), col(Coding.created_at).desc(), col(Coding.id).desc())
    )
    return session.exec(found.limit(1)).first()


def draft_to_begin(
    session: Session, practice: PracticeSession, version: TranscriptVersion, coding: Coding
) -> Draft:  # fmt: skip
    """Of a long conversation a stretch chosen by chance is to be scored. Raises WordsGone."""
    turns = words_of(session, version).turns
    theirs = coding_words(session, coding).practitioner_labels
    speakers = {
        turn.speaker_label: Speaker.PRACTITIONER if turn.speaker_label in theirs else Speaker.CLIENT for turn in turns
    }
    codes = {row.utterance_id: row for row in session.exec(select(CodeRow).where(col(CodeRow.coding_id) == coding.id))}
    by_turn: dict[int, list[Utterance]] = {}
    for one in utterances_of(session, version.id):
        by_turn.setdefault(one.turn_position, []).append(one)
    lines = tuple(
        _line(turn, one, codes, speakers[turn.speaker_label], time)
        for turn in turns
        for said in [by_turn.get(turn.position, [])]
        for one, time in zip(said, times_of(turn, [u.text for u in said]), strict=True)
    )
    segment = segment_by_chance(lines, seed=practice.id)
    return Draft(lines, speakers, segment=segment, skipped=_not_allowed(session, practice, lines))


def _line(
    turn: Turn, one: Utterance, codes: Mapping[int, CodeRow], role: Speaker, time: tuple[float | None, float | None]
) -> DraftLine:
    row = codes[one.id]
    code = parse_code(role, row.code)
    subtype = read_subtype(code, row.subtype)
    return DraftLine(
        key=str(one.sequence), role=role, speaker_label=turn.speaker_label, text=one.text, code=code, subtype=subtype,
        started=time[0], ended=time[1], machine=MachineCode(code, subtype, row.confidence, row.unsure),
    )  # fmt: skip


def times_of(turn: Turn, lines: Sequence[str]) -> list[tuple[float | None, float | None]]:
    """When each line of a turn was said: by its words where their times are known, else by its share of characters."""
    found: list[tuple[float | None, float | None]] = []
    at, length = 0, max(len(turn.text), 1)
    for line in lines:
        start = turn.text.find(line, at)
        start = start if start >= 0 else at
        at = min(start + len(line), length)
        words = [(begins, ends) for first, last, begins, ends in turn.times if first < at and last > start]
        if words:
            found.append((words[0][0], words[-1][1]))
        elif turn.started is not None and turn.ended is not None:
            long = turn.ended - turn.started
            found.append((turn.started + long * start / length, turn.started + long * at / length))
        else:
            found.append((turn.started, turn.ended))
    return found


def _not_allowed(session: Session, practice: PracticeSession, lines: Sequence[DraftLine]) -> tuple[str, ...]:
    goal = session_words(session, practice).change_goal.strip()
    allowed = sample_use(_minutes(session, practice, lines), has_change_goal=bool(goal)).ratings
    return tuple(one.value for one in GlobalRating if one not in allowed)


def _minutes(session: Session, practice: PracticeSession, lines: Sequence[DraftLine]) -> float:
    known = select(Recording.seconds).where(col(Recording.session_id) == practice.id)
    seconds = max([one or 0.0 for one in session.exec(known)], default=0.0)
    return max([seconds, *(line.ended or 0.0 for line in lines)]) / 60 or LONG_ENOUGH
