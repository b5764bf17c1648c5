"""Every table in one import, for migrations and tests."""

from sqlmodel import SQLModel

from models import (
    audit,
    coding,
    consent,
    invitation,
    job,
    organisation,
    person,
    practice,
    recording_in_progress,
    transcript,
)

metadata = SQLModel.metadata
__all__ = [
    "audit", "coding", "consent", "invitation", "job", "metadata", "organisation", "person", "practice",
    "recording_in_progress", "transcript",
]  # fmt: skip
