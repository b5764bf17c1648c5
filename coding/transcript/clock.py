"""Times as people and programs write them in transcripts."""

import re

CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_CLOCK = re.compile(rf"\s*({CLOCK})\s*")


def seconds_of(clock: str) -> float | None:
    """Seconds of "01:02", "0:01:02" or "00:01:02.500"; None when it is no such time."""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    seconds = 0.0
    for part in found.group(1).replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
