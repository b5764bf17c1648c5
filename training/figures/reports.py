"""The report of the month of an authority and of each team: asked for, made a PDF by a job, and kept beside the tables
it was made from.

There is one of each, of the newest month, and it goes when its figures change: two months of reports, or a report from
before a session was deleted, could be taken from each other, and a single session would be left. They name no person.
"""

import base64
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import NotFound
from models.figures import FigureSnapshot
from models.organisation import Organisation, Team
from models.permissions import Actor, Permission, may
from models.queue import enqueue

JOB = "make_figure_report"
_NAME = "report"


@dataclass(frozen=True)
class ReportState:
    """`pdf` is None while it is made, and where a problem stopped that."""

    made_at: datetime
    pdf: bytes | None
    problem: str


def is_report() -> ColumnElement[bool]:
    return (col(FigureSnapshot.name) == _NAME) | col(FigureSnapshot.name).startswith(f"{_NAME}:")


def name_of(team_id: UUID | None) -> str:
    return _NAME if team_id is None else f"{_NAME}:{team_id}"


def may_have_report(actor: Actor, team: Team | None) -> bool:
    """The whole authority's: its leads. A team's: its coaches too, who may open its sessions anyway."""
    if may(actor, Permission.SEE_TEAM_FIGURES, organisation_id=actor.organisation_id):
        return team is None or team.organisation_id == actor.organisation_id
    return team is not None and may(
        actor, Permission.SEE_SESSION, organisation_id=team.organisation_id, team_id=team.id
    )  # fmt: skip


def require_report(actor: Actor, team: Team | None) -> None:
    """Raises NotFound."""
    if not may_have_report(actor, team):
        raise NotFound("There is nothing at this address. Check it, or start from home.")


def report_of(session: Session, organisation_id: UUID, *, team_id: UUID | None) -> ReportState | None:
    """None where nobody asked for it since the figures changed."""
    row = session.get(FigureSnapshot, (organisation_id, name_of(team_id)))
    if row is None:
        return None
    pdf = row.body.get("pdf")
    return ReportState(
        row.made_at, zlib.decompress(base64.b64decode(pdf)) if pdf else None, row.body.get("problem", "")
    )


def ask_report(session: Session, *, team: Team | None, by: Actor) -> None:
    """Nothing where it is being made already. Raises NotFound."""
    require_report(by, team)
    known = report_of(session, by.organisation_id, team_id=team.id if team else None)
    if known is not None and known.pdf is None and not known.problem:
        return
    _ask(session, by.organisation_id, team.id if team else None)
    organisation = session.get_one(Organisation, by.organisation_id)
    details = {"team_id": str(team.id)} if team else {}
    record_audit(
        session, action="figure_report_asked", subject=organisation, organisation_id=organisation.id, by=by.person_id,
        **details,
    )  # fmt: skip


def _ask(session: Session, organisation_id: UUID, team_id: UUID | None) -> None:
    name = name_of(team_id)
    row = session.get(FigureSnapshot, (organisation_id, name)) or FigureSnapshot(
        organisation_id=organisation_id, name=name, body={}
    )
    row.body, row.made_at = {}, utc_now()
    session.add(row)
    ids = {"team_id": team_id} if team_id else {}
    enqueue(session, JOB, organisation_id=organisation_id, authority_id=organisation_id, **ids)


def renew_reports(session: Session, organisation_id: UUID, *, teams: Iterable[str]) -> None:
    """Those there are are made anew; with `teams`, as in a new month, also the authority's and of each of these."""
    mine = col(FigureSnapshot.organisation_id) == organisation_id
    names = session.exec(select(FigureSnapshot.name).where(mine, is_report())).all()
    wanted = {UUID(name.partition(":")[2]) if ":" in name else None for name in names}
    teams = list(teams)
    if teams:
        wanted |= {None, *(UUID(one) for one in teams)}
    for team_id in sorted(wanted, key=str):
        _ask(session, organisation_id, team_id)


def keep_report(session: Session, organisation_id: UUID, *, team_id: UUID | None, pdf: bytes) -> None:
    _put(session, organisation_id, team_id, {"pdf": base64.b64encode(zlib.compress(pdf)).decode()})


def report_stopped(session: Session, organisation_id: UUID, *, team_id: UUID | None, problem: str) -> None:
    _put(session, organisation_id, team_id, {"problem": problem})


def _put(session: Session, organisation_id: UUID, team_id: UUID | None, body: dict[str, str]) -> None:
    """Nothing where nobody waits for it any more."""
    row = session.get(FigureSnapshot, (organisation_id, name_of(team_id)))
    if row is not None:
        row.body, row.made_at = body, utc_now()
        session.add(row)
