"""What a search answers, for the document."""

from pydantic import BaseModel

from training.search import FoundSession


class SearchRead(BaseModel):
    """`looked_at` is in how many sessions, `lines` how many lines were found, `further` the next `before`."""

    sessions: list[FoundSession]
    looked_at: int
    further: str
    lines: int
