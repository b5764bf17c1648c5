"""Every table in one import, for migrations and tests."""

from sqlmodel import SQLModel

from models import audit, coding, invitation, job, organisation, person, practice, recording_in_progress, transcript

metadata = SQLModel.metadata
__all__ = [
    "audit", "coding", "invitation", "job", "metadata", "organisation", "person", "practice", "recording_in_progress",
    "transcript",
]  # fmt: skip
