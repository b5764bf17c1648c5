"""A made-up programme behind a running website, and its readers."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

import httpx
from sqlmodel import col, select

from benchmarks.programme import Programme
from benchmarks.running import wait_until
from models.browser_sign_in import start_sign_in
from models.person import Person, Role
from models.practice import PracticeSession
from models.settings import Settings

READERS = {Role.TRAINEE: 8, Role.COACH: 6, Role.LEAD: 4, Role.EVALUATOR: 2}


@dataclass(frozen=True)
class Page:
    """`path` may have {team} in it, the reader's own. `all_of_it`: it tells of every authority, so that more of them
    are more to show."""

    name: str
    reader: Role
    path: str
    all_of_it: bool = False


PAGES = (
    Page("a trainee's home", Role.TRAINEE, "/"),
    Page("a trainee's progress", Role.TRAINEE, "/progress"),
    Page("a trainee's plan", Role.TRAINEE, "/plan"),
    Page("a coach's home", Role.COACH, "/"),
    Page("a coach's team", Role.COACH, "/team/{team}"),
    Page("a team's sheet", Role.COACH, "/team/{team}/pack"),
    Page("a coach's queue", Role.COACH, "/queue"),
    Page("sessions behind a figure", Role.COACH, "/authority/teams/{team}/sessions?of=role_play.chosen.machine"),
    Page("a lead's home", Role.LEAD, "/"),
    Page("an authority's figures", Role.LEAD, "/authority"),
    Page("an authority's complex reflections", Role.LEAD, "/authority?measure=percent_complex_reflections"),
    Page("a team of an authority", Role.LEAD, "/authority/teams/{team}"),
    Page("an authority's adoption", Role.LEAD, "/adoption"),
    Page("adoption of all authorities", Role.EVALUATOR, "/adoption", all_of_it=True),
)
"""The dashboards. A page that is not there is left out, and said to be."""


@dataclass(frozen=True)
class Reader:
    role: Role
    secret: str
    team: UUID

    def address(self, page: Page) -> str:
        return page.path.format(team=self.team)


def settings_of(folder: Path, url: str) -> Settings:
    return Settings(_env_file=None, data_dir=folder, database_url=url, whisper_device="cpu", requests_per_minute=0)  # type: ignore[call-arg]


def sign_in_readers(programme: Programme, settings: Settings, *, of_the_first: bool = False) -> list[Reader]:
    """As many of each role as READERS says, from all authorities; `of_the_first` alone, one of each role."""
    authorities = programme.authorities[:1] if of_the_first else programme.authorities
    assert programme.evaluator is not None
    found: dict[Role, list[tuple[UUID, UUID]]] = {role: [] for role in READERS}
    with programme.database.write() as session:
        for one in authorities:
            busiest = select(PracticeSession.practitioner_id).where(col(PracticeSession.organisation_id) == one.id)
            people = list(dict.fromkeys(session.exec(busiest.order_by(col(PracticeSession.id).desc()).limit(200))))
            team_of = {who.id: who.team for who in one.practitioners}
            found[Role.TRAINEE].extend((who, team_of[who]) for who in people[:8])
            found[Role.COACH].extend((coach, team) for team, coach in list(one.coaches.items())[:6])
            found[Role.LEAD].append((one.lead, next(iter(one.coaches))))
            found[Role.EVALUATOR].append((programme.evaluator, next(iter(one.coaches))))
        counts = dict.fromkeys(READERS, 1) if of_the_first else READERS
        return [
            Reader(role, start_sign_in(session, session.get_one(Person, person), settings=settings), team)
            for role, count in counts.items()
            for person, team in islice(cycle(_spread(found[role], len(authorities))), count)
        ]


def _spread(people: list[tuple[UUID, UUID]], parts: int) -> list[tuple[UUID, UUID]]:
    """One of each authority after the other."""
    step = max(1, len(people) // parts)
    return [people[at] for begin in range(step) for at in range(begin, len(people), step)]


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The website alone, in as many processes as `evoke serve` gives it; its address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        number = str(bound.fileno())
        command = [sys.executable, "-m", "web.website", "--parent", str(os.getpid()), "--listening", number]
        processes = [
            subprocess.Popen(command, env=os.environ | environment(settings), pass_fds=[bound.fileno()])
            for _ in range(settings.websites)
        ]
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        try:
            wait_until(lambda: httpx.get(f"{address}/health", trust_env=False).status_code == 200, 180)
            yield address
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)


def environment(settings: Settings) -> dict[str, str]:
    return {
        "EVOKE_DATA_DIR": str(settings.data_dir), "EVOKE_DATABASE_URL": settings.database_url,
        "EVOKE_REQUESTS_PER_MINUTE": "0",
    }  # fmt: skip
