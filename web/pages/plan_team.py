"""What each person in a coach's teams needs next, a coach's suggestion, and the authority's rule for nudges."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.permissions import Permission, require, require_in_some_team
from models.person import Person
from models.plan import PlanRule
from training.planning.history import now_for, plan_of, rule_for
from training.planning.kept import PlanWrong, require_plan_of, set_rule, suggest_skill, take_back_choice
from training.planning.team import build_team_plans
from training.planning.view import build_plan_view
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/plan", include_in_schema=False)
DONE = {"suggested": "Your suggestion stands in their plan.", "taken-back": "The suggestion is taken back."}
Text = Annotated[str, Form()]


@router.get("/team")
def team_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.SEE_PLAN)
    with house.database.read() as session:
        people = build_team_plans(session, member.actor)
        days = rule_for(session, member.actor.organisation_id).feedback_days
    return member.page("plan_team.html", people=people, days=days)


def _person_page(
    house: House, member: Member, person_id: UUID, *, done: str = "", error: PlanWrong | None = None,
    sent: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        person = require_plan_of(session, person_id, Permission.SUGGEST_SKILL, by=member.actor)
        view, _ = build_plan_view(session, person, reader=member.actor)
    shown = sent or {"skill": view.suggestion.skill if view.suggestion else "", "note": ""}
    return member.page(
        "plan_of_person.html", status=error.status if error else 200, errors=error.fields if error else {}, view=view,
        id=person.id, name=person.name, shown=shown, done=DONE.get(done, ""),
    )  # fmt: skip


@router.get("/team/{person_id}")
def person_page(person_id: UUID, house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    return _person_page(house, member, person_id, done=done)


@router.post("/team/{person_id}")
def suggest(
    person_id: UUID, house: TheHouse, member: SignedInMember, skill: Text = "", note: Text = ""
) -> Response:  # fmt: skip
    note = without_control_characters(note)
    try:
        with house.database.write() as session:
            person = require_plan_of(session, person_id, Permission.SUGGEST_SKILL, by=member.actor)
            now = now_for(rule_for(session, person.organisation_id))
            plan, _ = plan_of(session, person, reader=member.actor, now=now)
            suggest_skill(session, person=person, skill=skill, note=note, plan=plan, by=member.actor)
    except PlanWrong as error:
        return _person_page(house, member, person_id, error=error, sent={"skill": skill, "note": note})
    return see_other(f"/plan/team/{person_id}?done=suggested")


@router.post("/team/{person_id}/undo")
def take_back(person_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        person = require_plan_of(session, person_id, Permission.SUGGEST_SKILL, by=member.actor)
        take_back_choice(session, person=session.get_one(Person, person.id), by=member.actor)
    return see_other(f"/plan/team/{person_id}?done=taken-back")


def _rule_page(
    member: Member, values: dict[str, object], *, error: PlanWrong | None = None, done: str = ""
) -> Response:
    return member.page(
        "plan_rule.html", status=error.status if error else 200, errors=error.fields if error else {}, values=values,
        done="Saved." if done else "",
    )  # fmt: skip


@router.get("/rule")
def rule_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.read() as session:
        rule = rule_for(session, member.actor.organisation_id)
    return _rule_page(member, _values(rule), done=done)


def _values(rule: PlanRule) -> dict[str, object]:
    return {"feedback_days": rule.feedback_days, "gap_days": rule.nudge_gap_days, "time_zone": rule.time_zone}


@router.post("/rule")
def change_rule(
    house: TheHouse, member: SignedInMember, feedback_days: Text = "", gap_days: Text = "", time_zone: Text = ""
) -> Response:  # fmt: skip
    sent = {"feedback_days": feedback_days, "gap_days": gap_days, "time_zone": time_zone}
    sent = {name: without_control_characters(text).strip() for name, text in sent.items()}
    try:
        with house.database.write() as session:
            set_rule(session, by=member.actor, **sent)
    except PlanWrong as error:
        return _rule_page(member, {**sent}, error=error)
    return see_other("/plan/rule?done=saved")
