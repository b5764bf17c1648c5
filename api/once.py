"""A request that makes something and names itself (`Idempotency-Key`): sent again it is answered as the first time."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse
from sqlmodel import Session

from api.house import House
from models.errors import EvokeError
from models.idempotency import IdempotentRequest, KeyReused, begin_request, forget_request, keep_answer
from models.permissions import Actor

_KEY = re.compile(r"[!-~]{1,100}")


class KeyWrong(EvokeError):
    code = "idempotency_key_wrong"

    def __init__(self) -> None:
        super().__init__("An Idempotency-Key is 1 to 100 letters, digits and signs without spaces, such as a UUID.")


class AnsweredBefore(Exception):
    """Leads from where the request is known to be the same to the answer that was kept."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__("answered before")
        headers = {"idempotency-replayed": "true"}
        if isinstance(answer.get("url"), str):
            headers["location"] = answer["url"]
        self.response = JSONResponse(dict(answer), status_code=status, headers=headers)


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
        text = json.dumps(sent, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        self.fingerprint = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
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
    with house.database.write() as session:
        found = begin_request(session, person_id=actor.person_id, route=route, key=key)
        return Once(found.id, found if found.status is not None else None)


def end_once(house: House, once: Once | None) -> None:
    """After an error: nothing was made, so it may be sent again."""
    if once is not None and once.answered is None:
        with house.database.write() as session:
            forget_request(session, once.request_id)
