"""Blind double coding: what an authority draws, and the coach who codes it a second time."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.double.rule import Rule, RuleWrong, rule_of, set_rule
from coding.double.second import hand_back, require_task, take_task
from coding.transcript.encoding import without_control_characters
from models.permissions import Permission, require
from web.navigation import duties
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.get("/double-coding")
def double_coding_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    require(member.actor, Permission.MANAGE_DOUBLE_CODING)
    return _page(house, member, done="Saved." if done else "")


def _page(
    house: House, member: Member, *, done: str = "", error: RuleWrong | None = None, sent: str = ""
) -> Response:  # fmt: skip
    with house.database.read() as session:
        rule = rule_of(session, member.actor.organisation_id)
    return member.page(
        "double_coding.html", status=error.status if error else 200, rule=rule, done=done, sent=sent,
        errors=error.fields if error else {}, administers=bool(duties(member.actor)),
    )  # fmt: skip


@router.post("/double-coding")
def change_rule(house: TheHouse, member: SignedInMember, percent: Text = "", shows_machine: Text = "") -> Response:
    require(member.actor, Permission.MANAGE_DOUBLE_CODING)
    sent = without_control_characters(percent).strip()
    number = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else -1
    try:
        with house.database.write() as session:
            rule = Rule(number, shows_machine == "yes")
            set_rule(session, organisation_id=member.actor.organisation_id, rule=rule, by=member.actor)
    except RuleWrong as error:
        return _page(house, member, error=error, sent=sent)
    return see_other("/double-coding?done=yes")


@router.post("/double-codings/{double_id}/take")
def take(double_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        task, practice = require_task(session, member.actor, double_id)
        take_task(session, task=task, by=member.actor)
    return see_other(f"/sessions/{practice.id}")


@router.post("/double-codings/{double_id}/hand-back")
def give_back(double_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        task, _ = require_task(session, member.actor, double_id)
        hand_back(session, task=task, by=member.actor)
    return see_other("/")
