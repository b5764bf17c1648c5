"""What a session's page says about codes that came with its file."""

from dataclasses import dataclass

from sqlmodel import Session

from coding.interchange.kept_import import import_of, read_import
from models.keys import WordsGone
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession
from models.review import Review, ReviewState

FORMS = {"csv": "a CSV file", "json": "a JSON file", "eaf": "an ELAN file"}


@dataclass(frozen=True)
class ImportedView:
    """`shown` says who brought them and who coded; `remarks` what was read otherwise or could not be taken over.
    `waits`: not taken over yet. `to_finish`: lines without a code are left for the reader to give one."""

    shown: str
    remarks: tuple[str, ...]
    waits: bool
    to_finish: bool


def build_imported_view(session: Session, practice: PracticeSession, *, reader: Actor) -> ImportedView | None:
    """None where none came, or they are gone."""
    kept = import_of(session, practice.id)
    if kept is None:
        return None
    try:
        imported = read_import(session, kept)
    except WordsGone:
        return None
    by = session.get_one(Person, kept.by_id).name
    day = f"{kept.created_at.day} {kept.created_at:%B %Y}"
    review = session.get(Review, kept.review_id) if kept.review_id else None
    is_open = review is not None and review.state is ReviewState.OPEN
    return ImportedView(
        shown=f"Codes by {imported.coder} came with {FORMS.get(kept.form, 'a file')}, brought in by {by} on {day}.",
        remarks=imported.remarks, waits=review is None,
        to_finish=is_open and review is not None and review.reviewer_id == reader.person_id,
    )  # fmt: skip
