"""Talks with simulated parents: choosing one, reading about them, talking, and looking back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.columns import new_id
from models.conversation import Conversation, ConversationState, require_conversation
from models.errors import EvokeError
from models.lock import hold_lock
from models.parent_writer import parent_writer_of
from training.simulated.actions import (
    begin_conversation,
    finish_conversation,
    take_back_turn,
    throw_away_conversation,
)
from training.simulated.parents_view import Wanted, open_talk, parents_view, past_talks, require_scenario
from training.simulated.say import LONGEST, say
from training.simulated.talk_view import after_view, talk_view
from training.simulated.writer import writer_for
from web.course import course
from web.pages.people_forms import Text, id_or_none
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/practice", include_in_schema=False)


@router.get("/parents")
def parents_page(
    house: TheHouse, member: SignedInMember, discipline: str = "", topic: str = "", level: str = "", met: str = "",
    done: str = "",
) -> Response:  # fmt: skip
    with house.database.read() as session:
        view = parents_view(session, wanted=Wanted(discipline, topic, level, met), by=member.actor)
    return member.page("parents.html", view=view, done="The talk is thrown away." if done else "")


@router.get("/parents/{slug}")
def briefing_page(house: TheHouse, member: SignedInMember, slug: str) -> Response:
    scenario = require_scenario(slug)
    house.desk.warm()
    with house.database.read() as session:
        past, under_way = past_talks(session, slug, by=member.actor), open_talk(session, slug, by=member.actor)
        row = parent_writer_of(session, member.actor.organisation_id)
    return member.page(
        "parent.html", slug=slug, scenario=scenario, past=past, under_way=under_way,
        days=house.settings.unsent_recording_days, writer=row.host if row is not None and row.is_on else "",
    )  # fmt: skip


@router.post("/parents/{slug}")
def begin(house: TheHouse, member: SignedInMember, slug: str) -> Response:
    """Where one is under way, it is gone on with: two clicks begin one talk."""
    scenario = require_scenario(slug)
    with house.database.write() as session:
        hold_lock(session, f"{member.actor.person_id} begins {slug}")
        known = open_talk(session, slug, by=member.actor)
        talk = known or begin_conversation(session, slug=slug, scenario=scenario, by=member.actor).id
    return see_other(_address(talk))


@router.get("/conversations/{conversation_id}")
def talk_page(house: TheHouse, member: SignedInMember, conversation_id: UUID) -> Response:
    with house.database.read() as session:
        conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
        scenario = require_scenario(conversation.scenario)
        if conversation.state is ConversationState.FINISHED:
            looked_back = after_view(session, conversation, scenario, by=member.actor)
            named = [one.line for one in (*looked_back.opened, *looked_back.closed)]
            return member.page("talk_after.html", view=looked_back, drawing=course(looked_back.course, named))
    house.desk.warm()
    return _talk(house, member, conversation_id)


def _talk(
    house: House, member: Member, conversation_id: UUID, *, error: EvokeError | None = None, sent: str = ""
) -> Response:  # fmt: skip
    with house.database.read() as session:
        conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
        view = talk_view(session, conversation, require_scenario(conversation.scenario))
    return member.page(
        "talk.html", status=error.status if error else 200, view=view, sent=sent, longest=LONGEST,
        errors={"said": error.message} if error else {}, client_id=new_id(),
    )  # fmt: skip


@router.post("/conversations/{conversation_id}")
def say_something(
    request: Request,
    house: TheHouse,
    member: SignedInMember,
    conversation_id: UUID,
    said: Text = "",
    position: Annotated[int, Form()] = 0,
    client_id: Text = "",
    silent: Text = "",
) -> Response:
    with house.database.read() as session:
        conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
        scenario = require_scenario(conversation.scenario)
        writer = writer_for(session, member.actor.organisation_id)
    text = "" if silent == "yes" else without_control_characters(said).strip()
    wants_json = "application/json" in request.headers.get("accept", "")
    try:
        if not text and silent != "yes":
            raise NothingWritten
        say(
            house.database, house.desk, conversation_id=conversation_id, scenario=scenario, text=text,
            position=position, client_id=id_or_none(client_id) or new_id(), by=member.actor,
            writer=writer,
        )  # fmt: skip
    except EvokeError as error:
        if wants_json:
            raise
        return _talk_or_after(house, member, conversation_id, error, sent=said)
    return _answer(house, member, conversation_id) if wants_json else see_other(f"{_address(conversation_id)}#last")


def _answer(house: House, member: Member, conversation_id: UUID) -> Response:
    """What the page needs to go on without loading itself anew."""
    with house.database.read() as session:
        conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
        view = talk_view(session, conversation, require_scenario(conversation.scenario))
    last = view.turns[-1]
    return JSONResponse(
        {
            "reply": last.reply, "position": view.position, "minutes": view.minutes, "over": view.over,
            "unread": view.unread, "distress": view.distress, "client_id": str(new_id()),
        }
    )  # fmt: skip


@router.post("/conversations/{conversation_id}/take-back")
def take_back(
    house: TheHouse, member: SignedInMember, conversation_id: UUID, position: Annotated[int, Form()] = 0
) -> Response:  # fmt: skip
    try:
        with house.database.write() as session:
            conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
            take_back_turn(session, conversation=conversation, position=position, by=member.actor)
    except EvokeError as error:
        if error.status == 404:
            raise
        return _talk_or_after(house, member, conversation_id, error)
    return see_other(f"{_address(conversation_id)}#last")


@router.post("/conversations/{conversation_id}/finish")
def finish(house: TheHouse, member: SignedInMember, conversation_id: UUID) -> Response:
    try:
        with house.database.write() as session:
            conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
            scenario = require_scenario(conversation.scenario)
            finish_conversation(session, conversation=conversation, scenario=scenario, by=member.actor)
    except EvokeError as error:
        if error.status == 404:
            raise
        return _talk_or_after(house, member, conversation_id, error)
    return see_other(_address(conversation_id))


@router.post("/conversations/{conversation_id}/throw-away")
def throw_away(house: TheHouse, member: SignedInMember, conversation_id: UUID) -> Response:
    try:
        with house.database.write() as session:
            conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
            throw_away_conversation(session, conversation=conversation, by=member.actor)
    except EvokeError as error:
        if error.status == 404:
            raise
        return _talk_or_after(house, member, conversation_id, error)
    return see_other("/practice/parents?done=yes")


def _talk_or_after(
    house: House, member: Member, conversation_id: UUID, error: EvokeError, *, sent: str = ""
) -> Response:  # fmt: skip
    """A finished one has no form to show the error at, and its own page says how it stands."""
    with house.database.read() as session:
        conversation = require_conversation(member.actor, session.get(Conversation, conversation_id))
    if conversation.state is ConversationState.FINISHED:
        return see_other(_address(conversation_id))
    return _talk(house, member, conversation_id, error=error, sent=sent)


def _address(conversation_id: UUID) -> str:
    return f"/practice/conversations/{conversation_id}"


class NothingWritten(EvokeError):
    code = "nothing_written"

    def __init__(self) -> None:
        super().__init__("Write what you would say. To stay quiet on purpose, choose “Say nothing for a moment”.")
