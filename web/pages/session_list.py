"""Every session of the people whom somebody coaches, page after page; Home has the newest of them."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from training.session_lists import others_sessions
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)
ON_A_PAGE = 50
MOST_PAGES = 10_000


@router.get("/sessions")
def sessions_page(house: TheHouse, member: SignedInMember, page: str = "") -> Response:
    """A page that is no number is the first."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    number = min(max(number, 1), MOST_PAGES)
    with house.database.read() as session:
        found = others_sessions(session, member.actor, limit=ON_A_PAGE, after=(number - 1) * ON_A_PAGE)
    return member.page("session_list.html", found=found, number=number)
