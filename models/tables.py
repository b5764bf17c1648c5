"""Every table in one import, for migrations and tests."""

from sqlmodel import SQLModel

from models import audit, coding, job, organisation, person, practice, recording_in_progress, transcript

metadata = SQLModel.metadata
__all__ = [
    "audit", "coding", "job", "metadata", "organisation", "person", "practice", "recording_in_progress", "transcript",
]  # fmt: skip
