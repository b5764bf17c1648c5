"""When the night is."""

from datetime import datetime, timedelta

HOUR = 2
"""In UTC, when few people work."""


def next_night(now: datetime) -> datetime:
    """The first one after this moment."""
    tonight = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)
