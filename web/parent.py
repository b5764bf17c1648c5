"""A child process that does not outlive its parent, however the parent ends."""

import os
import threading
import time


def end_with_parent(parent: int | None) -> None:
    """Watches from a thread and ends this process at once when `parent` is no longer its parent."""
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
