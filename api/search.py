"""Search over what was said, for programs."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.access import SignedIn
from api.answers.search import SearchRead
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute
from coding.transcript.encoding import without_control_characters
from models.seen import note_found
from training.search import SearchWrong, search_words

router = APIRouter(prefix="/api/v1/search", tags=["search"], route_class=ApiRoute)


@router.get("", **told("search", SearchRead, SearchWrong, headers=["ETag"]))
def search(
    house: TheHouse,
    actor: SignedIn,
    q: Annotated[str, Query(description="words that were said", json_schema_extra={"minLength": 2, "maxLength": 100})],
    before: Annotated[str, Query(description="`further` of the answer before")] = "",
) -> dict[str, Any]:
    """Lines in which every word of `q` begins a word, in the sessions you may read, the newest first. `further` is the
    `before` of the next request; it is empty when all were looked through."""
    wanted = without_control_characters(q).strip()
    with house.database.read() as session:
        result = search_words(session, actor, wanted, before=without_control_characters(before))
    note_found(house.database, [one.id for one in result.sessions], by=actor)
    return {**asdict(result), "lines": result.lines}
