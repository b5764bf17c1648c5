"""Times of lines, in whole milliseconds, and how files write them."""

import math
from decimal import Decimal, InvalidOperation

from coding.transcript.clock import seconds_of

LONGEST = 48 * 3600 * 1000
"""No recording is longer; a time beyond it is a mistake of the file."""


def ms_of(cell: str) -> int | None:
    """From seconds ("62.5") or a clock ("00:01:02.500"); None where it is no time."""
    clock = seconds_of(cell)
    if clock is not None:
        return ms_from_seconds(clock)
    try:
        ms = int((Decimal(cell.strip()) * 1000).to_integral_value())
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return ms if 0 <= ms <= LONGEST else None


def ms_from_seconds(seconds: float | None) -> int | None:
    if seconds is None or not math.isfinite(seconds) or not 0 <= seconds * 1000 <= LONGEST:
        return None
    return round(seconds * 1000)


def seconds_shown(ms: int | None) -> str:
    """Seconds with three decimals; empty for no time."""
    return "" if ms is None else f"{ms // 1000}.{ms % 1000:03d}"
