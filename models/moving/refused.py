from models.errors import EvokeError


class MoveRefused(EvokeError):
    """Before anything is written, or where going on would do harm: the sentence says why, and what to do."""

    status = 409
    code = "move_refused"
