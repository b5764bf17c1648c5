"""The worker's side of the process that hears: starts it, speaks with it, and ends it in time.

A fault of the native libraries, or the memory it takes, is that process's alone, and it can be ended at once.
"""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coding.child_process import end, send
from coding.speech.device import usable_device
from coding.speech.errors import SpeechModelMissing, error_from
from coding.speech.heard import HeardClip
from coding.transcript.parsed import ParsedTranscript

log = logging.getLogger("evoke.hearing")
LOOK_EVERY = 0.5  # seconds between two looks whether the work is still wanted
_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)


class HearingEnded(Exception):
    """The process ended in the middle of its work, as when memory runs out. Another try starts a new one."""


class HearingFailed(Exception):
    """The process reported a fault that is not the recording's; it has told the log where."""


@dataclass(frozen=True)
class Bounds:
    """When the process is ended between two recordings: its memory has grown by more than `growth` bytes since the
    model was loaded, it has heard `recordings`, or nobody has needed it for `idle` seconds."""

    growth: int = 700 * 1024**2
    recordings: int = 500
    idle: float = 15 * 60


@dataclass
class HearingProcess:
    """`environment` is what the process needs to find its settings. `device` is one that is wanted, as in
    EVOKE_WHISPER_DEVICE; `usable` is what hears, found out once, when the model is first loaded."""

    environment: Mapping[str, str]
    device: str = "cpu"
    bounds: Bounds = field(default_factory=Bounds)
    usable: str = ""
    method: str = ""
    memory: int = 0  # bytes it took when it last answered
    _process: "subprocess.Popen[bytes] | None" = None
    _loaded: int = 0  # bytes
    _heard: int = 0
    _used: float = 0.0
    _rest: bytes = b""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def load(self, *, check: Callable[[], None] = lambda: None) -> str:
        """Starts the process and loads the model, where that is not done; the method's name, which tells what other
        settings heard from what these do.

        `check` is called about twice a second; what it raises ends the process. Raises SpeechModelMissing, also for a
        model that crashes whoever loads it; HearingEnded, HearingFailed."""
        if self._process is not None and self._process.poll() is None:
            return self.method
        self.end()
        self.usable = self.usable or usable_device(self.device, check=check)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "coding.speech.hearing_child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | dict(self.environment),
        )  # fmt: skip
        try:
            done = self._ask({"do": "load", "device": self.usable}, check=check)
        except HearingEnded as error:
            if error.args[0] in [-number for number in _CRASHES]:
                raise SpeechModelMissing(
                    "The speech model ends the program that loads it.",
                    "It is damaged, or not made for this machine: copy or fetch it again, or choose another in "
                    "EVOKE_WHISPER_MODEL.",
                ) from error
            raise
        except SpeechModelMissing:
            self.end()
            raise
        self.method, self.memory, self._loaded, self._heard = done["method"], done["memory"], done["memory"], 0
        return self.method

    def hear(
        self, *, opener: str, args: Sequence[str], transcript_id: str, turns: list[Any] | None,
        done: Sequence[HeardClip], options: Mapping[str, Any], on_turns: Callable[[list[Any]], None],
        on_progress: Callable[[float], None], on_clip: Callable[[HeardClip], None], check: Callable[[], None],
    ) -> ParsedTranscript:  # fmt: skip
        """One recording, after `load`. `opener` and `args` as in `coding.speech.hearing_child`; `options` go to
        `coding.speech.hear.hear`; `turns` (as `on_turns` got them) and `done` are what was heard before.

        Raises RecordingError, HearingEnded, HearingFailed, and what `check` raises."""
        handlers: dict[str, Callable[[Any], None]] = {
            "progress": on_progress,
            "turns": on_turns,
            "clip": lambda data: on_clip(HeardClip.from_json(data)),
        }
        request = {"do": "hear", "opener": opener, "args": list(args), "transcript_id": transcript_id, "turns": turns,
                   "done": [clip.as_json() for clip in done], "options": dict(options)}  # fmt: skip
        answer = self._ask(request, check=check, handlers=handlers)
        from pydantic import TypeAdapter

        self._heard, self.memory = self._heard + 1, answer["memory"]
        if self.memory - self._loaded > self.bounds.growth or self._heard >= self.bounds.recordings:
            log.info("the hearing process has done %d recordings and is started anew", self._heard)
            self.end()
        return TypeAdapter(ParsedTranscript).validate_python(answer["transcript"])

    def tend(self) -> None:
        """For whoever has nothing to do just now: frees the memory when nobody has needed it for long."""
        if self._process is not None and time.monotonic() - self._used > self.bounds.idle:
            log.info("the hearing process was idle and is ended")
            self.end()

    def end(self) -> None:
        """At once, whatever it does. Ending it twice is not an error."""
        process, self._process, self._rest = self._process, None, b""
        if process is not None:
            end(process)

    def _ask(
        self, request: Mapping[str, Any], *, check: Callable[[], None],
        handlers: Mapping[str, Callable[[Any], None]] | None = None,
    ) -> Any:  # fmt: skip
        """The last answer. An error that the process reports leaves it as it was; any other ends it."""
        try:
            self._send(request)
            last = self._listen(check, handlers or {})
        except BaseException:
            self.end()
            raise
        finally:
            self._used = time.monotonic()
        if "error" in last:
            raise error_from(last["error"], last["facts"])
        return last["done"]

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._process is not None
        try:
            send(self._process, request)
        except BrokenPipeError:
            raise HearingEnded(self._process.wait()) from None

    def _listen(self, check: Callable[[], None], handlers: Mapping[str, Callable[[Any], None]]) -> dict[str, Any]:
        looked = time.monotonic()
        while True:
            line = self._line()
            if time.monotonic() - looked >= LOOK_EVERY:
                check()
                looked = time.monotonic()
            if line is None:
                continue
            answer = json.loads(line)
            if "failed" in answer:
                log.error("the hearing process failed\n%s", answer["failed"])
                raise HearingFailed
            if "done" in answer or "error" in answer:
                return dict(answer)
            for word, value in answer.items():
                handlers[word](value)

    def _line(self) -> bytes | None:
        """The next one; None when none has come for a while."""
        assert self._process is not None
        assert self._process.stdout is not None
        if b"\n" not in self._rest:
            pipe = self._process.stdout.fileno()
            if not select.select([pipe], [], [], LOOK_EVERY)[0]:
                return None
            piece = os.read(pipe, 1 << 16)
            if not piece:
                raise HearingEnded(self._process.wait())
            self._rest += piece
        line, found, rest = self._rest.partition(b"\n")
        if not found:
            return None
        self._rest = rest
        return line
