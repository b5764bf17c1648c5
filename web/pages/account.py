"""Your account: where you are signed in, your password, your tokens for programs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from api.access import address_of, browser_of, this_sign_in
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.api_token import DAYS, USUAL_DAYS, TokenWrong, end_after, make_api_token, revoke_token, tokens_of
from models.browser_sign_in import end_one_sign_in, end_other_sign_ins, sign_ins_of, start_sign_in
from models.errors import EvokeError, TooMany
from models.organisation import Organisation
from models.password import begin_try, change_own_password, fits, hash_password, refused, what_is_wrong_with
from models.permissions import Actor
from models.person import Person
from models.second_step import has_second_step
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other
from web.sign_in_cookie import drop_cookie, sign_in_cookie

router = APIRouter(prefix="/account", include_in_schema=False)


def _at_browser(request: Request, member: SignedInMember) -> Member:
    this_sign_in(request)
    return member


AtBrowser = Annotated[Member, Depends(_at_browser)]
NO_END = "no-end"
LONG = {"90": "3 months", "365": "1 year", NO_END: "No end: until I revoke it"}
DONE = {
    "details": "Saved.",
    "password": "Your password is changed. Every other sign-in of yours has ended.",
    "second-step-ended": "The second step is turned off. Your password alone signs you in.",
    "signed-out": "That browser is signed out.",
    "others-signed-out": "You are signed out everywhere but here.",
    "revoked": "The token is revoked. Programs that use it are refused from now on.",
}


@router.get("")
def account_page(request: Request, house: TheHouse, member: AtBrowser, done: str = "") -> Response:
    with house.database.read() as session:
        person = session.get_one(Person, member.actor.person_id)
        organisation = session.get_one(Organisation, person.organisation_id)
        sign_ins = sign_ins_of(session, person.id, settings=house.settings)
        tokens = tokens_of(session, person.id)
        second_step = has_second_step(session, person.id)
    return member.page(
        "account.html", me=person, organisation=organisation, sign_ins=sign_ins, tokens=tokens,
        this=this_sign_in(request), done=DONE.get(done, ""),
        second_step=second_step,
    )  # fmt: skip


@router.post("/sign-ins/end-others")
def end_others(request: Request, house: TheHouse, member: AtBrowser) -> Response:
    with house.database.write() as session:
        end_other_sign_ins(session, but=this_sign_in(request), by=member.actor)
    return see_other("/account?done=others-signed-out")


@router.post("/sign-ins/{sign_in_id}/end")
def end_one(sign_in_id: UUID, request: Request, house: TheHouse, member: AtBrowser) -> Response:
    with house.database.write() as session:
        end_one_sign_in(session, sign_in_id=sign_in_id, by=member.actor)
    if sign_in_id != this_sign_in(request):
        return see_other("/account?done=signed-out")
    response = see_other("/sign-in")
    drop_cookie(response, settings=house.settings)
    return response


@router.get("/password")
def password_page(member: AtBrowser) -> Response:
    return member.page("account_password.html", errors={})


@router.post("/password")
def change_password(
    request: Request,
    house: TheHouse,
    member: AtBrowser,
    current: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
) -> Response:
    if mistake := what_is_wrong_with(new):
        return member.page("account_password.html", status=422, errors={"new": mistake})
    try:
        secret = _change_password(request, house, member.actor, current=current, new=new)
    except EvokeError as error:
        status, headers = (429, TooMany.headers_of(error)) if isinstance(error, TooMany) else (422, {})
        wrong = error.message if isinstance(error, TooMany) else "This is not your password now. Try again."
        return member.page("account_password.html", status=status, headers=headers, errors={"current": wrong})
    response = see_other("/account?done=password")
    sign_in_cookie(response, secret, settings=house.settings)
    return response


def _change_password(request: Request, house: House, actor: Actor, *, current: str, new: str) -> str:
    """The secret of a sign-in that goes on; all others end. Raises SignInRefused, TooManyTries."""
    with house.database.write() as session:
        person = session.get_one(Person, actor.person_id)
        tried = begin_try(session, email=person.email, address=address_of(request))
    if not fits(tried, current):
        raise refused()
    password_hash = hash_password(new)
    with house.database.write() as session:
        person = session.get_one(Person, actor.person_id)
        change_own_password(session, person=person, tried=tried, password_hash=password_hash)
        return start_sign_in(session, person, settings=house.settings, browser=browser_of(request))


@router.get("/tokens/new")
def new_token_page(member: AtBrowser) -> Response:
    return member.page("account_token.html", errors={}, name="", token="", long=LONG, days=USUAL_DAYS)


@router.post("/tokens")
def make_token(
    house: TheHouse, member: AtBrowser, name: Text = "", days: Text = str(USUAL_DAYS)
) -> Response:  # fmt: skip
    """The one answer that shows the token."""
    name = without_control_characters(name)
    chosen = None if days == NO_END else next((one for one in DAYS if str(one) == days), 0)
    try:
        with house.database.write() as session:
            person = session.get_one(Person, member.actor.person_id)
            token = make_api_token(session, person=person, name=name, days=chosen)
    except TokenWrong as error:
        return member.page(
            "account_token.html", status=422, errors=error.fields, name=name, token="", long=LONG, days=days
        )
    return member.page(
        "account_token.html", status=201, errors={}, name=name.strip(), token=token, ends=end_after(chosen)
    )


@router.post("/tokens/{token_id}/revoke")
def revoke(token_id: UUID, house: TheHouse, member: AtBrowser) -> Response:
    with house.database.write() as session:
        revoke_token(session, token_id=token_id, by=member.actor)
    return see_other("/account?done=revoked")
