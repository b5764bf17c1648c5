"""A coded session as a file for other programs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.access import SignedIn
from api.document.errors import BLIND, WORDS
from api.document.tell import told
from api.house import House, TheHouse
from api.route import ApiRoute
from coding.double.blind import require_not_blind
from coding.interchange.coded import Written
from coding.interchange.errors import FormatUnknown, NoTimes
from coding.interchange.formats import FORMATS, write_coded
from coding.interchange.kept import Layer, NoSuchLayer, coded_session_of, layers_of
from models.columns import utc_now
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from models.seen import note_exported
from models.session_permissions import require_session

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], route_class=ApiRoute)
Format = Annotated[str, Query(alias="format", description="which file", json_schema_extra={"enum": [*FORMATS]})]
LEFT_OUT = "evoke-left-out"


@router.get(
    "/{session_id}/export",
    **told(
        "export_session", None, *BLIND, *WORDS, FormatUnknown, NoTimes, NoSuchLayer,
        media="*/*", words="The file; its media type is that of the format",
    ),
)  # fmt: skip
def export(
    session_id: UUID, house: TheHouse, actor: SignedIn,
    form: Format = "json",
    layer: Annotated[Layer | None, Query(description="the person’s where there is one, else the machine’s")] = None,
) -> Response:  # fmt: skip
    """The session's lines with their codes, times and speakers, and a person's notes, ratings and evidence, as a file.
    The header `evoke-left-out` says what the format cannot hold."""
    return file_answer(take_away(house, actor, session_id, form=form, layer=layer))


def take_away(house: House, actor: Actor, session_id: UUID, *, form: str, layer: Layer | None) -> Written:
    """Noted before it is given out. Raises NotFound, CodedBlind, FormatUnknown, NoSuchLayer, WordsWent, WordsGone."""
    with house.database.read() as session:
        practice = require_session(actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        require_not_blind(session, practice, by=actor)
        chosen = layer or next(iter(layers_of(session, practice)), Layer.MACHINE)
        coded = coded_session_of(session, practice, chosen)
    name = f"evoke-{practice.held_on}-{str(practice.id)[-6:]}-{chosen.value}"
    written = write_coded(coded, form, name=name, at=utc_now())
    note_exported(house.database, practice, by=actor, form=form, layer=chosen.value)
    return written


def file_answer(written: Written) -> Response:
    headers = {"content-disposition": f'attachment; filename="{written.name}"'}
    if written.lost:
        headers[LEFT_OUT] = " ".join(written.lost).replace("’", "'").encode("ascii", "replace").decode()
    return Response(written.data, media_type=written.media_type, headers=headers)
