"""The page that searches what was said."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from coding.transcript.encoding import without_control_characters
from models.seen import note_found
from training.search import SearchResult, SearchWrong, search_words
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)


@router.get("/search")
def search_page(house: TheHouse, member: SignedInMember, q: str = "", before: str = "") -> Response:
    wanted = without_control_characters(q).strip()
    result: SearchResult | None = None
    errors: dict[str, str] = {}
    if wanted:
        try:
            with house.database.read() as session:
                result = search_words(session, member.actor, wanted, before=before)
            note_found(house.database, [one.id for one in result.sessions], by=member.actor)
        except SearchWrong as error:
            errors = error.fields
    return member.page(
        "search.html", status=422 if errors else 200, q=wanted, before=before, result=result, errors=errors
    )
