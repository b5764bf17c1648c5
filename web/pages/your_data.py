"""What Evoke holds about the person at the page, and a copy of it for them alone."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from api.house import TheHouse
from models.data_copy import CopyForm
from models.person import Person
from training.data_copies import ask_own_copy, end_copy, files_of, own_copy, take_away
from training.data_summary import held_about
from training.exercises.own_answers import delete_answers
from training.own_data import OF_STAFF
from web.pages.account import AtBrowser
from web.pages.visitor import see_other

router = APIRouter(prefix="/your-data", include_in_schema=False)
MEDIA = {CopyForm.JSON: "application/json", CopyForm.PDF: "application/pdf"}


DONE = {"ended": "The copy is deleted.", "answers": "What you wrote in exercises is deleted."}


@router.get("")
def your_data(house: TheHouse, member: AtBrowser, done: str = "") -> Response:
    with house.database.read() as session:
        person = session.get_one(Person, member.actor.person_id)
        lines, copy = held_about(session, person, settings=house.settings), own_copy(session, by=member.actor)
        files = files_of(session, copy)
    return member.page(
        "your_data.html", lines=lines, copy=copy, files=files, left_out=OF_STAFF,
        done=DONE.get(done, ""),
    )  # fmt: skip


@router.post("")
def make_copy(house: TheHouse, member: AtBrowser) -> Response:
    with house.database.write() as session:
        ask_own_copy(session, by=member.actor)
    return see_other("/your-data")


@router.post("/answers/delete")
def end_answers(house: TheHouse, member: AtBrowser) -> Response:
    with house.database.write() as session:
        delete_answers(session, by=member.actor)
    return see_other("/your-data?done=answers")


@router.get("/progress")
def progress(house: TheHouse, member: AtBrowser) -> Response:
    with house.database.read() as session:
        copy = own_copy(session, by=member.actor)
    return JSONResponse(progress_of(copy.stage if copy else "stopped", copy.progress if copy else 0))


def progress_of(stage: str, percent: int) -> dict[str, str | int]:
    return {"stage": stage, "progress": percent, "problem": ""}


@router.get("/copy.{form}")
def download(form: CopyForm, house: TheHouse, member: AtBrowser) -> Response:
    with house.database.write() as session:
        person = session.get_one(Person, member.actor.person_id)
        copy = own_copy(session, by=member.actor)
        clear = take_away(session, copy=copy, form=form, subject=person, by=member.actor)
    return as_file(clear, form, "evoke-your-data")


def as_file(clear: bytes, form: CopyForm, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}.{form.value}"'}
    return Response(clear, media_type=MEDIA[form], headers=headers)


@router.post("/end")
def end(house: TheHouse, member: AtBrowser) -> Response:
    with house.database.write() as session:
        end_copy(session, copy=own_copy(session, by=member.actor), by=member.actor)
    return see_other("/your-data?done=ended")
