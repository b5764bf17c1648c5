"""The sessions behind a figure of a team, for those alone who may open them anyway."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
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
from training.figures.snapshot import first_whole
from training.figures.tables import MONTHS, RECENT
from training.planning.figures import hidden_from

MOST = 200
SEVERAL = ".."


@dataclass(frozen=True)
class Behind:
    id: UUID
    held_on: date
    counted_on: date
    kind: str
    who: str


@dataclass(frozen=True)
class BehindFigure:
    """At most MOST, the newest first; `cut` says whether there are more. `months` can be chosen, those that figures are
    of; `since` and `last` are the first and the last that were. `left_out` are those the reader is to code blind."""

    slice: Slice
    months: tuple[date, ...]
    since: date
    last: date
    sessions: tuple[Behind, ...]
    cut: bool
    left_out: bool


def several_months(first: date, last: date) -> str:
    """As `sessions_behind` takes them."""
    return f"{first:%Y-%m}{SEVERAL}{last:%Y-%m}"


def may_see_behind(actor: Actor, team: Team) -> bool:
    """Whether a role lets the actor open the sessions of this team."""
    teams, everywhere = actor.teams_with(Permission.SEE_SESSION)
    return team.organisation_id == actor.organisation_id and (everywhere or team.id in teams)


def slices_behind(session: Session, team: Team, *, by: Actor) -> tuple[Slice, ...]:
    """Of which the team has sessions in the months that figures are of; none for who may not open them."""
    if not may_see_behind(by, team):
        return ()
    today, figure = utc_now().date(), SessionFigure
    rows: Any = (
        select(figure.kind, figure.picked, figure.coded_by, func.max(col(figure.counted_on)))
        .where(
            col(figure.team_id) == team.id, col(figure.counted_on) >= months_before(today, MONTHS)[0],
            col(figure.counted_on) < today.replace(day=1),
        )
        .group_by(col(figure.kind), col(figure.picked), col(figure.coded_by))
    )  # fmt: skip
    first = first_whole(session, team.organisation_id, today=today)
    there = {
        Slice(kind, picked, coded_by) for kind, picked, coded_by, newest in session.exec(rows) if newest >= first[kind]
    }
    return tuple(one for one in SLICES if one in there)


def sessions_behind(session: Session, team: Team, *, by: Actor, slice_name: str, month: str = "") -> BehindFigure:
    """`month` is such as 2026-10, or 2026-10..2026-12 for several; without it, or with one that figures are not of, the
    newest 12. Months that figures leave out, because sessions of them have begun to go, are in none.

    Raises NotFound, also for who may not open them and for an unknown slice."""
    slice_ = next((one for one in SLICES if one.name == slice_name), None)
    if slice_ is None or not may_see_behind(by, team):
        raise NotFound("There is nothing at this address. Check it, or start from home.")
    today = utc_now().date()
    first = first_whole(session, team.organisation_id, today=today)[slice_.kind]
    months = [one for one in months_before(today, MONTHS) if one >= first]
    since, last = _chosen(months, month) if months else (first, first)
    before = (last + timedelta(days=31)).replace(day=1) if months else since
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


def _chosen(months: Sequence[date], wanted: str) -> tuple[date, date]:
    """The first and the last. Of several months that begin before figures do, those that are left."""
    named = {f"{one:%Y-%m}": one for one in months}
    since, several, until = wanted.partition(SEVERAL)
    last = named.get(until if several else since)
    if last is None:
        return months[-RECENT:][0], months[-1]
    return min(named.get(since, months[0]), last), last
