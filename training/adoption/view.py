"""The pages of adoption: every authority in a row by its wave, and one authority with its series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, select

from models.adoption import AuthorityAdoption
from models.organisation import Organisation
from models.permissions import Actor, evaluated_organisations
from training.adoption.chart import Axis, Chart, Point, baseline_of, draw, latest_of
from training.adoption.current import sources_of
from training.adoption.legs import DisciplineRow, Leg, slice_shown
from training.adoption.mi_rows import leg_series
from training.adoption.months import last_finished
from training.adoption.numbers import OUTSIDER, Sight, TeamGaps, is_live, legs_of, numbers_of, read_from
from training.figures.measures import MEASURES, Measure

NO_WAVE = "No wave said yet"


@dataclass(frozen=True)
class AuthorityRow:
    id: UUID
    name: str
    live_on: date | None
    is_live: bool
    legs: tuple[Leg, ...]


@dataclass(frozen=True)
class Wave:
    name: str
    authorities: tuple[AuthorityRow, ...]


@dataclass(frozen=True)
class MiSlice:
    """`value` names it in the page's address. Only the chosen one has charts: sessions that are not alike are never on
    one page together."""

    value: str
    shown: str
    chosen: bool
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class AuthorityView:
    """`outside` is for whoever looks in from an evaluation centre: no team is named, and no few people are counted."""

    id: UUID
    name: str
    wave: str
    live_on: date | None
    is_live: bool
    outside: bool
    legs: tuple[Leg, ...]
    mi: tuple[MiSlice, ...]
    teams: Chart | None
    composed_at: date | None
    disciplines: tuple[DisciplineRow, ...]
    gaps: tuple[TeamGaps, ...]
    workbook: Chart | None
    beside: Chart | None
    outcomes: tuple[Chart, ...]


def waves(session: Session, actor: Actor, *, today: date) -> list[Wave]:
    """Of every authority that opted in; by wave, and in it by name, which is no ranking."""
    found = session.exec(select(Organisation).where(evaluated_organisations(actor))).all()
    ids = [one.id for one in found]
    themselves = select(AuthorityAdoption).where(col(AuthorityAdoption.organisation_id).in_(ids))
    said = {one.organisation_id: one for one in session.exec(themselves)}
    series, sources = leg_series(session, ids, today=today), sources_of(session, ids)
    rows = []
    for one in found:
        live_on, wave = (said[one.id].live_on, said[one.id].wave) if one.id in said else (None, "")
        legs = legs_of(read_from(series[one.id], sources[one.id], today), live_on, OUTSIDER)
        rows.append((wave, AuthorityRow(one.id, one.name, live_on, is_live(live_on, today), legs)))
    rows.sort(key=lambda row: (not row[0], row[0].casefold(), row[1].name.casefold()))
    grouped = [list(group) for _, group in groupby(rows, key=lambda row: row[0].casefold())]
    return [Wave(group[0][0] or NO_WAVE, tuple(row for _, row in group)) for group in grouped]


def authority_view(
    session: Session, organisation: Organisation, *, sight: Sight, today: date, of: str = ""
) -> AuthorityView:
    """`of` names the sessions whose practice is drawn; without it, or with another, those that come first."""
    found = numbers_of(session, organisation, sight=sight, today=today)
    slices = found.slices
    chosen = next((one for one in slices if one.name == of), slices[0] if slices else None)
    measured = found.practice(chosen) if chosen else []
    every = [point for _, points in measured for point in points]
    every += [*found.filled, *found.books, *(point for points in found.outcomes.values() for point in points)]
    axis = _axis(every, found.live_on, today)
    charts = tuple(_mi_chart(0, name, points, axis) for name, points in measured)
    return AuthorityView(
        found.id, found.name, found.wave, found.live_on, found.is_live, sight.outside, found.legs,
        tuple(
            MiSlice(one.name, slice_shown(one), one is chosen, charts if one is chosen else ()) for one in slices
        ),
        _team_chart(found.filled, axis), found.composed_at, found.disciplines, found.gaps,
        _share_chart("workbook", "Families with a workbook", found.books, axis,
                     "Of the families whose case was open in the month. Every family is counted, so there is no "
                     "interval.") if found.books else None,
        _beside(slice_shown(chosen), measured, axis) if found.outcomes and chosen else None,
        tuple(
            _outcome_chart(number, name, points, axis) for number, (name, points) in enumerate(found.outcomes.items())
        ),
    )  # fmt: skip


def _axis(points: Sequence[Point], live_on: date | None, today: date) -> Axis:
    last = last_finished(today)
    firsts = [point.first for point in points] or [last]
    return Axis(min(firsts), max([last, *(point.last for point in points)]), live_on)


def _mi_chart(number: int, name: Measure, points: Sequence[Point], axis: Axis) -> Chart:
    about = MEASURES[name]
    return draw(
        f"mi-{number}-{name.value}", about.name, points, axis, sentence=_from_to(points, axis.live_on),
        explanation=f"{about.what} With its 90 % interval, in which people count, not sessions.",
        top=100.0 if about.percent else None, unit=" %" if about.percent else "",
    )  # fmt: skip


def _beside(shown: str, measured: Sequence[tuple[Measure, Sequence[Point]]], axis: Axis) -> Chart | None:
    """What outcomes stand beside: reflections for each question of the chosen sessions."""
    for name, points in measured:
        if name is Measure.REFLECTION_TO_QUESTION and points:
            one = _mi_chart(0, name, points, axis)
            return replace(one, name="beside", title=f"{one.title}. {shown}")
    return None


def _team_chart(filled: Sequence[Point], axis: Axis) -> Chart | None:
    if not filled:
        return None
    return _share_chart(
        "teams", "Posts filled", filled, axis,
        "At the end of each month. A person counts as one post, because Evoke does not know their hours. Everybody is "
        "counted, so there is no interval.",
    )  # fmt: skip


def _share_chart(name: str, title: str, points: Sequence[Point], axis: Axis, explanation: str) -> Chart:
    sentence = _from_to(points, axis.live_on)
    return draw(name, title, points, axis, sentence=sentence, explanation=explanation, top=100.0, unit=" %")


def _outcome_chart(number: int, name: str, points: Sequence[Point], axis: Axis) -> Chart:
    return draw(
        f"outcome-{number}", name[0].upper() + name[1:], points, axis, sentence=_from_to(points, axis.live_on),
        explanation="As the authority uploaded it, for the whole authority. The bar says how far a count of this size "
        "moves by chance alone, nine times in ten.",
    )  # fmt: skip


def _from_to(points: Sequence[Point], live_on: date | None) -> str:
    now, then = latest_of(points), baseline_of(points, live_on)
    if now is None:
        return "Too few to show."
    if then is None or then is now:
        return f"{now.with_interval}, {now.months}. There is nothing earlier to set beside it."
    words = "before going live" if live_on is not None and then.last < live_on.replace(day=1) else "at first"
    return f"{now.with_interval} in {now.months}; {words} {then.with_interval} in {then.months}."
