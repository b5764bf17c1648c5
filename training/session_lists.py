"""Lists of sessions and people, each in one query, limited to what the reader may see."""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, true
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from coding.about_session import about_for
from models.api_client_kept import is_a_human
from models.columns import utc_now
from models.keys import WordsGone, open_session_keys
from models.organisation import Team
from models.permissions import Actor, Permission
from models.person import Person, TeamMembership, in_team_on
from models.practice import Picked, PracticeSession, SessionKind
from models.review import Review, ReviewState
from models.session_permissions import visible_sessions
from training.session_view import SessionRow

KIND_SHOWN = {
    SessionKind.ROLE_PLAY: "Role play",
    SessionKind.SIMULATED: "Simulated",
    SessionKind.REAL_PRACTICE: "Real practice",
}
PICKED_SHOWN = {Picked.CHOSEN: "Somebody chose it", Picked.DRAWN: "It was drawn"}
LIST_LIMIT = 200
ON_HOME = 25
"""Of other people's sessions: the rest stands on a page of its own."""


def kinds_for(real_practice_on: bool) -> list[SessionKind]:
    """The kinds of conversation that may be added."""
    return [kind for kind in SessionKind if real_practice_on or kind is not SessionKind.REAL_PRACTICE]


@dataclass(frozen=True)
class SessionList:
    """The newest sessions of a kind. `cut_at` is how many there are when there would be more, else 0."""

    rows: list[SessionRow]
    cut_at: int = 0


def own_sessions(session: Session, actor: Actor, *, own_words: bool = True) -> SessionList:
    """At most LIST_LIMIT. Without `own_words` titles are as others see them."""
    return _newest(session, actor, _of_own(actor), own_words)


def others_sessions(
    session: Session, actor: Actor, *, own_words: bool = True, limit: int | None = None, after: int = 0
) -> SessionList:
    """Those of other people that the actor may see, `after` so many newer ones, at most `limit` (or LIST_LIMIT). They
    push none of the actor's own out."""
    return _newest(session, actor, _of_others(actor), own_words, limit=limit, after=after)


def page_of_sessions(
    session: Session, actor: Actor, *, limit: int, after: tuple[date, UUID] | None = None
) -> tuple[list[SessionRow], bool]:
    """All that the actor may see, the newest first, and whether there are more. `after` are the day and id of the last
    one of the page before; what is added meanwhile moves nothing."""
    held_on, id_ = col(PracticeSession.held_on), col(PracticeSession.id)
    older = true() if after is None else or_(held_on < after[0], and_(held_on == after[0], id_ < after[1]))
    found = _newest(session, actor, _rows(actor, older), False, limit=limit)
    return found.rows, bool(found.cut_at)


def _newest(
    session: Session, actor: Actor, which: Any, own_words: bool, *, limit: int | None = None, after: int = 0
) -> SessionList:  # fmt: skip
    limit = limit or LIST_LIMIT
    kept = session.exec(which, params={"after": after, "limit": limit + 1}).all()
    more = len(kept) > limit
    kept = kept[:limit]
    open_session_keys(session, [practice.id for practice, *_ in kept])
    rows = [
        SessionRow(
            id=practice.id, title=_title(session, practice, actor if own_words else None),
            kind_shown=KIND_SHOWN[practice.kind], practitioner=name,
            practitioner_id=practice.practitioner_id, team=team or "", held_on=practice.held_on,
            stage=practice.stage.value, progress=practice.progress, problem=practice.problem or "",
            reviewed=reviewed,
        )
        for practice, name, team, reviewed in kept
    ]  # fmt: skip
    return SessionList(rows, limit if more else 0)


def _rows(actor: Actor, which: ColumnElement[bool]) -> Any:
    return (
        select(PracticeSession, Person.name, Team.name, _signed_off())
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .outerjoin(Team, col(Team.id) == col(PracticeSession.team_id))
        .where(visible_sessions(actor), which)
        .order_by(col(PracticeSession.held_on).desc(), col(PracticeSession.id).desc())
        .offset(bindparam("after"))
        .limit(bindparam("limit"))
    )


@lru_cache(maxsize=128)
def _of_own(actor: Actor) -> Any:
    return _rows(actor, col(PracticeSession.practitioner_id) == actor.person_id)


@lru_cache(maxsize=128)
def _of_others(actor: Actor) -> Any:
    return _rows(actor, col(PracticeSession.practitioner_id) != actor.person_id)


@cache
def _signed_off() -> ColumnElement[bool]:
    """By a coach who did not code it blind."""
    return exists().where(
        col(Review.session_id) == col(PracticeSession.id), col(Review.state) == ReviewState.SIGNED_OFF,
        col(Review.blind).is_(False),
    )  # fmt: skip


def _title(session: Session, practice: PracticeSession, reader: Actor | None) -> str:
    try:
        return about_for(session, practice, reader).title
    except WordsGone:
        return "(deleted for good)"


def practitioners_for(session: Session, actor: Actor) -> list[Person]:
    """Whose sessions the actor may add: their own first, then those of the teams they coach, by name."""
    query = _others_to_add_for(actor).order_by(col(Person.name))
    return [session.get_one(Person, actor.person_id), *session.exec(query)]


def practitioner_at(session: Session, actor: Actor, email: str) -> Person | None:
    """Somebody whose sessions the actor may add, other than themselves, by their e-mail address."""
    return session.exec(_others_to_add_for(actor).where(col(Person.email) == email.strip().lower())).first()


def _others_to_add_for(actor: Actor) -> SelectOfScalar[Person]:
    teams, everywhere = actor.teams_with(Permission.ADD_SESSION)
    query = select(Person).where(
        col(Person.organisation_id) == actor.organisation_id, col(Person.left_at).is_(None), is_a_human(),
        col(Person.id) != actor.person_id,
    )  # fmt: skip
    if not everywhere:
        members = select(TeamMembership.person_id).where(
            col(TeamMembership.team_id).in_(teams), in_team_on(utc_now().date())
        )
        query = query.where(col(Person.id).in_(members))
    return query
