"""The note of a signed-off session, and of one's own plan: edited here, copied, and taken away as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from api.errors import problem
from api.house import House, TheHouse
from api.workbook import note_answer, note_file
from coding.feedback.text import cleaned
from models.columns import utc_now
from models.errors import EvokeError
from models.person import Person
from models.seen import note_seen
from training.workbook.as_json import Source
from training.workbook.finish import EMPTY, Finished, as_text, finish_plan_note
from training.workbook.headings import HEADINGS, WARNINGS, NoteKind
from training.workbook.kept import (
    NoteUnderHold,
    NoteWrong,
    delete_note,
    note_taken,
    plan_note_taken,
    read_texts,
    save_note,
)
from training.workbook.material import conversation_of, session_to_summarise
from training.workbook.plan_note import draft_of_plan, plan_facts
from training.workbook.view import NotePage, build_note_page
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)
DONE = {"saved": "The note is kept.", "deleted": "What you wrote is deleted. This is the draft again."}


@dataclass(frozen=True)
class _Form:
    """`then` is what is wanted besides keeping it: "docx", "json" or "copy"."""

    texts: dict[str, str]
    quoted: tuple[int, ...]
    then: str


async def _form(request: Request) -> _Form:
    sent = await request.form()
    texts = {name: cleaned(value) for name, value in sent.items() if isinstance(value, str)}
    ids = [one for one in sent.getlist("quote") if isinstance(one, str) and one.isdecimal() and len(one) < 19]
    return _Form(texts, tuple(map(int, ids)), texts.get("then", ""))


Sent = Annotated[_Form, Depends(_form)]


@router.get("/sessions/{session_id}/workbook")
def note_page(session_id: UUID, house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    with house.database.read() as session:
        practice = session_to_summarise(session, session_id, member.actor)
        page = build_note_page(session, practice, reader=member.actor)
    note_seen(house.database, practice, by=member.actor)
    return member.page("workbook.html", page=page, session_id=session_id, done=DONE.get(done, ""), errors={})


@router.post("/sessions/{session_id}/workbook")
def save(session_id: UUID, sent: Sent, house: TheHouse, member: SignedInMember) -> Response:
    """Keeps it. Answers the page's own script with the note as it now is, a browser without it with what comes next."""
    for_script = "application/json" in member.request.headers.get("accept", "")
    try:
        page = _keep(house, member, session_id, sent)
    except (NoteWrong, NoteUnderHold) as error:
        return problem(error) if for_script else _with_error(house, member, session_id, sent, error)
    if for_script:
        return JSONResponse(_shown(page))
    form = f"/note.{sent.then}" if sent.then in ("docx", "json") else "?done=saved"
    return see_other(f"/sessions/{session_id}/workbook{form}")


def _keep(house: House, member: Member, session_id: UUID, sent: _Form) -> NotePage:
    with house.database.write() as session:
        practice = session_to_summarise(session, session_id, member.actor, write=True)
        conversation = conversation_of(session, practice)
        texts = read_texts(sent.texts, conversation.kind)
        save_note(
            session, practice=practice, conversation=conversation, texts=texts, quoted=sent.quoted, by=member.actor
        )
        if sent.then == "copy":
            note_taken(session, practice=practice, form="copy", by=member.actor)
        return build_note_page(session, practice, reader=member.actor)


def _shown(page: NotePage) -> dict[str, Any]:
    """For the page's script: the text to copy, and what it draws anew."""
    assert page.note is not None, "it is kept"
    return {
        "text": page.text,
        "sections": [
            {"title": one.title, "text": EMPTY if one.empty else one.text, "quotations": one.quotations}
            for one in page.note.sections
        ],
    }


def _with_error(house: House, member: Member, session_id: UUID, sent: _Form, error: EvokeError) -> Response:
    with house.database.read() as session:
        practice = session_to_summarise(session, session_id, member.actor, write=True)
        kind = conversation_of(session, practice).kind
        texts = {heading: sent.texts.get(heading.value, "") for heading in HEADINGS[kind]}
        page = build_note_page(session, practice, reader=member.actor, texts=texts, quoted=sent.quoted)
    return member.page(
        "workbook.html", status=error.status, page=page, session_id=session_id, done="", errors=error.fields
    )


@router.post("/sessions/{session_id}/workbook/delete")
def delete(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = session_to_summarise(session, session_id, member.actor, write=True)
        delete_note(session, practice=practice, by=member.actor)
    return see_other(f"/sessions/{session_id}/workbook?done=deleted")


@router.get("/sessions/{session_id}/workbook/note.{form}")
def take_away(session_id: UUID, form: str, house: TheHouse, member: SignedInMember) -> Response:
    return note_file(house, member.actor, session_id, form=form)


@router.get("/plan/note")
def plan_note_page(house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        draft = draft_of_plan(session, session.get_one(Person, member.actor.person_id), reader=member.actor)
    return _plan_page(member, {heading.value: text for heading, text in draft.texts.items()})


@router.post("/plan/note")
def take_plan_note(sent: Sent, house: TheHouse, member: SignedInMember) -> Response:
    """As a file, or as text to copy; nothing of it is kept but that it was taken away."""
    at = utc_now()
    form = sent.then if sent.then in ("docx", "json") else "copy"
    try:
        note = finish_plan_note(read_texts(sent.texts, NoteKind.PLAN))
    except NoteWrong as error:
        return _plan_page(member, sent.texts, error)
    with house.database.write() as session:
        person = session.get_one(Person, member.actor.person_id)
        plan_note_taken(session, person=person, form=form)
        facts = plan_facts(person, at.date())
        name = person.name
    if form != "copy":
        return note_answer(note, Source(name, at, edited_at=at), facts, form=form, name="practice-plan")
    if "application/json" in member.request.headers.get("accept", ""):
        return JSONResponse({"text": as_text(note, facts)})
    return _plan_page(member, sent.texts, note=note, facts=facts)


def _plan_page(
    member: Member, texts: Mapping[str, str], error: EvokeError | None = None, *, note: Finished | None = None,
    facts: Sequence[tuple[str, str]] = (),
) -> Response:  # fmt: skip
    return member.page(
        "plan_note.html", status=error.status if error else 200, errors=error.fields if error else {}, texts=texts,
        headings=HEADINGS[NoteKind.PLAN], warning=WARNINGS[NoteKind.PLAN], note=note, facts=facts,
    )  # fmt: skip
