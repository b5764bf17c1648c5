"""The page that records a conversation; its sound goes through `api.recordings`."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from coding.actions import SPEAKERS
from models.columns import utc_now
from models.organisation import Organisation
from models.practice import SessionKind
from training.session_lists import practitioners_for
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)


@router.get("/sessions/record")
def record_page(house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        people = practitioners_for(session, member.actor)
        organisation = session.get_one(Organisation, member.actor.organisation_id).name
    settings = house.settings
    return member.page(
        "record.html", people=people, organisation=organisation, kinds=list(SessionKind), speakers=SPEAKERS,
        today=utc_now().date().isoformat(), limit_minutes=settings.recording_limit_minutes,
        days=settings.unsent_recording_days, kept=settings.recordings_kept.strip().rstrip("."),
    )  # fmt: skip
