"""Copies of what is held about those who took part in a session and have no account, made for them by who may."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response

from api.house import House, TheHouse
from coding.ledger_form import WHO_SHOWN
from models.data_copy import CopyForm, DataCopy
from models.permissions import Permission
from models.practice import PracticeSession
from models.seen import note_seen
from models.session_permissions import require_record
from models.session_words import participant_label
from training.build_session_view import build_session_view
from training.data_copies import (
    LabelsWrong,
    ask_participants_copy,
    end_copy,
    files_of,
    participant_at,
    participants_copy,
    participants_of,
    take_away,
)
from training.session_data import why_no_words
from training.whose_words import other_speakers
from training.withdrawal_view import build_record_view
from web.pages.visitor import Member, SignedInMember, see_other
from web.pages.your_data import as_file, progress_of

router = APIRouter(prefix="/sessions/{session_id}/copies", include_in_schema=False)


@dataclass(frozen=True)
class Person:
    position: int
    label: str
    who_shown: str
    copy: DataCopy | None
    files: list[tuple[str, int]]

    @property
    def making(self) -> bool:
        return self.copy is not None and self.copy.stage == "making"


def _page(
    house: House, member: Member, session_id: UUID, *, done: str = "", errors: dict[str, str] | None = None,
    wrong: int = 0,
) -> Response:  # fmt: skip
    """`wrong` is the position of the one whose form has `errors`."""
    with house.database.read() as session:
        found = session.get(PracticeSession, session_id)
        practice = require_record(member.actor, Permission.COPY_FOR_PARTICIPANT, found)
        people = []
        for one in participants_of(session, practice, by=member.actor):
            copy = participants_copy(session, one)
            called = participant_label(session, one)
            people.append(Person(one.position, called, WHO_SHOWN[one.who], copy, files_of(session, copy)))
        view, record = build_session_view(session, practice, reader=member.actor), build_record_view(session, practice)
        no_words = why_no_words(session, practice, view)
    speakers = other_speakers(view) if people and not no_words else ()
    if speakers:  # what a speaker is called stands in the conversation
        note_seen(house.database, practice, by=member.actor)
    return member.page(
        "participants_copies.html", status=422 if errors else 200, record=record, people=people, speakers=speakers,
        why_no_speakers=no_words, errors=errors or {}, wrong=wrong,
        done="The copy is deleted." if done == "ended" else "",
    )  # fmt: skip


@router.get("")
def copies_page(session_id: UUID, house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    return _page(house, member, session_id, done=done)


@router.post("/{position}")
def make_copy(
    session_id: UUID, position: int, house: TheHouse, member: SignedInMember,
    label: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    try:
        with house.database.write() as session:
            found = session.get(PracticeSession, session_id)
            practice = require_record(member.actor, Permission.COPY_FOR_PARTICIPANT, found)
            ask_participants_copy(session, practice=practice, position=position, labels=label or [], by=member.actor)
    except LabelsWrong as error:
        return _page(house, member, session_id, errors=error.fields, wrong=position)
    return see_other(f"/sessions/{session_id}/copies")


@router.get("/{position}/progress")
def progress(session_id: UUID, position: int, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        practice = session.get(PracticeSession, session_id)
        copy = participants_copy(session, participant_at(session, practice, position, by=member.actor))
    return JSONResponse(progress_of(copy.stage if copy else "stopped", copy.progress if copy else 0))


@router.get("/{position}/copy.{form}")
def download(session_id: UUID, position: int, form: CopyForm, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        found = session.get(PracticeSession, session_id)
        practice = require_record(member.actor, Permission.COPY_FOR_PARTICIPANT, found)
        copy = participants_copy(session, participant_at(session, practice, position, by=member.actor))
        clear = take_away(session, copy=copy, form=form, subject=practice, by=member.actor)
    return as_file(clear, form, f"evoke-data-{practice.held_on}-{position}")


@router.post("/{position}/end")
def end(session_id: UUID, position: int, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = session.get(PracticeSession, session_id)
        copy = participants_copy(session, participant_at(session, practice, position, by=member.actor))
        end_copy(session, copy=copy, by=member.actor)
    return see_other(f"/sessions/{session_id}/copies?done=ended")
