"""Who has done what of a pathway: one's own line for a member, everybody's for a coach, counts for a lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.api_client_kept import is_a_human
from models.cohort import Cohort, Pathway
from models.columns import utc_now
from models.learning import ModuleProgress
from models.organisation import Team
from models.permissions import Actor, Permission, may
from models.person import Person, TeamMembership, in_team_on
from training.cohorts.mistakes import Mistake, common_mistakes
from training.cohorts.pathways import Step, due_on, may_give, steps_of
from training.modules.library import library_for
from training.modules.load import Library

FEWEST = 5
"""People: of fewer a lead sees no count, so that none of them can be picked out."""


@dataclass(frozen=True)
class StepView:
    """`done_on` is the day when the person completed it; it may lie before the pathway began."""

    module: str
    title: str
    due_on: date | None
    done_on: date | None

    @property
    def overdue(self) -> bool:
        return self.done_on is None and self.due_on is not None and self.due_on < utc_now().date()


@dataclass(frozen=True)
class Line:
    """One person's way through it."""

    person_id: UUID
    name: str
    steps: tuple[StepView, ...]

    @property
    def done(self) -> int:
        return sum(one.done_on is not None for one in self.steps)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.steps)

    @property
    def following(self) -> StepView | None:
        return next((one for one in self.steps if one.done_on is None), None)


@dataclass(frozen=True)
class StepCount:
    title: str
    due_on: date | None
    done: int


@dataclass(frozen=True)
class CohortView:
    """`lines` are empty for who may see no names, `counts` where there are too few people. `own` is the reader's."""

    id: UUID
    pathway: str
    team: str
    starts_on: date
    ended_on: date | None
    people: int
    own: Line | None
    lines: tuple[Line, ...]
    counts: tuple[StepCount, ...]
    mistakes: tuple[Mistake, ...]
    may_assign: bool
    sees_names: bool


@dataclass(frozen=True)
class CohortRow:
    """`done` is how many have completed all of it; None where there are too few to say so."""

    id: UUID
    pathway: str
    team: str
    starts_on: date
    people: int
    done: int | None


@dataclass(frozen=True)
class OwnPathway:
    """What stands on Home and Learn for who is in a team that has one."""

    id: UUID
    name: str
    line: Line


def own_pathways(session: Session, actor: Actor) -> list[OwnPathway]:
    """Those of the teams the actor is in today that are not ended, the newest first."""
    rows = (
        select(Cohort, Pathway)
        .join(Pathway, col(Pathway.id) == col(Cohort.pathway_id))
        .where(col(Cohort.team_id).in_(actor.team_ids), col(Cohort.ended_on).is_(None))
        .order_by(col(Cohort.starts_on).desc(), col(Cohort.id).desc())
    )
    found = session.exec(rows).all() if actor.team_ids else []
    library = library_for(session, actor.organisation_id) if found else Library(())
    done = _done(session, [actor.person_id]) if found else {}
    return [
        OwnPathway(
            one.id, pathway.name, _line(one, steps_of(session, pathway.id), library, actor.person_id, actor.name, done)
        )
        for one, pathway in found
    ]


def cohort_rows(session: Session, actor: Actor) -> list[CohortRow]:
    """Those of the teams where the actor may give pathways, that are not ended, by team."""
    rows = (
        select(Cohort, Pathway, Team)
        .join(Pathway, col(Pathway.id) == col(Cohort.pathway_id))
        .join(Team, col(Team.id) == col(Cohort.team_id))
        .where(col(Cohort.organisation_id) == actor.organisation_id, col(Cohort.ended_on).is_(None))
        .order_by(col(Team.name), col(Pathway.name), col(Cohort.id))
    )
    return [
        _row(session, actor, cohort, pathway, team)
        for cohort, pathway, team in session.exec(rows)
        if _assigns(actor, cohort)
    ]


def _row(session: Session, actor: Actor, cohort: Cohort, pathway: Pathway, team: Team) -> CohortRow:
    people = members_of(session, team.id)
    shown = _sees_names(actor, cohort) or len(people) >= FEWEST
    lines = lines_of(session, cohort, people) if shown else []
    done = sum(one.done == len(one.steps) for one in lines)
    return CohortRow(cohort.id, pathway.name, team.name, cohort.starts_on, len(people), done if shown else None)


def teams_to_give(session: Session, actor: Actor) -> list[Team]:
    rows = select(Team).where(col(Team.organisation_id) == actor.organisation_id).order_by(col(Team.name))
    return [one for one in session.exec(rows) if may_give(actor, one)]


def build_cohort_view(session: Session, actor: Actor, cohort: Cohort) -> CohortView:
    """For who may (see `models.learning_permissions.require_cohort`)."""
    pathway, team = session.get_one(Pathway, cohort.pathway_id), session.get_one(Team, cohort.team_id)
    people, assigns, names = members_of(session, team.id), _assigns(actor, cohort), _sees_names(actor, cohort)
    lines = lines_of(session, cohort, people)
    own = next((one for one in lines if one.person_id == actor.person_id), None)
    counted = assigns and (names or len(people) >= FEWEST)
    return CohortView(
        cohort.id, pathway.name, team.name, cohort.starts_on, cohort.ended_on, len(people), own,
        tuple(lines) if names else (), _counts(lines) if counted else (),
        common_mistakes(session, cohort, [one.id for one in people]) if assigns else (), assigns, names,
    )  # fmt: skip


def members_of(session: Session, team_id: UUID) -> Sequence[Person]:
    """The active people who are in the team today, by name."""
    rows = select(Person).join(TeamMembership, col(TeamMembership.person_id) == col(Person.id)).where(
        col(TeamMembership.team_id) == team_id, in_team_on(utc_now().date()),
        col(Person.left_at).is_(None), col(Person.invited_at).is_(None), is_a_human(),
    )  # fmt: skip
    return session.exec(rows.distinct().order_by(col(Person.name), col(Person.id))).all()


def lines_of(session: Session, cohort: Cohort, people: Sequence[Person]) -> list[Line]:
    library = library_for(session, cohort.organisation_id)
    steps, done = steps_of(session, cohort.pathway_id), _done(session, [one.id for one in people])
    return [_line(cohort, steps, library, one.id, one.name, done) for one in people]


def _line(
    cohort: Cohort, steps: Sequence[Step], library: Library, person_id: UUID, name: str,
    done: Mapping[tuple[UUID, str], date],
) -> Line:  # fmt: skip
    """A module that the authority has hidden since is left out."""
    views = tuple(
        StepView(one.module, module.head.title, due_on(cohort, one), done.get((person_id, one.module)))
        for one in steps
        if (module := library.module(one.module)) is not None
    )
    return Line(person_id, name, views)


def _done(session: Session, people: Sequence[UUID]) -> dict[tuple[UUID, str], date]:
    rows = select(ModuleProgress).where(
        col(ModuleProgress.person_id).in_(people), col(ModuleProgress.completed_at).is_not(None)
    )
    return {(one.person_id, one.module): one.completed_at.date() for one in session.exec(rows) if one.completed_at}


def _counts(lines: Sequence[Line]) -> tuple[StepCount, ...]:
    steps = lines[0].steps if lines else ()
    return tuple(
        StepCount(step.title, step.due_on, sum(one.steps[at].done_on is not None for one in lines))
        for at, step in enumerate(steps)
    )


def _assigns(actor: Actor, cohort: Cohort) -> bool:
    return may(actor, Permission.ASSIGN_LEARNING, organisation_id=cohort.organisation_id, team_id=cohort.team_id)


def _sees_names(actor: Actor, cohort: Cohort) -> bool:
    return may(actor, Permission.SEE_TEAM_LEARNING, organisation_id=cohort.organisation_id, team_id=cohort.team_id)
