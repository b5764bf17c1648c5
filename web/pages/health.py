"""Whether this process lives, and whether it can be sent people: for a supervisor and a proxy. Anybody may ask, so the
answer is a sentence without anything of the installation in it."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from typing import cast

import obstore
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from sqlalchemy import text

from api.house import House, TheHouse
from models.schema_version import Schema, schema_of

router = APIRouter(include_in_schema=False)
SECONDS = 2.0
"""A database or store that takes longer is as good as gone for whoever waits for a page."""
_ASKING, _LOOKING = (ThreadPoolExecutor(2, thread_name_prefix=f"health of the {one}") for one in ("database", "files"))
"""One that does not answer keeps its threads for long, and the other must be asked all the same."""
REMEMBERED = 5.0
"""Seconds for which files that were there are taken to be there still. Anybody may ask, and in a bucket each look is a
request that costs money."""
MIGRATE = "the database is of an older version: run evoke migrate"
_WRONG = {Schema.OLDER: MIGRATE, Schema.NONE: "the database is empty: run evoke migrate"}


@router.get("/health/live")
async def live() -> PlainTextResponse:
    """The process answers; it asks nothing and nobody."""
    return PlainTextResponse("ok")


@router.get("/health")
def health(house: TheHouse) -> PlainTextResponse:
    """The website and its database work."""
    with house.database.read() as session:
        session.connection().execute(text("SELECT 1"))
    return PlainTextResponse("ok")


@router.get("/health/ready")
def ready(request: Request, house: TheHouse) -> PlainTextResponse:
    """Without files it says so and takes people all the same: most pages need none, and every website would be without
    them at once, so that a proxy had nobody to send people to."""
    draining = cast(threading.Event, request.app.state.draining)
    state = request.app.state
    known = time.monotonic() < getattr(state, "files_there_until", 0.0)
    database, files = _ASKING.submit(_database, house), None if known else _LOOKING.submit(_files, house)
    problem = "this process is ending" if draining.is_set() else _answer(database, "the database cannot be reached")
    if problem:
        return PlainTextResponse(problem, status_code=503)
    missing = _answer(files, "the place of the files cannot be reached") if files is not None else ""
    if files is not None and not missing:
        state.files_there_until = time.monotonic() + REMEMBERED
    return PlainTextResponse(f"ok, but {missing}" if missing else "ok")


def _answer(asked: "Future[str]", otherwise: str) -> str:
    try:
        return asked.result(SECONDS)
    except TooSlow:
        asked.cancel()  # where it has not begun, another is asked soon enough
        return f"{otherwise} in time"
    except Exception:
        return otherwise


def _database(house: House) -> str:
    with house.database.read() as session:
        return _WRONG.get(schema_of(session), "")


def _files(house: House) -> str:
    """One entry of the list is enough to know that it is there."""
    next(iter(obstore.list(house.storage.store, chunk_size=1)), None)
    return ""
