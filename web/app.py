"""The web application put together: pages, API, static files, errors."""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api.access import find_actor
from api.document.describe import Described
from api.errors import problem
from api.house import House
from api.rate_headers import RateHeaders
from api.scim.errors import scim_error
from api.scim.refused import ScimRefused
from coding.without_words import without_words
from models.database_errors import DatabaseTrouble, cause_of, may_be_ours, trouble_of
from models.errors import EvokeError, NotAllowed, NotFound, TooLarge, TooMany
from models.settings import Settings, get_settings
from web.body_limit import BodyLimit
from web.guard import SAFE_METHODS, Guard
from web.kept_figures import enter_kept_figures
from web.logs import facts
from web.methods import methods_at
from web.pages.visitor import SignInFirst, Visitor, see_other
from web.routers import ROUTERS
from web.sign_in_cookie import FreshCookie
from web.signpost import put_signpost
from web.watched import Watched

if TYPE_CHECKING:
    from web.measured import Measured

log = logging.getLogger("evoke.web")
UPLOADS = (
    ("POST", "/sessions"), ("POST", "/api/v1/sessions"), ("POST", "/sessions/coded"),
    ("POST", "/api/v1/sessions/coded"), ("PUT", r"/api/v1/recordings-in-progress/[^/]+/chunks/\d+"),
    ("POST", "/spoken-answers"), ("PATCH", r"/api/v1/uploads/[^/]+"),
)  # fmt: skip
"""What `api.uploads.take_upload`, `api.recordings.put_chunk`, `api.take_piece.take_piece` and `web.pages.spoken.take`
read, as it comes and with limits of their own."""
TABLES = (
    ("POST", "/adoption/data/[a-z]+/confirm"),
    *((method, "/scim/v2/.*") for method in ("POST", "PUT", "PATCH")),
)
"""What was read of a file, sent back to be kept: `training.adoption.lines.WRITTEN_ANEW` and the form around it; and the
members of a group."""


class CameFromElsewhere(EvokeError):
    status = 403
    code = "came_from_elsewhere"


class NotUnderstood(EvokeError):
    code = "not_understood"


class OurFault(EvokeError):
    status = 500
    code = "our_fault"


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or get_settings()
    enter_kept_figures()
    app = Described(title="Evoke", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = House.of(settings)
    app.state.draining = threading.Event()  # told to stop: /health/ready says so
    app.state.measured = _measured(app.state.house)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static", check_dir=False), name="static")
    for router in ROUTERS:
        app.include_router(router)

    put_signpost(app)
    app.add_middleware(BodyLimit, uploads=UPLOADS, tables=TABLES, refuse=_refuse_too_large)
    app.add_middleware(RateHeaders)
    app.add_middleware(FreshCookie, settings=settings)
    app.add_middleware(Guard, refuse=_refuse_from_elsewhere, fail=_fail)
    app.add_middleware(  # added last: the outermost
        Watched, observe=app.state.measured.observe if app.state.measured else None
    )  # fmt: skip
    _answer_errors(app)
    return app


def _measured(house: House) -> "Measured | None":
    """Loaded only where somebody may read it."""
    if not house.settings.shows_metrics:
        return None
    from web.measured import Measured

    return Measured(house.settings, house.database)


def _refuse_too_large(request: Request) -> Response:
    return answer_error(
        request, TooLarge("That is more than can be taken here. Go back, shorten it and send it again.")
    )


def _refuse_from_elsewhere(request: Request) -> Response:
    message = "This came from another website, so nothing was done. Open Evoke itself and try again."
    return answer_error(request, CameFromElsewhere(message))


def _fail(request: Request, error: Exception) -> Response:
    route = getattr(request.scope.get("route"), "path", "an address without a page")  # an address may hold a secret
    changes = request.method not in SAFE_METHODS
    trouble = trouble_of(error, unsure=request.state.written)
    if trouble is not None:
        where = f"\n{without_words(error)}" if may_be_ours(error) else ""
        log.error(
            "the database: %s at %s %s%s", cause_of(error), request.method, route, where,
            extra=facts(request_id=request.state.request_id, route=route, code=trouble.code),
        )  # fmt: skip
        return answer_error(request, trouble if changes else type(trouble)())
    log.error(
        "unexpected error at %s %s\n%s", request.method, route, without_words(error),
        extra=facts(request_id=request.state.request_id, route=route),
    )  # fmt: skip
    return answer_error(request, OurFault("Something went wrong on our side. Nothing you sent before is lost."))


def answer_error(request: Request, error: EvokeError) -> Response:
    """JSON for programs and scripts, in SCIM's form for identity providers, a page for people."""
    if request.url.path.startswith("/scim/"):
        return scim_error(error)
    if request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", ""):
        return problem(error)
    actor = find_actor(request, request.app.state.house) if error.status < 500 else None
    title = {403: "You cannot do that", 404: "Page not found", 500: "Something went wrong", 503: "Not just now"}.get(
        error.status, "That did not work"
    )
    headers = TooMany.headers_of(error)
    nothing_done = isinstance(error, DatabaseTrouble) and not error.unsure
    again = nothing_done and error.status == 503 and request.method not in SAFE_METHODS
    return Visitor(request, actor).page(
        "error.html", status=error.status, headers=headers, title=title, message=error.message, again=again
    )


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(EvokeError)
    def _evoke(request: Request, error: EvokeError) -> Response:
        return answer_error(request, error)

    @app.exception_handler(ScimRefused)
    def _scim(request: Request, error: ScimRefused) -> Response:
        return scim_error(error)

    @app.exception_handler(SignInFirst)
    def _sign_in(request: Request, error: SignInFirst) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"location": "/sign-in"}, status_code=401)
        return see_other(f"/sign-in?next={quote(error.next_path)}")

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> Response:
        if any("session_id" in part for item in error.errors() for part in [item["loc"]]):
            return answer_error(request, NotFound("There is no such session, or it is not yours to see."))
        if any(part in item["loc"] for item in error.errors() for part in ("sign_in_id", "token_id")):
            return answer_error(request, NotFound("There is no such thing of yours. Perhaps it has ended already."))
        if any("recording_id" in item["loc"] for item in error.errors()):
            return answer_error(request, NotFound("There is no such recording, or it is not yours."))
        if any(item["loc"][0] == "path" for item in error.errors()):
            return answer_error(request, NotFound("There is nothing at this address. Check it, or start from home."))
        wrong = "; ".join(f"{item['loc'][-1]}: {item['msg']}" for item in error.errors())
        return answer_error(request, NotUnderstood(f"Part of the request is missing or wrong. {wrong}."))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return answer_error(request, NotFound("There is nothing at this address. Check it, or start from home."))
        if error.status_code == 413:
            return _refuse_too_large(request)
        if error.status_code == 400 and request.url.path.startswith("/api/"):
            return answer_error(request, NotUnderstood("What was sent cannot be read. Send JSON as UTF-8."))
        refused = NotAllowed("That cannot be done here.")
        refused.status = error.status_code
        answer = answer_error(request, refused)
        answer.headers.update(error.headers or {})
        if error.status_code == 405 and (allowed := methods_at(request)):
            answer.headers["allow"] = allowed
        return answer
