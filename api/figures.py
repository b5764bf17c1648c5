"""What programs of an authority ask besides sessions: whose practice an e-mail address is, and figures of the teams."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.access import SignedIn, needs
from api.answers.figures import Figures, Practitioner
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute
from coding.transcript.encoding import without_control_characters
from models.errors import NotFound
from models.permissions import Permission
from training.figures.added import team_figures
from training.session_lists import practitioner_at

router = APIRouter(prefix="/api/v1", tags=["people and figures"], route_class=ApiRoute)


@router.get(
    "/practitioners", dependencies=[needs(Permission.ADD_SESSION)],
    **told("find_practitioner", Practitioner, headers=["ETag"], scope=Permission.ADD_SESSION),
)  # fmt: skip
def find_practitioner(
    house: TheHouse, actor: SignedIn, email: Annotated[str, Query(description="their work address")]
) -> dict[str, str]:
    """Somebody whose sessions you may add: their `id` is the field `practitioner` of a session."""
    with house.database.read() as session:
        person = practitioner_at(session, actor, without_control_characters(email))
    if person is None:
        raise NotFound("Nobody whose sessions you may add has this address. Check it.")
    return {"id": str(person.id), "name": person.name}


@router.get(
    "/figures", dependencies=[needs(Permission.SEE_TEAM_FIGURES)],
    **told("read_figures", Figures, headers=["ETag"], scope=Permission.SEE_TEAM_FIGURES),
)  # fmt: skip
def read_figures(house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Of each team whose figures you may see: how many sessions it had added by the end of last month, and how many of
    them can be read, counted at night. Null where that is of too few to be told, or not counted yet."""
    with house.database.read() as session:
        return {"teams": [asdict(one) for one in team_figures(session, actor)]}
