"""A process that serves another: requests are lines of JSON, and it ends with whoever asks. Both sides stand here."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def requests(*, idle: float | None = None) -> Iterator[dict[str, Any]]:
    """Those of the input, until none has come for `idle` seconds.

    A thread reads them, so that the end of the input ends this process in the middle of its work too."""
    waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            waiting.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            yield waiting.get(timeout=idle)
        except queue.Empty:
            return


def send(process: "subprocess.Popen[bytes]", request: Mapping[str, Any]) -> None:
    """For whoever asks. Raises BrokenPipeError where the process has ended."""
    assert process.stdin is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()


def end(process: "subprocess.Popen[bytes]") -> None:
    """At once, whatever it does."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # what it was still to be sent goes with it
                pipe.close()


def end_gently_for_others() -> None:
    """It leaves no picture of its memory, which holds words, on the disk; and where memory runs out, this process goes
    first: it is the one that can be started again."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500")


def stand_behind_others() -> None:
    """Where the worker is nicer than others, as beside a website. For work of minutes that keeps the processor busy: it
    has what nobody else wants, and whoever wakes goes first. A process that is only nicer finishes its turn of some
    milliseconds each time, and one page waits for the processor many times. Nothing that others wait for may be held
    meanwhile, such as the database."""
    if sys.platform == "linux" and os.getpriority(os.PRIO_PROCESS, 0) > 0:
        with contextlib.suppress(OSError):  # where a container may not
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
