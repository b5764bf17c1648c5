"""What a route says of itself in the document: its name, its answer, its errors, and what a token needs for it.

The answer's model describes and does not check: routes answer as they did, at no cost, and tests hold what they answer
against the document.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response

from models.database_errors import DatabaseBusy, DatabaseFull, DatabaseUnreachable
from models.errors import EvokeError, NotAllowed, NotFound, TooLarge, TooMany
from models.permissions import Permission, ScopeTooNarrow

PERSONAL, CLIENT = "personalToken", "apiClient"
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
EVERYWHERE = {
    401: ("sign_in_needed",),
    403: (NotAllowed.code, ScopeTooNarrow.code, "came_from_elsewhere"),
    404: (NotFound.code,),
    413: (TooLarge.code,),
    422: ("not_understood",),
    429: (TooMany.code,),
    500: ("our_fault",),
    503: (DatabaseBusy.code, DatabaseUnreachable.code),
    507: (DatabaseFull.code,),
}
"""The codes with which any route may answer."""
_MEANS = {
    400: "A header cannot be read",
    401: "No token, or one that is not good",
    403: "You know of it, and may not do that",
    404: "It is not there, or not yours to see",
    409: "Not now, as things stand",
    410: "It is gone for good",
    412: "It is not as you saw it last",
    413: "More than is taken",
    415: "Another kind of body is asked for",
    422: "It cannot be used; `fields` says which field is wrong, where it is one",
    460: "The bytes are not those of the checksum",
    429: "Too much at once: wait as long as `Retry-After` says",
    500: "A fault of ours",
    503: "Something that is needed does not answer",
    507: "There is no room on the disk",
}
_RATE = ("RateLimit", "RateLimit-Policy")
Error = type[EvokeError] | tuple[int, str]


def told(
    operation: str, answer: Any = None, *errors: Error, status: int = 200, words: str = "", media: str = "",
    headers: Iterable[str] = (), scope: Permission | None = None, body: Mapping[str, Any] | None = None,
    also: Mapping[int, str] | None = None, example: Any = None, once: bool = False, seen: bool = False,
    stream: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Arguments for a route's decorator.

    `answer` is the model of its JSON, or None with the `media` of what comes instead. `errors` are those of its own,
    beside what every route may answer. `headers` are names of `api.document.describe.HEADERS`. `scope` is what an API
    client's token needs; without it a client may not call this. `body` is its request body, by media type, where the
    route reads that itself. `also` are other successes by status. `once`: takes an Idempotency-Key. `seen`: an
    If-Match. `stream` is the media type of the same answer told as it changes.
    """
    headers = [*headers, *(["Idempotency-Replayed"] if once else []), *_RATE]
    success: dict[str, Any] = {"description": words or HTTPStatus(status).phrase, "headers": _referred(headers)}
    if answer is not None:
        success["model"] = answer
        if example is not None:
            success["content"] = {"application/json": {"example": example}}
        if stream:
            success.setdefault("content", {})[stream] = {"schema": {"type": "string", "contentMediaType": stream}}
    elif media:
        schema = {"contentMediaType": media}  # of */* nobody can say that it is text: it may be JSON
        success["content"] = {media: {"schema": schema if media == "*/*" else {"type": "string"} | schema}}
    if once:
        errors = (
            *errors,
            (409, "idempotency_in_flight"),
            (422, "idempotency_key_reused"),
            (422, "idempotency_key_wrong"),
        )
    if seen:
        errors = (*errors, (412, "changed_meanwhile"))
    responses: dict[int | str, dict[str, Any]] = {status: success, **_errors(errors)}
    parameters = ["IdempotencyKey"] * once + ["IfMatch"] * seen
    if "ETag" in headers:
        responses[304] = {"description": "What you have is still so", "headers": _referred(["ETag", *_RATE])}
        parameters.append("IfNoneMatch")
    for code, meaning in (also or {}).items():
        responses[code] = {"description": meaning, "headers": _referred(headers)}
    extra: dict[str, Any] = {"security": [{PERSONAL: []}, *([{CLIENT: [scope.value]}] if scope else [])]}
    if body is not None:
        extra["requestBody"] = {"required": True, "content": dict(body)}
    if parameters:
        extra["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    other = {} if answer is not None else {"response_class": Response}
    return {
        **other, "operation_id": operation, "response_model": None, "status_code": status, "responses": responses,
        "openapi_extra": extra,
    }  # fmt: skip


def _errors(errors: Iterable[Error]) -> dict[int | str, dict[str, Any]]:
    by_status: dict[int, list[str]] = {status: list(codes) for status, codes in EVERYWHERE.items()}
    for error in errors:
        status, code = error if isinstance(error, tuple) else (error.status, error.code)
        codes = by_status.setdefault(status, [])
        if code not in codes:
            codes.append(code)
    return {status: error_answer(status, codes) for status, codes in sorted(by_status.items())}


def error_answer(status: int, codes: Iterable[str]) -> dict[str, Any]:
    """`x-codes` are the codes that can stand in it."""
    known = list(codes)
    listed = ", ".join(f"`{code}`" for code in known)
    waits = status in (429, 503, 507)
    headers = [*_RATE, *(["Retry-After"] if waits else [])]
    return {
        "description": f"{_MEANS.get(status) or HTTPStatus(status).phrase}. Codes: {listed}.",
        "content": PROBLEM, "headers": _referred(headers), "x-codes": known,
    }  # fmt: skip


def _referred(headers: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
