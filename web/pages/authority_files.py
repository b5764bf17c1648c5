"""An authority's figures to take away, for who may see them."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from training.figures.files import take_figures
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False, prefix="/authority")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/figures.csv")
def figures_csv(house: TheHouse, member: SignedInMember, of: str = "") -> Response:
    """`of` names a slice; all without one."""
    return _file(take_figures(house.database, member.actor, of=of, form="csv"), "text/csv; charset=utf-8", "csv")


@router.get("/figures.xlsx")
def figures_xlsx(house: TheHouse, member: SignedInMember, of: str = "") -> Response:
    return _file(take_figures(house.database, member.actor, of=of, form="xlsx"), XLSX, "xlsx")


def _file(body: bytes, media_type: str, ending: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="evoke-figures.{ending}"'}
    return Response(body, media_type=media_type, headers=headers)
