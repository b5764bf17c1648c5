"""A learning system of the tests' own that knows cmi5, on this machine: it gives each launch one token once, keeps what
its store is told, and refuses whatever the standard lets it refuse.

It shares nothing with what Evoke makes: what a statement has to be stands in `tests.training.cmi5.rules`.
"""

import json
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.served import Quiet, served
from tests.training.cmi5.rules import EXTENSIONS, check_cmi5_statement

HOME_PAGE = "https://lms.example.org"


@dataclass
class LmsSession:
    """One launch. `verbs` are what its store took, in order."""

    actor: dict[str, Any]
    registration: str
    activity_id: str
    publisher_id: str
    mode: str
    data: dict[str, Any]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    fetched: bool = False
    over: str = ""
    verbs: list[str] = field(default_factory=list)


@dataclass
class Lms:
    """`answers` are statuses that its store gives to statements before it works; `drops` how many statements it keeps
    and then says nothing; `closed` whether tokens are no good any more, `broken` whether its store says nothing of a
    launch."""

    address: str = ""
    sessions: list[LmsSession] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    drops: int = 0
    again: int = 0
    closed: bool = False
    broken: bool = False
    grants_token: bool = True
    requests: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)

    @property
    def endpoint(self) -> str:
        return f"{self.address}/xapi"

    def launch(
        self, *, publisher_id: str, account: str = "u-17", mode: str = "Normal", registration: str = "",
        activity_id: str = "", **data: Any,
    ) -> dict[str, str]:  # fmt: skip
        """The parameters with which a browser is sent to the unit."""
        one = LmsSession(
            {"objectType": "Agent", "name": "Olu of Learning", "account": {"homePage": HOME_PAGE, "name": account}},
            registration or str(uuid.uuid4()), activity_id or f"{HOME_PAGE}/au/{uuid.uuid4()}", publisher_id, mode,
            data,
        )  # fmt: skip
        self.sessions.append(one)
        return self.parameters(one)

    def parameters(self, one: LmsSession) -> dict[str, str]:
        return {
            "endpoint": f"{self.endpoint}/", "fetch": f"{self.address}/fetch?s={self.sessions.index(one)}",
            "actor": json.dumps(one.actor), "registration": one.registration, "activityId": one.activity_id,
        }  # fmt: skip

    def fetch(self, query: dict[str, str]) -> tuple[int, Any]:
        one = self.sessions[int(query["s"])]
        if not self.grants_token:
            return 200, {"error-code": "3", "error-text": "Not now"}
        if one.fetched:
            return 200, {"error-code": "1", "error-text": "The token has been fetched already"}
        one.fetched = True
        return 200, {"auth-token": one.token}

    def template(self, one: LmsSession) -> dict[str, Any]:
        return {
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": one.publisher_id}]},
            "extensions": {f"{EXTENSIONS}/sessionid": f"session {self.sessions.index(one)}"},
            **({"contextActivities": one.data["activities"]} if "activities" in one.data else {}),
        }  # fmt: skip

    def launch_data(self, one: LmsSession) -> dict[str, Any]:
        more = {name: value for name, value in one.data.items() if name != "activities"}
        return {"contextTemplate": self.template(one), "launchMode": one.mode, "moveOn": "Completed", **more}

    def session_of(self, authorization: str) -> LmsSession | None:
        found = (one for one in self.sessions if one.fetched and authorization == f"Basic {one.token}")
        return None if self.closed else next(found, None)

    def state(self, one: LmsSession, query: dict[str, str]) -> tuple[int, Any]:
        asked = (json.loads(query["agent"]).get("account"), query["registration"], query["activityId"])
        if asked != (one.actor["account"], one.registration, one.activity_id) or query["stateId"] != "LMS.LaunchData":
            return 404, None
        return 200, self.launch_data(one)

    def take(self, one: LmsSession, key: str, statement: Any) -> int:
        """By the rules of a store, then by those of cmi5, whatever the order in which they come."""
        if statement["id"] != key:
            return 400
        if key in self.kept:
            self.again += 1
            return 204 if self.kept[key] == statement else 409
        try:
            verb = check_cmi5_statement(
                statement, template=self.template(one), registration=one.registration, activity_id=one.activity_id,
                actor=one.actor,
            )  # fmt: skip
        except (AssertionError, KeyError, TypeError, ValueError):
            return 400
        mark = statement["context"]["extensions"].get(f"{EXTENSIONS}/masteryscore")
        if mark != (one.data.get("masteryScore") if verb == "passed" else None):
            return 400
        if (verb == "initialized") is bool(one.verbs) or one.over:
            return 403
        if verb in ("completed", "passed"):
            same = [other for other in self.sessions if other.registration == one.registration]
            told = [v for other in same if other.activity_id == one.activity_id for v in other.verbs]
            if verb in told or one.mode != "Normal":
                return 403
        if verb == "initialized":
            for other in self.sessions:
                if other is not one and other.registration == one.registration and other.verbs and not other.over:
                    other.over = "abandoned"
        if verb == "terminated":
            one.over = "terminated"
        one.verbs.append(verb)
        self.kept[key] = statement
        return 204


@contextmanager
def running_lms() -> Iterator[Lms]:
    lms = Lms()

    class Handler(Quiet):
        def _asked(self) -> tuple[str, dict[str, str], LmsSession | None]:
            parts = urlsplit(self.path)
            lms.requests.append(f"{self.command} {parts.path}")
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            return parts.path, query, lms.session_of(self.headers.get("authorization", ""))

        def do_POST(self) -> None:
            path, query, _ = self._asked()
            self.body()
            with lms.lock:
                return self.answer(*(lms.fetch(query) if path == "/fetch" else (404, None)))

        def do_GET(self) -> None:
            path, query, one = self._asked()
            if path == "/xapi/about":
                return self.answer(200, {"version": ["1.0.3"]})
            if one is None or not self.headers.get("x-experience-api-version", "").startswith("1.0"):
                return self.answer(401 if one is None else 400)
            if path == "/xapi/activities/state":
                return self.answer(*((503, None) if lms.broken else lms.state(one, query)))
            if path == "/xapi/agents/profile":
                return self.answer(200, {"languagePreference": "cy-GB", "audioPreference": "off"})
            return self.answer(403)

        def do_PUT(self) -> None:
            path, query, one = self._asked()
            statement = json.loads(self.body())
            if path != "/xapi/statements" or one is None:
                return self.answer(401)
            with lms.lock:
                if lms.answers:
                    return self.answer(lms.answers.pop(0))
                status = lms.take(one, query["statementId"], statement)
                if lms.drops:
                    lms.drops -= 1
                    self.close_connection = True
                    return None
            return self.answer(status)

    with served(Handler) as port:
        lms.address = f"http://127.0.0.1:{port}"
        yield lms


def launch_path(slug: str, parameters: dict[str, str]) -> str:
    return f"/cmi5/modules/{slug}?{urlencode(parameters)}"
