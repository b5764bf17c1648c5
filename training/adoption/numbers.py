"""The numbers of one authority before anything is drawn of them: what its page, its files and programs are told, each
of them the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from models.errors import NotFound
from models.organisation import Organisation, OrganisationKind
from models.permissions import Actor, Permission, may, may_evaluate
from training.adoption.chart import Point
from training.adoption.current import Sources, adoption_of, outcomes_of, sources_of
from training.adoption.legs import (
    DisciplineRow,
    Leg,
    discipline_rows,
    mi_leg,
    mi_points,
    order_of,
    team_leg,
    team_points,
    workbook_leg,
    workbook_points,
)
from training.adoption.mi_rows import series_for_leads, series_of
from training.adoption.mi_series import Series
from training.adoption.outcome_series import outcome_points
from training.adoption.team_leg import Composition, compositions, gaps_at
from training.adoption.workbook_leg import WorkbookUse, workbook_use
from training.figures.measures import Measure
from training.figures.rows import Slice

TOLD = (
    Measure.AT_FAIR, Measure.REFLECTION_TO_QUESTION, Measure.PERCENT_COMPLEX, Measure.PERCENT_CHANGE_TALK,
    Measure.MI_ADHERENT, Measure.MI_NON_ADHERENT,
)  # fmt: skip
"""Of practice."""
TOO_FEW = "Not enough sessions yet: figures need 10 sessions of 10 people."
NOT_YET = "Not enough sessions yet: a month needs 5 sessions of 5 people, and figures are made at night."


@dataclass(frozen=True)
class Sight:
    """`outside`: no team is named, and no few people are counted. `leads`: figures of practice are those of the page
    Authority, else those that are shown outside."""

    outside: bool
    leads: bool


OUTSIDER = Sight(outside=True, leads=False)


@dataclass(frozen=True)
class TeamGaps:
    """What a team of one's own authority lacks."""

    team: str
    lacks: str


@dataclass(frozen=True)
class Numbers:
    """`series` are of practice, slice by slice. `filled` and `books` are shares in percent. `composed_at` is the month
    of `disciplines` and `gaps`."""

    id: UUID
    name: str
    wave: str
    live_on: date | None
    is_live: bool
    sight: Sight
    legs: tuple[Leg, ...]
    series: Series
    filled: tuple[Point, ...]
    composed_at: date | None
    disciplines: tuple[DisciplineRow, ...]
    gaps: tuple[TeamGaps, ...]
    books: tuple[Point, ...]
    outcomes: Mapping[str, tuple[Point, ...]]

    @property
    def slices(self) -> list[Slice]:
        """Those of which there is anything, in the order in which they are offered."""
        return sorted(self.series, key=order_of)

    def practice(self, one: Slice) -> list[tuple[Measure, tuple[Point, ...]]]:
        found = ((name, mi_points(self.series[one], name)) for name in TOLD)
        return [(name, points) for name, points in found if points]


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


def numbers_of(session: Session, organisation: Organisation, *, sight: Sight, today: date) -> Numbers:
    adoption = adoption_of(session, organisation.id)
    series = (
        series_for_leads(session, organisation.id) if sight.leads else series_of(session, organisation.id, today=today)
    )
    read = read_from(series, sources_of(session, [organisation.id])[organisation.id], today)
    composed = read.composed
    return Numbers(
        organisation.id, organisation.name, adoption.wave, adoption.live_on, is_live(adoption.live_on, today), sight,
        legs_of(read, adoption.live_on, sight), series, team_points(composed, small_hidden=sight.outside),
        composed[-1].month if composed else None,
        discipline_rows(composed[-1].disciplines, small_hidden=sight.outside) if composed else (),
        _gaps(composed[-1].month, read.sources) if composed and not sight.outside else (),
        workbook_points(read.use, small_hidden=sight.outside),
        outcome_points(outcomes_of(session, organisation.id), today=today, small_hidden=sight.outside),
    )  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What the legs are made of."""

    series: Series
    sources: Sources
    composed: Sequence[Composition]
    use: Sequence[WorkbookUse]


def read_from(series: Series, found: Sources, today: date) -> Read:
    return Read(
        series, found, compositions(found.posts, found.places, today=today), workbook_use(found.workbook, today=today)
    )


def legs_of(read: Read, live_on: date | None, sight: Sight) -> tuple[Leg, ...]:
    return (
        mi_leg(read.series, live_on, missing=NOT_YET if sight.leads else TOO_FEW),
        team_leg(read.composed, live_on, small_hidden=sight.outside),
        workbook_leg(read.use, live_on, small_hidden=sight.outside),
    )


def is_live(live_on: date | None, today: date) -> bool:
    return live_on is not None and live_on <= today


def _gaps(month: date, sources: Sources) -> tuple[TeamGaps, ...]:
    found = gaps_at(month, sources.posts, sources.places)
    names = {one.id: one.name for one in sources.teams}
    return tuple(
        TeamGaps(names[team_id], ", ".join(lacking) or "nothing")
        for team_id, lacking in sorted(found.items(), key=lambda one: names[one[0]].casefold())
    )
