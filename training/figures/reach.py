"""Who is reached: whose work was ever recorded, who gets feedback often enough, and what families agreed to."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from models.api_client_kept import is_a_human
from models.consent import Agreement, Participant, Scope
from models.feedback import Feedback
from models.organisation import Team
from models.person import Person, Role, RoleGrant, TeamMembership
from models.practice import AGREEMENT_MISSING, PracticeSession, SessionKind
from models.withdrawal import Why, Withdrawal
from training.figures.about import LEAST_OF, About, about
from training.figures.cells import LEAST as FEWEST
from training.figures.cells import Programme, Table
from training.figures.reach_told import Counted, Reach, told
from training.figures.rows import months_before
from training.figures.suppress import suppress
from training.figures.tables import NOBODY_SAID, TEAM, WHOLE
from training.plan.dose import LEAST, SIX_MONTHS

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Yield:
    """Of the real conversations that were added in the last 12 months that are over, and are still kept: `sessions`, of
    these `waiting` for somebody's agreement; in how many everybody agreed to each use; and how many sessions of any
    kind were withdrawn because somebody took their agreement back or it ended."""

    sessions: int
    waiting: About
    agreed: dict[Scope, About]
    withdrawn: About


def reach(session: Session, organisation_id: UUID, *, now: datetime) -> dict[str, Reach]:
    """By `whole` and `team:…`, of those that may be shown, and as closely as may be told."""
    people = _groups(session, organisation_id, today=now.date())
    return told(_counted(session, organisation_id, people, now=now), whole=WHOLE, shown=_shown(people))


def counted(session: Session, organisation_id: UUID, *, now: datetime) -> dict[str, Counted]:
    """All groups as they are, for nobody to see."""
    return _counted(session, organisation_id, _groups(session, organisation_id, today=now.date()), now=now)


def _groups(session: Session, organisation_id: UUID, *, today: date) -> dict[str, list[UUID]]:
    """Who is a trainee now, each in the first of their teams."""
    people: dict[str, list[UUID]] = defaultdict(list)
    for person, team in trainees(session, organisation_id, today=today).items():
        people[WHOLE].append(person)
        people[f"{TEAM}:{team or NOBODY_SAID}"].append(person)
    return people


def _counted(
    session: Session, organisation_id: UUID, people: Mapping[str, Collection[UUID]], *, now: datetime
) -> dict[str, Counted]:
    held = _sessions(session, organisation_id)
    fed = _fed_back(session, organisation_id, since=now - SIX_MONTHS)
    since = now.date() - YEAR
    return {
        key: Counted(
            len(found), sum(one in held for one in found), sum(one in held and held[one] > since for one in found),
            sum(fed[one] >= LEAST for one in found), sum(0 < fed[one] < LEAST for one in found),
        )
        for key, found in people.items()
    }  # fmt: skip


def _shown(people: Mapping[str, Collection[UUID]]) -> frozenset[str]:
    """Each person counts as one session of their own."""
    cells = {key: frozenset(str(one) for one in found) for key, found in people.items()}
    if WHOLE not in cells:
        return frozenset()
    teams = tuple(key for key in cells if key != WHOLE)
    return suppress(Programme({one: one for one in cells[WHOLE]}, cells, (Table(WHOLE, teams),)))


def trainees(session: Session, organisation_id: UUID, *, today: date) -> dict[UUID, UUID | None]:
    """Everybody who practises here now, with the first of their teams by name."""
    rows = (
        select(RoleGrant.person_id, TeamMembership.team_id)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .outerjoin(
            TeamMembership,
            (col(TeamMembership.person_id) == col(Person.id))
            & (col(TeamMembership.started_on) <= today)
            & (col(TeamMembership.ended_on).is_(None) | (col(TeamMembership.ended_on) >= today)),
        )
        .outerjoin(Team, col(Team.id) == col(TeamMembership.team_id))
        .where(
            col(Person.organisation_id) == organisation_id, col(RoleGrant.role) == Role.TRAINEE,
            col(RoleGrant.ended_at).is_(None), col(Person.left_at).is_(None), col(Person.invited_at).is_(None),
            is_a_human(),
        )
        .order_by(col(Team.name), col(Person.id))
    )  # fmt: skip
    found: dict[UUID, UUID | None] = {}
    for person, team in session.exec(rows):
        if found.get(person) is None:
            found[person] = team
    return found


def _sessions(session: Session, organisation_id: UUID) -> dict[UUID, date]:
    """The day of each person's newest role play or real session. A talk with a simulated parent is no recording."""
    newest = (
        select(PracticeSession.practitioner_id, func.max(PracticeSession.held_on))
        .where(
            col(PracticeSession.organisation_id) == organisation_id, col(PracticeSession.withdrawn_at).is_(None),
            col(PracticeSession.kind) != SessionKind.SIMULATED,
        )
        .group_by(col(PracticeSession.practitioner_id))
    )  # fmt: skip
    return dict(session.exec(newest).all())


def _fed_back(session: Session, organisation_id: UUID, *, since: datetime) -> Counter[UUID]:
    """How many sessions of each person had their first feedback since then."""
    first = (
        select(col(PracticeSession.practitioner_id), func.min(Feedback.sent_at))
        .join(PracticeSession, col(PracticeSession.id) == col(Feedback.session_id))
        .where(
            col(PracticeSession.organisation_id) == organisation_id, col(Feedback.sent_at).is_not(None),
            col(PracticeSession.withdrawn_at).is_(None),
        )
        .group_by(col(PracticeSession.practitioner_id), col(Feedback.session_id))
        .having(func.min(Feedback.sent_at) > since)
    )  # fmt: skip
    return Counter(person for person, _ in session.exec(first))


def consent_yield(session: Session, organisation_id: UUID, *, now: datetime) -> Yield | None:
    """None for fewer than LEAST_OF conversations, or those of fewer than FEWEST practitioners. Months that are over
    alone, so that no night tells what the newest conversation added to the one before."""
    since, before = (
        datetime(day.year, day.month, 1, tzinfo=UTC) for day in (months_before(now.date(), 12)[0], now.date())
    )
    mine = (
        col(PracticeSession.organisation_id) == organisation_id, col(PracticeSession.withdrawn_at).is_(None),
        col(PracticeSession.kind) == SessionKind.REAL_PRACTICE, col(PracticeSession.created_at) >= since,
        col(PracticeSession.created_at) < before,
    )  # fmt: skip
    held = session.exec(
        select(PracticeSession.id, PracticeSession.practitioner_id, PracticeSession.problem_code).where(*mine)
    ).all()
    if len(held) < LEAST_OF or len({person for _, person, _ in held}) < FEWEST:
        return None
    taken_back = col(Withdrawal.why).in_((Why.ASKED, Why.AGREEMENT_ENDED))
    gone = select(func.count()).select_from(Withdrawal).where(
        col(Withdrawal.organisation_id) == organisation_id, taken_back, col(Withdrawal.at) >= since,
        col(Withdrawal.at) < before,
    )  # fmt: skip
    columns: list[Any] = [
        Participant.session_id,
        Participant.id,
        Agreement.scope,
        Agreement.given,
        Agreement.expires_on,
    ]
    words = (
        select(*columns)
        .join(PracticeSession, col(PracticeSession.id) == col(Participant.session_id))
        .outerjoin(Agreement, col(Agreement.participant_id) == col(Participant.id))
        .where(*mine)
        .order_by(col(Agreement.created_at), col(Agreement.id))
    )
    newest: dict[UUID, dict[UUID, dict[Scope, bool]]] = defaultdict(lambda: defaultdict(dict))
    for practice, participant, scope, given, expires_on in session.exec(words):
        of = newest[practice][participant]
        if scope is not None:
            of[Scope(scope)] = bool(given) and (expires_on is None or expires_on >= now.date())
    agreed = {
        scope: sum(all(of.get(scope, False) for of in people.values()) for people in newest.values()) for scope in Scope
    }
    waiting = sum(code == AGREEMENT_MISSING for _, _, code in held)
    return Yield(
        len(held), about(waiting, len(held)), {scope: about(count, len(held)) for scope, count in agreed.items()},
        about(session.exec(gone).one()),
    )  # fmt: skip
