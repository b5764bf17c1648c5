"""From where something is done: set once at the edge (a request, a command, a worker), read by the audit trail.

A context variable, so that no function between the edge and the audit has to pass it on; a request's threads have it
too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

LONGEST_ADDRESS = 64


class Channel(StrEnum):
    """`NOT_KNOWN` is what rows from before this was kept have."""

    PAGE = "page"
    API_TOKEN = "api_token"  # noqa: S105  the name of a door
    COMMAND = "command"
    WORKER = "worker"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Origin:
    """`address` is the network address of a request, as the server knows it; empty for a command or worker."""

    channel: Channel
    address: str = ""


_NOT_KNOWN = Origin(Channel.NOT_KNOWN)
_origin: ContextVar[Origin] = ContextVar("origin", default=_NOT_KNOWN)


@contextmanager
def acting(channel: Channel, address: str = "") -> Iterator[None]:
    """What is done inside is done from there."""
    before = _origin.set(Origin(channel, address[:LONGEST_ADDRESS]))
    try:
        yield
    finally:
        _origin.reset(before)


def current_origin() -> Origin:
    return _origin.get()
