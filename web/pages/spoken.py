"""What somebody says instead of typing it: the sound comes in, its words are fetched, and then all of it goes."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.house import House, TheHouse
from api.multipart import UploadBroken
from coding.spoken_answers import spoken_view, take_spoken
from models.errors import TooLarge
from models.spoken_answer import SpokenAnswer, forget_spoken, require_spoken
from web.pages.visitor import Member, SignedInMember

router = APIRouter(prefix="/spoken-answers", include_in_schema=False)
MOST_BYTES = 4_000_000
"""Of 90 seconds the browsers send a fifth of that."""


@router.post("")
async def take(request: Request, house: TheHouse, member: SignedInMember) -> Response:
    """The body is the sound alone, as the browser recorded it."""
    house.limits.check_spoken(member.actor.person_id)
    sound = await _read(request)
    return await run_in_threadpool(_take, house, member, sound)


async def _read(request: Request) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                raise TooLarge("That is too much sound to be taken. Say it shorter, or type it.")
    except ClientDisconnect as error:
        raise UploadBroken("The connection was lost before all had come. Say it again, or type it.") from error
    return bytes(body)


def _take(house: House, member: Member, sound: bytes) -> Response:
    with house.database.write() as session:
        spoken, old = take_spoken(session, house.storage, sound=sound, by=member.actor)
    for place in old:
        house.storage.delete_or_leave(place)  # or a sweep does
    return JSONResponse({"id": str(spoken.id), "state": spoken.state.value}, status_code=201)


@router.get("/{spoken_id}")
def ask(spoken_id: UUID, house: TheHouse, member: SignedInMember) -> dict[str, Any]:
    """How far it is, and the words once it is heard. They stay until the page says that it has them."""
    with house.database.read() as session:
        spoken = require_spoken(member.actor, session.get(SpokenAnswer, spoken_id))
        view = spoken_view(session, spoken)
    return {
        "state": view.state.value, "behind": view.behind, "text": view.text, "doubts": view.doubts,
        "problem": view.problem,
    }  # fmt: skip


@router.delete("/{spoken_id}")
def forget(spoken_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    """Once its words have come, or when they are not wanted any more."""
    with house.database.write() as session:
        spoken = require_spoken(member.actor, session.get(SpokenAnswer, spoken_id, with_for_update=True))
        place = spoken.place
        forget_spoken(session, spoken, why="fetched or not wanted", by=member.actor.person_id)
    house.storage.delete_or_leave(place)  # or a sweep does
    return Response(status_code=204)
