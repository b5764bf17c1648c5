"""What people and the LMS do, for locust: `locust -f benchmarks/load/journeys.py --host http://127.0.0.1:8000`.

Everybody looks at a page for some five seconds before the next. Who they are stands in the file that
EVOKE_LOAD_READERS names, a line for each as JSON: `role`, `cookie` (of a sign-in) or `token`, `team`. Nothing is sent
that means anything, and only to a made-up installation: `benchmarks/scale_load.py` makes one.
"""

import json
import os
import random
import re
import threading
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from locust import HttpUser, between, task

TALK = """\
Worker: What would you like to be different by the summer?
Parent: I would like my kids to see me sober at weekends.
Worker: You want them to have that, and you have thought about it a lot.
Parent: I do. I just don't know how to begin.
"""
DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less at weekends"}
_SESSION = re.compile(r'href="(/sessions/[0-9a-f-]{36})"')
_EXERCISE = re.compile(r'href="(/learn/[a-z0-9-]+/exercises/[a-z0-9-]+)"')
_ONE_AT_A_TIME = threading.Lock()


def _people(*roles: str) -> "cycle[dict[str, str]]":
    lines = Path(os.environ["EVOKE_LOAD_READERS"]).read_text().splitlines()
    return cycle([one for line in lines if (one := json.loads(line))["role"] in roles])


class Somebody(HttpUser):
    """Comes with the cookie of a sign-in, or a program's token."""

    abstract = True
    wait_time = between(3.0, 7.0)
    people: "cycle[dict[str, str]]"

    def on_start(self) -> None:
        with _ONE_AT_A_TIME:
            me = next(self.people)
        self.team, self.dice = me.get("team", ""), random.Random(me.get("cookie") or me["token"])
        self.client.trust_env = False
        if cookie := me.get("cookie"):
            self.client.cookies.set("evoke_sign_in", cookie)
        else:
            self.client.headers["authorization"] = f"Bearer {me['token']}"

    def rest(self) -> None:
        self.wait()

    def look(self, path: str, name: str = "") -> str:
        """Who is sent to sign in has seen no page, and it counts as an error."""
        with self.client.get(path, name=name or path, catch_response=True) as answer:
            if urlsplit(answer.url or "").path == "/sign-in":
                answer.failure("sent to sign in")
            return str(answer.text or "")

    def one_of(self, pattern: re.Pattern[str], text: str) -> str | None:
        found = sorted(set(pattern.findall(text)))
        return self.dice.choice(found) if found else None


class Trainee(Somebody):
    weight = 60
    people = _people("trainee")

    @task(4)
    def home_and_a_session(self) -> None:
        one = self.one_of(_SESSION, self.look("/"))
        if one is not None:
            self.rest()
            self.look(one, "/sessions/[id]")
            self.rest()
            self.look(f"{one}/feedback", "/sessions/[id]/feedback")

    @task(2)
    def progress_and_plan(self) -> None:
        self.look("/progress")
        self.rest()
        self.look("/plan")

    @task(2)
    def an_exercise(self) -> None:
        one = self.one_of(_EXERCISE, self.look("/plan"))
        if one is not None:
            self.rest()
            self.look(one, "/learn/[module]/exercises/[exercise]")

    @task(1)
    def a_role_play(self) -> None:
        self.look("/sessions/new")
        self.rest()
        file = {"file": ("role play.txt", TALK.encode())}
        self.client.post("/sessions", data=DETAILS, files=file, name="/sessions, a transcript", allow_redirects=False)


class Coach(Somebody):
    weight = 20
    people = _people("coach")

    @task(3)
    def the_queue(self) -> None:
        self.look("/")
        self.rest()
        one = self.one_of(_SESSION, self.look("/queue"))
        if one is not None:
            self.rest()
            self.look(one, "/sessions/[id]")

    @task(2)
    def the_team(self) -> None:
        self.look(f"/team/{self.team}", "/team/[id]")

    @task(1)
    def a_review(self) -> None:
        one = self.one_of(_SESSION, self.look("/queue"))
        if one is None:
            return
        self.rest()
        if f'action="{one}/bench"' not in self.look(one, "/sessions/[id]"):
            return  # its names are to be checked first, say
        self.rest()
        answer = self.client.post(f"{one}/bench", name="/sessions/[id]/bench, begin", allow_redirects=False)
        if answer.status_code == 303:
            self.rest()
            self.look(f"{one}/bench", "/sessions/[id]/bench")
            self.client.post(f"{one}/bench/put-away", name="/sessions/[id]/bench, put away", allow_redirects=False)


class Lead(Somebody):
    weight = 8
    people = _people("lead")

    @task(3)
    def figures(self) -> None:
        self.look("/authority")
        self.rest()
        self.look("/authority?measure=percent_complex_reflections")
        self.rest()
        self.look(f"/authority/teams/{self.team}", "/authority/teams/[id]")

    @task(1)
    def adoption(self) -> None:
        self.look("/adoption")


class Administrator(Somebody):
    weight = 4
    people = _people("administrator")

    @task
    def duties(self) -> None:
        for path in ("/administration", "/people", "/audit", "/retention"):
            self.look(path)
            self.rest()


class Lms(Somebody):
    """A learning platform's program, which asks who is in which team."""

    weight = 8
    people = _people("program")

    @task
    def asks(self) -> None:
        self.look("/api/v1/people?limit=50")
        self.rest()
        self.look("/api/v1/teams")
