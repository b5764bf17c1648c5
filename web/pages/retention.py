"""Consent and retention: what is held, why and until when, what goes next, what went, and what administrators set."""

import contextlib
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.consent import switch_real_practice
from coding.retention import set_periods
from coding.retention_periods import LIMITS, PeriodsWrong, read_periods
from coding.transcript.encoding import without_control_characters
from models.errors import NotFound
from models.permissions import Permission, require
from models.practice import SessionKind
from training.retention_next import DAYS
from training.retention_view import Wanted, build_retention_view
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


def _page(
    house: House, member: Member, *, kind: str = "", sent: dict[str, str] | None = None,
    errors: dict[str, str] | None = None, wanted: Wanted = Wanted(),
) -> Response:  # fmt: skip
    """With `errors` it shows again what was `sent` for a kind. Of sessions those that are `wanted` are listed."""
    with house.database.read() as session:
        view = build_retention_view(session, member.actor.organisation_id, wanted)
    return member.page(
        "retention.html", status=422 if errors else 200, view=view, wanted=wanted, days=DAYS, limits=LIMITS,
        wrong_kind=kind, sent=sent or {},
        errors={f"{kind}-{name}": words for name, words in (errors or {}).items()},
    )  # fmt: skip


@router.get("/retention")
def retention_page(house: TheHouse, member: SignedInMember, who: str = "", until: str = "") -> Response:
    """A day that is none is left out: the field then stands empty, and every day is listed."""
    require(member.actor, Permission.MANAGE_RETENTION)
    day = None
    with contextlib.suppress(ValueError):
        day = date.fromisoformat(until)
    return _page(house, member, wanted=Wanted(without_control_characters(who).strip()[:100], day))


@router.post("/retention/real-practice")
def real_practice(house: TheHouse, member: SignedInMember, on: Annotated[str, Form()] = "") -> Response:
    require(member.actor, Permission.MANAGE_RETENTION)
    with house.database.write() as session:
        switch_real_practice(session, organisation_id=member.actor.organisation_id, on=on == "yes", by=member.actor)
    return see_other("/retention")


async def _sent(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: without_control_characters(value) for name, value in form.items() if isinstance(value, str)}


@router.post("/retention/periods/{kind}")
def periods(
    kind: str, sent: Annotated[dict[str, str], Depends(_sent)], house: TheHouse, member: SignedInMember
) -> Response:
    require(member.actor, Permission.MANAGE_RETENTION)
    if kind not in list(SessionKind):
        raise NotFound("There is no such kind of session.")
    try:
        read = read_periods(sent)
    except PeriodsWrong as error:
        return _page(house, member, kind=kind, sent=sent, errors=error.fields)
    with house.database.write() as session:
        organisation_id = member.actor.organisation_id
        set_periods(
            session, organisation_id=organisation_id, kind=SessionKind(kind), periods=read, by=member.actor
        )  # fmt: skip
    return see_other("/retention#periods")
