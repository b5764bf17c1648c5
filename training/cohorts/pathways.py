"""Pathways and the teams that have them: made, given, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.cohort import LONGEST_PATHWAY_NAME, Cohort, Pathway, PathwayModule
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.lock import hold_lock
from models.organisation import Team
from models.permissions import Actor, Permission, may
from training.modules.load import Library

MOST_DAYS = 730


class PathwayWrong(EvokeError):
    code = "pathway_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class Step:
    """A module of a pathway, and in how many days from its beginning it is due; None: whenever they like."""

    module: str
    due_days: int | None = None


def steps_from(sent: dict[str, str], library: Library) -> list[Step]:
    """From a form that has, for each module by its slug, `place-…` (a number; empty leaves it out) and `due-…` (days).

    Raises PathwayWrong.
    """
    wrong: dict[str, str] = {}
    placed: list[tuple[int, int, Step]] = []
    for at, module in enumerate(library.modules):
        place, due = (sent.get(f"{field}-{module.slug}", "").strip() for field in ("place", "due"))
        if not place:
            continue
        if not _is_number(place, 99):
            wrong[f"place-{module.slug}"] = f"Enter a number from 1 to 99 for the place of “{module.head.title}”."
        elif due and not _is_number(due, MOST_DAYS):
            wrong[f"due-{module.slug}"] = f"Enter days from 1 to {MOST_DAYS} for “{module.head.title}”, or nothing."
        else:
            placed.append((int(place), at, Step(module.slug, int(due) if due else None)))
    if wrong:
        raise PathwayWrong(wrong)
    return [step for _, _, step in sorted(placed, key=lambda one: one[:2])]


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most


def make_pathway(session: Session, *, name: str, steps: Sequence[Step], by: Actor) -> Pathway:
    """Raises PathwayWrong."""
    name, wrong = " ".join(name.split()), {}
    if not name:
        wrong["name"] = "Give the pathway a name."
    elif len(name) > LONGEST_PATHWAY_NAME:
        wrong["name"] = f"Shorten the name to {LONGEST_PATHWAY_NAME} characters or fewer."
    if not steps:
        wrong["steps"] = "Choose at least one module: give it a place, such as 1."
    if wrong:
        raise PathwayWrong(wrong)
    pathway = Pathway(organisation_id=by.organisation_id, name=name, made_by_id=by.person_id)
    session.add(pathway)
    session.flush()
    session.add_all(
        PathwayModule(pathway_id=pathway.id, position=at, module=step.module, due_days=step.due_days)
        for at, step in enumerate(steps, 1)
    )
    _record(session, pathway, "pathway_made", by)
    return pathway


def put_pathway_away(session: Session, *, pathway_id: UUID, by: Actor) -> None:
    """No other team is given it; those that have it keep it. Raises NotFound."""
    pathway = _pathway(session, pathway_id, by)
    if pathway.put_away_at is None:
        pathway.put_away_at = utc_now()
        session.add(pathway)
        _record(session, pathway, "pathway_put_away", by)


def give_pathway(session: Session, *, pathway_id: UUID, team_id: UUID, by: Actor) -> Cohort:
    """From today on. A team that has it already keeps the one it has. Raises NotFound."""
    pathway, team = _pathway(session, pathway_id, by), session.get(Team, team_id)
    if team is None or pathway.put_away_at is not None or not may_give(by, team):
        raise NotFound("There is no such team or pathway, or it is not yours to give. Look at the list again.")
    hold_lock(session, f"pathways of {team.id}")
    has = select(Cohort).where(
        col(Cohort.pathway_id) == pathway.id, col(Cohort.team_id) == team.id, col(Cohort.ended_on).is_(None)
    )
    if (kept := session.exec(has).first()) is not None:
        return kept
    cohort = Cohort(
        organisation_id=by.organisation_id, pathway_id=pathway.id, team_id=team.id, given_by_id=by.person_id,
        starts_on=utc_now().date(),
    )  # fmt: skip
    session.add(cohort)
    session.flush()
    _record(session, cohort, "pathway_given", by)
    return cohort


def end_cohort(session: Session, *, cohort: Cohort, by: Actor) -> None:
    """What people completed stays theirs. Ending it twice is not an error."""
    if cohort.ended_on is None:
        cohort.ended_on = max(cohort.starts_on, utc_now().date())
        session.add(cohort)
        _record(session, cohort, "pathway_taken_back", by)


def may_give(actor: Actor, team: Team) -> bool:
    may_assign = may(actor, Permission.ASSIGN_LEARNING, organisation_id=team.organisation_id, team_id=team.id)
    return may_assign and team.closed_at is None


def steps_of(session: Session, pathway_id: UUID) -> list[Step]:
    rows = select(PathwayModule).where(col(PathwayModule.pathway_id) == pathway_id)
    return [Step(one.module, one.due_days) for one in session.exec(rows.order_by(col(PathwayModule.position)))]


def open_pathways(session: Session, actor: Actor) -> list[Pathway]:
    """Those that may be given, by name."""
    rows = select(Pathway).where(
        col(Pathway.organisation_id) == actor.organisation_id, col(Pathway.put_away_at).is_(None)
    )
    return list(session.exec(rows.order_by(col(Pathway.name), col(Pathway.id))))


def due_on(cohort: Cohort, step: Step) -> date | None:
    return date.fromordinal(cohort.starts_on.toordinal() + step.due_days) if step.due_days else None


def _pathway(session: Session, pathway_id: UUID, by: Actor) -> Pathway:
    pathway = session.get(Pathway, pathway_id)
    if pathway is None or pathway.organisation_id != by.organisation_id:
        raise NotFound("There is no such pathway. Look at the list again.")
    return pathway


def _record(session: Session, subject: Pathway | Cohort, action: str, by: Actor) -> None:
    record_audit(session, action=action, subject=subject, organisation_id=subject.organisation_id, by=by.person_id)
