"""The note as JSON for case systems: docs/workbook-note.md says what each member means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from training.workbook.finish import Finished
from training.workbook.headings import NoteKind

FORMAT, VERSION = "evoke-workbook-note", 1


@dataclass(frozen=True)
class Source:
    """Where it is from. A plan has no session. `generated_at` is when Evoke gave it out, `edited_at` when its writer
    last changed it: None for a draft as Evoke made it."""

    practitioner: str
    generated_at: datetime
    session_id: UUID | None = None
    session_kind: str = ""
    held_on: date | None = None
    edited_at: datetime | None = None


def note_as_json(note: Finished, source: Source) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "kind": note.kind.value,
        "about_a_real_family": note.kind is NoteKind.FAMILY_RECORD,
        "title": note.title,
        "warning": note.warning or None,
        "language": "en-GB",
        "practitioner": source.practitioner,
        "source": _session(source),
        "generated_at": source.generated_at.isoformat(),
        "edited_at": source.edited_at.isoformat() if source.edited_at else None,
        "headings": [
            {"key": one.heading.value, "title": one.title, "text": one.text, "quotations": list(one.quotations)}
            for one in note.sections
        ],
        "placeholders": list(note.placeholders),
        "left_out": [{"what": one.what, "why": one.why} for one in note.left_out],
    }


def _session(source: Source) -> Mapping[str, Any] | None:
    if source.session_id is None or source.held_on is None:
        return None
    return {
        "session_id": str(source.session_id),
        "kind": source.session_kind,
        "held_on": source.held_on.isoformat(),
    }
