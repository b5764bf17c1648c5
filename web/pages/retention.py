"""Consent and retention: what is held and why, what goes next, what went, and whether real practice is let in."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import TheHouse
from coding.consent import switch_real_practice
from models.permissions import Permission, require
from training.retention_view import build_retention_view
from web.pages.visitor import SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.get("/retention")
def retention_page(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_RETENTION)
    with house.database.read() as session:
        view = build_retention_view(session, member.actor.organisation_id)
    return member.page("retention.html", view=view)


@router.post("/retention/real-practice")
def real_practice(house: TheHouse, member: SignedInMember, on: Annotated[str, Form()] = "") -> Response:
    require(member.actor, Permission.MANAGE_RETENTION)
    with house.database.write() as session:
        switch_real_practice(session, organisation_id=member.actor.organisation_id, on=on == "yes", by=member.actor)
    return see_other("/retention")
