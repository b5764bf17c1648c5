"""One percentage that only rises, and how long it still takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Tell = Callable[["Progress"], None]


@dataclass
class Progress:
    """`whole` and `done` are in seconds of a middling machine: only their ratio counts. `tell` hears every change."""

    whole: float
    tell: Tell
    doing: str = ""
    done: float = 0.0
    begun: float = field(default_factory=time.monotonic)
    _skipped: float = 0.0

    def begin(self, doing: str) -> None:
        self.doing = doing
        self.tell(self)

    def add(self, work: float) -> None:
        self.done = min(self.whole, self.done + work)
        self.tell(self)

    def skip(self, work: float) -> None:
        """Was done before: it says nothing on how fast this goes."""
        self._skipped += work
        self.add(work)

    @property
    def percent(self) -> int:
        """Nought for as long as nobody knows how much there is."""
        return min(99, int(100 * self.done / self.whole)) if self.whole else 0

    @property
    def seconds_left(self) -> float | None:
        """None for as long as nobody can say."""
        taken, worked = time.monotonic() - self.begun, self.done - self._skipped
        return taken * (self.whole - self.done) / worked if taken > 3 and worked > 0 else None
