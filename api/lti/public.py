"""What Evoke tells any platform about itself as a tool: its public keys, and how it is set up."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.house import TheHouse
from api.lti.login import LAUNCH, login_address
from api.lti.services import SCOPES
from models.errors import NotFound
from models.lti_keys import key_set
from models.organisation import Organisation

router = APIRouter(prefix="/lti", include_in_schema=False)
KEYS_KEPT = "max-age=3600"
DESCRIPTION = "Practice in Motivational Interviewing: modules, exercises, simulated parents and role plays."
CLAIMS = ("iss", "sub", "name", "email")
MESSAGES = ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")


def keys_address(site: str, organisation_id: UUID) -> str:
    return f"{site}/lti/keys/{organisation_id}"


def configuration_address(site: str, organisation_id: UUID) -> str:
    return f"{site}/lti/configuration/{organisation_id}"


@router.get("/keys/{organisation_id}")
def keys(organisation_id: UUID, house: TheHouse) -> JSONResponse:
    """A JSON Web Key Set (RFC 7517). For an organisation that is none of ours it is empty, as for one that is new."""
    with house.database.read() as session:
        found = key_set(session, organisation_id)
    return JSONResponse({"keys": found}, headers={"cache-control": KEYS_KEPT})


@router.get("/configuration/{organisation_id}")
def configuration(organisation_id: UUID, house: TheHouse) -> JSONResponse:
    """The values to enter, as the JSON that Canvas takes and others can be filled in from. Raises NotFound."""
    with house.database.read() as session:
        if session.get(Organisation, organisation_id) is None:
            raise NotFound("There is nothing at this address. Check it, or start from home.")
    return JSONResponse(configured(house.settings.site, organisation_id))


def configured(site: str, organisation_id: UUID) -> dict[str, Any]:
    placements = [
        {"placement": name, "message_type": "LtiDeepLinkingRequest", "target_link_uri": f"{site}{LAUNCH}"}
        for name in ("assignment_selection", "link_selection")
    ]
    return {
        "title": "Evoke",
        "description": DESCRIPTION,
        "oidc_initiation_url": login_address(site, organisation_id),
        "target_link_uri": f"{site}{LAUNCH}",
        "redirect_uris": [f"{site}{LAUNCH}"],
        "public_jwk_url": keys_address(site, organisation_id),
        "scopes": list(SCOPES),
        "extensions": [
            {"platform": "canvas.instructure.com", "privacy_level": "public", "settings": {"placements": placements}}
        ],
        "custom_fields": {},
    }
