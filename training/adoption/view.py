"""The pages of adoption: every authority in a row by its wave, and one authority with its series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, select

from models.adoption import AuthorityAdoption
from models.errors import NotFound
from models.organisation import Organisation, OrganisationKind
from models.permissions import Actor, Permission, evaluated_organisations, may, may_evaluate
from training.adoption.chart import Axis, Chart, Point, baseline_of, draw, latest_of
from training.adoption.current import Sources, adoption_of, outcomes_of, sources_of
from training.adoption.legs import (
    DisciplineRow,
    Leg,
    discipline_rows,
    mi_leg,
    mi_points,
    order_of,
    slice_shown,
    team_leg,
    team_points,
    workbook_leg,
    workbook_points,
)
from training.adoption.mi_rows import leg_series, series_for_leads, series_of
from training.adoption.mi_series import Series
from training.adoption.months import last_finished
from training.adoption.outcome_series import outcome_points
from training.adoption.team_leg import Composition, compositions, gaps_at
from training.adoption.workbook_leg import WorkbookUse, workbook_use
from training.figures.measures import MEASURES, Measure

CHARTED = (
    Measure.AT_FAIR, Measure.REFLECTION_TO_QUESTION, Measure.PERCENT_COMPLEX, Measure.PERCENT_CHANGE_TALK,
    Measure.MI_ADHERENT, Measure.MI_NON_ADHERENT,
)  # fmt: skip
NO_WAVE = "No wave said yet"


@dataclass(frozen=True)
class Sight:
    """`outside`: no team is named, and no few people are counted. `leads`: figures of practice are those of the page
    Authority, else those that are shown outside."""

    outside: bool
    leads: bool


OUTSIDER = Sight(outside=True, leads=False)
TOO_FEW = "Not enough sessions yet: figures need 10 sessions of 10 people."
NOT_YET = "Not enough sessions yet: a month needs 5 sessions of 5 people, and figures are made at night."


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
class TeamGaps:
    """What a team of one's own authority lacks."""

    team: str
    lacks: str


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
        legs = _legs(_read(series[one.id], sources[one.id], today), live_on, OUTSIDER)
        rows.append((wave, AuthorityRow(one.id, one.name, live_on, _is_live(live_on, today), legs)))
    rows.sort(key=lambda row: (not row[0], row[0].casefold(), row[1].name.casefold()))
    grouped = [list(group) for _, group in groupby(rows, key=lambda row: row[0].casefold())]
    return [Wave(group[0][0] or NO_WAVE, tuple(row for _, row in group)) for group in grouped]


def authority_for(session: Session, actor: Actor, authority_id: UUID | None) -> tuple[Organisation, Sight]:
    """The authority the actor may look at, and how much of it they see. None is their own. Raises NotFound."""
    organisation = session.get(Organisation, authority_id or actor.organisation_id)
    if organisation is not None and organisation.kind is OrganisationKind.AUTHORITY:
        if may(actor, Permission.KEEP_ADOPTION, organisation_id=organisation.id):
            leads = may(actor, Permission.SEE_TEAM_FIGURES, organisation_id=organisation.id)
            return organisation, Sight(outside=False, leads=leads)
        if may_evaluate(actor) and organisation.evaluation_opt_in:
            return organisation, OUTSIDER
    raise NotFound("There is nothing at this address. Check it, or start from home.")


def authority_view(
    session: Session, organisation: Organisation, *, sight: Sight, today: date, of: str = ""
) -> AuthorityView:
    """`of` names the sessions whose practice is drawn; without it, or with another, those that come first."""
    outside = sight.outside
    adoption = adoption_of(session, organisation.id)
    series = (
        series_for_leads(session, organisation.id) if sight.leads else series_of(session, organisation.id, today=today)
    )
    read = _read(series, sources_of(session, [organisation.id])[organisation.id], today)
    outcomes = outcome_points(outcomes_of(session, organisation.id), today=today, small_hidden=outside)
    books = workbook_points(read.use, small_hidden=outside)
    slices = sorted(read.series, key=order_of)
    chosen = next((one for one in slices if one.name == of), slices[0] if slices else None)
    measured = [(name, mi_points(read.series[chosen], name)) for name in CHARTED] if chosen else []
    composed = read.composed
    every = [point for _, points in measured for point in points]
    filled = team_points(composed, small_hidden=outside)
    every += [*filled, *books, *(point for points in outcomes.values() for point in points)]
    axis = _axis(every, adoption.live_on, today)
    charts = tuple(_mi_chart(0, name, points, axis) for name, points in measured if points)
    return AuthorityView(
        organisation.id, organisation.name, adoption.wave, adoption.live_on, _is_live(adoption.live_on, today), outside,
        _legs(read, adoption.live_on, sight),
        tuple(
            MiSlice(one.name, slice_shown(one), one is chosen, charts if one is chosen else ()) for one in slices
        ),
        _team_chart(filled, axis), composed[-1].month if composed else None,
        discipline_rows(composed[-1].disciplines, small_hidden=outside) if composed else (),
        _gaps(composed[-1].month, read) if composed and not outside else (),
        _share_chart("workbook", "Families with a workbook", books, axis,
                     "Of the families whose case was open in the month. Every family is counted, so there is no "
                     "interval.") if books else None,
        _beside(slice_shown(chosen), measured, axis) if outcomes and chosen else None,
        tuple(_outcome_chart(number, name, points, axis) for number, (name, points) in enumerate(outcomes.items())),
    )  # fmt: skip


@dataclass(frozen=True)
class _Read:
    series: Series
    sources: Sources
    composed: Sequence[Composition]
    use: Sequence[WorkbookUse]


def _read(series: Series, found: Sources, today: date) -> _Read:
    return _Read(
        series, found, compositions(found.posts, found.places, today=today), workbook_use(found.workbook, today=today)
    )


def _legs(read: _Read, live_on: date | None, sight: Sight) -> tuple[Leg, ...]:
    return (
        mi_leg(read.series, live_on, missing=NOT_YET if sight.leads else TOO_FEW),
        team_leg(read.composed, live_on, small_hidden=sight.outside),
        workbook_leg(read.use, live_on, small_hidden=sight.outside),
    )


def _is_live(live_on: date | None, today: date) -> bool:
    return live_on is not None and live_on <= today


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


def _gaps(month: date, read: _Read) -> tuple[TeamGaps, ...]:
    found = gaps_at(month, read.sources.posts, read.sources.places)
    names = {one.id: one.name for one in read.sources.teams}
    return tuple(
        TeamGaps(names[team_id], ", ".join(lacking) or "nothing")
        for team_id, lacking in sorted(found.items(), key=lambda one: names[one[0]].casefold())
    )
