"""The calibration set: conversations with agreed codes, for a coach to code and compare, seen by nobody else."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.calibration import keep_codes, latest_try, missing, require_calibration, result_of
from coding.corpus.calibration import calibration_set
from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from coding.scheme.glossary import CODES
from models.permissions import Permission, require_in_some_team
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/calibration", include_in_schema=False)
OPTIONS = {
    speaker: [(one.value, one if one == CODES[one].name else f"{one.value}: {CODES[one].name}") for one in codes]
    for speaker, codes in ((Speaker.PRACTITIONER, Behaviour), (Speaker.CLIENT, ClientTalk))
}


@router.get("")
def list_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.REVIEW_SESSION)
    with house.database.read() as session:
        tries = {one: latest_try(session, member.actor.person_id, one) for one in calibration_set()}
    return member.page("calibration.html", conversations=calibration_set(), tries=tries)


@router.get("/{conversation}")
def conversation_page(conversation: str, house: TheHouse, member: SignedInMember, again: str = "") -> Response:
    known = require_calibration(member.actor, conversation)
    with house.database.read() as session:
        row = latest_try(session, member.actor.person_id, conversation)
    if row is not None and row.finished_at is not None and not again:
        return member.page("calibration_result.html", known=known, row=row, result=result_of(known, row), told=CODES)
    return _form(member, conversation, {} if row is None or row.finished_at else row.codes)


def _form(member: Member, conversation: str, codes: dict[str, str], *, wrong: int | None = None) -> Response:
    errors = {} if wrong is None else {f"line-{wrong}": "Give this line a code. What you gave is kept."}
    return member.page(
        "calibration_form.html", status=422 if errors else 200, known=require_calibration(member.actor, conversation),
        codes=codes, options=OPTIONS, errors=errors,
    )  # fmt: skip


async def _sent(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@router.post("/{conversation}")
def keep(
    conversation: str, sent: Annotated[dict[str, str], Depends(_sent)], house: TheHouse, member: SignedInMember
) -> Response:
    """Saves, or compares what is whole."""
    known = require_calibration(member.actor, conversation)
    codes = {place: sent.get(f"line-{place}", "") for place in range(len(known.lines))}
    finish = sent.get("do") == "compare"
    first_missing, kept = _keep(house, member, conversation, codes, finish=finish)
    if finish and first_missing is not None:
        return _form(member, conversation, kept, wrong=first_missing)
    return see_other(f"/calibration/{conversation}" if finish else "/calibration")


def _keep(
    house: House, member: Member, conversation: str, codes: dict[int, str], *, finish: bool
) -> tuple[int | None, dict[str, str]]:
    with house.database.write() as session:
        keep_codes(session, conversation=conversation, codes=codes, finish=finish, by=member.actor)
        row = latest_try(session, member.actor.person_id, conversation)
        assert row is not None, "it was just kept"
        return missing(require_calibration(member.actor, conversation), row), dict(row.codes)
