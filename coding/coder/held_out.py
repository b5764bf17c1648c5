"""Own sessions that a training leaves out altogether, so that coders can be compared on what none of them learned from.

Whether a session is left out follows from its name and the seed alone (SHA-256, read as a number from 0 to 1, below the
share). So the same ones are left out of every training with this seed, whatever sessions come to the file later, and a
larger share holds a smaller one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coding.coder.training_data import TrainingConversation
from models.errors import EvokeError


class NothingHeldOut(EvokeError):
    code = "nothing_held_out"


@dataclass(frozen=True)
class HoldOut:
    """`percent` of the own sessions, 0–99."""

    percent: int = 0
    seed: int = 0

    def holds(self, session: str) -> bool:
        digest = hashlib.sha256(f"{self.seed} {session}".encode()).digest()
        return (int.from_bytes(digest[:8]) >> 11) / 2**53 < self.percent / 100


@dataclass(frozen=True)
class OwnSessions:
    """Names of sessions as their files have them: those learned from, and those left out."""

    learned: tuple[str, ...] = ()
    held_out: tuple[str, ...] = ()

    def as_json(self, hold_out: HoldOut) -> dict[str, Any]:
        return {
            "held_out_percent": hold_out.percent,
            "held_out_seed": hold_out.seed,
            "learned_from": list(self.learned),
            "held_out": list(self.held_out),
        }


def part_own(
    talks: Sequence[tuple[str, TrainingConversation]], hold_out: HoldOut
) -> tuple[list[TrainingConversation], OwnSessions]:
    """`talks` with their sessions' names. Those to learn from, and which is which. Raises NothingHeldOut."""
    names = list(dict.fromkeys(name for name, _ in talks))
    held = [name for name in names if hold_out.holds(name)]
    if hold_out.percent and (not held or len(held) == len(names)):
        which = "none" if not held else "every one"
        raise NothingHeldOut(
            f"Of {len(names)} own sessions {which} would be left out with a share of {hold_out.percent} % and the seed "
            f"{hold_out.seed}. Choose another share or another seed, or train on more sessions."
        )
    learned = tuple(name for name in names if name not in held)
    return [talk for name, talk in talks if name in learned], OwnSessions(learned, tuple(held))


@dataclass(frozen=True)
class Learned:
    """The own sessions that a coder learned from. `known` is False where it learned from some and does not say which:
    it was trained before that was kept."""

    sessions: frozenset[str] = frozenset()
    known: bool = True


def learned_by(about: Mapping[str, Any]) -> Learned:
    """By the `about` of its model.json."""
    kept = about.get("own_sessions")
    names = kept.get("learned_from") if isinstance(kept, dict) else None
    if isinstance(names, list):
        return Learned(frozenset(map(str, names)))
    conversations = about.get("conversations")
    return Learned(known=not (isinstance(conversations, dict) and conversations.get("own")))
