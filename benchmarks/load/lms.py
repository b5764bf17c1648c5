"""What a learning platform does, for locust: it sends people from a course, and its programs ask and hand in."""

import html
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any
from urllib.parse import quote

from locust import task

from benchmarks.load.launch import PAGE_OF_ITS_OWN, Launch, NotOpened, opened_by
from benchmarks.load.options import SHARES
from benchmarks.load.somebody import Somebody, lines_of
from tests.lti_platform import FakePlatform

TURNS = 30 * [
    {"speaker": "Worker", "text": "What would you like to be different by the summer?"},
    {"speaker": "Parent", "text": "I would like my kids to see me sober at weekends."},
    {"speaker": "Worker", "text": "You want them to have that, and you have thought about it a lot."},
    {"speaker": "Parent", "text": "I do. I just don't know how to begin."},
]
"""120 of them, as in a role play of a quarter of an hour; trainees hand in the same."""
MOST_LOOKS = 15
"""At how far a session is, before a program goes on without its scores: others' may wait before it."""
ASKED_AGAIN = 2.0
"""Seconds; as the answer's Retry-After says."""


class FromACourse(Somebody):
    """Somebody whom a course sends to a module (LTI 1.3), again and again. Known by their address the first time, and
    by the platform's name for them from then on."""

    weight = SHARES["course"]
    people = cycle(lines_of("course"))

    def on_start(self) -> None:
        super().on_start()
        (platform,) = lines_of("platform")
        pair = platform["private"], platform["public"]
        at = FakePlatform(self.host, issuer=platform["issuer"], login_path=platform["login_path"], pair=pair)
        self.launch = Launch(at, self.me["user"], self.me["name"], self.me["email"], self.me["target"])

    @task
    def opens_an_activity(self) -> None:
        path, form = self.launch.login()
        asked = self.sent(path, form, "/lti/login/[authority]", self.launch.asked_by)
        if asked is None:
            return
        page = self.sent("/lti/launch", self.launch.signed(asked), "/lti/launch", opened_by)
        if page is not None:
            self.look(page, "/learn/[module], from a course", says=f"</span>{html.escape(self.me['name'])}</a>")
            self.rest()
            self.look("/")

    def sent(self, path: str, form: dict[str, str], name: str, outcome: Any) -> Any:
        """What the answer led to; None where it led nowhere, which counts as an error."""
        with self.client.post(
            path, data=form, name=name, headers=PAGE_OF_ITS_OWN, allow_redirects=False, catch_response=True
        ) as answer:
            try:
                return outcome(answer)
            except NotOpened as error:
                answer.failure(str(error))
                return None


class Program(Somebody):
    """The platform's own: asks who is in which team, and hands in a role play, some nine times an hour."""

    weight = SHARES["program"]
    people = cycle(lines_of("program"))

    @task(39)
    def asks(self) -> None:
        self.look("/api/v1/people?limit=50")
        self.rest()
        self.look("/api/v1/teams")

    @task(1)
    def hands_in(self) -> None:
        address = f"/api/v1/practitioners?email={quote(self.me['email'])}"
        whose = self.told("GET", address, "/api/v1/practitioners?email=[address]", 200)
        self.rest()
        if whose is None:
            return
        details = {"kind": "role_play", "agreement_confirmed": True, "change_goal": "drink less at weekends"}
        made = self.told(
            "POST", "/api/v1/sessions", "/api/v1/sessions, a transcript", 201,
            json={**details, "practitioner": whose["id"], "turns": TURNS},
        )  # fmt: skip
        if made is not None and self.is_ready(made["url"]):
            self.told(
                "GET", f"{made['url']}/scores", "/api/v1/sessions/[id]/scores", 200, wrong=_no_scores,
                headers={"authorization": f"Bearer {self.me['own']}"},
            )  # fmt: skip

    def is_ready(self, address: str) -> bool:
        for _ in range(MOST_LOOKS):
            time.sleep(ASKED_AGAIN)
            told = self.told("GET", f"{address}/progress", "/api/v1/sessions/[id]/progress", 200, wrong=_stopped)
            if told is None or told["stage"] == "ready":
                return told is not None
        return False

    def told(
        self, method: str, address: str, name: str, status: int, *, wrong: Callable[[Any], str] = lambda _: "",
        **sent: Any,
    ) -> Any:  # fmt: skip
        """The answer's JSON. None, and an error, for another status, and where `wrong` says what is wrong with it."""
        with self.client.request(method, address, name=name, catch_response=True, **sent) as answer:
            said = answer.json() if answer.status_code == status else None
            if problem := f"answered {answer.status_code}" if said is None else wrong(said):
                answer.failure(problem)
                return None
            return said


def _no_scores(said: dict[str, Any]) -> str:
    return "" if said["scores"] else "a session that is ready has no scores"


def _stopped(said: dict[str, Any]) -> str:
    return "the session stopped" if said["stage"] == "stopped" else ""
