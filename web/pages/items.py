"""How the exercises do, for coaches and leads."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from coding.scheme.codes import Behaviour
from coding.scheme.glossary import CODES
from models.permissions import Permission, require_in_some_team
from training.exercises.format import SpotTheCode
from training.exercises.items import FEWEST, FEWEST_TO_COMPARE, ItemRow, item_rows
from training.modules.library import library_for
from web.pages.visitor import SignedInMember

router = APIRouter(prefix="/learn/items", include_in_schema=False)


@router.get("")
def items_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.SEE_EXERCISE_FIGURES)
    with house.database.read() as session:
        library = library_for(session, member.actor.organisation_id)
        rows = item_rows(session, member.actor.organisation_id, library)
    modules = [(one, [row for row in rows if row.placed.module is one]) for one in library.modules]
    return member.page(
        "items.html", modules=[(one, found) for one, found in modules if any(row.item for row in found)],
        untried=sum(row.item is None for row in rows), fewest=FEWEST, fewest_to_compare=FEWEST_TO_COMPARE,
        wrong={row.placed.exercise.id: _wrong(row) for row in rows},
    )  # fmt: skip


def _wrong(row: ItemRow) -> list[tuple[str, int]]:
    """What was chosen most beside the right one, in words."""
    if row.item is None or not isinstance(row.placed.exercise, SpotTheCode):
        return []
    return [(CODES[Behaviour(choice)].name.lower(), count) for choice, count in row.item.wrong]
