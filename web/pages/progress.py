"""One's own progress: figures over time, what was completed, certificates and the record of it."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.practice import SessionKind
from training.progress.points import points_of
from training.progress.view import MEASURES, build_progress
from web.pages.visitor import SignedInMember

router = APIRouter(prefix="/progress", include_in_schema=False)


@router.get("")
def progress_page(house: TheHouse, member: SignedInMember, kind: str = "") -> Response:
    wanted = SessionKind(kind) if kind in list(SessionKind) else None
    with house.database.read() as session:
        view = build_progress(points_of(session, member.actor.person_id, names=MEASURES), kind=wanted)
    return member.page("progress.html", view=view)
