"""A request that makes something and names itself (`Idempotency-Key`): sent again it is answered as the first time."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.access import SignedIn
from api.house import House, TheHouse
from models.database_errors import trouble_of
from models.errors import EvokeError
from models.idempotency import IdempotentRequest, KeyReused, begin_request, forget_request, keep_answer
from models.permissions import Actor

_KEY = re.compile(r"[!-~]{1,100}")
_ENDED: set[UUID] = set()
"""Requests of this process that ended and made nothing, while their database could not be told. Threads share it, so
nothing ever goes through it; when it has 1,000 it begins anew, and who sends one of those again waits for a while."""


class KeyWrong(EvokeError):
    code = "idempotency_key_wrong"

    def __init__(self) -> None:
        super().__init__("An Idempotency-Key is 1 to 100 letters, digits and signs without spaces, such as a UUID.")


class AnsweredBefore(Exception):
    """Leads from where the request is known to be the same to the answer that was kept: `ApiRoute` gives it."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__("answered before")
        self.status, self.answer = status, answer

    @property
    def response(self) -> JSONResponse:
        headers = {"idempotency-replayed": "true"}
        if self.status == 201 and isinstance(self.answer.get("url"), str):
            headers["location"] = self.answer["url"]
        return JSONResponse(dict(self.answer), status_code=self.status, headers=headers)


@dataclass
class HashingSink:
    """Takes a file that was kept the first time: only to know whether it is the same."""

    sha256: Any = field(default_factory=hashlib.sha256)

    def write(self, clear: bytes) -> None:
        self.sha256.update(clear)


@dataclass
class Once:
    """`answered` is the first answer, where there is one. `fingerprint` is set once all of the request is known."""

    request_id: UUID
    answered: IdempotentRequest | None
    fingerprint: str = ""

    def is_known(self, **sent: object) -> None:
        """What was sent, whole; the same text is the same request, whatever boundaries or spaces it came with. Raises
        AnsweredBefore, KeyReused."""
        self.fingerprint = hashlib.sha256(_text(sent).encode("utf-8", "surrogatepass")).hexdigest()
        if self.answered is None:
            return
        if self.answered.fingerprint != self.fingerprint:
            raise KeyReused
        assert self.answered.status is not None, "it was answered"
        raise AnsweredBefore(self.answered.status, self.answered.answer)

    def keep(self, session: Session, status: int, answer: Mapping[str, Any]) -> None:
        """In the transaction of what was made."""
        keep_answer(
            session, request_id=self.request_id, fingerprint=self.fingerprint, status=status, answer=dict(answer)
        )


def begin_once(request: Request, house: House, actor: Actor) -> Once | None:
    """None where the request does not name itself. Raises KeyWrong, InFlight."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise KeyWrong
    route = f"{request.method} {request.url.path}?{request.url.query}"
    with house.database.write(aside=True) as session:
        found = begin_request(session, person_id=actor.person_id, route=route, key=key, ended=_ENDED)
        return Once(found.id, found if found.status is not None else None)


def end_once(house: House, once: Once | None) -> None:
    """After an error: nothing was made, so it may be sent again."""
    if once is not None and once.answered is None:
        try:
            with house.database.write(aside=True) as session:
                forget_request(session, once.request_id)
        except Exception as error:
            if trouble_of(error) is None:
                raise
            # Who was told to send it again must not wait for a request that has ended.
            if len(_ENDED) >= 1000:
                _ENDED.clear()
            _ENDED.add(once.request_id)


@asynccontextmanager
async def once_of(request: Request, house: House, actor: Actor) -> AsyncIterator[Once | None]:
    """Around a route that reads its own body. Raises KeyWrong, InFlight."""
    once = await run_in_threadpool(begin_once, request, house, actor)
    try:
        yield once
    except BaseException:
        await run_in_threadpool(end_once, house, once)
        raise


@dataclass
class Keeping:
    """For a route that takes JSON or nothing: it hands over its answer where it changes things."""

    once: Once | None
    status: int
    kept: bool = False

    def keep(
        self, session: Session, answer: dict[str, Any], *, only: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """In the transaction of the change; gives `answer` back. `only` is kept in its place, where it has words or
        secrets: the route then says with `keeping` how the answer is made of that again."""
        if self.once is not None:
            self.once.keep(session, self.status, answer if only is None else only)
            self.kept = True
        return answer


Again = Callable[[Session, Actor, Mapping[str, Any]], Mapping[str, Any]]


def keeping(again: Again | None = None) -> Any:
    """A route's dependency, which gives it a Keeping. Raises KeyWrong, InFlight, KeyReused, AnsweredBefore."""

    async def keep(request: Request, house: TheHouse, actor: SignedIn) -> AsyncIterator[Keeping]:
        status = getattr(request.scope.get("route"), "status_code", None) or 200
        async with once_of(request, house, actor) as once:
            try:
                if once is not None:
                    once.is_known(body=_same(await request.body()))
            except AnsweredBefore as before:
                if again is None:
                    raise
                raise await run_in_threadpool(_made_again, house, actor, before, again) from None
            given = Keeping(once, status)
            yield given
            if not given.kept:
                await run_in_threadpool(end_once, house, once)

    return Depends(keep)


Kept = Annotated[Keeping, keeping()]


def _same(body: bytes) -> str:
    """The same for the same JSON. What is none, or too deep, is told apart by its bytes: the route refuses it."""
    try:
        return _text(json.loads(body)) if body else ""
    except (ValueError, RecursionError):
        return hashlib.sha256(body).hexdigest()


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _made_again(house: House, actor: Actor, before: AnsweredBefore, again: Again) -> AnsweredBefore:
    with house.database.read() as session:
        return AnsweredBefore(before.status, again(session, actor, before.answer))
