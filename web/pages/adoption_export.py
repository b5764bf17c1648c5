"""A file for evaluation: what is in it, made on demand, fetched within days."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from api.house import TheHouse
from models.permissions import require_evaluator
from training.adoption.codebook import RULES
from training.adoption.export_file import authorities_now
from training.adoption.exports import ask_export, end_export, export_of, take_export
from web.pages.visitor import Member, SignedInMember, see_other
from web.pages.your_data import progress_of

router = APIRouter(prefix="/adoption/export", include_in_schema=False)
DONE = {"ended": "The file is deleted."}


def _evaluator(member: SignedInMember) -> Member:
    require_evaluator(member.actor)
    return member


Evaluator = Annotated[Member, Depends(_evaluator)]


@router.get("")
def export_page(house: TheHouse, evaluator: Evaluator, done: str = "") -> Response:
    with house.database.read() as session:
        export = export_of(session, by=evaluator.actor)
        opted, with_rows = authorities_now(session)
    return evaluator.page(
        "adoption_export.html", export=export, opted=len(opted), with_rows=len(with_rows), rules=RULES,
        done=DONE.get(done, ""),
    )  # fmt: skip


@router.post("")
def make_export(house: TheHouse, evaluator: Evaluator) -> Response:
    with house.database.write() as session:
        ask_export(session, by=evaluator.actor)
    return see_other("/adoption/export")


@router.get("/progress")
def export_progress(house: TheHouse, evaluator: Evaluator) -> Response:
    with house.database.read() as session:
        export = export_of(session, by=evaluator.actor)
    return JSONResponse(progress_of(export.stage if export else "stopped", export.progress if export else 0))


@router.get("/evoke-evaluation.zip")
def export_file(house: TheHouse, evaluator: Evaluator) -> Response:
    with house.database.write() as session:
        clear = take_export(session, by=evaluator.actor)
    headers = {"content-disposition": 'attachment; filename="evoke-evaluation.zip"'}
    return Response(clear, media_type="application/zip", headers=headers)


@router.post("/end")
def end(house: TheHouse, evaluator: Evaluator) -> Response:
    with house.database.write() as session:
        end_export(session, by=evaluator.actor)
    return see_other("/adoption/export?done=ended")
