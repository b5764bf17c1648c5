"""Codes of CACTI, which have times and no words, laid onto the lines of a review."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from coding.interchange.casaa_read import CactiFile, Mark
from coding.interchange.errors import CodesOfAnother, NoTimes
from coding.interchange.known_codes import Reading, read_code
from coding.interchange.place import Placed, TimedLine, place_marks
from coding.interchange.raw import IN_THE_FILE, rating_name, read_ratings
from coding.interchange.times import ms_from_seconds
from coding.review.actions import MOST_STEPS_AT_ONCE, CannotReview, begin_review, state_of, take_steps
from coding.review.apply import MOST_WORDS
from coding.review.draft import Draft, DraftLine
from coding.review.steps import Accept, ChooseSegment, Pin, Rate, Recode, Step, Uncode, WriteNote
from models.audit import record_audit
from models.columns import new_id
from models.permissions import Actor
from models.practice import PracticeSession


@dataclass(frozen=True)
class Laid:
    """How many lines have a code of the file now, how many have none, and sentences on what went otherwise."""

    coded: int
    without: int
    remarks: tuple[str, ...]


def lay_marks(session: Session, *, practice: PracticeSession, name: str, found: CactiFile, by: Actor) -> Laid:
    """Into the review of `by`, which is begun where there is none and left open: they look at what the file left out,
    and sign off. A line that no code of the file belongs to is left without one.

    Raises NotFound, NotAllowed, CannotReview, WordsWent, NoTimes, CodesOfAnother.
    """
    review = begin_review(session, practice=practice, by=by)
    if found.marks and review.steps:
        raise CannotReview(
            "You have begun to review this session. Sign your review off or put it away first, so that your work stays "
            "as it is."
        )
    draft = state_of(session, review).now
    placed = _placed(draft, found, name)
    steps = [(new_id(), step) for step in steps_for(draft, found, placed)]
    for at in range(0, len(steps), MOST_STEPS_AT_ONCE):
        given = steps[at : at + MOST_STEPS_AT_ONCE]
        draft = take_steps(session, review=review, steps=given, expected=review.steps, by=by).now
    coded = sum(line.code is not None for line in draft.lines) if found.marks else 0
    record_audit(
        session, action="codes_brought_in", subject=practice, organisation_id=practice.organisation_id, by=by.person_id,
        form="cacti", lines=str(coded), without_code=str(len(draft.lines) - coded),
    )  # fmt: skip
    return Laid(coded, len(draft.lines) - coded if found.marks else 0, tuple(_remarks(draft, found, placed)))


def steps_for(draft: Draft, found: CactiFile, placed: Placed) -> Iterator[Step]:
    """What makes of the draft what stood in the file."""
    if found.marks:
        coded = sorted(placed.marks)
        ends = (draft.lines[coded[0]].key, draft.lines[coded[-1]].key)
        wanted = None if coded[-1] - coded[0] + 1 == len(draft.lines) else ends
        if wanted != draft.segment:
            yield ChooseSegment(*wanted) if wanted else ChooseSegment()
        notes = _notes(draft, found, placed)
        for place, line in enumerate(draft.lines):
            yield from _steps_of(line, placed.marks.get(place))
            if note := "\n".join(notes[place]):
                yield WriteNote(line.key, note[:MOST_WORDS])
    for name, value in read_ratings(found.ratings)[0].items():
        if name not in draft.skipped:
            yield Rate(name, value)
    for place, mark in sorted(placed.marks.items()):
        for name in dict.fromkeys(map(rating_name, mark.evidence_of)):
            if name and name not in draft.skipped:
                yield Pin(draft.lines[place].key, name)


def _placed(draft: Draft, found: CactiFile, name: str) -> Placed:
    if not found.marks:
        return Placed({}, ())
    lines = [TimedLine(line.role, ms_from_seconds(line.started), ms_from_seconds(line.ended)) for line in draft.lines]
    if all(line.start is None and line.end is None for line in lines):
        raise NoTimes(name)
    placed = place_marks(lines, found.marks)
    if not placed.marks:
        raise CodesOfAnother(name)
    return placed


def _reading(line: DraftLine, mark: Mark) -> Reading | None:
    return read_code(line.role, mark.code)


def _steps_of(line: DraftLine, mark: Mark | None) -> Iterator[Step]:
    reading = _reading(line, mark) if mark else None
    if reading is None:
        if line.code is not None:
            yield Uncode(line.key)
    elif line.code is reading.code and line.subtype is reading.subtype:
        yield Accept(line.key)
    else:
        yield Recode(line.key, reading.code.value, reading.subtype.value if reading.subtype else None)


def _notes(draft: Draft, found: CactiFile, placed: Placed) -> Mapping[int, list[str]]:
    """By place: the file's own notes, what it calls a code that Evoke calls otherwise, and codes without a line."""
    notes: dict[int, list[str]] = defaultdict(list)
    if found.notes:
        notes[0].append(found.notes)
    for place, mark in placed.marks.items():
        if mark.note:
            notes[place].append(mark.note)
        reading = _reading(draft.lines[place], mark)
        if reading is None or reading.less:
            notes[place].append(f"{IN_THE_FILE}{mark.code}")
    for mark, near in placed.left:
        minutes, seconds = divmod(mark.time // 1000, 60)
        said = f"{IN_THE_FILE}{mark.code} at {minutes}:{seconds:02d}"
        notes[near or 0].append(f"{said}. {mark.note}" if mark.note else said)
    return notes


def _remarks(draft: Draft, found: CactiFile, placed: Placed) -> Iterator[str]:
    yield from found.remarks
    if placed.left:
        codes = "1 code of the file lies" if len(placed.left) == 1 else f"{len(placed.left)} codes of the file lie"
        yield f"{codes} near no line of their own. They stand in the notes of the nearest lines."
    unknown = sorted({mark.code for place, mark in placed.marks.items() if _reading(draft.lines[place], mark) is None})
    if unknown:
        yield f"Codes that Evoke has none for: {', '.join(unknown)}. They stand in the notes of their lines."
    ratings, left = read_ratings(found.ratings)
    yield from left
    skipped = [name.replace("_", " ") for name in ratings if name in draft.skipped]
    if skipped:
        named = ", ".join(skipped)
        yield f"Ratings in the file that this session does not allow, for want of a goal or of length: {named}."
    if found.notes and not found.marks:
        yield f"Notes in the file: {found.notes}"
