"""Taking agreement back, what became of it, and checking a proof of deletion."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response

from api.house import House, TheHouse
from coding.proofs import known_proof_keys, withdrawal_for
from coding.withdraw import NothingToWithdraw, withdraw_further_uses, withdraw_session
from models.errors import NotFound
from models.permissions import Permission, may
from models.practice import PracticeSession
from models.proof import check_proof
from models.session_permissions import require_record
from models.withdrawal import Why
from training.withdrawal_view import build_deletion_view, build_record_view
from web.pages.visitor import AnyVisitor, Member, SignedInMember, see_other
from web.proof_command import SAID

router = APIRouter(include_in_schema=False)
OFFERED = (Why.ASKED, Why.MISTAKE)


def _keeps(member: Member) -> bool:
    """Whether they come from Consent and retention, and go back there: others come from the session."""
    return may(member.actor, Permission.MANAGE_RETENTION, organisation_id=member.actor.organisation_id)


def _page(house: House, member: Member, session_id: UUID, errors: dict[str, str] | None = None) -> Response:
    with house.database.read() as session:
        found = session.get(PracticeSession, session_id)
        record = build_record_view(session, require_record(member.actor, Permission.WITHDRAW_SESSION, found))
    return member.page(
        "withdraw.html", status=422 if errors else 200, record=record, errors=errors or {}, keeps=_keeps(member)
    )


@router.get("/sessions/{session_id}/withdraw")
def withdraw_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member, session_id)


@router.post("/sessions/{session_id}/withdraw")
def withdraw(
    session_id: UUID, house: TheHouse, member: SignedInMember, what: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "", person: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    if what == "all" and why not in OFFERED:
        return _page(house, member, session_id, {"why": "Choose why it is deleted."})
    if what not in ("further", "all"):
        return _page(house, member, session_id, {"what": "Choose what is taken back."})
    with house.database.write() as session:
        found = session.get(PracticeSession, session_id)
        practice = require_record(member.actor, Permission.WITHDRAW_SESSION, found)
        if what == "all":
            withdrawal = withdraw_session(session, practice=practice, why=Why(why), by=member.actor)
            return see_other(f"/withdrawals/{withdrawal.id}")
        positions = {int(one) for one in person or () if one in ("1", "2", "3", "4", "5", "6")}
        try:
            withdraw_further_uses(session, practice=practice, positions=positions, by=member.actor)
        except NothingToWithdraw as error:
            return _page(house, member, session_id, {"person": error.message})
    return see_other(f"/sessions/{session_id}/withdraw")


@router.get("/withdrawals/{withdrawal_id}")
def withdrawal_page(withdrawal_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        view = build_deletion_view(session, *withdrawal_for(session, withdrawal_id, actor=member.actor))
    return member.page("withdrawal.html", deletion=view, keeps=_keeps(member))


@router.get("/withdrawals/{withdrawal_id}/proof.json")
def proof_file(withdrawal_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        withdrawal, proof = withdrawal_for(session, withdrawal_id, actor=member.actor)
    if proof is None:
        raise NotFound("The deletion is not finished yet, so there is no proof of it. Try again in a minute.")
    name = f"evoke-deletion-{str(withdrawal.session_id)[-6:]}.json"
    return JSONResponse(proof.document, headers={"content-disposition": f'attachment; filename="{name}"'})


@router.get("/check-a-proof")
def check_page(visitor: AnyVisitor) -> Response:
    return visitor.page("check_proof.html", verdict="", words="", proof="")


@router.post("/check-a-proof")
def check(house: TheHouse, visitor: AnyVisitor, proof: Annotated[str, Form()] = "") -> Response:
    """Also for a family that was given the file and has no account."""
    try:
        document: object = json.loads(proof)
    except (ValueError, RecursionError):
        document = None
    with house.database.read() as session:
        verdict = check_proof(document, known_keys=known_proof_keys(session, house.settings)).value
    return visitor.page("check_proof.html", verdict=verdict, words=SAID[verdict], proof=proof)
