"""When to look how far sessions are: as soon as the database tells of one, else every second."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator
from uuid import UUID

from coding.without_words import without_words
from models.changes import Changes
from models.news import told_of_progress

log = logging.getLogger("evoke.progress")
LOOK_EVERY = 1.0
"""Seconds, where the database tells nothing."""
FEW = 20
"""So few that listen are looked for at once where something was written: one small question costs less than what each
would ask."""
GLANCE = 0.02
"""Seconds between two glances at whether something was written."""
REST = 0.05
"""Seconds without a glance after a look, so that a busy site is not looked at all the time."""
LOOK_AT_ALL_EVERY = 15.0
"""Seconds, where it does: should a word of it be lost."""
GATHER = 0.1
"""Seconds from the first word to the look, so that many changes are one look."""
TRY_AGAIN_IN = 5.0
"""Seconds after a connection that told was lost."""


class Ear:
    """Of one event loop, as long as somebody listens to progress there."""

    def __init__(self, direct: str, sqlite: str = "") -> None:
        """`direct` is an address of PostgreSQL that keeps a connection's state, `sqlite` one of SQLite, or empty."""
        self._direct = direct
        self._sqlite = sqlite
        self._changes: Changes | None = None
        self._woken = asyncio.Event()
        self._changed = set[UUID]()
        self._everything = False
        self.hears = False

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Ear"]:
        listening = asyncio.create_task(self._listen()) if self._direct else None
        try:
            with Changes(self._sqlite) if self._sqlite else contextlib.nullcontext() as self._changes:
                yield self
        finally:
            if listening is not None:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    def look_at(self, session_id: UUID) -> None:
        """In the event loop: of this one something may be new."""
        if self.hears:
            self._changed.add(session_id)
            self._woken.set()

    def look_at_all(self) -> None:
        self._everything = True
        self._woken.set()

    async def wait(self, listeners: int) -> set[UUID] | None:
        """Until it is time to look. The sessions to look at; None: at all."""
        if self._changes is not None and listeners <= FEW:
            await self._written(self._changes)
            return None
        seconds = LOOK_EVERY if listeners > FEW else LOOK_EVERY / 5
        try:
            async with asyncio.timeout(LOOK_AT_ALL_EVERY if self.hears else seconds):
                await self._woken.wait()
        except TimeoutError:
            return None
        await asyncio.sleep(GATHER)
        self._woken.clear()
        changed, self._changed = self._changed, set()
        everything, self._everything = self._everything, False
        return None if everything else changed

    async def _written(self, changes: Changes) -> None:
        """Until something was, or for as long as nobody looks without."""
        until = time.monotonic() + LOOK_EVERY
        await asyncio.sleep(REST)
        with contextlib.suppress(sqlite3.Error):  # then it is looked at, and what fails there is tried again later
            while time.monotonic() < until and not changes.any():
                await asyncio.sleep(GLANCE)

    async def _listen(self) -> None:
        while True:
            try:
                async with told_of_progress(self._direct) as told:
                    self.hears = True
                    self.look_at_all()  # what changed before was not heard
                    async for session_id in told:
                        self.look_at(session_id)
            except Exception as error:
                log.warning("the database tells no progress; it is looked at instead\n%s", without_words(error))
            finally:
                self.hears = False
            await asyncio.sleep(TRY_AGAIN_IN)
