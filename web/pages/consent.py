"""People and consent of one session: reading the ledger, correcting it, completing it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.actions import go_on_if_agreed
from coding.consent import (
    Correction,
    add_to_ledger,
    correct_agreement,
    participants_of,
    set_basis,
)
from coding.details import SessionDetailsWrong
from coding.ledger import MOST_PEOPLE, TookPart
from coding.ledger_form import read_person, said_yes
from coding.transcript.encoding import without_control_characters
from models.columns import utc_now
from models.consent import LawfulBasis, Scope
from models.errors import NotFound
from models.permissions import Permission
from models.practice import PracticeSession
from models.seen import note_seen
from models.session_permissions import may_on, require_session
from training.build_session_view import build_session_view
from training.ledger_view import build_ledger_view
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


def _page(
    house: House, member: Member, session_id: UUID, *, errors: dict[str, str] | None = None, wrong_person: int = -1,
    sent: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """`wrong_person` is the position of the one whose form has `errors`, 0 for somebody new; `sent` is what it held."""
    with house.database.read() as session:
        practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        view, ledger = build_session_view(session, practice, reader=member.actor), build_ledger_view(session, practice)
    note_seen(house.database, practice, by=member.actor)
    prefix = f"p{wrong_person}-" if wrong_person else "new-"
    ticked = [scope.value for scope in Scope if said_yes((sent or {}).get(f"{prefix}{scope.value}", ""))]
    return member.page(
        "consent.html", status=422 if errors else 200, session=view, ledger=ledger, errors=errors or {},
        wrong_person=wrong_person, sent=sent or {}, ticked=ticked, most_people=MOST_PEOPLE,
        may_change=may_on(member.actor, Permission.CHANGE_SESSION, practice),
        may_copy=may_on(member.actor, Permission.COPY_FOR_PARTICIPANT, practice),
    )  # fmt: skip


@router.get("/sessions/{session_id}/consent")
def consent_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, session_id)


async def _sent(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: without_control_characters(value) for name, value in form.items() if isinstance(value, str)}


Sent = Annotated[dict[str, str], Depends(_sent)]


@router.post("/sessions/{session_id}/consent")
def add_person(session_id: UUID, fields: Sent, house: TheHouse, member: SignedInMember) -> Response:
    try:
        with house.database.write() as session:
            practice = _to_change(session, session_id, member)
            if len(participants_of(session, practice.id)) >= MOST_PEOPLE:
                raise SessionDetailsWrong({"new-who": f"At most {MOST_PEOPLE} people can be written down."})
            add_to_ledger(
                session, practice=practice, person=_read(fields, "new-", practice, MOST_PEOPLE), by=member.actor
            )
            go_on_if_agreed(session, practice=practice, by=member.actor)
    except SessionDetailsWrong as error:
        return _page(house, member, session_id, errors=error.fields, wrong_person=0, sent=fields)
    return see_other(f"/sessions/{session_id}/consent")


@router.post("/sessions/{session_id}/consent/basis")
def basis(
    session_id: UUID, house: TheHouse, member: SignedInMember, lawful_basis: Annotated[str, Form()] = ""
) -> Response:
    if lawful_basis not in list(LawfulBasis):
        return _page(house, member, session_id, errors={"lawful_basis": "Choose a lawful basis from the list."})
    with house.database.write() as session:
        practice = _to_change(session, session_id, member)
        set_basis(session, practice=practice, basis=LawfulBasis(lawful_basis), by=member.actor)
        go_on_if_agreed(session, practice=practice, by=member.actor)
    return see_other(f"/sessions/{session_id}/consent")


@router.post("/sessions/{session_id}/consent/{position}")
def correct(session_id: UUID, position: int, fields: Sent, house: TheHouse, member: SignedInMember) -> Response:
    try:
        with house.database.write() as session:
            practice = _to_change(session, session_id, member)
            found = [one for one in participants_of(session, practice.id) if one.position == position]
            if not found:
                raise NotFound("There is nobody of that number in this session.")
            person = _read(fields, f"p{position}-", practice, position)
            correction = Correction(dict(person.agreed))
            correct_agreement(session, practice=practice, participant=found[0], correction=correction, by=member.actor)
            go_on_if_agreed(session, practice=practice, by=member.actor)
    except SessionDetailsWrong as error:
        return _page(house, member, session_id, errors=error.fields, wrong_person=position, sent=fields)
    return see_other(f"/sessions/{session_id}/consent")


def _to_change(session: Session, session_id: UUID, member: Member) -> PracticeSession:
    return require_session(member.actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))


def _read(fields: dict[str, str], prefix: str, practice: PracticeSession, number: int) -> TookPart:
    wrong: dict[str, str] = {}
    today = utc_now().date()
    person = read_person(fields, prefix, number, held_on=practice.held_on, today=today, wrong=wrong)
    if wrong:
        raise SessionDetailsWrong(wrong)
    return person
