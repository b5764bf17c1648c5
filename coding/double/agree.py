"""Where two coders of a session differ, and what they agree on. It is kept beside both codings, which stay as they are.

What is agreed on does not change what the practitioner sees: that is the coding that their coach signed off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.agreement.stretches import Stretch, stretches
from coding.double.kept import coded_lines
from coding.retention import WordsWent, require_words, steps_of
from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, Speaker
from models.audit import record_audit
from models.columns import utc_now
from models.double_coding import AgreedLine, Choice, DoubleCoding
from models.errors import EvokeError, NotFound
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from models.retention import Part
from models.review import Review
from models.sealed import open_from, seal_into
from models.session_permissions import may_on, require_session

LONGEST_REASON = 1_000
_OF: dict[Speaker, tuple[Code, ...]] = {Speaker.PRACTITIONER: tuple(Behaviour), Speaker.CLIENT: tuple(ClientTalk)}


class NotAgreed(EvokeError):
    code = "not_agreed"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class Agreed:
    """What was decided about one stretch, last."""

    choice: Choice
    code: str | None
    reason: str
    by_id: UUID


@dataclass(frozen=True)
class Difference:
    """`place` names the stretch and never changes: both codings are kept as they are. `codes` are those that a line of
    its speakers can have."""

    place: str
    stretch: Stretch
    codes: tuple[Code, ...]
    agreed: Agreed | None


@dataclass(frozen=True)
class BothCodings:
    """`first` and `second` in the order they were said; `differences` in that of the first."""

    task: DoubleCoding
    practice: PracticeSession
    first: Sequence[CodedUtterance]
    second: Sequence[CodedUtterance]
    stretches: Sequence[Stretch]
    differences: Sequence[Difference]

    def agreed_coding(self) -> list[CodedUtterance]:
        """As far as it is decided; a stretch that is not is left out."""
        agreed = {one.stretch: one.agreed for one in self.differences}
        found: list[CodedUtterance] = []
        for one in self.stretches:
            if not one.differ:
                found += [self.first[place] for place in one.first]
            elif (decided := agreed[one]) is not None:
                found += self._chosen(one, decided)
        return found

    def _chosen(self, stretch: Stretch, agreed: Agreed) -> list[CodedUtterance]:
        first, second = [self.first[n] for n in stretch.first], [self.second[n] for n in stretch.second]
        if agreed.choice is Choice.FIRST:
            return first
        if agreed.choice is Choice.SECOND:
            return second
        said = first or second
        speaker, code = next((who, one) for who, codes in _OF.items() for one in codes if one.value == agreed.code)
        text = " ".join(one.text for one in said)
        return [CodedUtterance(said[0].turn, said[0].utterance, speaker, text, code)]


def both_codings(session: Session, actor: Actor, session_id: UUID) -> BothCodings:
    """For a coach who may review the session, once both have signed off. Raises NotFound, NotAllowed, WordsWent,
    WordsGone."""
    practice = require_session(actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
    task = session.exec(select(DoubleCoding).where(col(DoubleCoding.session_id) == session_id)).first()
    if task is None or task.second_review_id is None:
        raise NotFound("This session has not been coded by two coaches, so there is nothing to compare.")
    if Part.WORDS in steps_of(session, practice.id):
        raise WordsWent("What was said in this session is gone, and with it the lines on which two coaches differed.")
    made = [session.get_one(Review, one).made_coding_id for one in (task.first_review_id, task.second_review_id)]
    first, second = ([] if one is None else coded_lines(session, one) for one in made)
    found = stretches([line for _, line in first], [line for _, line in second])
    agreed = _agreed(session, task)
    differences = []
    for one in found:
        if one.differ:
            place = f"f{first[one.first[0]][0]}" if one.first else f"s{second[one.second[0]][0]}"
            speakers = {first[n][1].speaker for n in one.first} | {second[n][1].speaker for n in one.second}
            codes = tuple(code for speaker in Speaker if speaker in speakers for code in _OF[speaker])
            differences.append(Difference(place, one, codes, agreed.get(place)))
    return BothCodings(task, practice, [line for _, line in first], [line for _, line in second], found, differences)


def is_coded_twice(session: Session, session_id: UUID) -> bool:
    """Whether both coaches have signed it off."""
    return session.exec(_TWICE, params={"id": session_id}).first() is not None


_TWICE = select(DoubleCoding.id).where(
    col(DoubleCoding.session_id) == bindparam("id"), col(DoubleCoding.second_review_id).is_not(None)
)


def pairs_to_agree(session: Session, actor: Actor) -> list[tuple[DoubleCoding, PracticeSession]]:
    """Of the teams that the actor coaches, those where two codings were signed off and differences are left, the
    longest waiting first."""
    found = (
        select(DoubleCoding, PracticeSession)
        .join(PracticeSession, col(PracticeSession.id) == col(DoubleCoding.session_id))
        .where(
            col(DoubleCoding.organisation_id) == actor.organisation_id, col(PracticeSession.withdrawn_at).is_(None),
            col(DoubleCoding.second_review_id).is_not(None), col(DoubleCoding.agreed_at).is_(None),
        )
        .order_by(col(DoubleCoding.signed_at), col(DoubleCoding.id))
    )  # fmt: skip
    return [(task, one) for task, one in session.exec(found) if may_on(actor, Permission.REVIEW_SESSION, one)]


def agree(
    session: Session, *, session_id: UUID, place: str, choice: str, code: str, reason: str, by: Actor
) -> BothCodings:
    """Keeps what is agreed on at `place`; a later word about it holds instead. Raises NotFound, NotAllowed, WordsWent,
    NotAgreed."""
    both = both_codings(session, by, session_id)
    require_words(session, both.practice)  # which also locks, so that they do not go meanwhile
    difference = next((one for one in both.differences if one.place == place), None)
    if difference is None:
        raise NotFound("The two codings do not differ there.")
    if wrong := _wrong(difference, choice, code, reason):
        raise NotAgreed(wrong)
    chosen = Choice(choice)
    row = AgreedLine(
        double_coding_id=both.task.id, place=place, choice=chosen, by_id=by.person_id,
        code=code if chosen is Choice.CODE else None,
    )  # fmt: skip
    seal_into(session, row, reason.strip(), session_id=session_id, column="reason")
    session.add(row)
    session.flush()
    left = sum(one.agreed is None and one.place != place for one in both.differences)
    if not left and both.task.agreed_at is None:
        both.task.agreed_at = utc_now()
        session.add(both.task)
    record_audit(
        session, action="codings_agreed", subject=both.task, organisation_id=both.task.organisation_id,
        by=by.person_id, session_id=str(session_id), left=str(left),
    )  # fmt: skip
    return both


def forget_agreed(session: Session, session_id: UUID) -> None:
    """What was said goes: why something was agreed on goes with it, the codes stay. Called once the key is new."""
    rows = (
        select(AgreedLine)
        .join(DoubleCoding, col(DoubleCoding.id) == col(AgreedLine.double_coding_id))
        .where(col(DoubleCoding.session_id) == session_id)
    )
    for row in session.exec(rows).all():
        seal_into(session, row, "", session_id=session_id, column="reason")
        session.add(row)
    session.flush()


def _agreed(session: Session, task: DoubleCoding) -> dict[str, Agreed]:
    rows = select(AgreedLine).where(col(AgreedLine.double_coding_id) == task.id)
    return {
        row.place: Agreed(
            row.choice, row.code, open_from(session, row, session_id=task.session_id, column="reason"), row.by_id
        )
        for row in session.exec(rows.order_by(col(AgreedLine.at), col(AgreedLine.id)))
    }


def _wrong(difference: Difference, choice: str, code: str, reason: str) -> dict[str, str]:
    wrong = {}
    if choice not in list(Choice):
        wrong["choice"] = "Choose whose codes you agree on, or another code."
    elif choice == Choice.CODE and code not in [one.value for one in difference.codes]:
        wrong["code"] = "Choose the code that you agree on."
    if not reason.strip():
        wrong["reason"] = "Write why. Somebody who codes such a line next time learns from it."
    elif len(reason.strip()) > LONGEST_REASON:
        wrong["reason"] = f"Shorten this to {LONGEST_REASON} characters or fewer."
    return wrong
