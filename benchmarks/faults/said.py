"""What an installation has said to those who added sessions: it is held to this when all is over."""

import threading
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Said:
    """`accepted` are sessions by the title they were sent with; `refused` what an upload was answered instead, by
    title; `withdrawn` sessions of which it said that they will be deleted; `changed` answers to a request that was sent
    again which were not the first one's. Several threads write."""

    accepted: dict[str, UUID] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    withdrawn: set[UUID] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, title: str, session_id: UUID) -> None:
        with self.lock:
            known = self.accepted.setdefault(title, session_id)
            if known != session_id:
                self.changed.append(f"{title}: first {known}, then {session_id}")
