"""A live session on a phone: the code, the parent's line, one answer. Nobody signs in, and nobody is told who wrote
what."""

import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Cookie, Form, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session
from starlette.background import BackgroundTask

from api.access import address_of
from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError, NotFound, TooMany
from models.live import LiveSession
from models.permissions import Permission, may_in_some_team
from models.settings import Settings
from training.live.answer import (
    LONGEST_ANSWER,
    AnswerWrong,
    LineClosed,
    NoSuchCode,
    check_wrong_codes,
    code_typed,
    count_wrong_code,
    find_live_session,
    give_answer,
)
from training.live.run import OPEN_FOR, LiveSessionOver
from training.live.view import PhoneView, phone_state, phone_view
from web.pages.visitor import AnyVisitor, Visitor, see_other

router = APIRouter(prefix="/live", include_in_schema=False)
PHONE = "evoke_live"
"""The cookie of one browser in live sessions: a random secret that leads to nobody, gone after some hours."""
ThePhone = Annotated[str, Cookie(alias=PHONE, max_length=100)]


@router.get("")
def join_page(visitor: AnyVisitor) -> Response:
    return _join_page(visitor)


def _join_page(visitor: Visitor, *, code: str = "", error: EvokeError | None = None) -> Response:
    runs = visitor.actor is not None and may_in_some_team(visitor.actor, Permission.RUN_LIVE_SESSION)
    return visitor.page(
        "live_join.html", status=error.status if error else 200, errors={"code": error.message} if error else {},
        headers=TooMany.headers_of(error) if error else None, code=code, may_run=runs,
    )  # fmt: skip


@router.post("")
def join(request: Request, house: TheHouse, visitor: AnyVisitor, code: Annotated[str, Form()] = "") -> Response:
    typed = code_typed(without_control_characters(code))
    try:
        live = _find(house, request, typed)
    except (NoSuchCode, TooMany) as error:
        if isinstance(error, NoSuchCode):
            error.status = 422
        return _join_page(visitor, code=typed, error=error)
    return see_other(f"/live/{live.code}")


def _find(house: House, request: Request, code: str) -> LiveSession:
    """Raises NoSuchCode, and TooManyTries for who guesses."""
    with house.database.read() as session:
        live = find_live_session(session, code)
        if live is not None:
            check_wrong_codes(session, address=address_of(request))
            return live
    with house.database.write() as session:
        count_wrong_code(session, address=address_of(request))
    raise NoSuchCode


@router.get("/{code}")
def phone_page(
    code: str, request: Request, house: TheHouse, visitor: AnyVisitor, evoke_live: ThePhone = ""
) -> Response:
    try:
        live = _find(house, request, code)
    except NoSuchCode as error:
        return _join_page(visitor, code=code_typed(without_control_characters(code)), error=error)
    phone = evoke_live or secrets.token_urlsafe(24)
    response = _phone_page(house, visitor, live, phone)
    _keep_phone(response, phone, house.settings)
    return response


def _phone_page(
    house: House, visitor: Visitor, live: LiveSession, phone: str, *, error: EvokeError | None = None, words: str = ""
) -> Response:
    with house.database.read() as session:
        view = phone_view(session, live, phone)
        mark = phone_state(session, live, phone).mark
    context: dict[str, Any] = {"live": live, "view": view, "mark": mark, "phone": phone, "longest": LONGEST_ANSWER}
    return visitor.page(
        "live_phone.html", status=error.status if error else 200, errors=_errors(error, view),
        words=words or (view.own.text if view.own else ""), late=words if error and view.shown else "", **context,
    )  # fmt: skip


def _errors(error: EvokeError | None, view: PhoneView) -> dict[str, str]:
    if error is None:
        return {}
    return {"page" if view.shown or view.is_over else "words": error.message}


@router.post("/{live_id}/answer")
def answer(
    live_id: UUID, request: Request, house: TheHouse, visitor: AnyVisitor, words: Annotated[str, Form()] = "",
    number: Annotated[int, Form()] = 1, phone: Annotated[str, Form(max_length=100)] = "", evoke_live: ThePhone = "",
) -> Response:  # fmt: skip
    """`phone` is the cookie's secret once more, for a browser that keeps no cookies."""
    house.limits.check_answer(address_of(request))
    secret = evoke_live or phone or secrets.token_urlsafe(24)
    words = without_control_characters(words)
    with house.database.read() as session:
        live = _known(session, live_id)
    try:
        with house.database.write() as session:
            give_answer(session, live=live, number=number, phone=secret, words=words)
    except (AnswerWrong, LineClosed, LiveSessionOver) as error:
        return _phone_page(house, visitor, live, secret, error=error, words=words)
    response = see_other(f"/live/{live.code}")
    _keep_phone(response, secret, house.settings)
    response.background = BackgroundTask(house.live.code_waiting, live.id)
    return response


@router.get("/{live_id}/phone")
def state(live_id: UUID, house: TheHouse, visitor: AnyVisitor, evoke_live: ThePhone = "") -> Response:
    """By its id, which nobody guesses: asking often must not be limited as trying codes is."""
    with house.database.read() as session:
        live = _known(session, live_id)
        return JSONResponse(phone_state(session, live, evoke_live).as_json())


def _known(session: Session, live_id: UUID) -> LiveSession:
    """Raises NotFound."""
    live = session.get(LiveSession, live_id)
    if live is None:
        raise NotFound("This live session is over, and what was written in it is deleted.")
    return live


def _keep_phone(response: Response, secret: str, settings: Settings) -> None:
    response.set_cookie(
        PHONE, secret, max_age=int(OPEN_FOR.total_seconds()), path="/live", httponly=True, samesite="lax",
        secure=settings.secure_cookies,
    )  # fmt: skip
