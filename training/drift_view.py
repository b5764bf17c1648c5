"""Whether one coach's codes drift from their colleagues', month by month: a control chart, its table and a sentence.

The sessions are those coded twice, whoever the other coach was. The others are there in both the first months and the
later ones, so that a change is more likely the coach's than theirs; it can still be theirs.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, or_, select

from coding.agreement.drift import BASELINE, FEWEST, RUN, Chart, Checked, Month, Signal, chart
from models.double_coding import DoubleCoding
from models.errors import NotFound
from models.permissions import Actor, Permission, may
from models.person import Person
from models.practice import PracticeSession
from models.review import Review

WIDTH, HEIGHT = 640, 220
"""Units of the drawing inside its margins."""
SIGNALS = {
    Signal.OUTSIDE_HIGH: "More differ than the first months let one expect",
    Signal.OUTSIDE_LOW: "Fewer differ than the first months let one expect",
    Signal.RUN_HIGH: f"{RUN} months in a row, or more, above the middle",
    Signal.RUN_LOW: f"{RUN} months in a row, or more, below the middle",
}


@dataclass(frozen=True)
class MonthRow:
    """`share`, `low` and `high` in words; `signal` empty where nothing is to be said. `x` and the others are places in
    the drawing, `y_low` and `y_high` None where there are no limits."""

    name: str
    sessions: int
    lines: int
    share: str
    expected: str
    signal: str
    x: float
    y: float
    y_low: float | None
    y_high: float | None


@dataclass(frozen=True)
class DriftView:
    """`more` are the sessions still needed before there are limits. `top` is the share at the upper end of the drawing,
    in percent, `centre` the place of the middle line."""

    coach: str
    mine: bool
    months: tuple[MonthRow, ...]
    sentence: str
    more: int
    top: int
    centre: float | None
    limits: str
    line: str


def build_drift_view(session: Session, actor: Actor, coach_id: UUID) -> DriftView:
    """For the coach alone, and for who answers for all coaches. Raises NotFound."""
    coach = session.get(Person, coach_id)
    if coach is None or not may(
        actor, Permission.SEE_CODER_DRIFT, organisation_id=coach.organisation_id, owner_id=coach_id
    ):
        raise NotFound("There is no such coach, or their chart is not yours to see.")
    sessions = checked_sessions(session, coach_id)
    made = chart(sessions)
    top = _top(made)
    rows = tuple(_row(month, number, len(made.months), top) for number, month in enumerate(made.months))
    upper = [f"{row.x},{row.y_high}" for row in rows if row.y_high is not None]
    lower = [f"{row.x},{row.y_low}" for row in reversed(rows) if row.y_low is not None]
    return DriftView(
        coach=coach.name,
        mine=coach_id == actor.person_id,
        months=rows,
        sentence=_sentence(made),
        more=max(0, FEWEST - len(sessions)),
        top=round(100 * top),
        centre=None if made.centre is None else _y(made.centre, top),
        limits=" ".join([*upper, *lower]),
        line=" ".join(f"{row.x},{row.y}" for row in rows),
    )


def checked_sessions(session: Session, coach_id: UUID) -> list[Checked]:
    """Each session that the coach and another coded, on the day on which the coach signed it off."""
    rows = (
        select(Review.closed_at, DoubleCoding.lines, DoubleCoding.differ)
        .join(
            DoubleCoding,
            or_(
                col(DoubleCoding.first_review_id) == col(Review.id),
                col(DoubleCoding.second_review_id) == col(Review.id),
            ),
        )
        .join(PracticeSession, col(PracticeSession.id) == col(DoubleCoding.session_id))
        .where(
            col(Review.reviewer_id) == coach_id, col(DoubleCoding.lines).is_not(None),
            col(PracticeSession.withdrawn_at).is_(None),
        )
    )  # fmt: skip
    return [
        Checked(at.date(), lines, differ)
        for at, lines, differ in session.exec(rows)
        if at is not None and lines is not None and differ is not None
    ]


def coaches_to_show(session: Session, actor: Actor) -> list[Person]:
    """Those with a session coded twice, for who may see the charts of all; else none."""
    if not may(actor, Permission.SEE_CODER_DRIFT, organisation_id=actor.organisation_id):
        return []
    signed = select(Review.reviewer_id).join(
        DoubleCoding,
        or_(col(DoubleCoding.first_review_id) == col(Review.id), col(DoubleCoding.second_review_id) == col(Review.id)),
    ).where(col(DoubleCoding.lines).is_not(None))  # fmt: skip
    people = select(Person).where(
        col(Person.organisation_id) == actor.organisation_id, col(Person.id).in_(signed)
    )  # fmt: skip
    return list(session.exec(people.order_by(col(Person.name))))


def _top(made: Chart) -> float:
    """The upper end of the drawing: the next tenth above all that is drawn."""
    highest = max((max(month.share, month.high or 0.0) for month in made.months), default=0.0)
    return min(1.0, max(0.2, (int(highest * 10) + 1) / 10))


def _y(share: float, top: float) -> float:
    return round(HEIGHT * (1 - share / top), 1)


def _row(month: Month, number: int, months: int, top: float) -> MonthRow:
    limits = month.low is not None and month.high is not None
    return MonthRow(
        name=f"{month.begins:%B %Y}",
        sessions=month.sessions,
        lines=month.compared,
        share=f"{100 * month.share:.0f}\u00a0%",
        expected=f"{100 * (month.low or 0):.0f}\u00a0% to {100 * (month.high or 0):.0f}\u00a0%" if limits else "",
        signal=SIGNALS[month.signal] if month.signal else "",
        x=round(WIDTH * (number + 0.5) / months, 1),
        y=_y(month.share, top),
        y_low=_y(month.low, top) if month.low is not None else None,
        y_high=_y(month.high, top) if month.high is not None else None,
    )


def _sentence(made: Chart) -> str:
    if not made.months:
        return "No session of this coach has been coded twice yet."
    if made.centre is None:
        needs = f"that takes {FEWEST} sessions in the first {BASELINE} months"
        return f"It is too early to say whether anything changes: {needs}."
    signals = [month for month in made.months if month.signal]
    middle = f"In the first months {100 * made.centre:.0f} in 100 lines were coded differently by a colleague."
    if not signals:
        return f"{middle} Since then nothing says that this has changed."
    months = ", ".join(f"{month.begins:%B %Y}" for month in signals)
    return f"{middle} Something may have changed in {months}. Look why, together, before you think of the coach."
