"""What the routes of uploads in pieces answer, for the document."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class UploadShown(BaseModel):
    """`offset` of `size_bytes` have come. It ends at `expires_at` if nothing more comes until then. `session_id` once
    it is finished."""

    id: UUID
    url: str
    state: Literal["open", "finished"]
    offset: int
    size_bytes: int
    begun_at: str
    expires_at: str | None
    session_id: UUID | None


class UploadsShown(BaseModel):
    uploads: list[UploadShown]
