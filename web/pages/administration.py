"""Everything that an authority's administrator looks after, on one page."""

from fastapi import APIRouter
from fastapi.responses import Response

from models.errors import NotFound
from web.navigation import duties
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)


@router.get("/administration")
def administration_page(member: SignedInMember) -> Response:
    if not (own := duties(member.actor)):
        raise NotFound("There is nothing at this address. Check it, or start from home.")
    return member.page("administration.html", duties=own)
