"""Answers of SCIM: a resource with its version, a list, and whether the version asked for is the one there is."""

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from api.scim.asked import Wanted
from api.scim.attributes import Kind
from api.scim.errors import MEDIA_TYPE
from api.scim.refused import ScimRefused
from api.scim.shape import Resource, has_version, projected

LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def one_answer(request: Request, resource: Resource, kind: Kind, wanted: Wanted, *, status: int = 200) -> Response:
    """304 where it is as `If-None-Match` says."""
    version, location = resource["meta"]["version"], resource["meta"]["location"]
    known = request.headers.get("if-none-match")
    if request.method == "GET" and known and has_version(known, version):
        return Response(status_code=304, headers={"etag": version})
    shown = projected(resource, kind, attributes=wanted.attributes, excluded=wanted.excluded)
    headers = {"etag": version, "content-location" if status == 200 else "location": location}
    return scim_json(shown, status=status, headers=headers)


def require_version(request: Request, resource: Resource) -> None:
    """Raises ScimRefused (412) where `If-Match` names another version."""
    wanted = request.headers.get("if-match")
    if wanted and not has_version(wanted, resource["meta"]["version"]):
        raise ScimRefused("It has changed since you read it. Read it again.", status=412)


def list_answer(found: list[Resource], total: int, kind: Kind, wanted: Wanted) -> Response:
    shown = [projected(one, kind, attributes=wanted.attributes, excluded=wanted.excluded) for one in found]
    return listed(shown, total=total, start=wanted.start)


def listed(found: list[Resource], *, total: int, start: int = 1) -> Response:
    return scim_json(
        {"schemas": [LIST_SCHEMA], "totalResults": total, "startIndex": start, "itemsPerPage": len(found),
         "Resources": found}
    )  # fmt: skip


def scim_json(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)
