from models.errors import EvokeError


class MoveRefused(EvokeError):
    """Before anything is written, or where going on would do harm: the sentence says why, and what to do."""

    status = 409
    code = "move_refused"


class MoveBroken(EvokeError):
    """A database failed on the way."""

    status = 503
    code = "move_broken"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"A database failed on the way ({what}). Nothing is lost: see to it, and run the same command again. It "
            "goes on where it ended."
        )
