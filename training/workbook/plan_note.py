"""A plan as a note, for supervision: drafted each time and kept nowhere."""

from datetime import date

from sqlmodel import Session

from models.permissions import Actor
from models.person import Person
from training.planning.history import dose_for, now_for, plan_of, rule_for
from training.planning.view import module_for
from training.workbook.draft import Draft, draft_plan_note


def draft_of_plan(session: Session, person: Person, *, reader: Actor) -> Draft:
    """As the plan's own page would show it now."""
    rule = rule_for(session, person.organisation_id)
    now = now_for(rule)
    plan, _ = plan_of(session, person, reader=reader, now=now)
    dose, skill = dose_for(session, person, rule=rule, now=now), plan.choice.skill
    module = module_for(session, person, skill) if skill else None
    return draft_plan_note(
        skill=skill, module=module.title if module else "", minutes=module.minutes if module else 0,
        due_on=None if dose.fading else dose.due_on,
    )  # fmt: skip


def plan_facts(person: Person, today: date) -> tuple[tuple[str, str], ...]:
    return (("Written on", f"{today.day} {today:%B %Y}"), ("Written by", person.name))
