"""Programs that speak to a real server, and hear of progress as it changes."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import Session

from api.house import House
from models.api_token import add_short_token
from models.columns import utc_now
from models.permissions import Actor
from models.practice import PracticeSession, Stage
from tests.conftest import CONVERSATION
from tests.live_server import Website
from tests.web.conftest import Client


def wait(for_what: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not for_what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def token_of(house: House, actor: Actor) -> str:
    with house.database.write() as session:
        return add_short_token(
            session, person_id=actor.person_id, scopes="follow_session add_session",
            expires_at=utc_now().replace(year=utc_now().year + 1),
        )  # fmt: skip


def program(site: Website, house: House, actor: Actor) -> httpx.Client:
    headers = {"authorization": f"Bearer {token_of(house, actor)}"}
    return httpx.Client(base_url=site.address, headers=headers, timeout=20, trust_env=False)


def new_session(client: Client, actor: Actor) -> str:
    answer = client(actor).post(
        "/api/v1/sessions", data={"agreement_confirmed": "yes"}, files={"file": ("a.txt", CONVERSATION.encode())}
    )
    return f"{answer.json()['url']}/progress"


def change(house: House, url: str, stage: Stage, progress: int, problem: str | None = None) -> None:
    with house.database.write() as session:
        practice = practice_of(session, url)
        practice.stage, practice.progress, practice.problem = stage, progress, problem
        practice.problem_code = "x" if problem else None


def practice_of(session: Session, url: str) -> PracticeSession:
    return session.get_one(PracticeSession, UUID(url.split("/")[-2]))


def events(answer: httpx.Response) -> Iterator[tuple[str, str, str]]:
    """Id, name and data of each; a comment has its words for an id."""
    said: dict[str, str] = {}
    for line in answer.iter_lines():
        if line.startswith(":"):
            yield line, "", ""
        elif line:
            name, _, value = line.partition(": ")
            said[name] = value
        elif "data" in said:
            yield said["id"], said["event"], said["data"]
            said = {}
