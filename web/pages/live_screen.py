"""A live session for its trainer: choosing a line, the screen for the room, and what is done with the answers."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session
from starlette.background import BackgroundTask

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.learning_permissions import require_live_session
from models.live import LiveSession
from models.permissions import Permission, require_in_some_team
from training.exercises.format import Written
from training.live.answer import current_line
from training.live.line import USUAL_PROMPT, Line, LineWrong, line_of, own_line
from training.live.lines_list import lines_to_choose
from training.live.run import (
    Choice,
    LiveSessionOver,
    choose_answer,
    code_again,
    delete_now,
    end_live_session,
    go_on_with,
    show_answers,
    show_models,
    start_live_session,
)
from training.live.view import current_view, line_views, live_rows, screen_state
from training.modules.library import library_for
from training.skills import SKILLS, Skill
from web.pages.visitor import Member, SignedInMember, see_other
from web.qr import qr_code

router = APIRouter(prefix="/live", include_in_schema=False)
Words = Annotated[str, Form()]


@router.get("/new")
def new_page(house: TheHouse, member: SignedInMember, skill: str = "") -> Response:
    require_in_some_team(member.actor, Permission.RUN_LIVE_SESSION)
    return _choose_page(house, member, skill=skill)


@router.get("/{live_id}/next")
def next_page(live_id: UUID, house: TheHouse, member: SignedInMember, skill: str = "") -> Response:
    with house.database.read() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
    if live.is_over:
        raise LiveSessionOver
    return _choose_page(house, member, live=live, skill=skill)


def _choose_page(
    house: House, member: Member, *, live: LiveSession | None = None, skill: str = "",
    error: LineWrong | None = None, own: dict[str, str] | None = None, after: int | None = None,
) -> Response:  # fmt: skip
    wanted = Skill(skill) if skill in list(Skill) else None
    with house.database.read() as session:
        rows = live_rows(session, member.actor)
        if live is not None and after is None:
            after = current_line(session, live).number
        library = library_for(session, member.actor.organisation_id)
    return member.page(
        "live_new.html", status=error.status if error else 200, errors=error.fields if error else {}, live=live,
        after=after, own={"parent": "", "setting": "", "prompt": ""} | (own or {}), usual_prompt=USUAL_PROMPT,
        rows=rows, skill=wanted,
        skills=[(one.value, SKILLS[one].name) for one in Skill if one is not Skill.HEARING_CODES],
        groups=lines_to_choose(library, wanted),
    )  # fmt: skip


@router.post("/new")
def start(
    house: TheHouse, member: SignedInMember, exercise: Words = "", parent: Words = "", setting: Words = "",
    prompt: Words = "",
) -> Response:  # fmt: skip
    require_in_some_team(member.actor, Permission.RUN_LIVE_SESSION)
    own = _own(parent, setting, prompt)
    try:
        line = _line(house, member, exercise, own)
    except LineWrong as error:
        return _choose_page(house, member, error=error, own=own)
    with house.database.write() as session:
        live = start_live_session(session, line=line, exercise=exercise or None, by=member.actor)
    house.desk.warm()
    return see_other(f"/live/{live.id}/screen")


@router.post("/{live_id}/next")
def go_on(
    live_id: UUID, house: TheHouse, member: SignedInMember, exercise: Words = "", parent: Words = "",
    setting: Words = "", prompt: Words = "", after: Annotated[int | None, Form()] = None,
) -> Response:  # fmt: skip
    own = _own(parent, setting, prompt)
    with house.database.read() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
    try:
        line = _line(house, member, exercise, own)
    except LineWrong as error:
        return _choose_page(house, member, live=live, error=error, own=own, after=after)
    with house.database.write() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
        go_on_with(session, live=live, line=line, exercise=exercise or None, by=member.actor, after=after)
    return see_other(f"/live/{live_id}/screen")


def _own(parent: str, setting: str, prompt: str) -> dict[str, str]:
    given = {"parent": parent, "setting": setting, "prompt": prompt}
    return {name: without_control_characters(text) for name, text in given.items()}


def _line(house: House, member: Member, exercise: str, own: dict[str, str]) -> Line:
    """Raises LineWrong."""
    with house.database.read() as session:
        placed = library_for(session, member.actor.organisation_id).exercise(exercise) if exercise else None
    if placed is not None and isinstance(placed.exercise, Written):
        return line_of(placed.exercise)
    if exercise:
        raise LineWrong({"page": "This exercise is not there any more. Choose another, or write a line of your own."})
    return own_line(**own)


@router.get("/{live_id}/screen")
def screen(live_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    """While it goes on: the line on the screen. Once it is over: all of them, for its trainer."""
    with house.database.read() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
        state = screen_state(session, live)
        view = current_view(session, live)
    address = f"{house.settings.site}/live"
    response = member.page(
        "live_screen.html", live=live, view=view, state=state, address=address.partition("://")[2],
        picture="" if state.over or view.shown else qr_code(f"{address}/{live.code}"),
        days=house.settings.live_session_days,
    )  # fmt: skip
    return _coding_what_waits(response, house, live_id, state.waiting)


@router.get("/{live_id}/screen/state")
def state(live_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
        found = screen_state(session, live)
    return _coding_what_waits(JSONResponse(found.as_json()), house, live_id, found.waiting)


def _coding_what_waits(response: Response, house: House, live_id: UUID, waiting: int) -> Response:
    if waiting:
        response.background = BackgroundTask(house.live.code_waiting, live_id)
    return response


@router.get("/{live_id}/answers")
def answers_page(live_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    """Every answer, those that are not on the screen too: not for the room."""
    with house.database.read() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
        lines = line_views(session, live)
    response = member.page("live_answers.html", live=live, lines=lines, days=house.settings.live_session_days)
    return _coding_what_waits(response, house, live_id, sum(one.waiting for one in lines))


def _change(
    house: House, member: Member, live_id: UUID, change: Callable[[Session, LiveSession], None], back: str = "screen"
) -> Response:
    with house.database.write() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
        change(session, live)
    return see_other(f"/live/{live_id}/{'answers' if back == 'answers' else 'screen'}")


@router.post("/{live_id}/show")
def show(live_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _change(house, member, live_id, lambda s, live: show_answers(s, live=live, by=member.actor))


@router.post("/{live_id}/models")
def models(live_id: UUID, house: TheHouse, member: SignedInMember, shown: Words = "yes") -> Response:
    return _change(
        house, member, live_id, lambda s, live: show_models(s, live=live, shown=shown == "yes", by=member.actor)
    )


@router.post("/{live_id}/answers/{answer_id}")
def choose(
    live_id: UUID, answer_id: UUID, house: TheHouse, member: SignedInMember, choice: Annotated[Choice, Form()],
    back: Words = "screen",
) -> Response:  # fmt: skip
    def change(session: Session, live: LiveSession) -> None:
        choose_answer(session, live=live, answer_id=answer_id, choice=choice, by=member.actor)

    return _change(house, member, live_id, change, back)


@router.post("/{live_id}/code-again")
def again(live_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    response = _change(house, member, live_id, lambda s, live: code_again(s, live=live, by=member.actor))
    return _coding_what_waits(response, house, live_id, 1)


@router.post("/{live_id}/end")
def end(live_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _change(house, member, live_id, lambda s, live: end_live_session(s, live=live, by=member.actor), "answers")


@router.post("/{live_id}/delete")
def delete(live_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        live = require_live_session(member.actor, session.get(LiveSession, live_id))
        delete_now(session, live=live, by=member.actor)
    return see_other("/live/new")
