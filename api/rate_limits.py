"""How much one person, and one network address, may ask of the website in a while.

Counted in the website's own memory. Where several websites work on one database each hears from it, about a second
later, what was asked of the others. Tries of passwords, codes and links are counted in the database itself
(`models.tries`).
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from coding.without_words import without_words
from models.database import Database
from models.errors import TooMany
from models.rate_share import share_taken
from models.settings import Settings

log = logging.getLogger("evoke.limits")
FROM_ONE_ADDRESS = 20
"""Times what one person may: a whole authority can come from one address."""
CHUNKS = 10
"""Times the requests: a recording that was out of reach of the network catches up."""
MOST_KEYS = 50_000
SHARE_EVERY = 1.0
"""Seconds between two exchanges with the other websites."""
Taken = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Rate:
    """`most` in `seconds`, all at once or spread."""

    most: int
    seconds: int

    def times(self, factor: int) -> "Rate":
        return Rate(self.most * factor, self.seconds)


@dataclass(frozen=True)
class Standing:
    """`left` of a rate may be asked at once; all of it again in `back_in` seconds. `name` is that of its policy."""

    name: str
    rate: Rate
    left: int
    back_in: int


ANSWERS = Rate(300, 60)
"""Of a room of 60 phones, each of which may change its answer."""
HOLDERS = Rate(60, 3600)
"""Whoever checks a certificate asks once; whoever asks for many looks for addresses."""
SPOKEN = Rate(120, 3600)
"""A talk with a simulated parent has some twenty turns."""


_PIECES = "/api/v1/uploads/"
_POLICIES = {"address": "network", "chunk": "chunks", "request": "requests"}
"""What programs are told the kinds are called."""


class Buckets:
    """A leaky bucket for each key, kept as the one time at which it will be empty (the generic cell rate algorithm).

    `share` takes the seconds by which buckets were filled here, and answers in how many seconds they will be empty with
    what all websites took. It is called in a thread of its own, so that no request waits for it."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, share: Callable[[Taken], Taken] | None = None
    ) -> None:
        self._clock = clock
        self._empty_at: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()
        self._share = share
        self._taken: dict[tuple[str, str], float] = {}
        self._shared_at = 0.0
        self._sharing = False

    def take(self, kind: str, key: str, rate: Rate) -> float:
        """0 when there is room, which is then taken; else in how many seconds there will be. A rate of 0 has room."""
        if rate.most == 0:
            return 0.0
        with self._lock:
            now = self._clock()
            empty_at = max(now, self._empty_at.get((kind, key), now)) + rate.seconds / rate.most
            if (wait := empty_at - now - rate.seconds) > 1e-9:
                return wait
            if len(self._empty_at) >= MOST_KEYS:
                self._empty_at = {one: at for one, at in self._empty_at.items() if at > now}
            self._empty_at[kind, key] = empty_at
            if self._share is not None:
                self._taken[kind, key] = self._taken.get((kind, key), 0.0) + rate.seconds / rate.most
                self._begin_sharing(now)
            return 0.0

    def _begin_sharing(self, now: float) -> None:
        """With the lock."""
        if not self._sharing and now - self._shared_at >= SHARE_EVERY:
            self._sharing, self._shared_at = True, now
            threading.Thread(target=self.exchange, daemon=True).start()

    def exchange(self) -> None:
        """What cannot be told now is told the next time."""
        assert self._share is not None
        with self._lock:
            taken, self._taken = self._taken, {}
        try:
            everywhere = self._share(taken) if taken else {}
        except Exception as error:
            log.warning("what is asked of other websites is not known just now\n%s", without_words(error))
            everywhere = {}
            with self._lock:
                for key, seconds in taken.items():
                    self._taken[key] = self._taken.get(key, 0.0) + seconds
        with self._lock:
            now = self._clock()
            for key, seconds in everywhere.items():
                self._empty_at[key] = now + seconds + self._taken.get(key, 0.0)
            self._sharing = False

    def standing(self, kind: str, key: str, rate: Rate) -> Standing | None:
        """None of a rate without an end."""
        if rate.most == 0:
            return None
        with self._lock:
            full_in = max(0.0, self._empty_at.get((kind, key), 0.0) - self._clock())
        left = math.floor((rate.seconds - full_in) * rate.most / rate.seconds + 1e-6)
        return Standing(_POLICIES.get(kind, kind), rate, max(0, left), math.ceil(full_in))


def buckets_of(database: Database, *, websites: int) -> Buckets:
    """Of a website on this database, one of `websites` on its machine. With SQLite there are no other machines."""

    def share(taken: Taken) -> Taken:
        with database.write() as session:
            return share_taken(session, taken)

    return Buckets(share=None if database.is_sqlite and websites == 1 else share)


class RateLimits:
    def __init__(self, settings: Settings, buckets: Buckets | None = None) -> None:
        self._buckets = buckets or Buckets()
        self._requests = Rate(settings.requests_per_minute, 60)
        self._uploads = Rate(settings.uploads_per_hour, 3600)

    def check_address(self, address: str, request: Request | None = None) -> None:
        """Before it is known who asks. Leaves in `request.state` how much may still be asked. Raises TooMany."""
        self._take(
            "address",
            address,
            self._requests.times(FROM_ONE_ADDRESS),
            "Your network asks for more than Evoke can answer",
            request,
        )

    def check_person(self, request: Request, person_id: UUID) -> None:
        """Leaves in `request.state` how much may still be asked. Raises TooMany."""
        key, what = str(person_id), "You ask for more than Evoke can answer"
        path = request.url.path
        if (request.method == "PUT" and not path.startswith("/scim/")) or path.startswith(_PIECES):  # sound in pieces
            what = "Sound comes faster than it can be taken"
            self._take("chunk", key, self._requests.times(CHUNKS), what, request)
        else:
            self._take("request", key, self._requests, what, request)

    def check_upload(self, person_id: UUID) -> None:
        """Raises TooMany."""
        self._take("upload", str(person_id), self._uploads, "You added as many sessions as one person may in an hour")

    def check_spoken(self, person_id: UUID) -> None:
        """One answer spoken instead of typed. Raises TooMany."""
        self._take(
            "spoken", str(person_id), SPOKEN, "You spoke as many answers as one person may in an hour; you can type"
        )

    def check_holder(self, address: str) -> None:
        """One question whose a certificate is. Raises TooMany."""
        self._take("holder", address, HOLDERS, "Your network asked about as many holders as it may in an hour")

    def check_answer(self, address: str) -> None:
        """One answer in a live session: a whole room comes from one address. Raises TooMany."""
        self._take("answer", address, ANSWERS, "More answers come from your network than one room can write")

    def _take(self, kind: str, key: str, rate: Rate, what: str, request: Request | None = None) -> None:
        wait = self._buckets.take(kind, key, rate)
        if request is not None:
            request.state.rate = self._buckets.standing(kind, key, rate)
        if wait:
            seconds = math.ceil(wait)
            raise TooMany(f"{what}. Wait {_in_words(seconds)}, then try again.", retry_after=seconds)


def _in_words(seconds: int) -> str:
    if seconds <= 60:
        return "a minute"
    return f"{-(-seconds // 60)} minutes"
