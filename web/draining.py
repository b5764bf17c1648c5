"""Whether this process of the website was told to stop: it still answers, and says that it wants no new visitors."""

import threading

_TOLD = threading.Event()


def begin_draining() -> None:
    _TOLD.set()


def is_draining() -> bool:
    """`/health/ready` answers 503 from then on, so that a proxy sends people elsewhere before the doors close."""
    return _TOLD.is_set()
