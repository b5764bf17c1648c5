"""Running: what is stuck on this installation, and what to do about it."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from models.permissions import Permission, require
from training.running.given_up import NothingToTryAgain, try_again
from training.running.view import build_running_view
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


def _page(house: House, member: Member, *, status: int = 200, done: str = "", problem: str = "") -> Response:
    with house.database.read() as session:
        view = build_running_view(session, member.actor, house.settings)
    return member.page("running.html", status=status, view=view, done=done, problem=problem)


@router.get("/running")
def running_page(house: TheHouse, member: SignedInMember, again: str = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    number = int(again) if again.isascii() and again.isdecimal() and len(again) < 4 else 0
    words = "1 job is tried again." if number == 1 else f"{number} jobs are tried again."
    return _page(house, member, done=words if number else "")


@router.post("/running/try-again")
def try_again_page(
    house: TheHouse, member: SignedInMember, job: Annotated[str, Form()] = "", error: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    require(member.actor, Permission.MANAGE_SETTINGS)
    try:
        with house.database.write() as session:
            number = try_again(session, name=job, error=error, by=member.actor)
    except NothingToTryAgain as nothing:
        return _page(house, member, status=nothing.status, problem=nothing.message)
    return see_other(f"/running?again={number}")
