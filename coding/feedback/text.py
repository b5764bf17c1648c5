"""What people write about feedback: read, and refused with the field that is at fault."""

from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError

MOST_WORDS = 4000
"""Characters of a message or a reason."""
MOST_OF_A_POINT = 2000
"""Characters of one point of feedback."""
MOST_LINES = 4
"""Lines that one point quotes."""


class FeedbackWrong(EvokeError):
    """`fields` maps each field at fault to its sentence."""

    code = "feedback_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class AlreadyRead(EvokeError):
    status = 409
    code = "already_read"


def cleaned(words: str) -> str:
    """Without what no page can hold; browsers send two characters for a line's end."""
    return without_control_characters(words).replace("\r\n", "\n").strip()


def read_words(words: str, *, field: str, missing: str, most: int = MOST_WORDS) -> str:
    """Raises FeedbackWrong."""
    words = cleaned(words)
    if not words:
        raise FeedbackWrong({field: missing})
    if (wrong := too_long(words, most)) is not None:
        raise FeedbackWrong({field: wrong})
    return words


def too_long(words: str, most: int) -> str | None:
    """What to do about it, None where it is short enough."""
    more = len(words) - most
    if more <= 0:
        return None
    return f"Shorten this by {'1 character' if more == 1 else f'{more:,} characters'}: at most {most:,} are taken."
