"""What this service provider can do (RFC 7644, section 4): its configuration, kinds of resources and schemas."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import TheHouse
from api.scim.answers import listed, scim_json
from api.scim.asked import MOST, Provisioner
from api.scim.attributes import GROUP, USER, Kind
from api.scim.refused import ScimRefused

router = APIRouter(prefix="/scim/v2", include_in_schema=False)
CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
KINDS = (USER, GROUP)


@router.get("/ServiceProviderConfig")
def configuration(house: TheHouse, provider: Provisioner) -> Response:
    not_here = {"supported": False}
    return scim_json({
        "schemas": [CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": not_here,
        "sort": not_here,
        "etag": {"supported": True},
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "OAuth bearer token", "primary": True,
            "description": "A lasting token made by an administrator, or an hourly one of the OAuth 2.0 token address",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{_base(house)}/ServiceProviderConfig"},
    })  # fmt: skip


@router.get("/ResourceTypes")
def resource_types(house: TheHouse, provider: Provisioner) -> Response:
    return listed([_resource_type(house, kind) for kind in KINDS], total=len(KINDS))


@router.get("/ResourceTypes/{name}")
def resource_type(name: str, house: TheHouse, provider: Provisioner) -> Response:
    return scim_json(_resource_type(house, _one(kind for kind in KINDS if kind.name == name)))


@router.get("/Schemas")
def schemas(house: TheHouse, provider: Provisioner) -> Response:
    return listed([_schema(house, kind) for kind in KINDS], total=len(KINDS))


@router.get("/Schemas/{urn}")
def schema(urn: str, house: TheHouse, provider: Provisioner) -> Response:
    return scim_json(_schema(house, _one(kind for kind in KINDS if kind.schema.lower() == urn.lower())))


@router.post("/Bulk")
def bulk(provider: Provisioner) -> Response:
    raise ScimRefused("Bulk is not done here, as ServiceProviderConfig says. Send one request for each.", status=501)


@router.post("/.search")
def search_all(provider: Provisioner) -> Response:
    raise ScimRefused("Search users and groups apart: /Users/.search and /Groups/.search.", status=501)


def _one(found: Any) -> Kind:
    for kind in found:
        return kind  # type: ignore[no-any-return]
    raise ScimRefused("There is nothing of this name.", status=404)


def _base(house: TheHouse) -> str:
    return f"{house.settings.site}/scim/v2"


def _resource_type(house: TheHouse, kind: Kind) -> dict[str, Any]:
    return {
        "schemas": [RESOURCE_TYPE], "id": kind.name, "name": kind.name, "endpoint": kind.endpoint,
        "description": kind.description, "schema": kind.schema, "schemaExtensions": [],
        "meta": {"resourceType": "ResourceType", "location": f"{_base(house)}/ResourceTypes/{kind.name}"},
    }  # fmt: skip


def _schema(house: TheHouse, kind: Kind) -> dict[str, Any]:
    return {
        "schemas": [SCHEMA], "id": kind.schema, "name": kind.name, "description": kind.description,
        "attributes": [one.as_json() for one in kind.attributes],
        "meta": {"resourceType": "Schema", "location": f"{_base(house)}/Schemas/{kind.schema}"},
    }  # fmt: skip
