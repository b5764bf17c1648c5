"""A practitioner contests a code of a signed-off session, and a second coach decides: it is kept, or a new signed-off
coding stands in the place of the old one, which nobody edits."""

from uuid import UUID

from sqlmodel import Session, col, select

from coding.feedback.kept import Contested, Decided, contested_of, keep_contested, keep_decided
from coding.feedback.lines import SignedLine, root_of, signed_lines
from coding.feedback.notices import notify
from coding.feedback.text import FeedbackWrong, read_words
from coding.retention import require_words
from coding.review.draft import read_subtype
from coding.review.sign_off import sign_off_change, signed_off
from coding.review.steps import Recode
from coding.scheme.codes import Speaker, parse_code
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.feedback import CodeContest, ContestOutcome, Feedback
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.review import Review
from models.session_permissions import require_second_coach, require_session
from models.webhook import say_happened
from models.webhook_kept import Happened
from models.who_may import who_may


class CannotContest(EvokeError):
    status = 409
    code = "cannot_contest"


class ContestDecided(EvokeError):
    status = 409
    code = "contest_decided"


def contest_code(
    session: Session, *, practice: PracticeSession, utterance_id: int, code: str, subtype: str | None, reason: str,
    by: Actor,
) -> CodeContest:  # fmt: skip
    """Of a line as the session's page shows it. Once for each line of a coding.

    Raises NotFound, NotAllowed, WordsWent, CannotContest, FeedbackWrong.
    """
    require_session(by, Permission.CONTEST_CODE, practice)
    require_words(session, practice)  # which also locks: two clicks are one
    review, line = line_to_contest(session, practice, utterance_id)
    wrong = {} if reason.strip() else {"reason": "Say why you think so, in a sentence or two."}
    if code_wrong := _code_wrong(line.role, code, subtype):
        wrong["code"] = code_wrong
    elif (code, subtype or line.subtype) == (line.code, line.subtype):
        wrong["code"] = "That is the code the line has. Choose the one that you think right."
    if wrong:
        raise FeedbackWrong(wrong)
    reason = read_words(reason, field="reason", missing=wrong.get("reason", ""))
    if any(one.key == line.key for _, one in contests_of(session, practice, root_of(session, review)) if one):
        raise CannotContest("This line was contested already. Read what became of it, and write a message under it.")
    row = CodeContest(session_id=practice.id, review_id=review.id, asked_by_id=by.person_id)
    keep_contested(session, row, Contested(line.key, line.code, line.subtype, code, subtype or None, reason))
    session.flush()
    _record(session, "code_contested", row, practice, by)
    coaches = second_coaches(session, practice, signed_by=root_of(session, review).reviewer_id)
    notify(session, practice, [one.id for one in coaches], about=row.id)
    return row


def line_to_contest(session: Session, practice: PracticeSession, utterance_id: int) -> tuple[Review, SignedLine]:
    """Of the signed-off coding that counts. Raises CannotContest, FeedbackWrong."""
    review = signed_off(session, practice.id)
    if review is None:
        raise CannotContest("No coach has signed this session off yet, so there is no code to contest. Ask your coach.")
    line = next((one for one in signed_lines(session, review) if one.id == utterance_id), None)
    if line is None:
        raise CannotContest("This line is not there any more. Choose it again on the session’s page.")
    if not line.code:
        raise CannotContest("This line was not scored, so it has no code to contest.")
    return review, line


def contests_of(
    session: Session, practice: PracticeSession, root: Review | None = None
) -> list[tuple[CodeContest, Contested | None]]:
    """The oldest first; with `root` only those of one review and of what followed it. Raises WordsGone."""
    rows = session.exec(select(CodeContest).where(col(CodeContest.session_id) == practice.id))
    found = sorted(rows, key=lambda row: row.asked_at)
    return [
        (row, contested_of(session, row)) for row in found
        if root is None or root_of(session, session.get_one(Review, row.review_id)).id == root.id
    ]  # fmt: skip


def second_coaches(session: Session, practice: PracticeSession, *, signed_by: UUID) -> list[Person]:
    """Those who may decide; none where the team has no other coach."""
    return [one for one in who_may(session, Permission.DECIDE_CONTEST, practice) if one.id != signed_by]


def signer_of(session: Session, row: CodeContest) -> UUID:
    """The coach who signed off what it is about."""
    return root_of(session, session.get_one(Review, row.review_id)).reviewer_id


def decide_contest(
    session: Session, *, practice: PracticeSession, contest_id: UUID, change: bool, code: str, subtype: str | None,
    reason: str, by: Actor,
) -> CodeContest:  # fmt: skip
    """Keeps the code or, with `change`, signs off a coding in which the line has `code`.

    Raises NotFound, NotAllowed, WordsWent, ContestDecided, FeedbackWrong, CannotContest, CannotSignOff.
    """
    row = require_decider(session, practice=practice, contest_id=contest_id, by=by)
    require_words(session, practice)
    row = _contest(session, practice, contest_id, lock=True)
    if row.decided_at is not None:
        raise ContestDecided("Somebody has decided this meanwhile. Read the outcome under the feedback.")
    contested = contested_of(session, row)
    assert contested is not None, "what was said is there"
    reason = read_words(reason, field="reason", missing="Say why, in a sentence or two. Both will read it.")
    decided = Decided(contested.was, contested.was_subtype, reason)
    if change:
        decided = Decided(code, subtype or None, reason)
        row.made_review_id = _changed(session, practice, row, contested, decided, by).id
    row.outcome = ContestOutcome.CHANGED if change else ContestOutcome.KEPT
    row.decided_at, row.decided_by_id = utc_now(), by.person_id
    keep_decided(session, row, decided)
    session.flush()
    _record(session, "contest_decided", row, practice, by, outcome=row.outcome.value)
    say_happened(session, Happened.CONTEST_ANSWERED, organisation_id=practice.organisation_id, session_id=practice.id)
    writers = session.exec(select(Feedback.by_id).where(col(Feedback.session_id) == practice.id)).all()
    told = {row.asked_by_id, signer_of(session, row), *writers} - {by.person_id}
    notify(session, practice, told, about=row.id)
    return row


def require_decider(session: Session, *, practice: PracticeSession, contest_id: UUID, by: Actor) -> CodeContest:
    """Raises NotFound, NotAllowed."""
    row = _contest(session, practice, contest_id)
    require_second_coach(by, practice, signed_by=signer_of(session, row))
    return row


def _changed(
    session: Session, practice: PracticeSession, row: CodeContest, contested: Contested, decided: Decided, by: Actor
) -> Review:
    current = signed_off(session, practice.id)
    root = root_of(session, session.get_one(Review, row.review_id))
    if current is None or root_of(session, current).id != root.id:
        raise CannotContest(
            "The whole session was signed off anew meanwhile, so there is nothing left to change here. Keep the code, "
            "and say that the new coding counts."
        )
    line = next((one for one in signed_lines(session, current) if one.key == contested.key), None)
    assert line is not None, "following a review changes codes alone"
    if wrong := _code_wrong(line.role, decided.code, decided.subtype):
        raise FeedbackWrong({"code": wrong})
    if (decided.code, decided.subtype) == (line.code, line.subtype):
        raise FeedbackWrong({"code": "That is the code the line has. Choose to keep it, or another code."})
    step = Recode(contested.key, decided.code, decided.subtype)
    return sign_off_change(session, practice=practice, after=current, steps=[step], by=by)


def take_back_contest(session: Session, *, practice: PracticeSession, contest_id: UUID, by: Actor) -> None:
    """Until it is decided, by who contested. Raises NotFound, NotAllowed, ContestDecided."""
    require_session(by, Permission.CONTEST_CODE, practice)
    row = _contest(session, practice, contest_id, lock=True)
    if row.decided_at is not None:
        raise ContestDecided("A second coach has decided this already, so it cannot be taken back.")
    _record(session, "code_contest_taken_back", row, practice, by)
    session.delete(row)
    session.flush()


def _contest(
    session: Session, practice: PracticeSession, contest_id: UUID, *, lock: bool = False
) -> CodeContest:  # fmt: skip
    """As it stands now; with `lock` nobody else decides it or takes it back meanwhile."""
    row = session.get(CodeContest, contest_id, with_for_update=lock, populate_existing=lock)
    if row is None or row.session_id != practice.id:
        raise NotFound("There is no such contest. Perhaps it was taken back.")
    return row


def _code_wrong(role: Speaker, code: str, subtype: str | None) -> str | None:
    try:
        read_subtype(parse_code(role, code), subtype or None)
    except ValueError:
        return f"Choose one of the codes that a line of the {role.value} can have."
    return None


def _record(
    session: Session, action: str, row: CodeContest, practice: PracticeSession, by: Actor, **details: str
) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=practice.organisation_id, by=by.person_id,
        session_id=str(practice.id), **details,
    )  # fmt: skip
