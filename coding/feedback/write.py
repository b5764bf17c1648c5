"""A coach writes feedback on a session they signed off, sends it, and may take it back until it was read."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session, col, select

from coding.feedback.kept import keep_feedback
from coding.feedback.lines import SignedLine, reviews_signed_by, signed_lines
from coding.feedback.notices import notify
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.text import MOST_LINES, MOST_OF_A_POINT, AlreadyRead, FeedbackWrong, cleaned, too_long
from coding.retention import require_words
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.feedback import Feedback
from models.permissions import Actor
from models.practice import PracticeSession
from models.review import Review
from models.session_permissions import require_feedback_giver
from models.webhook import say_happened
from models.webhook_kept import Happened


class FeedbackSent(EvokeError):
    status = 409
    code = "feedback_sent"

    def __init__(self) -> None:
        super().__init__(
            "This feedback is sent already, and stands as it was sent. To change it take it back first, or write a "
            "message under it."
        )


class NothingToTakeBack(EvokeError):
    status = 409
    code = "nothing_to_take_back"


def require_writers_review(session: Session, practice: PracticeSession, by: Actor) -> Review:
    """The review that `by` signed off last, to give feedback on. Raises NotFound, NotAllowed."""
    signed = reviews_signed_by(session, practice, by.person_id)
    require_feedback_giver(by, practice, signed_by=signed[0].reviewer_id if signed else None)
    return signed[0]


def feedback_on(session: Session, review: Review) -> Feedback | None:
    return session.exec(select(Feedback).where(col(Feedback.review_id) == review.id)).first()


def save_feedback(
    session: Session, *, practice: PracticeSession, words: FeedbackWords, send: bool, by: Actor
) -> Feedback:
    """Keeps it as a draft or, with `send`, gives it to the practitioner, who has a short mail without a word of it.
    What is to be sent has one thing done well and one to try.

    Raises NotFound, NotAllowed, WordsWent, FeedbackSent, FeedbackWrong.
    """
    review = require_writers_review(session, practice, by)
    require_words(session, practice)  # which also locks: two clicks are one
    row = feedback_on(session, review) or Feedback(session_id=practice.id, review_id=review.id, by_id=by.person_id)
    if row.sent_at is not None:
        raise FeedbackSent
    words = _read(words, {line.key: line for line in signed_lines(session, review)}, whole=send)
    keep_feedback(session, row, words)
    row.changed_at = utc_now()
    if send:
        row.sent_at = row.changed_at
    session.flush()
    _record(session, "feedback_sent" if send else "feedback_saved", row, practice, by)
    if send:
        say_happened(
            session, Happened.FEEDBACK_SENT, organisation_id=practice.organisation_id, session_id=practice.id
        )  # fmt: skip
        notify(session, practice, [practice.practitioner_id], about=row.id)
    return row


def take_back_feedback(session: Session, *, practice: PracticeSession, by: Actor) -> Feedback:
    """It is a draft again. Raises NotFound, NotAllowed, WordsWent, NothingToTakeBack, AlreadyRead."""
    review = require_writers_review(session, practice, by)
    require_words(session, practice)
    row = feedback_on(session, review)
    if row is None or row.sent_at is None:
        raise NothingToTakeBack("There is no feedback of yours here that is sent. Write it and send it.")
    session.refresh(row, with_for_update=True)
    if row.read_at is not None:
        raise AlreadyRead("It has been read already, so it cannot be taken back. Write a message under it.")
    row.sent_at = None
    session.add(row)
    _record(session, "feedback_taken_back", row, practice, by)
    return row


def _read(words: FeedbackWords, lines: Mapping[str, SignedLine], *, whole: bool) -> FeedbackWords:
    """Field names are those of the form: `well_1`, `well_2`, `to_try`, and the same with `_lines`."""
    fields = {"well_1": None, "well_2": None, "to_try": words.to_try} | {
        f"well_{number}": point for number, point in enumerate(words.well[:2], 1)
    }
    wrong: dict[str, str] = {}
    read = {name: _point(point, name, lines, wrong) for name, point in fields.items() if point is not None}
    if whole and not (read.get("well_1") or read.get("well_2")):
        wrong.setdefault("well_1", "Say one thing that was done well before you send it.")
    if whole and not read.get("to_try"):
        wrong.setdefault("to_try", "Say one thing to try before you send it.")
    if wrong:
        raise FeedbackWrong(wrong)
    well = tuple(point for name in ("well_1", "well_2") if (point := read.get(name)))
    return FeedbackWords(well, read.get("to_try"))


def _point(point: Point, name: str, lines: Mapping[str, SignedLine], wrong: dict[str, str]) -> Point | None:
    """None for an empty one."""
    text = cleaned(point.text)
    if (long := too_long(text, MOST_OF_A_POINT)) is not None:
        wrong[name] = long
    keys = tuple(dict.fromkeys(point.keys))
    if not set(keys) <= set(lines):
        wrong[f"{name}_lines"] = f"Give numbers of lines from 1 to {len(lines)}."
    elif len(keys) > MOST_LINES:
        wrong[f"{name}_lines"] = f"Quote at most {MOST_LINES} lines, so that they are read."
    return replace(point, text=text, keys=keys) if text else None


def _record(session: Session, action: str, row: Feedback, practice: PracticeSession, by: Actor) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=practice.organisation_id, by=by.person_id,
        session_id=str(practice.id),
    )  # fmt: skip
