"""The page that records a conversation; its sound goes through `api.recordings`."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from coding.consent import real_practice_is_on
from coding.details import SPEAKERS
from coding.retention import periods_of
from models.columns import utc_now
from models.organisation import Organisation
from training.kept_words import kept_words
from training.session_lists import kinds_for, practitioners_for
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)


@router.get("/sessions/record")
def record_page(house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        people = practitioners_for(session, member.actor)
        real = real_practice_is_on(session, member.actor.organisation_id)
        kinds = kinds_for(real)
        kept = kept_words(periods_of(session, member.actor.organisation_id), kinds)
        organisation = session.get_one(Organisation, member.actor.organisation_id).name
    settings = house.settings
    return member.page(
        "record.html", people=people, organisation=organisation, kinds=kinds, speakers=SPEAKERS,
        real_practice_on=real, today=utc_now().date().isoformat(), limit_minutes=settings.recording_limit_minutes,
        days=settings.unsent_recording_days, kept=kept,
    )  # fmt: skip
