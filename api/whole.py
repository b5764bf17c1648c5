"""Whole numbers in what is sent. To JSON, 12 and 12.0 are the same number, and some programs write only the second."""

from pydantic import BeforeValidator


def _as_whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


AS_WHOLE = BeforeValidator(_as_whole)
"""After the Field in an Annotated, so that its limits stay those of an int; with `strict=True` there neither "12" nor
true is one."""
