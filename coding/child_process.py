"""What a process that serves another one stands on: it reads requests as lines of JSON, and ends with whoever asks."""

import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
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


def end_gently_for_others() -> None:
    """It leaves no picture of its memory, which holds words, on the disk; and where memory runs out, this process goes
    first: it is the one that can be started again."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500")
