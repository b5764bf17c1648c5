"""An authority's figures for programs of its leads: the numbers of the page, from the same tables."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from api.access import SignedIn, needs
from api.answers.figures import AuthorityOverview, AuthoritySlice
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute
from models.audit_hash import plain
from models.permissions import Permission, require
from training.figures.lines import Cell, Told, overview_for, slice_cells, slice_named
from training.figures.measures import MEASURES, Measure
from training.figures.reach_told import Reach
from training.figures.rows import SLICES, Slice
from training.figures.shown import HIDDEN, slice_shown
from training.figures.snapshot import overview_of

router = APIRouter(prefix="/api/v1/figures", tags=["people and figures"], route_class=ApiRoute)
_MAY = [needs(Permission.SEE_TEAM_FIGURES)]


@router.get(
    "/authority", dependencies=_MAY,
    **told("read_authority", AuthorityOverview, headers=["ETag"], scope=Permission.SEE_TEAM_FIGURES),
)  # fmt: skip
def read_overview(house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """What there is: the months, the slices with how many sessions each has in the newest 12 of them (null where that
    may not be told), who is reached and what people agreed to. `made_at` is null before the first night."""
    require(actor, Permission.SEE_TEAM_FIGURES)
    with house.database.read() as session:
        found = overview_of(session, actor.organisation_id)
    if found is None:
        return {"made_at": None, "months": [], "slices": [], "teams": [], "reach": [], "consent": None}
    return {
        "made_at": plain(found.made_at),
        "months": [f"{month:%Y-%m}" for month in found.months],
        "slices": [
            {**slice_facts(one), "sessions": found.slices[one.name]} for one in SLICES if one.name in found.slices
        ],
        "teams": [{"id": id_, "name": name, "site": site or None} for id_, (name, site) in found.teams.items()],
        "reach": [_reach(key, one) for key, one in found.reach.items()],
        "consent": asdict(found.consent) if found.consent else None,
    }  # fmt: skip


@router.get(
    "/authority/{slice_name}", dependencies=_MAY,
    **told("read_authority_slice", AuthoritySlice, headers=["ETag"], scope=Permission.SEE_TEAM_FIGURES),
)  # fmt: skip
def read_slice(slice_name: str, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """All figures of one slice, such as `role_play.chosen.person`: each group with each measure, the control chart, the
    funnel and the differences of teams. What may not be told is null, and `why` says so."""
    require(actor, Permission.SEE_TEAM_FIGURES)
    with house.database.read() as session:
        overview = overview_for(session, actor)
        found = slice_cells(session, actor, overview, slice_named(overview, slice_name))
    view = found.view
    return {
        "slice": slice_facts(found.slice),
        "made_at": plain(overview.made_at),
        "months": [f"{month:%Y-%m}" for month in overview.months],
        "measures": {one.value: _measure(one) for one in Measure if view.values.get(one)},
        "cells": [_cell(one) for one in found.cells],
        "charts": {one.value: made for one, made in view.charts.items()},
        "funnels": {one.value: made for one, made in view.funnels.items()},
        "differences": {one.value: made for one, made in view.differences.items()},
    }


def _reach(group: str, one: Reach) -> dict[str, Any]:
    """A count is a number or null, as it always was a number; how closely else it may be told stands beside it."""
    told = {"never": one.never, "ever": one.ever, "lately": one.lately, "enough": one.enough, "some": one.some,
            "without": one.without}  # fmt: skip
    exact = {name: count.least if count and count.exact else None for name, count in told.items()}
    between = {name: asdict(count) if count else None for name, count in told.items()}
    return {"group": group, "people": one.people, **exact, "between": between}


def slice_facts(one: Slice) -> dict[str, Any]:
    return {
        "name": one.name, "shown": slice_shown(one), "kind": one.kind.value, "picked": one.picked.value,
        "coded_by": one.coded_by.value,
    }  # fmt: skip


def _measure(one: Measure) -> dict[str, Any]:
    known = MEASURES[one]
    return {"name": known.name, "what": known.what, "formula": known.formula, "fair": known.fair, "good": known.good}


def _cell(one: Cell) -> dict[str, Any]:
    return {
        "key": one.key, "kind": one.kind, "name": one.name, "sessions": one.sessions, "people": one.people,
        "why": one.why or None, "values": {measure.value: _told(told) for measure, told in one.values.items()},
    }  # fmt: skip


def _told(one: Told | None) -> dict[str, Any]:
    if one is None:
        return {"value": None, "low": None, "high": None, "sessions": None, "people": None, "why": HIDDEN}
    return {**asdict(one), "why": None}
