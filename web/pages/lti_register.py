"""A learning platform that registers itself (LTI Dynamic Registration): the page it opens within its own."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.house import TheHouse
from api.lti.registration import RegistrationFailed, register
from models.errors import EvokeError, NotFound
from models.lti_platforms import PlatformWrong, invitation_of
from web.pages.lti import ANYBODY, framed_page
from web.pages.people_forms import Text
from web.pages.visitor import Visitor

router = APIRouter(prefix="/lti/register", include_in_schema=False)


@router.get("/{secret}")
def register_page(
    secret: str, request: Request, house: TheHouse, openid_configuration: str = "", registration_token: str = ""
) -> Response:
    """Opened by the platform within its own page, where nobody is signed in: the address's secret is the invitation."""
    try:
        with house.database.read() as session:
            invitation_of(session, secret, locked=False)
    except NotFound as error:
        return _registered(request, error)
    return framed_page(
        Visitor(request, None), "lti_register.html", by=ANYBODY, secret=secret, registered="", error="",
        configuration=openid_configuration, token=registration_token,
    )  # fmt: skip


@router.post("/{secret}")
def register_here(
    secret: str, request: Request, house: TheHouse, configuration: Text = "", token: Text = ""
) -> Response:  # fmt: skip
    try:
        row = register(house, secret=secret, configuration=configuration, token=token)
    except (NotFound, RegistrationFailed, PlatformWrong) as error:
        return _registered(request, error)
    return _registered(request, None, name=row.name)


def _registered(request: Request, error: EvokeError | None, *, name: str = "") -> Response:
    return framed_page(
        Visitor(request, None), "lti_register.html", by=ANYBODY, status=error.status if error else 200, secret="",
        registered=name, error=error.message if error else "", configuration="", token="",
    )  # fmt: skip
