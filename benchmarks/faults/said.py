"""What an installation has said to those who added sessions: it is held to this when all is over."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import httpx


@dataclass
class Said:
    """`accepted` are sessions by the title they were sent with; `refused` what an upload was answered instead, by
    title; `withdrawn` sessions of which it said that they will be deleted; `changed` answers to a request that was sent
    again which were not the first one's; `unexplained` what was answered to those whom it could not serve and did not
    say why, and how often. Several threads write."""

    accepted: dict[str, UUID] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    withdrawn: set[UUID] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    unexplained: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, title: str, session_id: UUID) -> None:
        with self.lock:
            known = self.accepted.setdefault(title, session_id)
            if known != session_id:
                self.changed.append(f"{title}: first {known}, then {session_id}")

    def put_off(self, answer: httpx.Response) -> None:
        """Something cannot be done now, and the answer has to say in words what to do: `our_fault` says nothing."""
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not (isinstance(told, dict) and told.get("detail") and told.get("code") not in (None, "", "our_fault")):
            with self.lock:
                self.unexplained[f"{answer.status_code} {answer.text[:200]}"] += 1
