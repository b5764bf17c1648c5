"""What other systems fetch to check a badge: who issued it, with which key, and what was taken back. For everybody."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api.house import TheHouse
from models.certificate import BadgeKey
from models.errors import NotFound
from models.organisation import Organisation
from training.progress.badges import CONTEXT, Addresses, profile, revocations

router = APIRouter(prefix="/badges", include_in_schema=False)
_NOTHING = "There is nothing at this address. Check the link in the badge."


@router.get("/issuers/{organisation_id}")
def issuer(organisation_id: UUID, house: TheHouse) -> JSONResponse:
    with house.database.read() as session:
        organisation = _issuer(session.get(Organisation, organisation_id))
        keys = select(BadgeKey).where(col(BadgeKey.organisation_id) == organisation_id)
        if session.exec(keys.limit(1)).first() is None:
            raise NotFound(_NOTHING)
        return _json({"@context": list(CONTEXT)} | profile(organisation, Addresses(house.settings.site)))


@router.get("/issuers/{organisation_id}/revoked")
def revoked(organisation_id: UUID, house: TheHouse) -> JSONResponse:
    with house.database.read() as session:
        organisation = _issuer(session.get(Organisation, organisation_id))
        return _json(revocations(session, organisation, where=Addresses(house.settings.site)))


@router.get("/keys/{key_id}")
def key(key_id: UUID, house: TheHouse) -> JSONResponse:
    with house.database.read() as session:
        found = session.get(BadgeKey, key_id)
        if found is None:
            raise NotFound(_NOTHING)
        return _json({**found.public, "kid": Addresses(house.settings.site).key(found.id), "alg": "RS256"})


def _issuer(found: Organisation | None) -> Organisation:
    if found is None:
        raise NotFound(_NOTHING)
    return found


def _json(value: dict[str, Any]) -> JSONResponse:
    return JSONResponse(value, headers={"access-control-allow-origin": "*"})
