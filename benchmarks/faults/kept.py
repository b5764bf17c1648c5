"""A process that is started again when it ends, as systemd or a container engine does."""

import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_WAIT = 0.3


@dataclass
class Kept:
    """`command` is run in `folder`, where its `log` lies too."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    ended_at: float = 0.0
    wanted: bool = True

    def tend(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            self.process, self.ended_at = None, time.monotonic()
        if self.process is None and self.wanted and time.monotonic() > self.ended_at + _WAIT:
            with (self.folder / f"{self.name}.log").open("ab") as log:
                self.process = subprocess.Popen(
                    self.command, env=self.environment, cwd=self.folder, stdout=log, stderr=log
                )  # fmt: skip

    def end(self) -> None:
        """As an operator does, and if that takes long, for good."""
        self.wanted = False
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            self.process.kill()
            self.process.wait()

    def family(self) -> list[psutil.Process]:
        """It, its children and theirs, as far as they live."""
        if self.process is None or self.process.poll() is not None:
            return []
        try:
            it = psutil.Process(self.process.pid)
            return [it, *it.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def command_of(process: psutil.Process) -> str:
    """Nothing, where it has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
