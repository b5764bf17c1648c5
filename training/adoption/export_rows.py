"""The rows that an evaluator's file holds: streams of sessions that may be told, and the three legs of an authority."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.coding import CodedBy, Score
from models.columns import utc_now
from models.consent import Agreement, Participant, Scope
from models.figures import SessionFigure
from models.practice import PracticeSession, SessionKind, Stage
from training.adoption.suppress import FOLDED_TEAM, Allowed, Stream
from training.figures.measures import MEASURES, Measure
from training.figures.rows import FigureRow, Slice, figure_rows

EARLIEST = date(2000, 1, 1)
SCORE_OF = {
    "reflection_to_question": (Measure.REFLECTION_TO_QUESTION, 1.0),
    "percent_complex_reflections": (Measure.PERCENT_COMPLEX, 0.01),
    "total_mi_adherent": (Measure.MI_ADHERENT, 1.0),
    "total_mi_non_adherent": (Measure.MI_NON_ADHERENT, 1.0),
    "percent_change_talk": (Measure.PERCENT_CHANGE_TALK, 0.01),
    "percent_open_questions": (Measure.PERCENT_OPEN, 0.01),
}
"""A session's own scores, whose intervals say how sure the coder is; and by what they are multiplied here."""
Bounds = Mapping[tuple[UUID, Measure], tuple[float, float]]
"""By session, of the machine's coding."""


class Pseudonyms:
    """The same for the same key, and nobody without it can go back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, what: str, name: UUID) -> str:
        """ "p-" and sixteen hexadecimal digits for a person."""
        digest = hmac.new(self._key, f"{what} {name}".encode(), hashlib.sha256).hexdigest()
        return f"{what[0]}-{digest[:16]}"


@dataclass(frozen=True, slots=True)
class LongRow:
    """One measure of one session in one stream of codes. `low` and `high` None where the coder gives no interval."""

    session: str
    person: str
    team: str
    discipline: str
    stream: Stream
    period: str
    measure: Measure
    numerator: float
    denominator: float
    low: float | None
    high: float | None


def streams_of(session: Session, organisation_id: UUID, *, before: date) -> list[Stream]:
    """Those counted before that day, of sessions that can be read and whose people let research use them."""
    which = col(SessionFigure.session_id).in_(
        select(PracticeSession.id).where(
            col(PracticeSession.withdrawn_at).is_(None), col(PracticeSession.stage) == Stage.READY
        )
    )
    rows = figure_rows(session, organisation_id, since=EARLIEST, before=before, which=[which])
    coders = _coders(session, organisation_id)
    kept_out = _kept_out(session, organisation_id)
    return [
        _stream(row, one, coders.get((row.session_id, one.coded_by), ""))
        for one, found in rows.items()
        for row in found
        if row.session_id not in kept_out
    ]


def _stream(row: FigureRow, one: Slice, coder: str) -> Stream:
    return Stream(
        row.session_id, row.team, row.person, row.discipline.value if row.discipline else "other", one, coder,
        row.month, row.counts, row.ratings,
    )  # fmt: skip


def _coders(session: Session, organisation_id: UUID) -> dict[tuple[UUID, CodedBy], str]:
    figure = SessionFigure
    rows = select(figure.session_id, figure.coded_by, figure.model_version).where(
        col(figure.organisation_id) == organisation_id
    )
    return {(one, CodedBy(coded_by)): version or "" for one, coded_by, version in session.exec(rows)}


def _kept_out(session: Session, organisation_id: UUID) -> set[UUID]:
    """Of real practice the sessions in which not everybody agreed to research; of the others those in which somebody
    said no to it, or took it back."""
    agreed: dict[UUID, dict[UUID, bool]] = {}
    people = (
        select(Participant.id, PracticeSession.id, PracticeSession.kind)
        .join(PracticeSession, col(PracticeSession.id) == col(Participant.session_id))
        .where(col(PracticeSession.organisation_id) == organisation_id)
    )
    places: dict[UUID, UUID] = {}
    for participant, practice, kind in session.exec(people):
        places[participant] = practice
        agreed.setdefault(practice, {})[participant] = kind is not SessionKind.REAL_PRACTICE
    today = utc_now().date()
    words = (
        select(Agreement)
        .join(Participant, col(Participant.id) == col(Agreement.participant_id))
        .join(PracticeSession, col(PracticeSession.id) == col(Participant.session_id))
        .where(col(PracticeSession.organisation_id) == organisation_id, col(Agreement.scope) == Scope.RESEARCH)
        .order_by(col(Agreement.created_at), col(Agreement.id))
    )
    for word in session.exec(words):  # the newest of a participant holds
        holds = word.given and (word.expires_on is None or word.expires_on >= today)
        agreed[places[word.participant_id]][word.participant_id] = holds
    real = select(PracticeSession.id).where(
        col(PracticeSession.organisation_id) == organisation_id,
        col(PracticeSession.kind) == SessionKind.REAL_PRACTICE,
    )  # fmt: skip
    without_ledger = {one for one in session.exec(real) if one not in agreed}
    return without_ledger | {one for one, words_of in agreed.items() if not all(words_of.values())}


def bounds_of(session: Session, organisation_id: UUID) -> Bounds:
    rows = (
        select(SessionFigure.session_id, Score.name, Score.low, Score.high)
        .join(Score, col(Score.coding_id) == col(SessionFigure.coding_id))
        .where(
            col(SessionFigure.organisation_id) == organisation_id,
            col(SessionFigure.coded_by) == CodedBy.MACHINE, col(Score.low).is_not(None),
            col(Score.name).in_(SCORE_OF),
        )
    )  # fmt: skip
    found: dict[tuple[UUID, Measure], tuple[float, float]] = {}
    for practice, name, low, high in session.exec(rows):
        measure, times = SCORE_OF[name]
        if low is not None and high is not None:
            found[practice, measure] = (round(low * times, 6), round(high * times, 6))
    return found


def long_rows(told: Allowed, bounds: Bounds, names: Pseudonyms) -> Iterator[LongRow]:
    for one in told.streams:
        about = (
            names.of("session", one.session_id), names.of("person", one.person_id),
            team_shown(told, one, names), told.discipline(one), one, told.period(one),
        )  # fmt: skip
        for measure, made in MEASURES.items():
            pair = made.of(one.counts, one.ratings)
            if pair is None or not any(pair):
                continue
            machine = one.slice.coded_by is CodedBy.MACHINE
            low, high = bounds.get((one.session_id, measure), (None, None)) if machine else (None, None)
            yield LongRow(*about, measure, *pair, low, high)


def team_shown(told: Allowed, one: Stream, names: Pseudonyms) -> str:
    if one.team_id is None or one.team_id in told.folded_teams:
        return FOLDED_TEAM
    return names.of("team", one.team_id)
