"""Taking a coded session to other programs: which formats there are, and what each cannot hold of this session."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.exports import file_answer, take_away
from api.house import TheHouse
from coding.double.blind import require_not_blind
from coding.interchange.formats import FORMATS, write_coded
from coding.interchange.kept import Layer, NoSuchLayer, coded_session_of, layers_of
from models.columns import utc_now
from models.permissions import Permission
from models.practice import PracticeSession
from models.seen import note_seen
from models.session_permissions import require_session
from web.pages.visitor import SignedInMember

CACTIS = ("casaa", "casaa-text")
"""Formats in which a line without a time does not exist."""
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Choice:
    """`lost` says in sentences what the format cannot hold of this session."""

    form: str
    shown: str
    lost: tuple[str, ...]


@router.get("/sessions/{session_id}/export")
def export_page(session_id: UUID, house: TheHouse, member: SignedInMember, layer: Layer | None = None) -> Response:
    with house.database.read() as session:
        practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        require_not_blind(session, practice, by=member.actor)
        layers = layers_of(session, practice)
        if not layers:
            raise NoSuchLayer("This session is not coded yet, so there is nothing to take away. Come back when it is.")
        chosen = layer or layers[0]
        coded = coded_session_of(session, practice, chosen)
    note_seen(house.database, practice, by=member.actor)
    timed = any(line.code and (line.start is not None or line.end is not None) for line in coded.lines)
    choices = [
        Choice(form, one.shown, write_coded(coded, form, name="", at=utc_now()).lost)
        for form, one in FORMATS.items()
        if timed or form not in CACTIS
    ]
    return member.page(
        "export.html", session_id=session_id, coded=coded, layers=layers, chosen=chosen, choices=choices,
        rated=bool(coded.ratings), timed=timed,
    )  # fmt: skip


@router.get("/sessions/{session_id}/export/{form}")
def export_file(
    session_id: UUID, form: str, house: TheHouse, member: SignedInMember, layer: Layer | None = None
) -> Response:  # fmt: skip
    return file_answer(take_away(house, member.actor, session_id, form=form, layer=layer))
