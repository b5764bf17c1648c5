"""How far sessions are, told as it changes (server-sent events): one look at the database for all who listen, when
`api.progress_ear` says so.

Whoever listens costs a connection and a few objects: no thread, and no database session between looks.
"""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.progress_ear import LOOK_EVERY, Ear
from coding.without_words import without_words
from models.database import Database
from models.errors import TooMany
from models.practice import PracticeSession, Stage
from models.settings import Settings

log = logging.getLogger("evoke.progress")
BEAT_EVERY = 15.0
"""Seconds without news after which a comment keeps the connection open; then it is also asked whether the listener may
still listen."""
COME_BACK_IN = 3
"""Seconds after which a listener whose connection ended asks again."""
ASK_EVERY = 2
"""Seconds, for those who ask again and again instead."""
_AT_ONCE = 500


class StreamsFull(TooMany):
    status = 503
    code = "too_many_streams"


@dataclass(frozen=True)
class Seen:
    """How far a session is."""

    stage: Stage
    progress: int
    problem_code: str
    problem: str

    @property
    def ended(self) -> bool:
        return self.stage not in Stage.working()

    @property
    def event_id(self) -> str:
        return f"{self.stage.value}-{self.progress}"

    def shown(self) -> dict[str, object]:
        return {
            "stage": self.stage.value, "progress": self.progress, "problem_code": self.problem_code,
            "problem": self.problem,
        }  # fmt: skip

    def event(self) -> bytes:
        """The last one is named `ready` or `stopped`."""
        name = self.stage.value if self.ended else "progress"
        data = json.dumps(self.shown(), ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.event_id}\nevent: {name}\ndata: {data}\n\n".encode()


def seen_of(practice: PracticeSession) -> Seen:
    return Seen(practice.stage, practice.progress, practice.problem_code or "", practice.problem or "")


@dataclass(eq=False)
class Stream:
    """One listener. `latest` is None once the session is gone; what lies between two looks is left out."""

    person_id: UUID
    session_id: UUID
    latest: Seen | None
    close: Callable[[], None] = lambda: None
    over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def tell(self, seen: Seen | None, *, over: bool = False) -> None:
        """In the listener's own event loop."""
        if seen != self.latest or over:
            self.latest, self.over = seen, over
            self.changed.set()


class ProgressWatch:
    """Of one website process."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._most, self._most_of_one = settings.open_streams, settings.open_streams_of_one
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._ear: Ear | None = None
        self._over = False

    def open(self, person_id: UUID, session_id: UUID, seen: Seen) -> Stream:
        """In the event loop. Whoever gets it closes it. Raises TooMany, StreamsFull."""
        stream = Stream(person_id, session_id, seen)
        stream.close = lambda: self._streams.discard(stream)
        with self._lock:
            if sum(one.person_id == person_id for one in self._streams) >= self._most_of_one:
                raise TooMany(
                    f"You listen to {self._most_of_one} sessions already. End one, or ask for JSON now and then.",
                    retry_after=COME_BACK_IN * 5,
                )
            if self._over or len(self._streams) >= self._most:
                raise StreamsFull(
                    "As many programs listen as Evoke has room for. Ask for JSON now and then instead.",
                    retry_after=COME_BACK_IN * 5,
                )
            self._streams.add(stream)
        if self._looking is None or self._looking.done() or self._looking.get_loop() is not stream.loop:
            self._ear = Ear(self._database.connecting.direct, self._database.url if self._database.is_sqlite else "")
            self._looking = asyncio.create_task(self._look_on(self._ear))
        elif self._ear is not None:
            self._ear.look_at(session_id)  # it may have changed since `seen` was read
        return stream

    def end(self) -> None:
        """The website stops: every listener's answer ends, and they come back to the next one."""
        self._over = True
        for stream in list(self._streams):
            self._tell(stream, stream.latest, over=True)

    async def _look_on(self, ear: Ear) -> None:
        async with ear.open():
            while self._streams:
                changed = await ear.wait(len(self._streams))
                streams = [one for one in self._streams if changed is None or one.session_id in changed]
                if not streams:
                    continue
                try:
                    found = await run_in_threadpool(self._look, {one.session_id for one in streams})
                except Exception as error:
                    log.error("how far sessions are cannot be read; it is tried again\n%s", without_words(error))
                    await asyncio.sleep(LOOK_EVERY)
                    ear.look_at_all()
                    continue
                for stream in streams:
                    self._tell(stream, found.get(stream.session_id), over=self._over)
            self._looking = None  # before anything is waited for: who comes now begins anew

    def _tell(self, stream: Stream, seen: Seen | None, *, over: bool) -> None:
        with contextlib.suppress(RuntimeError):  # its loop is closed, and it with it
            stream.loop.call_soon_threadsafe(lambda: stream.tell(seen, over=over))

    def _look(self, ids: Collection[UUID]) -> dict[UUID, Seen]:
        wanted, found = list(ids), dict[UUID, Seen]()
        with self._database.read() as session:
            for at in range(0, len(wanted), _AT_ONCE):
                found |= _rows(session, wanted[at : at + _AT_ONCE])
        return found


def _rows(session: Session, ids: list[UUID]) -> dict[UUID, Seen]:
    here = col(PracticeSession.id).in_(ids), col(PracticeSession.withdrawn_at).is_(None)
    asked = select(
        PracticeSession.id, PracticeSession.stage, PracticeSession.progress, PracticeSession.problem_code
    ).where(*here)
    said = select(PracticeSession.id, PracticeSession.problem).where(*here, col(PracticeSession.problem).is_not(None))
    problems = dict(session.exec(said).all())
    return {
        id_: Seen(Stage(stage), progress, code or "", problems.get(id_) or "")
        for id_, stage, progress, code in session.exec(asked)
    }


class ProgressAnswer(Response):
    """Goes on until the session is ready, stopped or gone, the listener is or may no longer listen, or the website
    stops. `may_still` is asked in a thread. `heard` is the id of the last event that the listener heard."""

    media_type = "text/event-stream"

    def __init__(self, stream: Stream, *, may_still: Callable[[], bool], heard: str) -> None:
        super().__init__(headers={"cache-control": "no-store, no-transform", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._stream, self._may_still, self._heard = stream, may_still, heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tasks = [asyncio.create_task(self._write(send)), asyncio.create_task(_until_gone(receive))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stream.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not tasks[0].cancelled() and (error := tasks[0].exception()) is not None and not isinstance(error, OSError):
            raise error

    async def _write(self, send: Send) -> None:
        async def write(words: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": words, "more_body": more})

        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await write(f"retry: {COME_BACK_IN * 1000}\n\n".encode())
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + BEAT_EVERY
        while (seen := self._stream.latest) is not None:
            if seen.event_id != self._heard:
                self._heard = seen.event_id
                await write(seen.event())
            if seen.ended or self._stream.over:
                break
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(beat_at):
                    await self._stream.changed.wait()
            self._stream.changed.clear()
            if loop.time() >= beat_at:
                if not await run_in_threadpool(self._may_still):
                    break
                await write(b": still here\n\n")
                beat_at = loop.time() + BEAT_EVERY
        await write(b"", more=False)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
