"""What a fault is: it begins, lasts, and ends."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from benchmarks.faults.kept import command_of
from benchmarks.faults.site import Site
from benchmarks.faults.uploads import Uploads


@dataclass
class Scene:
    """What a fault happens to. `problems` are what a fault itself saw go wrong; it tells `lasted` how much of it is
    over (0 to 1), so that sessions are added while it lasts."""

    site: Site
    uploads: Uploads
    rng: Random
    lease_seconds: int
    problems: list[str]
    lasted: Callable[[float], None] = lambda _part: None


class Fault:
    """`name` is what it is chosen by, `words` say what happens, `seconds` how long."""

    name: ClassVar[str]
    words: ClassVar[str]
    seconds: float = 6.0

    def impossible(self, _site: Site) -> str:
        """Why it cannot be made here; nothing where it can."""
        return ""

    def begin(self, scene: Scene) -> None:
        raise NotImplementedError

    def hold(self, scene: Scene) -> None:
        """Several times a second while it lasts."""

    def end(self, scene: Scene) -> None:
        """Also where beginning failed half way."""

    def run(self, scene: Scene) -> None:
        waits = threading.Event()
        try:
            self.begin(scene)
            steps = round(self.seconds / 0.2)
            for step in range(steps):
                self.hold(scene)
                waits.wait(0.2)
                scene.lasted((step + 1) / steps)
        finally:
            self.end(scene)


def workers_take_up(scene: Scene) -> None:
    """Each is killed, so that what it has in memory it reads anew."""
    for worker in scene.site.workers():
        if command_of(worker):
            worker.kill()
