"""Every table in one import, for migrations and tests."""

from sqlmodel import SQLModel

from models import (
    api_client_kept,
    audit,
    certificate,
    coding,
    cohort,
    consent,
    conversation,
    data_copy,
    double_coding,
    exercise,
    feedback,
    imported_coding,
    invitation,
    job,
    keys,
    learning,
    listening_copy_kept,
    live,
    machine_check,
    name_check,
    organisation,
    own_module,
    parent_writer,
    password_reset,
    person,
    plan,
    practice,
    recording_in_progress,
    retention,
    review,
    second_step_kept,
    session_request,
    single_sign_on_kept,
    spoken_answer,
    taken_session,
    transcript,
    tries,
    withdrawal,
)

metadata = SQLModel.metadata
__all__ = [
    "api_client_kept", "audit", "certificate", "coding", "cohort", "consent", "conversation", "data_copy",
    "double_coding", "exercise", "feedback", "imported_coding", "invitation", "job", "keys", "learning",
    "listening_copy_kept", "live", "machine_check", "metadata", "name_check", "organisation", "own_module",
    "parent_writer", "password_reset", "person", "plan", "practice", "recording_in_progress", "retention", "review",
    "second_step_kept", "session_request", "single_sign_on_kept", "spoken_answer", "taken_session", "transcript",
    "tries", "withdrawal",
]  # fmt: skip
