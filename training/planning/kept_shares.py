"""Shares of skills as they were worked out before: those of a coding never change, and pages of plans need many."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from models.figures import SessionFigure
from training.plan.shares import VERSION
from training.plan.values import Share
from training.skills import Skill

Shares = Mapping[Skill, Share]
_VERSION = "version"
_SKILLS = {one.value: one for one in Skill}


def kept_shares(session: Session, codings: Collection[UUID]) -> dict[UUID, dict[Skill, Share]]:
    """By coding, of those that are kept and were made by the present rules."""
    rows = session.exec(_OF_CODINGS, params={"codings": codings})
    return {id_: _read(body) for id_, body in rows if body and body.get(_VERSION) == VERSION}


_OF_CODINGS = select(SessionFigure.coding_id, SessionFigure.skill_shares).where(
    col(SessionFigure.coding_id).in_(bindparam("codings", expanding=True))
)


def figures_without(session: Session, organisation_id: UUID, *, since: date, most: int) -> list[SessionFigure]:
    """Rows of an authority's sessions held `since` then whose shares are not worked out yet, or by rules of before."""
    version = col(SessionFigure.skill_shares)[_VERSION].as_integer()
    missing = version.is_distinct_from(VERSION)  # also where there is none, be it SQL's or JSON's
    rows = select(SessionFigure).where(
        col(SessionFigure.organisation_id) == organisation_id, col(SessionFigure.held_on) >= since, missing
    )
    return list(session.exec(rows.order_by(col(SessionFigure.session_id)).limit(most)))


def as_kept(shares: Shares) -> dict[str, Any]:
    return {_VERSION: VERSION, **{skill.value: [one.k, one.n, one.doubt] for skill, one in shares.items()}}


def _read(body: Mapping[str, Any]) -> dict[Skill, Share]:
    return {_SKILLS[name]: Share(*one) for name, one in body.items() if name != _VERSION}
