"""Errors a person can cause. Each says what happened and what to do, and carries the HTTP status it maps to."""

from typing import Any


class EvokeError(Exception):
    """Base of every error shown to a person.

    Subclasses set `status` and a stable `code`, and pass one plain-English sentence (or two) as `message`. `fields`
    maps a form's field to what is wrong with it, where the mistake belongs to one. `members` are numbers that a program
    needs to go on, or what there is now; they stand beside the sentence in a JSON answer.
    """

    status: int = 422
    code: str = "cannot_do_that"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, str] = {}
        self.members: dict[str, Any] = {}


class NotAllowed(EvokeError):
    status = 403
    code = "not_allowed"


class NotFound(EvokeError):
    """Also the answer to a stranger: whether a thing exists is itself information."""

    status = 404
    code = "not_found"


class TooLarge(EvokeError):
    status = 413
    code = "too_large"


class TooMany(EvokeError):
    """More of something than is taken in a while. `members["retry_after"]`: in how many seconds it is taken again."""

    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.members = {"retry_after": retry_after}

    @classmethod
    def headers_of(cls, error: EvokeError) -> dict[str, str]:
        """The HTTP headers an error asks for."""
        return {"retry-after": str(error.members["retry_after"])} if "retry_after" in error.members else {}
