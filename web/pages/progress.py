"""One's own progress: figures over time, what was completed, certificates and the record of it."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from models.practice import SessionKind
from training.progress.certificates import completed_rows
from training.progress.completed import completed_modules
from training.progress.doing import build_doing
from training.progress.points import points_of
from training.progress.since import since_module
from training.progress.view import MEASURES, build_progress
from web.pages.visitor import SignedInMember

DONE = {"taken-back": "The certificate is taken back. You can get it again."}
router = APIRouter(prefix="/progress", include_in_schema=False)


@router.get("")
def progress_page(house: TheHouse, member: SignedInMember, kind: str = "", done: str = "") -> Response:
    wanted = SessionKind(kind) if kind in list(SessionKind) else None
    with house.database.read() as session:
        points = points_of(session, member.actor.person_id, names=MEASURES)
        view = build_progress(points, kind=wanted)
        doing = build_doing(session, member.actor)
        completed = completed_rows(session, member.actor.person_id, completed_modules(session, member.actor))
    own = [one for one in points if one.kind is view.kind]
    since = {
        one.completed.module: since_module(own, one.completed.skills, completed_on=one.completed.completed_on)
        for one in completed
    }
    return member.page(
        "progress.html", view=view, doing=doing, completed=completed, since=since, done=DONE.get(done, "")
    )  # fmt: skip
