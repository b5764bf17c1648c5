"""The note of a session for programs, and as the files that its practitioner takes away."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import SignedIn
from api.answers.sessions import WorkbookNote
from api.document.errors import BLIND, WORDS
from api.document.tell import told
from api.house import House, TheHouse
from api.route import ApiRoute
from coding.ledger import AgreementMissing
from models.columns import utc_now
from models.errors import NotFound
from models.permissions import Actor
from training.workbook.as_docx import note_as_docx
from training.workbook.as_json import Source, note_as_json
from training.workbook.finish import Finished
from training.workbook.headings import NoteKind
from training.workbook.kept import note_taken
from training.workbook.material import session_to_summarise
from training.workbook.view import NotePage, build_note_page, source_of

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], route_class=ApiRoute)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get(
    "/{session_id}/workbook-note",
    **told(
        "read_workbook_note", WorkbookNote, *BLIND, *WORDS, AgreementMissing, (409, "not_signed_off"),
        headers=["ETag"],
    ),
)  # fmt: skip
def workbook_note(session_id: UUID, house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """The note of a signed-off session that its practitioner wrote, or a draft where they wrote none. Theirs alone."""
    page, source = take_note(house, actor, session_id, form="json")
    assert page.note is not None, "who writes has a draft at least"
    return note_as_json(page.note, source)


def take_note(house: House, actor: Actor, session_id: UUID, *, form: str) -> tuple[NotePage, Source]:
    """Noted before it is given out. Raises NotFound, NotAllowed, CodedBlind, WordsWent, AgreementMissing, NotSignedOff,
    WordsGone."""
    with house.database.read() as session:
        practice = session_to_summarise(session, session_id, actor, write=True)
        taken = build_note_page(session, practice, reader=actor), source_of(session, practice, at=utc_now())
    with house.database.write() as session:
        note_taken(session, practice=practice, form=form, by=actor)
    return taken


def note_file(house: House, actor: Actor, session_id: UUID, *, form: str) -> Response:
    """As docx or json. Raises as `take_note`."""
    if form not in ("docx", "json"):
        raise NotFound("A note can be taken away as docx or json.")
    page, source = take_note(house, actor, session_id, form=form)
    assert page.note is not None, "who writes has a draft at least"
    real = page.kind is NoteKind.FAMILY_RECORD
    return note_answer(page.note, source, page.facts, form=form, name=f"{'workbook' if real else 'practice'}-note")


def note_answer(
    note: Finished, source: Source, facts: Sequence[tuple[str, str]], *, form: str, name: str
) -> Response:  # fmt: skip
    name = f"{name}-{source.held_on or source.generated_at.date()}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    if form == "docx":
        data = note_as_docx(note, facts=facts, author=source.practitioner, at=source.generated_at)
        return Response(data, media_type=DOCX, headers=headers)
    data = json.dumps(note_as_json(note, source), ensure_ascii=False, indent=2).encode()
    return Response(data, media_type="application/json", headers=headers)
