"""A module opened from a learning system that knows cmi5: the way in, and the way back.

A launch signs nobody in: its address says who somebody is, and an address can be copied. Whoever opens it signs in as
always, and sees for whom the system says that it is before anything is told.
"""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.access import address_of
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.cmi5 import Cmi5End
from models.cmi5_launches import Launched
from models.cmi5_sessions import end_session
from models.cmi5_systems import LinkRefused, origin_of
from models.columns import utc_now
from models.errors import EvokeError
from models.permissions import Permission, may
from training.cmi5.enter import enter, look, now_of, own_launch
from training.cmi5.launch import PARAMETERS, LaunchRefused, Reason, read_launch
from training.modules.library import require_module
from training.modules.read import Module
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/cmi5", include_in_schema=False)
LONGEST_VALUE = 2000


async def _sent(request: Request) -> dict[str, str]:
    values = request.query_params if request.method == "GET" else await request.form()
    found = {name: values.get(name, "") for name in PARAMETERS}
    return {
        name: without_control_characters(value)[:LONGEST_VALUE] if isinstance(value, str) else ""
        for name, value in found.items()
    }


Sent = Annotated[dict[str, str], Depends(_sent)]


def _module(house: House, member: Member, slug: str) -> Module:
    with house.database.read() as session:
        return require_module(session, member.actor.organisation_id, slug)


def _refused(
    member: Member, module: Module, error: EvokeError, sent: dict[str, str], launch: Launched | None
) -> Response:  # fmt: skip
    """An administrator is led to where the system can be connected, with its addresses filled in. Who may be signed in
    as somebody else can sign in as themselves, and comes back."""
    unknown = isinstance(error, LaunchRefused) and error.reason in (Reason.NOT_CONNECTED, Reason.ANOTHER_ORIGIN)
    keeps = may(member.actor, Permission.MANAGE_SETTINGS, organisation_id=member.actor.organisation_id)
    return member.page(
        "cmi5_refused.html", status=error.status, module=module, message=error.message,
        connect=launch if unknown and keeps else None, address=origin_of(launch.fetch) if launch else "", sent=sent,
        again=isinstance(error, LaunchRefused) and error.reason in Reason.again(),
        here=_here(module, sent) if isinstance(error, LinkRefused) else "",
    )  # fmt: skip


def _here(module: Module, sent: dict[str, str]) -> str:
    return f"/cmi5/modules/{module.slug}?{urlencode(sent)}"


@router.get("/modules/{module}")
def launch_page(module: str, house: TheHouse, member: SignedInMember, sent: Sent) -> Response:
    """Asks first: from then on the learning system hears when the module is completed."""
    found, launch = _module(house, member, module), None
    try:
        launch = read_launch(sent)
        with house.database.read() as session:
            ready = look(session, launch, by=member.actor)
    except (LaunchRefused, LinkRefused) as error:
        return _refused(member, found, error, sent, launch)
    if ready.done:
        return see_other(f"/learn/{found.slug}")
    return member.page("cmi5_open.html", module=found, ready=ready, launch=launch, sent=sent, here=_here(found, sent))


@router.post("/modules/{module}")
def launch(module: str, request: Request, house: TheHouse, member: SignedInMember, sent: Sent) -> Response:
    house.limits.check_address(address_of(request))
    found, launched = _module(house, member, module), None
    try:
        launched = read_launch(sent)
        enter(house.database, module=found.slug, launch=launched, settings=house.settings, by=member.actor)
    except (LaunchRefused, LinkRefused) as error:
        return _refused(member, found, error, sent, launched)
    return see_other(f"/learn/{found.slug}")


@router.post("/end")
def end(house: TheHouse, member: SignedInMember, launch: Text = "") -> Response:
    """The learning system hears that the person has left."""
    with house.database.write() as session:
        row = own_launch(session, _id(launch), by=member.actor)
        end_session(session, row, how=Cmi5End.FINISHED, at=utc_now())
    return see_other(f"/cmi5/ended/{row.id}")


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        return UUID(int=0)


@router.get("/ended/{launch_id}")
def ended_page(launch_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        slug, now = now_of(session, launch_id, by=member.actor)
        found = require_module(session, member.actor.organisation_id, slug)
    return member.page("cmi5_ended.html", module=found, now=now)
