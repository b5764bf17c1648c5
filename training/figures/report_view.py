"""What stands in the report of a month: of an authority all slices that may be shown, of a team its own figures alone,
because its coaches know its sessions and would learn of the others by taking them away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models.organisation import Organisation, Team
from training.figures.authority_view import SliceFigures, figures_of, period_of
from training.figures.measures import MEASURES, Measure
from training.figures.reached import ReachLine, consent_said, reach_lines, reach_said
from training.figures.rows import SLICES
from training.figures.shown import month_shown, slice_shown
from training.figures.snapshot import Overview, overview_of, slice_view
from training.figures.tables import TEAM, WHOLE
from training.figures.team_view import TeamFigures, team_figures_of

DRAWN = (Measure.AT_FAIR, Measure.REFLECTION_TO_QUESTION, Measure.PERCENT_COMPLEX)
"""The measures that are drawn; the others stand in the table."""


@dataclass(frozen=True)
class Drawn:
    """`whole`: with every group, not the teams alone, which the first measure of a slice has."""

    name: str
    what: str
    whole: bool
    of_all: SliceFigures | None
    of_team: TeamFigures | None


@dataclass(frozen=True)
class ReportSlice:
    name: str
    period: str
    by_machine: bool
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True)
class Report:
    """`made_from` is when the tables were made."""

    authority: str
    team: str
    month: str
    period: str
    made_from: datetime
    overview: Overview
    slices: tuple[ReportSlice, ...]
    reached: tuple[ReachLine, ...]
    reach_said: str
    consent: str


def build_report(session: Session, organisation_id: UUID, *, team_id: UUID | None) -> Report | None:
    """None before the first tables were made, or for a team that is gone."""
    overview = overview_of(session, organisation_id)
    team = session.get(Team, team_id) if team_id else None
    if overview is None or (team_id is not None and team is None):
        return None
    slices = []
    for one in SLICES:
        view = slice_view(session, organisation_id, one) if one.name in overview.slices else None
        if view is None or (f"{TEAM}:{team.id}" if team else WHOLE) not in view.counts:
            continue
        drawn = tuple(
            Drawn(
                MEASURES[measure].name, MEASURES[measure].what, measure is DRAWN[0],
                None if team else figures_of(view, measure, overview),
                team_figures_of(view, measure, overview, team, alone=True) if team else None,
            )
            for measure in DRAWN
            if view.values.get(measure)
        )  # fmt: skip
        if drawn:
            slices.append(ReportSlice(slice_shown(one), period_of(overview, one), one.coded_by == "machine", drawn))
    return Report(
        session.get_one(Organisation, organisation_id).name, team.name if team else "",
        month_shown(overview.months[-1]), period_of(overview), overview.made_at, overview, tuple(slices),
        () if team else tuple(reach_lines(overview)), "" if team else reach_said(overview),
        "" if team else consent_said(overview),
    )  # fmt: skip
