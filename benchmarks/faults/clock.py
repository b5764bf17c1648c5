"""A clock that jumps, for the installation's processes alone: whoever looks from outside keeps the right time.

Evoke asks `models.columns.utc_now` and Python's `time.time` what time it is. A module that Python loads at its start
(`sitecustomize`) puts a difference on both that is read from a file; nothing of Evoke knows of it. PostgreSQL's own
clock stays as it is, as that of another machine would.
"""

from dataclasses import dataclass
from pathlib import Path

_MODULE = """
import os
import time
from datetime import timedelta
from models import columns

_ours, _right = columns.utc_now, time.time
_read = [-1.0, 0.0]


def _ahead():
    if time.monotonic() - _read[0] > 0.1:
        _read[0] = time.monotonic()
        try:
            with open(os.environ["FAULTS_CLOCK"]) as file:
                _read[1] = float(file.read() or 0)
        except (OSError, ValueError):
            pass
    return _read[1]


def utc_now():
    return _ours() + timedelta(seconds=_ahead())


columns.utc_now = utc_now
time.time = lambda: _right() + _ahead()
"""


@dataclass
class Clock:
    """In `folder`. One that is not `wanted` leaves the processes alone."""

    folder: Path
    wanted: bool

    def __post_init__(self) -> None:
        if self.wanted:
            self._at.mkdir()
            (self._at / "sitecustomize.py").write_text(_MODULE)
            self.set(0)

    @property
    def _at(self) -> Path:
        return self.folder / "clock"

    @property
    def path(self) -> list[str]:
        return [str(self._at)] if self.wanted else []

    @property
    def environment(self) -> dict[str, str]:
        return {"FAULTS_CLOCK": str(self._at / "ahead")} if self.wanted else {}

    def set(self, ahead: float) -> None:
        """Seconds; negative where it goes behind."""
        new = self._at / "new"
        new.write_text(str(ahead))
        new.replace(self._at / "ahead")
