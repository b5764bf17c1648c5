"""Errors a person can cause. Each says what happened and what to do, and carries the HTTP status it maps to."""


class EvokeError(Exception):
    """Base of every error shown to a person.

    Subclasses set `status` and a stable `code`, and pass one plain-English sentence (or two) as `message`. `fields`
    maps a form's field to what is wrong with it, where the mistake belongs to one. `members` are numbers that a program
    needs to go on; they stand beside the sentence in a JSON answer.
    """

    status: int = 422
    code: str = "cannot_do_that"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, str] = {}
        self.members: dict[str, int] = {}


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
