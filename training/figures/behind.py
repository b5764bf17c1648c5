"""The sessions behind a figure of a team, for those alone who may open them anyway."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.columns import utc_now
from models.errors import NotFound
from models.figures import SessionFigure
from models.organisation import Team
from models.permissions import Actor, Permission
from models.person import Person
from models.practice import PracticeSession
from models.session_permissions import visible_sessions
from training.figures.rows import SLICES, Slice, months_before
from training.figures.shown import KINDS
from training.figures.tables import MONTHS, RECENT
from training.planning.figures import hidden_from

MOST = 200


@dataclass(frozen=True)
class Behind:
    id: UUID
    held_on: date
    counted_on: date
    kind: str
    who: str


@dataclass(frozen=True)
class BehindFigure:
    """At most MOST, the newest first; `cut` says whether there are more. `months` can be chosen; `since` and `last` are
    the first and the last that were. `left_out` are those the reader is to code blind."""

    slice: Slice
    months: tuple[date, ...]
    since: date
    last: date
    sessions: tuple[Behind, ...]
    cut: bool
    left_out: bool


def may_see_behind(actor: Actor, team: Team) -> bool:
    """Whether a role lets the actor open the sessions of this team."""
    teams, everywhere = actor.teams_with(Permission.SEE_SESSION)
    return team.organisation_id == actor.organisation_id and (everywhere or team.id in teams)


def sessions_behind(session: Session, team: Team, *, by: Actor, slice_name: str, month: str) -> BehindFigure:
    """`month` is such as 2026-10, one of the 24 that figures are of; without it, or with another, the newest 12.

    Raises NotFound, also for who may not open them and for an unknown slice."""
    slice_ = next((one for one in SLICES if one.name == slice_name), None)
    if slice_ is None or not may_see_behind(by, team):
        raise NotFound("There is nothing at this address. Check it, or start from home.")
    today = utc_now().date()
    months = months_before(today, MONTHS)
    one = next((at for at, first in enumerate(months) if f"{first:%Y-%m}" == month), None)
    since, last = (months[one], months[one]) if one is not None else (months[-RECENT], months[-1])
    before = today.replace(day=1) if last is months[-1] else months[months.index(last) + 1]
    hidden = hidden_from(session, by)
    rows = (
        select(PracticeSession.id, col(PracticeSession.held_on), col(SessionFigure.counted_on), Person.name)
        .join(PracticeSession, col(PracticeSession.id) == col(SessionFigure.session_id))
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .where(
            col(SessionFigure.team_id) == team.id, col(SessionFigure.kind) == slice_.kind,
            col(SessionFigure.picked) == slice_.picked, col(SessionFigure.coded_by) == slice_.coded_by,
            col(SessionFigure.counted_on) >= since, col(SessionFigure.counted_on) < before, visible_sessions(by),
        )
        .order_by(col(SessionFigure.counted_on).desc(), col(PracticeSession.id))
        .limit(MOST + len(hidden) + 1)
    )  # fmt: skip
    all_ = session.exec(rows).all()
    kind = KINDS[slice_.kind]
    found = [Behind(id_, held, counted, kind, who) for id_, held, counted, who in all_ if id_ not in hidden]
    return BehindFigure(
        slice_, tuple(months), since, last, tuple(found[:MOST]), len(found) > MOST, len(found) < len(all_)
    )
