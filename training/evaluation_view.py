"""The authorities an evaluator may look at, and what they see of each: on the page and as a file."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from coding.codings_in_order import codings_in_order
from coding.output import harmless
from coding.retention import periods_of as kept_by
from coding.scheme.glossary import SCORES
from coding.scheme.summary import ScoreName
from models.audit import AuditEvent
from models.coding import Coding, Score
from models.organisation import Organisation
from models.permissions import Actor, evaluated_organisations
from models.person import Person
from models.practice import PracticeSession, SessionKind, Stage
from models.transcript import TranscriptVersion
from training.evaluation_figures import MEASURES, PERCENT, CodedSession, Period, Spread, periods_of
from training.session_lists import KIND_SHOWN

COLUMNS = (
    "authority", "kind", "first month", "last month", "sessions", "measure", "mean", "interval from", "interval to",
    "lower quartile", "median", "upper quartile",
)  # fmt: skip
FEWER = "fewer than 10"
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class KindFigures:
    """`shown` are the periods with ten and more, the newest first; `fewer` those without."""

    kind_shown: str
    shown: list[Period]
    fewer: list[Period]


@dataclass(frozen=True)
class AuthorityFigures:
    id: UUID
    name: str
    kinds: list[KindFigures]
    periods: list[Period]


@dataclass(frozen=True)
class Switch:
    """When it was last switched, and by whom; both empty where it never was. `who` is empty for an operator."""

    at: datetime | None = None
    who: str = ""


def evaluation_figures(session: Session, actor: Actor, *, today: date) -> list[AuthorityFigures]:
    """Of every authority that opted in, by name; none for who is no evaluator."""
    found = select(Organisation).where(evaluated_organisations(actor)).order_by(col(Organisation.name))
    return [authority_figures(session, one, today=today) for one in session.exec(found).all()]


def authority_figures(session: Session, organisation: Organisation, *, today: date) -> AuthorityFigures:
    """As evaluators see it, or would."""
    kept = {kind: one.score_months for kind, one in kept_by(session, organisation.id).items()}
    periods = periods_of(_coded(session, organisation.id), today=today, kept_months=kept)
    kinds = [
        KindFigures(
            KIND_SHOWN[kind],
            [one for one in reversed(periods) if one.kind is kind and one.sessions is not None],
            [one for one in reversed(periods) if one.kind is kind and one.sessions is None],
        )
        for kind in SessionKind
    ]
    return AuthorityFigures(organisation.id, organisation.name, kinds, periods)


def last_switched(session: Session, organisation_id: UUID) -> Switch:
    found = session.exec(
        select(AuditEvent).where(
            col(AuditEvent.chain) == organisation_id,
            col(AuditEvent.action).in_(("opted_in_to_evaluation", "opted_out_of_evaluation")),
        ).order_by(col(AuditEvent.sequence).desc()).limit(1)
    ).first()  # fmt: skip
    if found is None:
        return Switch()
    person = session.get(Person, found.actor_id) if found.actor_id else None
    return Switch(found.at, person.name if person else "")


def _coded(session: Session, organisation_id: UUID) -> Iterator[CodedSession]:
    """Sessions that can be read, each with the scores of what a person signed off, else of its newest coding. Those of
    which only figures are kept are left out: of how many people they are is not known any more."""
    first, counts = dict[UUID, datetime](), dict[UUID, tuple[PracticeSession, Coding]]()
    for practice, coding in codings_in_order(session, col(PracticeSession.organisation_id) == organisation_id):
        first[practice.id] = min(coding.created_at, first.get(practice.id, coding.created_at))
        counts[practice.id] = (practice, coding)
    scores = _scores(session, organisation_id)
    for practice, coding in counts.values():
        month = first[practice.id].date().replace(day=1)
        yield CodedSession(practice.practitioner_id, practice.kind, month, scores.get(coding.id, {}))


def _readable(organisation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    practice = PracticeSession
    return (
        col(practice.organisation_id) == organisation_id, col(practice.withdrawn_at).is_(None),
        col(practice.stage) == Stage.READY,
    )  # fmt: skip


def _scores(session: Session, organisation_id: UUID) -> dict[UUID, dict[ScoreName, float]]:
    """By coding."""
    found: dict[UUID, dict[ScoreName, float]] = {}
    rows = session.exec(
        select(Score.coding_id, Score.name, Score.value)
        .join(Coding, col(Coding.id) == col(Score.coding_id))
        .join(TranscriptVersion, col(TranscriptVersion.id) == col(Coding.transcript_id))
        .join(PracticeSession, col(PracticeSession.id) == col(TranscriptVersion.session_id))
        .where(*_readable(organisation_id), col(Score.name).in_(MEASURES), col(Score.value).is_not(None))
    )
    for coding_id, name, value in rows:
        if value is not None:
            found.setdefault(coding_id, {})[ScoreName(name)] = value
    return found


def measure_shown(name: ScoreName) -> str:
    return SCORES[name].name


def number_shown(name: ScoreName, value: float) -> str:
    return f"{value:.0f}{_NO_BREAK}%" if name in PERCENT else f"{value:.1f}"


def months_shown(period: Period) -> str:
    """ "January to March 2026", or "March 2026"."""
    if period.first == period.last:
        return f"{period.last:%B %Y}"
    return f"{period.first:%B} to {period.last:%B %Y}"


def as_csv(authorities: Iterable[AuthorityFigures]) -> str:
    """A line for each measure of a period; cells that a spreadsheet would run as formulas are made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for authority in authorities:
        for period in authority.periods:
            where = (authority.name, KIND_SHOWN[period.kind], f"{period.first:%Y-%m}", f"{period.last:%Y-%m}")
            for cells in _cells(period):
                writer.writerow([harmless(cell) for cell in (*where, *cells)])
    return out.getvalue()


def _cells(period: Period) -> Iterator[tuple[str, ...]]:
    if period.sessions is None:
        yield (FEWER, *[""] * 7)
    for name, spread in period.measures.items():
        yield (str(period.sessions), measure_shown(name), *_numbers(spread))


def _numbers(spread: Spread | None) -> tuple[str, ...]:
    if spread is None:
        return (FEWER, *[""] * 5)
    return tuple(
        str(value)
        for value in (
            spread.mean, spread.low, spread.high, spread.lower_quartile, spread.median, spread.upper_quartile,
        )
    )  # fmt: skip
