"""Bringing in a session that was coded elsewhere."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.house import House, TheHouse
from api.imports import require_coach, take_coded
from coding.consent import real_practice_is_on
from coding.ledger_form import LEDGER_FIELDS
from coding.transcript.encoding import without_control_characters
from models.columns import utc_now
from models.errors import EvokeError, NotFound, TooMany
from training.session_lists import kinds_for, practitioners_for
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


def _page(
    house: House, member: Member, *, error: EvokeError | None = None, sent: dict[str, str] | None = None
) -> Response:  # fmt: skip
    """With `error` it shows again what was `sent`: only the file has to be chosen once more."""
    require_coach(member.actor)
    with house.database.read() as session:
        people = practitioners_for(session, member.actor)[1:]
        real = real_practice_is_on(session, member.actor.organisation_id)
    return member.page(
        "coded.html", status=error.status if error else 200, headers=TooMany.headers_of(error) if error else {},
        errors=(error.fields or {"file": error.message}) if error else {}, people=people,
        values={name: without_control_characters(text) for name, text in (sent or {}).items()},
        today=utc_now().date().isoformat(), kinds=kinds_for(real), real_practice_on=real, ledger_fields=LEDGER_FIELDS,
    )  # fmt: skip


@router.get("/sessions/coded")
def coded_page(house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member)


@router.post("/sessions/coded")
async def add_coded(request: Request, house: TheHouse, member: SignedInMember) -> Response:
    sent: dict[str, str] = {}
    try:
        added = await take_coded(request, house, member.actor, sent=sent)
    except NotFound:
        raise
    except EvokeError as error:
        return await run_in_threadpool(_page, house, member, error=error, sent=sent)
    return see_other(f"/sessions/{added[0].id}" if len(added) == 1 else "/")
