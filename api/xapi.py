"""The xAPI profile of what this installation sends: for everybody, at the address by which statements name it."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.house import TheHouse
from training.xapi.names import Names
from training.xapi.profile import profile

router = APIRouter(prefix="/xapi", include_in_schema=False)


@router.get("/profile")
@router.get("/profile/{part:path}")
def published_profile(house: TheHouse, part: str = "") -> JSONResponse:
    """Whatever part of it is asked for (a verb, a template, a version), the whole says what it is."""
    return JSONResponse(
        profile(Names(house.settings.site)), media_type="application/ld+json",
        headers={"access-control-allow-origin": "*"},
    )  # fmt: skip
