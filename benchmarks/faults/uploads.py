"""Sessions that are added by the API while everything fails: each is sent again, under its Idempotency-Key, until it is
answered. Some are taken back soon after."""

import heapq
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from benchmarks.faults.people import Practitioner, file_of
from benchmarks.faults.said import Said

WITHDRAWN, RECORDINGS = 0.12, 0.05
"""Shares of the sessions."""
_AT_ONCE = 4
_FIELDS = {"agreement_confirmed": "yes", "change_goal": "drink less"}
_ALL = {"what": "all", "why": "asked"}
_AGAIN = (409, 429)
"""It is still being answered, as far as the installation knows: perhaps by a process that was killed."""

Task = tuple[float, int, str]
"""When, which upload, and `add` or `withdraw`."""


@dataclass
class Uploads:
    """`share` says how much of the campaign is over (0 to 1): sessions are added evenly over it. `address` is where the
    website is."""

    address: str
    practitioners: Sequence[Practitioner]
    sessions: int
    seed: int
    share: Callable[[], float]
    recordings: int = 0
    said: Said = field(default_factory=Said)
    sent_again: int = 0
    ending: threading.Event = field(default_factory=threading.Event)
    _later: list[Task] = field(default_factory=list)
    _next: int = 0
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)
    _clients: dict[Any, httpx.Client] = field(default_factory=dict)

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(_AT_ONCE)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self.ending.set()
        for thread in self._threads:
            thread.join()
        for client in self._clients.values():
            client.close()

    @property
    def unanswered(self) -> int:
        with self._lock:
            return self.sessions - self._next + len(self._later) + self._busy

    def send_again(self, rng: Random) -> None:
        """One that was accepted, as a program does that lost its answer."""
        with self.said.lock:
            titles = sorted(self.said.accepted)
        if titles:
            with self._lock:
                heapq.heappush(self._later, (time.monotonic(), int(rng.choice(titles).split()[1]), "add"))

    def _take(self) -> Task | None:
        with self._lock:
            now = time.monotonic()
            if self._later and self._later[0][0] <= now:
                task = heapq.heappop(self._later)
            elif self._next < self.sessions * min(1.0, self.share()):
                task = (now, self._next, "add")
                self._next += 1
            else:
                return None
            self._busy += 1
            return task

    def _work(self) -> None:
        while not self.ending.is_set():
            task = self._take()
            if task is None:
                time.sleep(0.02)
                continue
            _, number, what = task
            try:
                wait = self._add(number) if what == "add" else self._withdraw(number)
            except httpx.TransportError:
                wait = 0.5
            with self._lock:
                self._busy -= 1
                if wait:
                    self.sent_again += 1
                    heapq.heappush(self._later, (time.monotonic() + wait, number, what))

    def _client(self, *of: object, **words: Any) -> httpx.Client:
        key = (threading.get_ident(), *of)
        if key not in self._clients:
            self._clients[key] = httpx.Client(base_url=self.address, timeout=60, trust_env=False, **words)
        return self._clients[key]

    def _add(self, number: int) -> float:
        """The seconds after which it is to be sent again; 0 where it was answered."""
        who = number % len(self.practitioners)
        headers = {"authorization": f"Bearer {self.practitioners[who].token}"}
        title = f"Upload {number}"
        key = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.seed} {number}"))
        recording = number % max(1, self.sessions) < self.recordings
        answer = self._client("api", who, headers=headers).post(
            "/api/v1/sessions", data=_FIELDS | {"title": title}, headers={"idempotency-key": key},
            files={"file": file_of(number, recording=recording)},
        )  # fmt: skip
        if answer.status_code >= 500:
            self.said.put_off(answer)
            return 2.0
        if answer.status_code in _AGAIN:
            return 2.0
        if answer.status_code != 201:
            self.said.refused[title] = answer.text[:300]
            return 0
        known = title in self.said.accepted
        self.said.accept(title, uuid.UUID(answer.json()["id"]))
        rng = Random(f"{self.seed} {number}")
        if not known and rng.random() < WITHDRAWN:
            with self._lock:
                heapq.heappush(self._later, (time.monotonic() + rng.uniform(0, 4), number, "withdraw"))
        return 0

    def _withdraw(self, number: int) -> float:
        session_id = self.said.accepted[f"Upload {number}"]
        who = number % len(self.practitioners)
        client = self._client("pages", who)
        answer = client.post(f"/sessions/{session_id}/withdraw", data=_ALL, headers={"accept": "application/json"})
        if answer.status_code >= 500:
            self.said.put_off(answer)
            return 2.0
        where = answer.headers.get("location", "")
        if answer.status_code == 303 and where.startswith("/withdrawals/"):
            self.said.withdrawn.add(session_id)
            return 0
        if answer.status_code == 404:  # an answer that was lost said so before
            self.said.withdrawn.add(session_id)
            return 0
        one = self.practitioners[who]
        entered = client.post(
            "/sign-in", data={"email": one.email, "password": one.password}, headers={"accept": "application/json"}
        )
        if entered.status_code >= 500:
            self.said.put_off(entered)
        return 0.2
