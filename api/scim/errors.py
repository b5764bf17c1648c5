"""Errors in SCIM's own form (RFC 7644, section 3.12)."""

from typing import Any

from fastapi.responses import JSONResponse

from api.scim.refused import ScimRefused, ScimType
from models.errors import EvokeError, TooMany

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
MEDIA_TYPE = "application/scim+json"
_TYPES = {
    "user_name_taken": ScimType.UNIQUENESS,
    "administrators_address": ScimType.MUTABILITY,
    "details_wrong": ScimType.INVALID_VALUE,
}


def scim_error(error: EvokeError | ScimRefused) -> JSONResponse:
    if isinstance(error, ScimRefused):
        return _answer(error.status, error.detail, error.scim_type, {})
    status, scim_type = error.status, _TYPES.get(error.code)
    if status == 422:
        status, scim_type = 400, scim_type or ScimType.INVALID_SYNTAX
    headers = {"www-authenticate": 'Bearer realm="Evoke"'} if status == 401 else TooMany.headers_of(error)
    return _answer(status, error.message, scim_type, headers)


def _answer(status: int, detail: str, scim_type: ScimType | None, headers: dict[str, str]) -> JSONResponse:
    body: dict[str, Any] = {"schemas": [ERROR_SCHEMA], "status": str(status), "detail": detail}
    if scim_type is not None:
        body["scimType"] = scim_type.value
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)
