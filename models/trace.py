"""Traces: a request, the jobs it asked for and their stages as one story, told to OpenTelemetry where that is set up.

Nothing of OpenTelemetry is imported here. `web.telemetry` puts a `Teller` in place where the operator asked for traces;
until then every call costs one comparison. A span has a name, ids and numbers: never a word, a name or an address.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

Fact = str | int | float | bool
HAND_OVER_SECONDS = 1.0
"""For whoever takes traces, at a process's end: one that does not answer holds it up no longer."""


class Span(Protocol):
    def note(self, **facts: Fact) -> None: ...
    def rename(self, name: str) -> None: ...
    def failed(self, kind: str) -> None:
        """`kind` is an error's name; its message could hold anything."""


class Teller(Protocol):
    def span(self, name: str, *, parent: str | None, **facts: Fact) -> AbstractContextManager[Span]:
        """`parent` is a `traceparent` (W3C Trace Context) of elsewhere; None: within what this thread is at."""

    def traceparent(self) -> str | None: ...

    def hand_over(self) -> None:
        """What was told so far goes out now; returns when it has, or cannot."""


class _Nothing:
    def note(self, **_facts: Fact) -> None: ...
    def rename(self, _name: str) -> None: ...
    def failed(self, _kind: str) -> None: ...


_NOTHING = nullcontext(_Nothing())
_teller: Teller | None = None


def tell_to(teller: Teller | None) -> None:
    global _teller
    _teller = teller


def is_told() -> bool:
    return _teller is not None


def span(name: str, *, parent: str | None = None, **facts: Fact) -> AbstractContextManager[Span]:
    """What is done inside is a span of the trace that is under way, or of the one that `parent` names."""
    return _NOTHING if _teller is None else _teller.span(name, parent=parent, **facts)


def traceparent() -> str | None:
    """Of the span that this thread is in, to be taken up elsewhere."""
    return None if _teller is None else _teller.traceparent()


def hand_over(seconds: float = HAND_OVER_SECONDS) -> None:
    """For a process's end: else what it told in its last seconds would go with it."""
    if _teller is not None:
        handing = threading.Thread(target=_teller.hand_over, daemon=True)
        handing.start()
        handing.join(seconds)


@contextmanager
def told_to(teller: Teller) -> Iterator[None]:
    """For tests: until the end of the block."""
    before = _teller
    tell_to(teller)
    try:
        yield
    finally:
        tell_to(before)
