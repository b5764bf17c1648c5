"""Whole numbers in what is sent. To JSON, 12 and 12.0 are the same number, and some programs write only the second."""

from typing import Annotated

from pydantic import BeforeValidator


def _as_whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_as_whole)]
"""With `strict=True` in its Field neither "12" nor true is one."""
