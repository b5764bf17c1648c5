"""How far an authority has come with the programme, for programs of its leads and administrators, and of evaluators:
the numbers of the page, from the same function."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.access import SignedIn
from api.answers.adoption import AdoptionRead
from api.authority_figures import slice_facts
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute, JsonAnswer
from models.columns import utc_now
from training.adoption.legs import DisciplineRow, Leg
from training.adoption.numbers import authority_for, numbers_of
from training.adoption.outcome_series import NO_CAUSE
from training.adoption.told import LEGS, ToldSeries, told_series

router = APIRouter(prefix="/api/v1/figures", tags=["people and figures"], route_class=ApiRoute)


@router.get("/adoption", **told("read_adoption", AdoptionRead, headers=["ETag"]))
def read_adoption(
    house: TheHouse, actor: SignedIn,
    authority: Annotated[UUID | None, Query(description="its id; without it your own")] = None,
) -> JSONResponse:  # fmt: skip
    """The three legs of one authority, month by month, with the outcomes that it uploaded. Leads and administrators
    read their own; evaluators any that takes part, by its id, without what few people would be known by, and `teams`
    is then null. Shares are from 0 to 1."""
    with house.database.read() as session:
        organisation, sight = authority_for(session, actor, authority)
        found = numbers_of(session, organisation, sight=sight, today=utc_now().date())
        series = [_series(one) for one in told_series(found)]
    return JsonAnswer(
        {
            "authority": {"id": found.id, "name": found.name}, "wave": found.wave or None, "live_on": found.live_on,
            "is_live": found.is_live, "outside": sight.outside,
            "legs": [_leg(name, one) for name, one in zip(LEGS, found.legs, strict=True)],
            "series": series,
            "composed_at": f"{found.composed_at:%Y-%m}" if found.composed_at else None,
            "disciplines": [_discipline(one) for one in found.disciplines],
            "teams": None if sight.outside else [asdict(one) for one in found.gaps],
            "no_cause": NO_CAUSE,
        }
    )  # fmt: skip


def _leg(name: str, one: Leg) -> dict[str, str | None]:
    return {
        "leg": name, "title": one.title, "now": one.now or None, "baseline": one.then or None,
        "since": one.since or None, "note": one.note or None, "missing": one.missing or None,
    }  # fmt: skip


def _series(one: ToldSeries) -> dict[str, Any]:
    return {
        "table": one.table, "slice": slice_facts(one.slice) if one.slice else None, "measure": one.measure,
        "title": one.title, "unit": one.unit, "points": [asdict(point) for point in one.points],
    }  # fmt: skip


def _discipline(row: DisciplineRow) -> dict[str, Any]:
    return {
        "discipline": row.discipline.value, "posts": float(row.posts),
        "people": row.counted, "people_shown": row.people,
        "filled_shown": row.filled, "teams_without": row.teams_without, "teams": row.teams,
    }  # fmt: skip
