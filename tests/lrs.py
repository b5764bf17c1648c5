"""A small learning record store of the tests' own, on this machine: it takes what the specification lets it take,
remembers it, and fails as it is told."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.served import Quiet, served
from tests.training.xapi.rules import check_statement

KEY, SECRET = "evoke", "s3cret"


@dataclass
class Lrs:
    """`kept` by id, in the order in which they came. `answers` are statuses to give, one a request, before it works;
    `drops` how many times it keeps what it gets and then ends the connection without an answer. `refuses` are words of
    verbs that it will not take."""

    endpoint: str = ""
    kept: dict[str, Any] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    drops: int = 0
    refuses: set[str] = field(default_factory=set)
    requests: list[tuple[str, str]] = field(default_factory=list)
    again: int = 0

    def authorized(self, header: str) -> bool:
        return header == "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()

    def take(self, statements: list[Any]) -> int:
        for one in statements:
            try:
                check_statement(one)
            except (AssertionError, KeyError, TypeError, ValueError):
                return 400
            if any(word in one["verb"]["id"] for word in self.refuses):
                return 400
            if one["id"] in self.kept and self.kept[one["id"]] != one:
                return 409
        for one in statements:
            self.again += one["id"] in self.kept
            self.kept[one["id"]] = one
        return 200


@contextmanager
def running_lrs() -> Iterator[Lrs]:
    lrs = Lrs()

    class Handler(Quiet):
        STANDING = {"x-experience-api-version": "1.0.3"}

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            lrs.requests.append(("GET", parts.path))
            if parts.path.endswith("/about"):
                return self.answer(200, {"version": ["1.0.3"]})
            if not lrs.authorized(self.headers.get("authorization", "")):
                return self.answer(401)
            found = lrs.kept.get(parse_qs(parts.query).get("statementId", [""])[0])
            return self.answer(404 if found is None else 200, found)

        def do_POST(self) -> None:
            lrs.requests.append(("POST", self.path))
            body = json.loads(self.body())
            statements = body if isinstance(body, list) else [body]
            if not lrs.authorized(self.headers.get("authorization", "")):
                return self.answer(401)
            if not self.headers.get("x-experience-api-version", "").startswith("1.0"):
                return self.answer(400)
            if lrs.answers:
                return self.answer(lrs.answers.pop(0))
            if lrs.drops:
                lrs.drops -= 1
                lrs.take(statements)
                self.close_connection = True
                return None
            status = lrs.take(statements)
            return self.answer(status, [one["id"] for one in statements] if status == 200 else None)

    with served(Handler) as port:
        lrs.endpoint = f"http://127.0.0.1:{port}/xapi"
        yield lrs
