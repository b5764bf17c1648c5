"""Errors as JSON (RFC 9457 problem details) with a stable code, for programs."""

from fastapi.responses import JSONResponse

from models.errors import EvokeError, TooMany


def problem(error: EvokeError) -> JSONResponse:
    """`fields`, when the error has them, maps each form field to its own sentence."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": error.code.replace("_", " ").capitalize(),
        "status": error.status,
        "code": error.code,
        "detail": error.message,
        **error.members,
    }
    if error.fields:
        body["fields"] = error.fields
    headers = {"www-authenticate": "Bearer"} if error.status == 401 else TooMany.headers_of(error)
    return JSONResponse(body, status_code=error.status, media_type="application/problem+json", headers=headers)
