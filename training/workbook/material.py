"""What a note is made from: the signed-off conversation as it counts now, and whether it may be quoted today."""

from uuid import UUID

from sqlmodel import Session, col, select

from coding.about_session import about_for
from coding.check_names import is_to_check
from coding.consent import check_agreement, missing_for
from coding.double.blind import require_not_blind
from coding.feedback.kept import feedback_words
from coding.feedback.lines import SignedLine, signed_lines
from coding.feedback.point import Point
from coding.retention import require_words_are_there
from coding.review.sign_off import signed_off
from coding.scheme.codes import ClientTalk, Speaker, TalkKind
from models.consent import Scope
from models.conversation import Conversation as SimulatedTalk
from models.errors import EvokeError
from models.feedback import Feedback
from models.permissions import Actor, Permission
from models.practice import PracticeSession, SessionKind
from models.session_permissions import require_session
from training.plan.measures import NOTED
from training.planning.view import skill_now
from training.workbook.draft import Conversation, SaidLine
from training.workbook.headings import Heading, NoteKind

NAMES_NOT_CHECKED = "Nobody has checked yet whether names are left in it. Check them first."
NOT_AGREED = (
    "Not everybody who took part has agreed, as the ledger of this session stands today, that it may be quoted in a "
    "written note."
)
_UNDER = {ClientTalk.CT.value: Heading.FOR_CHANGE, ClientTalk.ST.value: Heading.FOR_STAYING}


class NotSignedOff(EvokeError):
    status = 409
    code = "not_signed_off"

    def __init__(self) -> None:
        super().__init__(
            "No coach has signed this session off yet, so there is nothing to summarise: what a machine made of it "
            "alone goes into no record. Ask your coach, and come back then."
        )


def session_to_summarise(
    session: Session, session_id: UUID, actor: Actor, *, write: bool = False
) -> PracticeSession:  # fmt: skip
    """Raises NotFound, NotAllowed for a coach who wants to `write`, and CodedBlind."""
    wanted = Permission.WRITE_WORKBOOK_NOTE if write else Permission.SEE_SESSION
    practice = require_session(actor, wanted, session.get(PracticeSession, session_id))
    require_not_blind(session, practice, by=actor)
    return practice


def conversation_of(session: Session, practice: PracticeSession) -> Conversation:
    """Raises WordsWent, AgreementMissing, NotSignedOff, WordsGone."""
    require_words_are_there(session, practice)
    check_agreement(session, practice, named=True)
    review = signed_off(session, practice.id)
    if review is None:
        raise NotSignedOff
    lines = signed_lines(session, review)
    to_try = _to_try(session, practice)
    skill = NOTED.get(to_try.rule) if to_try else None
    return Conversation(
        kind=kind_of(practice), held_on=practice.held_on, goal=about_for(session, practice, None).change_goal,
        lines=tuple(_said(line) for line in lines if line.role is Speaker.CLIENT),
        withheld=why_not_quoted(session, practice), part=any(not line.code for line in lines),
        skill=skill or skill_now(session, practice.practitioner_id), to_try=to_try.text if to_try else "",
    )  # fmt: skip


def kind_of(practice: PracticeSession) -> NoteKind:
    """Nothing but real practice is about a family."""
    return NoteKind.FAMILY_RECORD if practice.kind is SessionKind.REAL_PRACTICE else NoteKind.PRACTICE


def why_not_quoted(session: Session, practice: PracticeSession) -> str:
    """Empty where it may be. What a simulated parent of Evoke's said are the words of a scenario, and nobody's."""
    if is_to_check(session, practice):
        return NAMES_NOT_CHECKED
    if practice.kind is SessionKind.SIMULATED and session.get(SimulatedTalk, practice.id) is not None:
        return ""
    return NOT_AGREED if missing_for(session, practice, scope=Scope.QUOTING) else ""


def heading_of(line: SignedLine) -> Heading | None:
    """Under which a line may be quoted; None for one that leans neither way."""
    return _UNDER.get(line.code)


def _said(line: SignedLine) -> SaidLine:
    under = heading_of(line)
    return SaidLine(line.id, line.number, line.text, under, TalkKind(line.subtype) if under and line.subtype else None)


def _to_try(session: Session, practice: PracticeSession) -> Point | None:
    """Of the newest feedback that was sent."""
    sent = select(Feedback).where(col(Feedback.session_id) == practice.id, col(Feedback.sent_at).is_not(None))
    newest = session.exec(sent.order_by(col(Feedback.sent_at).desc(), col(Feedback.id).desc())).first()
    return feedback_words(session, newest).to_try if newest else None
