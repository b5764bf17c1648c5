"""The coding desk: a process beside the website that holds the coder in use, and codes what somebody just wrote.

The website itself stays light, and a fault of the coder's libraries is that process's alone. It is started when first
needed, started anew when it died or another coder was chosen, and ends by itself when nobody has needed it for long.
"""

import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coding.child_process import end, send
from coding.coder.in_use import coder_in_use
from coding.scheme.codes import Behaviour, Code, QuestionType, Speaker, Subtype, TalkKind, parse_code
from models.errors import EvokeError
from models.settings import Settings

log = logging.getLogger("evoke.desk")
Turn = tuple[str, str]
"""A speaker's label and what they said."""
_OF_A_WEBSITE = ("MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_")
"""Settings of memory that save a website some and would slow a coder down."""


class DeskUnavailable(EvokeError):
    """Nothing was coded; why is in the log."""

    status = 503
    code = "desk_unavailable"

    def __init__(self) -> None:
        super().__init__("This could not be read just now. What you wrote is kept; try again in a moment.")


@dataclass(frozen=True)
class CodedLine:
    """One utterance. `turn` is the 0-based position of its turn; `probabilities` cover every code that its speaker can
    have and sum to 1, and `confidence` is that of `code`; `reason` is a plain sentence."""

    turn: int
    speaker: Speaker
    text: str
    code: Code
    subtype: Subtype | None
    confidence: float
    unsure: bool
    probabilities: Mapping[Code, float]
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {
            "turn": self.turn, "speaker": self.speaker.value, "text": self.text, "code": self.code.value,
            "subtype": self.subtype.value if self.subtype else None, "confidence": self.confidence,
            "unsure": self.unsure, "reason": self.reason,
            "probabilities": {code.value: share for code, share in self.probabilities.items()},
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CodedLine":
        speaker = Speaker(data["speaker"])
        code = parse_code(speaker, data["code"])
        return cls(
            turn=data["turn"], speaker=speaker, text=data["text"], code=code,
            subtype=_subtype(code, data["subtype"]), confidence=data["confidence"], unsure=data["unsure"],
            probabilities={parse_code(speaker, one): share for one, share in data["probabilities"].items()},
            reason=data["reason"],
        )  # fmt: skip


def _subtype(code: Code, value: str | None) -> Subtype | None:
    if value is None:
        return None
    return QuestionType(value) if isinstance(code, Behaviour) else TalkKind(value)


@dataclass(frozen=True)
class Patience:
    """Seconds: in `answer` a caller has an answer or an error, the loading of the coder and those before it in the row
    included; a process that was asked and has said nothing for `silent` is ended; after `idle` without a question it
    ends itself. On a machine with far too much to do loading alone may take longer than a caller waits: it goes on."""

    answer: float = 30.0
    silent: float = 90.0
    idle: float = 15 * 60.0


class _Ended(Exception):
    """The process ended before it answered."""


class _Failed(Exception):
    """It answered that it could not."""


class _Late(Exception):
    """It has not answered yet. What it answers later is passed over."""


@dataclass
class CodingDesk:
    """For all threads of the website: one question at a time, each some hundredths of a second."""

    settings: Settings
    patience: Patience = field(default_factory=Patience)
    version: str = ""  # of the coder that answered last
    _process: "subprocess.Popen[bytes] | None" = None
    _folder: str = ""
    _rest: bytes = b""
    _asked_last: int = 0  # questions are numbered, so that no late answer is taken for another's
    _silent_since: float | None = None
    _one: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def code(
        self, turns: Sequence[Turn], *, change_goal: str = "", practitioner_labels: Sequence[str] = ("You",)
    ) -> tuple[CodedLine, ...]:
        """Every utterance of the conversation, in order, as `coding.pipeline.code_conversation` codes it with the coder
        in use. Raises DeskUnavailable."""
        request = {"turns": [list(turn) for turn in turns], "goal": change_goal, "labels": list(practitioner_labels)}
        lines: list[dict[str, Any]] = self._asked(request)["lines"]
        return tuple(CodedLine.from_json(line) for line in lines)

    def warm(self) -> None:
        """Loads the coder in the background, for who is about to need it. Nothing where somebody is being served: then
        it is loaded, or about to be."""
        if not self._one.locked():
            threading.Thread(target=self._warm, daemon=True).start()

    def end(self) -> None:
        """Ending it twice is not an error: the next question starts another."""
        with self._one:
            self._end()

    def _warm(self) -> None:
        try:
            self._asked({"turns": [], "goal": "", "labels": ["You"]})
        except DeskUnavailable:
            return  # logged, and told to whoever asks in earnest

    def _asked(self, request: Mapping[str, Any]) -> dict[str, Any]:
        until = time.monotonic() + self.patience.answer
        if not self._one.acquire(timeout=self.patience.answer):
            log.error("the coding desk is too busy")
            raise DeskUnavailable
        try:
            try:
                return self._ask(request, until)
            except _Ended:  # as when it was idle, or memory ran out: a new one is asked once
                return self._ask(request, until)
        except (_Ended, _Failed, _Late, OSError) as error:
            log.error("the coding desk did not answer: %s %s", type(error).__name__, error)
            raise DeskUnavailable from None
        except EvokeError as error:  # the choice of a coder cannot be read
            log.error("the coding desk has no coder: %s", error.message)
            raise DeskUnavailable from None
        finally:
            self._one.release()

    def _ask(self, request: Mapping[str, Any], until: float) -> dict[str, Any]:
        """Whatever goes wrong ends the process, but for being late."""
        self._start()
        self._asked_last += 1
        self._silent_since = self._silent_since or time.monotonic()
        try:
            self._send({**request, "number": self._asked_last})
            answer = self._answer(until)
        except _Late:
            raise
        except BaseException:
            self._end()
            raise
        if "failed" in answer:
            self._end()
            raise _Failed(answer["failed"])
        self.version = answer["version"]
        return answer

    def _answer(self, until: float) -> dict[str, Any]:
        while True:
            answer: dict[str, Any] = json.loads(self._line(until))
            self._silent_since = None
            if answer["number"] == self._asked_last:
                return answer

    def _start(self) -> None:
        folder = str(coder_in_use(self.settings).resolve())
        hangs = self._silent_since is not None and time.monotonic() - self._silent_since > self.patience.silent
        if self._process is not None and self._process.poll() is None and self._folder == folder and not hangs:
            return
        self._end()
        environment = {name: value for name, value in os.environ.items() if name not in _OF_A_WEBSITE}
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "coding.coder.desk_child", folder, str(self.patience.idle)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
        )  # fmt: skip
        self._folder = folder

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._process is not None
        try:
            send(self._process, request)
        except BrokenPipeError:
            raise _Ended from None

    def _line(self, until: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._rest:
            wait = until - time.monotonic()
            if wait <= 0 or not select.select([pipe], [], [], wait)[0]:
                raise _Late
            piece = os.read(pipe, 1 << 16)
            if not piece:
                raise _Ended
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _end(self) -> None:
        process, self._process, self._rest, self._silent_since = self._process, None, b"", None
        if process is not None:
            end(process)
