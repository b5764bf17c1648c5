"""Laying codes that came with a file onto the lines of their session, as a review of whoever brought them."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from coding.interchange.kept_import import Imported, ImportedLine, import_of, keep_import, read_import
from coding.interchange.raw import IN_THE_FILE
from coding.review.actions import MOST_STEPS_AT_ONCE, CannotReview, begin_review, state_of, take_steps
from coding.review.apply import MOST_WORDS
from coding.review.draft import Draft, DraftLine
from coding.review.figures import figures_of
from coding.review.sign_off import sign_off_review, signed_off
from coding.review.steps import Accept, ChooseSegment, Pin, Rate, Recode, Step, Uncode, WriteNote
from coding.scheme.codes import parse_code
from models.columns import new_id
from models.errors import EvokeError
from models.imported_coding import ImportedCoding
from models.person import Person
from models.practice import PracticeSession
from models.sign_in import actor_of


def lay_codes(context: JobContext, *, session_id: str) -> None:
    with context.write() as session:
        practice = session.get(PracticeSession, UUID(session_id))
        kept = import_of(session, UUID(session_id))
        if practice is not None and kept is not None and kept.review_id is None:
            _lay(session, practice, kept)
        context.finish(session)


def laying_stopped(session: Session, error: EvokeError, /, *, session_id: str) -> None:
    """Whoever brought the codes may not review the session any more, or what was said is gone: the machine's codes are
    there, and the session's page says why the others are not."""
    kept = import_of(session, UUID(session_id))
    if kept is not None:
        imported = read_import(session, kept)
        said = f"The codes that came with the file were not taken over: {error.message}"
        keep_import(session, kept, replace(imported, remarks=(*imported.remarks, said)))


def _lay(session: Session, practice: PracticeSession, kept: ImportedCoding) -> None:
    """Signed off where every line has a code; else left open, for its coach to give the others one."""
    by, imported = actor_of(session, session.get_one(Person, kept.by_id)), read_import(session, kept)
    review = begin_review(session, practice=practice, by=by)
    if review.steps or signed_off(session, practice.id) is not None:
        raise CannotReview("Somebody had begun to review this session by then, and their work stays as it is.")
    draft = state_of(session, review).now
    steps = [(new_id(), step) for step in steps_for(draft, imported)]
    for at in range(0, len(steps), MOST_STEPS_AT_ONCE):
        given = steps[at : at + MOST_STEPS_AT_ONCE]
        draft = take_steps(session, review=review, steps=given, expected=review.steps, by=by).now
    if not figures_of(draft).uncoded:
        sign_off_review(session, review=review, expected=review.steps, by=by)
    left = [name.replace("_", " ") for name in imported.ratings if name in draft.skipped]
    if left:
        said = (
            f"Ratings in the file that this session does not allow, for want of a goal or of length: {', '.join(left)}."
        )
        keep_import(session, kept, replace(imported, remarks=(*imported.remarks, said)))
    kept.review_id = review.id
    session.add(kept)


def steps_for(draft: Draft, imported: Imported) -> Iterator[Step]:
    """What makes of the draft that the machine's codes began what stood in the file."""
    yield from _stretch(draft, imported)
    for line, wanted in zip(draft.lines, imported.lines, strict=True):
        yield from _steps_of(line, wanted)
    for name, value in imported.ratings.items():
        if name not in draft.skipped:
            yield Rate(name, value)
    for name, places in imported.evidence.items():
        if name not in draft.skipped:
            yield from (Pin(draft.lines[place].key, name) for place in places)


def _stretch(draft: Draft, imported: Imported) -> Iterator[Step]:
    """What is scored is what was coded there, not the stretch that Evoke would have drawn of a long conversation."""
    coded = [place for place, line in enumerate(imported.lines) if line.code or IN_THE_FILE in line.note]
    first, last = draft.lines[coded[0]].key, draft.lines[coded[-1]].key
    wanted = None if len(draft.lines) == coded[-1] - coded[0] + 1 else (first, last)
    if wanted != draft.segment:
        yield ChooseSegment(*wanted) if wanted else ChooseSegment()


def _steps_of(line: DraftLine, wanted: ImportedLine) -> Iterator[Step]:
    note = wanted.note
    try:
        code = parse_code(line.role, wanted.code) if wanted.code else None
    except ValueError:  # somebody said meanwhile that another speaker is the practitioner
        code, note = None, f"{note}\n{IN_THE_FILE}{wanted.code}".strip()
    if code is None:
        if line.code is not None:
            yield Uncode(line.key)
    elif line.code is code and (line.subtype.value if line.subtype else "") == wanted.subtype:
        yield Accept(line.key)
    else:
        yield Recode(line.key, code.value, wanted.subtype or None)
    if note:
        yield WriteNote(line.key, note[:MOST_WORDS])
