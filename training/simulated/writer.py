"""Asks the authority's own program to put a chosen line in other words, and takes its answer only where it leans as the
line does. Whatever goes wrong, the authored line is said."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from coding.coder.desk import DeskUnavailable
from coding.scheme.codes import Speaker
from models.errors import EvokeError
from models.parent_writer import ParentWriter, parent_writer_of, writer_secret
from training.simulated.format import Band, Did, Reply, Scenario
from training.simulated.kept import PARENT, YOU
from training.simulated.prompt import Messages, leans_as, may_be_said, messages_for
from training.simulated.say import Codes

log = logging.getLogger("evoke.simulated")
SECONDS = 8.0
"""A talk waits no longer than this."""
LARGEST_ANSWER = 100_000
"""Bytes that are read of an answer."""
_CONTEXT = 6


class Outcome(StrEnum):
    TAKEN = "taken"
    UNREACHABLE = "unreachable"
    NOT_FIT = "not_fit"
    LEANS_OTHERWISE = "leans_otherwise"
    NOT_CODED = "not_coded"


@dataclass(frozen=True)
class Tried:
    """`answer` is what came, as far as something did; `why` is for the administrator who tests it."""

    outcome: Outcome
    answer: str = ""
    why: str = ""


class ServiceFailed(Exception):
    """Says in a few words why, without anything that was sent or came back."""


@dataclass(frozen=True)
class EndpointWriter:
    address: str
    model: str
    secret: str
    seconds: float = SECONDS

    def reworded(
        self, scenario: Scenario, talk: Sequence[tuple[str, str]], reply: Reply, band: Band, *, codes: Codes
    ) -> str | None:
        tried = self.tried(scenario, talk, reply, band, codes=codes)
        if tried.outcome is not Outcome.TAKEN:
            log.warning("a simulated parent's line was said as authored: %s %s", tried.outcome.value, tried.why)
            return None
        return tried.answer

    def tried(
        self, scenario: Scenario, talk: Sequence[tuple[str, str]], reply: Reply, band: Band, *, codes: Codes
    ) -> Tried:
        """Raises nothing: what goes wrong is an outcome."""
        try:
            came = self._ask(messages_for(scenario, talk, reply, band, you=YOU))
        except ServiceFailed as error:
            return Tried(Outcome.UNREACHABLE, why=str(error))
        text = may_be_said(came, scenario, reply)
        if text is None:
            return Tried(Outcome.NOT_FIT, came[:300])
        heard = [*talk[-_CONTEXT:], (PARENT, text)]
        try:
            lines = codes.code(heard, change_goal=scenario.goal, practitioner_labels=(YOU,))
        except DeskUnavailable:
            return Tried(Outcome.NOT_CODED, text)
        own = [one.code for one in lines if one.turn == len(heard) - 1 and one.speaker is Speaker.CLIENT]
        return Tried(Outcome.TAKEN if leans_as(own, reply.leans) else Outcome.LEANS_OTHERWISE, text)

    def _ask(self, messages: Messages) -> str:
        """Follows no redirect, and reads no more than it must, within its time. Raises ServiceFailed."""
        import httpx

        headers = {"authorization": f"Bearer {self.secret}"} if self.secret else {}
        sent = {"model": self.model, "messages": messages, "max_tokens": 120, "temperature": 0.8}
        until, body = time.monotonic() + self.seconds, b""
        try:
            with httpx.stream(
                "POST", f"{self.address}/chat/completions", json=sent, headers=headers, timeout=self.seconds,
                follow_redirects=False,
            ) as answer:  # fmt: skip
                if answer.status_code != 200:
                    raise ServiceFailed(f"it answered {answer.status_code}")
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER or time.monotonic() > until:
                        raise ServiceFailed("its answer was too long or came too slowly")
        except httpx.TimeoutException:
            raise ServiceFailed(f"nothing came within {self.seconds:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise ServiceFailed("no connection could be made") from None
        return _words_in(body)


def _words_in(body: bytes) -> str:
    """Of an answer of a chat-completions service. Raises ServiceFailed."""
    import json

    try:
        said: Any = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise ServiceFailed("its answer cannot be read") from None
    if not isinstance(said, str):
        raise ServiceFailed("its answer has no words")
    return said


def writer_from(session: Session, row: ParentWriter) -> EndpointWriter:
    return EndpointWriter(row.address, row.model, writer_secret(session, row))


def writer_for(session: Session, organisation_id: UUID) -> EndpointWriter | None:
    """None where the authority has switched none on, or where its secret cannot be opened."""
    row = parent_writer_of(session, organisation_id)
    if row is None or not row.is_on:
        return None
    try:
        return writer_from(session, row)
    except EvokeError as error:
        log.warning("simulated parents speak as authored: %s", error.code)
        return None


def try_out(writer: EndpointWriter, scenario: Scenario, *, codes: Codes) -> tuple[str, Tried]:
    """For who sets it up: a line of a made-up talk, and what came of it."""
    from training.simulated.choose import lines_of

    reply = next(line for line in lines_of(scenario, Did.REFLECTED, Band.UNSURE) if line.then is None)
    talk = [(PARENT, scenario.openings[0].text), (YOU, "It has been a long week for you, and you are still here.")]
    return reply.text, writer.tried(scenario, talk, reply, Band.UNSURE, codes=codes)
