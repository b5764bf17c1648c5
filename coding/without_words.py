"""What a log may say of an error."""

import traceback

from sqlalchemy.exc import DBAPIError


def without_words(error: BaseException) -> str:
    """Where it happened, as a traceback tells it, the first cause first; but a message could hold what somebody said,
    so only those of the operating system and the database (see `models.database`) are in it."""
    told: list[str] = []
    at: BaseException | None = error
    while at is not None:
        message = f": {at}" if isinstance(at, OSError | DBAPIError) else ""
        told.append(f"{''.join(traceback.format_tb(at.__traceback__))}{type(at).__name__}{message}")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\n\n".join(reversed(told))
