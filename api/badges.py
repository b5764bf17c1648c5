"""What other systems fetch to check a badge: who issued it, with which key, and what was taken back. For everybody."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.house import TheHouse
from models.certificate import BadgeKey
from models.errors import NotFound
from models.organisation import Organisation
from training.progress.badge_keys import keys_of, public_key
from training.progress.badges import CONTEXT, Addresses, profile, revocations

router = APIRouter(prefix="/badges", include_in_schema=False)
_NOTHING = "There is nothing at this address. Check the link in the badge."


@router.get("/issuers/{organisation_id}")
def issuer(organisation_id: UUID, house: TheHouse) -> JSONResponse:
    with house.database.read() as session:
        organisation = _issuer(session.get(Organisation, organisation_id))
        if not keys_of(session, organisation_id):
            raise NotFound(_NOTHING)
        return _json({"@context": list(CONTEXT)} | profile(organisation, Addresses(house.settings.site)))


@router.get("/issuers/{organisation_id}/revoked")
def revoked(organisation_id: UUID, house: TheHouse) -> JSONResponse:
    with house.database.read() as session:
        organisation = _issuer(session.get(Organisation, organisation_id))
        return _json(revocations(session, organisation, where=Addresses(house.settings.site)))


@router.get("/issuers/{organisation_id}/keys")
def keys(organisation_id: UUID, house: TheHouse) -> JSONResponse:
    """Of all that was ever signed, the newest first (JWK Set, RFC 7517)."""
    where = Addresses(house.settings.site)
    with house.database.read() as session:
        _issuer(session.get(Organisation, organisation_id))
        found = keys_of(session, organisation_id)
    return _json({"keys": [public_key(one, kid=where.key(one.id)) for one in found]})


@router.get("/keys/{key_id}")
def key(key_id: UUID, house: TheHouse) -> JSONResponse:
    with house.database.read() as session:
        found = session.get(BadgeKey, key_id)
        if found is None:
            raise NotFound(_NOTHING)
        return _json(public_key(found, kid=Addresses(house.settings.site).key(found.id)))


def _issuer(found: Organisation | None) -> Organisation:
    if found is None:
        raise NotFound(_NOTHING)
    return found


def _json(value: dict[str, Any]) -> JSONResponse:
    """Kept by nobody between: what was taken back is so from that moment."""
    return JSONResponse(value, headers={"access-control-allow-origin": "*", "cache-control": "no-cache"})
