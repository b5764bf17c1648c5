"""Evoke opened from a course of a learning platform (LTI 1.3): the way in, step by step.

A platform may show the first pages within its own, where browsers keep no cookies of ours. So these hold no sign-in:
they end in a button that opens a window of Evoke's own, and only there somebody is signed in. No other page of Evoke
may be shown within another site.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.access import address_of, cookie_name
from api.house import House, TheHouse
from api.lti import entry
from api.lti.deep_linking import choices, choosing, send_back
from api.lti.entry import Opened
from api.lti.launch import arrive
from api.lti.login import begin, frames_of, origin_of
from api.lti.reasons import LaunchRefused
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError, TooMany
from models.lti_launches import TICKET_GOOD_FOR, browser_key
from models.settings import Settings
from web.guard import content_security_policy
from web.pages.people_forms import Text
from web.pages.sign_in import signed_in_wholly
from web.pages.visitor import AnyVisitor, SignedInMember, Visitor, see_other
from web.sign_in_cookie import drop_cookie, set_cookie

router = APIRouter(prefix="/lti", include_in_schema=False)
ANYBODY = ("*",)
"""Within whose pages a page may be shown that names nobody and has nothing to press but "Go on"."""
LINKING = "evoke_lti_link"
"""The cookie of a browser in which somebody signs in to link their two accounts."""
LOGIN_SECONDS = 600


async def _sent(request: Request) -> dict[str, str]:
    """Of a GET in the address, of a POST in the form; of what stands twice the first."""
    values = request.query_params if request.method == "GET" else await request.form()
    found: dict[str, str] = {}
    for name, value in values.multi_items():
        if isinstance(value, str):
            found.setdefault(name, without_control_characters(value))
    return found


Sent = Annotated[dict[str, str], Depends(_sent)]


def framed_page(
    visitor: Visitor, template: str, *, by: tuple[str, ...], forms_to: str = "", status: int = 200, **context: Any
) -> Response:
    """One that `by` may show within their own pages. It knows no sign-in, whatever cookie came."""
    nonce = visitor.request.state.nonce
    policy = content_security_policy(nonce, framed_by=by, forms_to=forms_to)
    page = Visitor(visitor.request, None).page(template, status=status, **context)
    page.headers["content-security-policy"] = policy
    return page


def _refused(request: Request, error: EvokeError) -> Response:
    page = framed_page(
        Visitor(request, None), "lti_refused.html", by=ANYBODY, status=error.status, message=error.message
    )
    page.headers.update(TooMany.headers_of(error))
    return page


@router.get("/login")
@router.post("/login")
@router.get("/login/{organisation_id}")
@router.post("/login/{organisation_id}")
def login(request: Request, house: TheHouse, sent: Sent, organisation_id: UUID | None = None) -> Response:
    """The platform says that somebody wants to come; the browser is sent back to it to prove who."""
    try:
        house.limits.check_address(address_of(request))
        begun = begin(house, sent, organisation_id=organisation_id)
    except EvokeError as error:
        return _refused(request, error)
    answer: Response = RedirectResponse(begun.address, status_code=303)
    if begun.stored:
        answer = framed_page(Visitor(request, None), "lti_login.html", by=ANYBODY, login=begun)
    name = cookie_name(house.settings, begun.begun.key)
    answer.headers.append("set-cookie", _cookie(name, begun.begun.browser, house.settings))
    return answer


def _cookie(name: str, value: str, settings: Settings) -> str:
    """One that comes back with a form of another site, also within its page where browsers let it (CHIPS). Without
    HTTPS, as in development, browsers take no such cookie, but bring one that says nothing of sites for two minutes."""
    ours = f"{name}={value}; Max-Age={LOGIN_SECONDS}; Path=/; HttpOnly"
    return f"{ours}; Secure; SameSite=None; Partitioned" if settings.secure_cookies else ours


@router.post("/launch")
def launch(request: Request, house: TheHouse, sent: Sent) -> Response:
    """The platform's signed message. A page of its own is signed in at once; one within another shows a button."""
    state = sent.get("state", "")
    destination = request.headers.get("sec-fetch-dest")
    framed = None if destination is None else destination != "document"
    name = cookie_name(house.settings, browser_key(state))
    try:
        house.limits.check_address(address_of(request))
        ready = arrive(
            house, state=state, token=sent.get("id_token", ""), error=sent.get("error", ""),
            browser=request.cookies.get(name, ""), framed=framed,
        )  # fmt: skip
        if ready.choosing:
            answer = _choose(house, request, ready.ticket, by=ready.framed_by)
        elif ready.straight:
            opened = entry.enter(house, secret=ready.ticket, stored="", signed_in=None)
            answer = _enter(house, request, ready.ticket, opened)
        else:
            answer = framed_page(
                Visitor(request, None), "lti_ready.html", by=ready.framed_by, ready=ready, framed=framed is not False
            )
    except EvokeError as error:
        answer = _refused(request, error)
    if name in request.cookies:
        answer.headers.append("set-cookie", _cookie(name, "", house.settings).replace(f"={LOGIN_SECONDS};", "=0;", 1))
    return answer


@router.post("/open")
def open_evoke(
    request: Request, house: TheHouse, visitor: AnyVisitor, ticket: Text = "", stored: Text = ""
) -> Response:  # fmt: skip
    """In a window of Evoke's own, after the button."""
    signed_in = visitor.actor.person_id if visitor.actor is not None and not visitor.actor.is_program else None
    try:
        opened = entry.enter(house, secret=ticket, stored=stored, signed_in=signed_in)
    except LaunchRefused as error:
        return _refused(request, error)
    return _enter(house, request, ticket, opened)


def _enter(house: House, request: Request, ticket: str, opened: Opened) -> Response:
    answer = see_other(opened.path)
    if opened.to_link:
        seconds = int(TICKET_GOOD_FOR.total_seconds())
        set_cookie(answer, ticket, seconds=seconds, settings=house.settings, name=LINKING)
    return answer if opened.person is None else signed_in_wholly(request, house, opened.person, answer)


@router.get("/link")
def link_page(request: Request, house: TheHouse, member: SignedInMember) -> Response:
    """Both accounts side by side, for the person to say that both are theirs."""
    platform, who = entry.whose(house, request.cookies.get(cookie_name(house.settings, LINKING), ""))
    return member.page("lti_link.html", platform=platform, who=who)


@router.post("/link")
def link(request: Request, house: TheHouse, member: SignedInMember) -> Response:
    secret = request.cookies.get(cookie_name(house.settings, LINKING), "")
    answer = see_other(entry.link(house, secret=secret, person_id=member.actor.person_id))
    drop_cookie(answer, settings=house.settings, name=LINKING)
    return answer


def _choose(
    house: House, request: Request, ticket: str, *, by: tuple[str, ...], errors: dict[str, str] | None = None
) -> Response:  # fmt: skip
    with house.database.read() as session:
        _, platform, asked = choosing(session, ticket, locked=False)
        found = choices(session, platform.organisation_id)
    return framed_page(
        Visitor(request, None), "lti_choose.html", by=by, status=422 if errors else 200, ticket=ticket,
        platform=platform.name, choices=found, several=asked.get("accept_multiple") is not False, errors=errors or {},
    )  # fmt: skip


@router.post("/choose")
def choose(
    request: Request, house: TheHouse, ticket: Text = "", target: Annotated[tuple[str, ...], Form()] = ()
) -> Response:  # fmt: skip
    """What was chosen goes to the platform as a signed form. The ticket stands for the teacher: there is no sign-in."""
    try:
        with house.database.read() as session:
            _, platform, asked = choosing(session, ticket, locked=False)
        by = frames_of(platform, str(asked["deep_link_return_url"]))
        if not target:
            return _choose(house, request, ticket, by=by, errors={"whole-1": "Choose at least one thing"})
        with house.database.write() as session:
            back = send_back(session, secret=ticket, targets=list(target), settings=house.settings)
    except EvokeError as error:
        return _refused(request, error)
    return framed_page(Visitor(request, None), "lti_send_back.html", by=by, forms_to=origin_of(back.address), back=back)
