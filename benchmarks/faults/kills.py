"""kill -9: of any process, at any moment."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import httpx
import psutil

from benchmarks.faults.site import Site

EVERY = 1.2
"""Seconds between two kills, in the mean, where all is up."""
_WEIGHTS = {
    "website": 35, "worker": 35, "hearing": 15, "supervisor": 7, "database": 8,
}  # fmt: skip
_SHORTEST, _LONGEST = 0.1, 5.0
_LET_UP = 0.6
"""So many kills in the mean come only after the site answers and a worker is there again, the others whenever they
come: also while all is just starting. On a slow machine nothing would ever be accepted if all did."""
_LONGEST_DOWN = 60.0
"""Seconds: then it is killed again all the same."""


@dataclass
class Kills:
    """Chosen by `rng`: a kind of process, another where none of this kind lives at that moment, and of these one."""

    site: Site
    rng: Random
    every: float = EVERY
    done: Counter[str] = field(default_factory=Counter)

    def pause(self) -> None:
        """Until it is time for the next."""
        if self.rng.random() < _LET_UP:
            until = time.monotonic() + _LONGEST_DOWN
            while not self._is_up() and time.monotonic() < until:
                time.sleep(0.1)
        time.sleep(min(_LONGEST, max(_SHORTEST, self.rng.expovariate(1 / self.every))))

    def _is_up(self) -> bool:
        try:
            answer = httpx.get(f"{self.site.address}/health", trust_env=False, timeout=2.0)
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and bool(self.site.workers())

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
