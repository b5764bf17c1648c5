"""What people and the LMS do, for locust: `python -m locust -f benchmarks/load/journeys.py --host …`, from the folder
that holds `benchmarks`.

Everybody looks at a page for some five seconds (EVOKE_LOAD_THINK) before the next. Who they are stands in the file that
EVOKE_LOAD_READERS names, a line for each as JSON, as `benchmarks/load/who_comes.py` writes it. Nothing is sent that
means anything, and only to a made-up installation: `benchmarks/scale_load.py` makes one.
"""

import re
from itertools import cycle

from locust import task

from benchmarks.load.lms import TURNS, FromACourse, Program
from benchmarks.load.options import SHARES
from benchmarks.load.somebody import Somebody, lines_of

__all__ = ["Administrator", "Coach", "FromACourse", "Lead", "Program", "Trainee"]

TALK = "\n".join(f"{turn['speaker']}: {turn['text']}" for turn in TURNS)
DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less at weekends"}
_SESSION = re.compile(r'href="(/sessions/[0-9a-f-]{36})"')
_EXERCISE = re.compile(r'href="(/learn/[a-z0-9-]+/exercises/[a-z0-9-]+)"')


class Trainee(Somebody):
    """Adds a role play four times an hour, which is about as much as anybody can talk; looks at pages otherwise."""

    weight = SHARES["trainee"]
    people = cycle(lines_of("trainee"))

    @task(36)
    def home_and_a_session(self) -> None:
        one = self.one_of(_SESSION, self.look("/"))
        if one is not None:
            self.rest()
            self.look(one, "/sessions/[id]")
            self.rest()
            self.look(f"{one}/feedback", "/sessions/[id]/feedback")

    @task(18)
    def progress_and_plan(self) -> None:
        self.look("/progress")
        self.rest()
        self.look("/plan")

    @task(18)
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
    weight = SHARES["coach"]
    people = cycle(lines_of("coach"))

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
    weight = SHARES["lead"]
    people = cycle(lines_of("lead"))

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
    weight = SHARES["administrator"]
    people = cycle(lines_of("administrator"))

    @task
    def duties(self) -> None:
        for path in ("/administration", "/people", "/audit", "/retention"):
            self.look(path)
            self.rest()
