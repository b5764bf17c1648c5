"""kill -9: of any process, at any moment."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psutil

from benchmarks.faults.site import Site

EVERY = 1.2
"""Seconds between two kills, in the mean."""
_WEIGHTS = {
    "website": 35, "worker": 35, "hearing": 15, "supervisor": 7, "database": 8,
}  # fmt: skip
_SHORTEST, _LONGEST = 0.1, 5.0


@dataclass
class Kills:
    """Chosen by `rng`: a kind of process, another where none of this kind lives at that moment, and of these one."""

    site: Site
    rng: Random
    every: float = EVERY
    done: Counter[str] = field(default_factory=Counter)

    def wait(self) -> float:
        return min(_LONGEST, max(_SHORTEST, self.rng.expovariate(1 / self.every)))

    def kill_one(self) -> bool:
        """Whether anything lived."""
        lives = {name: found for name, of in self._kinds().items() if (found := of())}
        whom = self.rng.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]
        if whom == "database" and self.site.postgres is not None:
            if not self.site.postgres.kill():
                return False
            self.site.postgres.start_again()
        else:
            if whom not in lives:  # a supervisor that has just begun is left alone: else nothing would come up any more
                lives.pop("supervisor", None)
                if not lives:
                    return False
                whom = self.rng.choice(sorted(lives))
            with suppress(psutil.NoSuchProcess):
                self.rng.choice(lives[whom]).kill()
        self.done[whom] += 1
        return True

    def _kinds(self) -> dict[str, Callable[[], list[psutil.Process]]]:
        site = self.site
        return {
            "website": site.websites, "worker": site.workers, "hearing": site.hearing, "supervisor": site.supervisors,
        }  # fmt: skip
