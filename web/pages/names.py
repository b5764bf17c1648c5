"""The page where the uploader checks once what was replaced."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from api.house import TheHouse
from coding.bleeping import bleep_again
from coding.check_names import NamesToCheck, NothingToReplace, finish_check, names_to_check
from coding.end_name_checks import kept_until
from coding.hold import UnderHold, require_not_held
from coding.transcript.encoding import without_control_characters
from coding.transcript.identifiers.given import NamesWrong, read_names
from coding.transcript.second_look import Looked, More
from models.permissions import Permission
from models.practice import PracticeSession
from models.session_permissions import require_session
from training.replaced_view import replaced_view
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)
MOST_WORDS = 10_000
"""Characters of what else is to be replaced."""


@router.get("/sessions/{session_id}/names")
def names_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        practice = _mine(session, session_id, member)
        require_not_held(session, practice)
        found = names_to_check(session, practice)
        until = kept_until(session, practice, days=house.settings.name_check_days)
    return _page(member, practice, found, found.again(no_names=(), more=()), until=until)


@router.post("/sessions/{session_id}/names")
def check(
    session_id: UUID, house: TheHouse, member: SignedInMember, back: Annotated[list[int] | None, Form()] = None,
    more: Annotated[str, Form()] = "", bleep: Annotated[str, Form()] = "", right: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Shows what would change or, with `right`, keeps it."""
    no_names, words, status = frozenset(back or ()), without_control_characters(more)[:MOST_WORDS], 422
    try:
        wanted = [More(*one) for one in read_names(words)]
        if right:
            with house.database.write() as session:
                practice = _mine(session, session_id, member)
                finish_check(
                    session, practice=practice, no_names=no_names, more=wanted, bleep=bool(bleep), by=member.actor
                )
            return see_other(f"/sessions/{session_id}")
        errors: dict[str, str] = {}
    except NamesWrong as error:
        wanted, errors = [], {"more": str(error)}
    except (NothingToReplace, UnderHold) as error:
        errors, status = error.fields, error.status
    with house.database.read() as session:
        practice = _mine(session, session_id, member)
        found = names_to_check(session, practice)
        until = kept_until(session, practice, days=house.settings.name_check_days)
    looked = found.again(no_names=no_names, more=wanted)
    if (looked.missing or looked.already) and not errors:
        errors = NothingToReplace(looked.missing, looked.already).fields
    return _page(
        member, practice, found, looked, no_names=no_names, more=words, errors=errors, bleep=bool(bleep), until=until,
        wrong=status,
    )  # fmt: skip


@router.post("/sessions/{session_id}/bleep")
def bleep(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    """Once more, after it failed."""
    with house.database.write() as session:
        bleep_again(session, practice=_mine(session, session_id, member), by=member.actor)
    return see_other(f"/sessions/{session_id}")


def _mine(session: Session, session_id: UUID, member: Member) -> PracticeSession:
    return require_session(member.actor, Permission.CHECK_NAMES, session.get(PracticeSession, session_id))


def _page(
    member: Member, practice: PracticeSession, found: NamesToCheck, looked: Looked, *,
    until: datetime | None, no_names: frozenset[int] = frozenset(), more: str = "",
    errors: dict[str, str] | None = None, bleep: bool = False, wrong: int = 422,
) -> Response:  # fmt: skip
    changed = looked.replacement
    return member.page(
        "check_names.html", status=wrong if errors else 200, session_id=practice.id, stands=found.stands,
        no_names=no_names, more=more, errors=errors or {}, bleep=bleep, until=until,
        can_bleep=any(turn.times for turn in changed.turns),
        turns=[replaced_view(turn, said) for turn, said in zip(changed.turns, changed.said, strict=True)],
    )  # fmt: skip
