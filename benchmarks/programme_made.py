"""What is made up of one session on the way to its rows."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from benchmarks.programme_people import MadeAuthority, Practitioner
from benchmarks.programme_words import Spoken
from models.cipher import seal
from models.practice import Picked, SessionKind

Rows = dict[type[SQLModel], list[dict[str, Any]]]
Poured = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Held:
    """A session that is to be made."""

    authority: MadeAuthority
    who: Practitioner
    kind: SessionKind
    picked: Picked
    on: date
    signed: bool

    @property
    def heard(self) -> bool:
        """People talk, and are recorded."""
        return self.kind is not SessionKind.SIMULATED


@dataclass(frozen=True)
class Made:
    """Its ids and key, and what is said in it."""

    held: Held
    id: UUID
    transcript_id: UUID
    words_key: bytes
    at: datetime
    spoken: Spoken


def sealed(made: Made, about: str, value: object) -> bytes:
    """As `models.sealed.seal_into` does, without a query for the key."""
    clear = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return seal(made.words_key, clear, about.encode())
