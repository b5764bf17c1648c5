"""Who asks, for locust: whoever they are, they look at a page for a while before the next."""

import json
import os
import random
import re
import threading
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from locust import HttpUser, between

from benchmarks.load.options import LOAD

_ONE_AT_A_TIME = threading.Lock()


def lines_of(role: str) -> list[dict[str, str]]:
    lines = Path(os.environ["EVOKE_LOAD_READERS"]).read_text().splitlines()
    return [one for line in lines if (one := json.loads(line))["role"] == role]


class Somebody(HttpUser):
    """Comes with the cookie of a sign-in, with a program's token, or with neither."""

    abstract = True
    wait_time = between(0.6 * LOAD.think, 1.4 * LOAD.think)
    people: "cycle[dict[str, str]]"

    def on_start(self) -> None:
        with _ONE_AT_A_TIME:
            self.me = next(self.people)
        self.team, self.dice = self.me.get("team", ""), random.Random(json.dumps(self.me))
        self.client.trust_env = False
        if cookie := self.me.get("cookie"):
            self.client.cookies.set("evoke_sign_in", cookie)
        if token := self.me.get("token"):
            self.client.headers["authorization"] = f"Bearer {token}"

    def rest(self) -> None:
        self.wait()

    def look(self, path: str, name: str = "", *, says: str = "") -> str:
        """Who is sent to sign in has seen no page, and it counts as an error; so does a page that does not say what it
        was to say."""
        with self.client.get(path, name=name or path, catch_response=True) as answer:
            text = str(answer.text or "")
            if urlsplit(answer.url or "").path == "/sign-in":
                answer.failure("sent to sign in")
            elif answer.ok and says not in text:
                answer.failure("not the page that was to come")
            return text

    def one_of(self, pattern: re.Pattern[str], text: str) -> str | None:
        found = sorted(set(pattern.findall(text)))
        return self.dice.choice(found) if found else None
