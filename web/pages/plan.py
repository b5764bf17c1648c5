"""The practice plan: a person's own, and how they want to be reminded of it."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from models.database_errors import unless_trouble
from models.person import Person
from training.planning.history import now_for, plan_of, rule_for
from training.planning.kept import (
    PlanWrong,
    choose_skill,
    keep_choice,
    set_paused,
    set_reminders,
    stop_mails,
    take_back_choice,
)
from training.planning.mails import require_setting
from training.planning.view import build_plan_view
from web.pages.visitor import AnyVisitor, Member, SignedInMember, see_other

router = APIRouter(prefix="/plan", include_in_schema=False)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = [(hour, f"{hour % 12 or 12} {'pm' if hour >= 12 else 'am'}") for hour in range(6, 22)]
DONE = {
    "chosen": "You practise this from now on. You can undo it below.",
    "undone": "Your choice is taken back.",
    "paused": "Your plan is paused. Nothing waits until you go on with it.",
    "resumed": "Your plan goes on.",
    "saved": "Saved.",
}


def _page(
    house: House, member: Member, *, done: str = "", error: PlanWrong | None = None,
    sent: dict[str, object] | None = None,
) -> Response:  # fmt: skip
    """What Evoke chose is written down as it is first shown; where the database is too busy, at the next look."""
    with house.database.read() as session:
        person = session.get_one(Person, member.actor.person_id)
        view, history = build_plan_view(session, person, reader=member.actor)
    if view.is_new:
        with unless_trouble(), house.database.write() as session:
            keep_choice(session, person=session.get_one(Person, person.id), plan=view.plan, history=history)
    shown = {
        "reminders": view.setting.reminders, "nudges": view.setting.nudges, "hour": view.setting.hour,
        "days": [str(day) for day in range(7) if view.setting.days >> day & 1],
    } | (sent or {})  # fmt: skip
    return member.page(
        "plan.html", status=error.status if error else 200, errors=error.fields if error else {}, view=view,
        shown=shown, weekdays=WEEKDAYS, hours=HOURS, done=DONE.get(done, ""), email=person.email,
    )  # fmt: skip


@router.get("")
def plan_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    return _page(house, member, done=done)


@router.get("/next")
def next_exercise(house: TheHouse, member: SignedInMember, after: str = "") -> Response:
    """The next exercise of today after the one with this id; the plan, where none is left."""
    with house.database.read() as session:
        person = session.get_one(Person, member.actor.person_id)
        plan, _ = plan_of(session, person, reader=member.actor, now=now_for(rule_for(session, person.organisation_id)))
    found = plan.next_after(after)
    return see_other(f"/learn/{found.module}/exercises/{found.id}?plan=yes" if found else "/plan")


@router.post("/skill")
def choose(house: TheHouse, member: SignedInMember, skill: Annotated[str, Form()] = "") -> Response:
    try:
        with house.database.write() as session:
            person = session.get_one(Person, member.actor.person_id)
            now = now_for(rule_for(session, person.organisation_id))
            plan, _ = plan_of(session, person, reader=member.actor, now=now)
            choose_skill(session, person=person, skill=skill, plan=plan)
    except PlanWrong as error:
        return _page(house, member, error=error)
    return see_other("/plan?done=chosen")


@router.post("/skill/undo")
def undo(house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        take_back_choice(session, person=session.get_one(Person, member.actor.person_id), by=member.actor)
    return see_other("/plan?done=undone")


@router.post("/pause")
def pause(house: TheHouse, member: SignedInMember, paused: Annotated[str, Form()] = "") -> Response:
    with house.database.write() as session:
        set_paused(session, person=session.get_one(Person, member.actor.person_id), paused=paused == "yes")
    return see_other(f"/plan?done={'paused' if paused == 'yes' else 'resumed'}")


@router.post("/reminders")
def reminders(
    house: TheHouse, member: SignedInMember, days: Annotated[tuple[str, ...], Form()] = (),
    reminders: Annotated[str, Form()] = "", nudges: Annotated[str, Form()] = "", hour: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    try:
        with house.database.write() as session:
            person = session.get_one(Person, member.actor.person_id)
            set_reminders(
                session, person=person, reminders=reminders == "yes", nudges=nudges == "yes", days=days, hour=hour
            )
    except PlanWrong as error:
        sent = {"reminders": reminders == "yes", "nudges": nudges == "yes", "days": days, "hour": hour}
        return _page(house, member, error=error, sent=sent)
    return see_other("/plan?done=saved")


@router.get("/stop-mails/{token}")
def stop_page(token: str, house: TheHouse, visitor: AnyVisitor) -> Response:
    """Looking stops nothing: programs that check mail for dangers open its links."""
    with house.database.read() as session:
        setting = require_setting(session, token)
        on = setting.reminders or setting.nudges
    return visitor.page("plan_stop_mails.html", token=token, on=on)


@router.post("/stop-mails/{token}")
def stop(token: str, house: TheHouse, visitor: AnyVisitor) -> Response:
    with house.database.write() as session:
        stop_mails(session, require_setting(session, token))
    return visitor.page("plan_stop_mails.html", token=token, on=False)
