"""Tokens for API clients: the client credentials grant of OAuth 2.0 (RFC 6749, sections 2.3.1, 4.4 and 5)."""

import base64
import binascii
from typing import Annotated, Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from api.access import address_of
from api.answers.figures import TokenIssued, TokenRefused
from api.document.bodies import TOKEN_BODY
from api.document.tell import told
from api.house import House, TheHouse
from api.route import ApiRoute
from coding.transcript.encoding import without_control_characters
from models.api_client import Issued, ScopeWrong, SecretWrong, issue_token
from models.database_errors import DatabaseTrouble, trouble_of
from models.errors import EvokeError, TooMany
from models.origin import Channel, acting

router = APIRouter(prefix="/api/v1/oauth", tags=["tokens"], route_class=ApiRoute)
_FIELDS = ("grant_type", "scope", "client_id", "client_secret")
_TOLD = told("issue_token", TokenIssued, body=TOKEN_BODY)
_TOLD["openapi_extra"]["security"] = []  # the client's ID and secret are in the request itself
_TOLD["responses"] = {200: _TOLD["responses"][200]} | {
    status: {"description": words, "model": TokenRefused}
    for status, words in {
        400: "`invalid_request`, `unsupported_grant_type` or `invalid_scope`, or a form that cannot be read",
        401: "`invalid_client`", 413: "More than is taken",
        429: "After wrong secrets: `Retry-After` says how long to wait", 422: "A form that cannot be read",
        503: "`temporarily_unavailable`: the database is busy or cannot be reached",
        507: "`temporarily_unavailable`: the database has no disk space left",
    }.items()
}  # fmt: skip


class _Refused(EvokeError):
    """`code` is one of RFC 6749, section 5.2."""

    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


async def _form(request: Request) -> dict[str, list[str]]:
    """What was sent, without what is empty (which counts as left out)."""
    sent = await request.form()
    values = {name: [without_control_characters(str(one)) for one in sent.getlist(name)] for name in _FIELDS}
    return {name: found for name, given in values.items() if (found := [one for one in given if one])}


@router.post("/token", **_TOLD)
def token(request: Request, house: TheHouse, sent: Annotated[dict[str, list[str]], Depends(_form)]) -> JSONResponse:
    """A token that is good for an hour, for an API client: `grant_type=client_credentials`, with the client's ID and
    secret as HTTP Basic (`client_secret_basic`) or in the form (`client_secret_post`). Errors are those of RFC 6749,
    section 5.2; after wrong secrets 429, with `Retry-After`."""
    try:
        with acting(Channel.API_TOKEN, address_of(request)):
            issued = _issue(request, house, sent)
    except (_Refused, SecretWrong, ScopeWrong, TooMany) as error:
        return _refuse(error)
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        return _refuse(trouble)
    answer = {"access_token": issued.token, "token_type": "Bearer", "expires_in": issued.seconds, "scope": issued.scope}
    return JSONResponse(answer, headers={"cache-control": "no-store", "pragma": "no-cache"})


def _issue(request: Request, house: House, sent: dict[str, list[str]]) -> Issued:
    house.limits.check_address(address_of(request), request)
    if repeated := [name for name, values in sent.items() if len(values) > 1]:
        raise _Refused("invalid_request", f"Send {repeated[0]} once only.")
    fields = {name: values[0] for name, values in sent.items()}
    if "grant_type" not in fields:
        raise _Refused("invalid_request", "Send a form with grant_type=client_credentials.")
    if fields["grant_type"] != "client_credentials":
        raise _Refused("unsupported_grant_type", "The one grant there is here is client_credentials.")
    client_id, secret = _credentials(request.headers.get("authorization", ""), fields)
    with house.database.write() as session:
        answer = issue_token(
            session, client_id=client_id, secret=secret, scope=fields.get("scope", ""), address=address_of(request)
        )
    if isinstance(answer, EvokeError):
        raise answer
    return answer


def _credentials(authorization: str, fields: dict[str, str]) -> tuple[str, str]:
    """The client's ID and secret, by one way of the two. Raises SecretWrong, _Refused."""
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "basic":
        if "client_id" not in fields or "client_secret" not in fields:
            raise SecretWrong
        return fields["client_id"], fields["client_secret"]
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise SecretWrong from None
    client_id = unquote_plus(name)
    if "client_secret" in fields or fields.get("client_id", client_id) != client_id:
        raise _Refused("invalid_request", "Send the client's ID and secret in one place only.")
    return client_id, unquote_plus(secret)


def _refuse(error: EvokeError) -> JSONResponse:
    code = "temporarily_unavailable" if isinstance(error, TooMany | DatabaseTrouble) else error.code
    body: dict[str, Any] = {"error": code, "error_description": error.message, **error.members}
    headers = {"cache-control": "no-store", "pragma": "no-cache", **TooMany.headers_of(error)}
    if error.status == 401:
        headers["www-authenticate"] = 'Basic realm="Evoke"'
    return JSONResponse(body, status_code=error.status, headers=headers)
