"""Three hundred people and a learning platform at once on the embedded profile, while two recordings are transcribed:
how long pages take, whether one fails, and whether the website grows.

EVOKE_LOAD_USERS, EVOKE_LOAD_SECONDS and EVOKE_LOAD_SESSIONS make it smaller, to try it; lines then say how much there
was. Without locust (the extra `load`) it is not measured. Evoke has two cores; those who ask have the others, where
there are any.
"""

import csv
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

import httpx
import psutil
from sqlmodel import Session

from api.access import COOKIE
from benchmarks.dashboards import make_tables
from benchmarks.dashboards_site import settings_of
from benchmarks.figure import NotMeasured
from benchmarks.programme import SMALL, Programme, fill
from benchmarks.running import wait_until
from coding.coder.figures import Figure, at_least, at_most, for_information
from models.api_token import add_short_token
from models.browser_sign_in import start_sign_in
from models.columns import new_id, utc_now
from models.database import Database
from models.migrations import upgrade
from models.person import Person, Role, RoleGrant
from models.settings import Settings
from web.worker import BEHIND_PAGES

USERS = int(os.environ.get("EVOKE_LOAD_USERS", "300"))
SECONDS = int(os.environ.get("EVOKE_LOAD_SECONDS", "3600"))
SESSIONS = int(os.environ.get("EVOKE_LOAD_SESSIONS", "2000"))
SHARES = {"trainee": 0.6, "coach": 0.2, "lead": 0.08, "administrator": 0.04, "program": 0.08}
"""As `benchmarks/load/journeys.py` weighs them."""
JOURNEYS = Path(__file__).parent / "load" / "journeys.py"
FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
HEARD_AT_ONCE = 2
LONG_ENOUGH = 600
"""Seconds in which two recordings of two minutes are coded, whatever else is asked. Where they are not, the other
figures are of a machine that had nothing else to do."""
LOOKED_EVERY = 5.0
NAME = f"{USERS} people, {SESSIONS:,} sessions, {SECONDS / 60:g} min"


def measure() -> Iterator[Figure | NotMeasured]:
    if importlib.util.find_spec("locust") is None:
        yield NotMeasured(f"{NAME}: 95th percentile of all answers", "<= 400", "locust is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="evoke-load-") as name:
        folder = Path(name)
        settings = settings_of(folder / "data", "")
        recorder = _make(settings, folder / "readers")
        with _serving(folder) as (address, process), _recordings(address, recorder) as heard:
            grown = list[float]()
            said = _run(address, folder, process, grown)
    name, slowest = max(said.pages.items(), key=lambda one: one[1])
    yield at_most(f"{NAME}: 95th percentile of all answers", said.all_within, 400, "ms")
    yield at_most(f"{NAME}: 95th percentile of the slowest page, {name}", slowest, 400, "ms")
    yield at_most(f"{NAME}: answers that were errors", said.errors, 0)
    yield at_least(f"{NAME}: people at once", said.people, USERS)
    tenth = max(1, len(grown) // 10)
    early, late = sum(grown[tenth : 2 * tenth]) / tenth, sum(grown[-tenth:]) / tenth
    yield at_most(f"{NAME}: growth of the website's memory after its first tenth", (late / early - 1) * 100, 5, "%")
    yield for_information(f"{NAME}: requests a second", said.rate)
    yield at_least(
        f"{NAME}: recordings coded meanwhile, two workers, a small model",
        heard[0],
        HEARD_AT_ONCE if SECONDS >= LONG_ENOUGH else 0,
    )


def _make(settings: Settings, readers: Path) -> str:
    """Fills the installation and writes who comes. Returns the cookie of who uploads recordings."""
    settings.data_dir.mkdir()
    database = Database.of(settings)
    upgrade(database)
    programme = fill(database, replace(SMALL, sessions=SESSIONS))
    list(make_tables(settings, programme))
    with database.write() as session:
        lines, one = [], programme.authorities[0]
        for role, person, team in _who(session, programme):
            if role == "program":
                token = add_short_token(
                    session, person_id=person, scopes="read_people see_team_figures",
                    expires_at=utc_now() + timedelta(days=1),
                )  # fmt: skip
                lines.append({"role": role, "token": token})
            else:
                cookie = start_sign_in(session, session.get_one(Person, person), settings=settings)
                lines.append({"role": role, "cookie": cookie, "team": str(team)})
        recorder = start_sign_in(session, session.get_one(Person, one.lead), settings=settings)
    readers.write_text("\n".join(map(json.dumps, lines)))
    database.close()
    return recorder


def _who(session: Session, programme: Programme) -> Iterator[tuple[str, UUID, UUID]]:
    """Each lead, administrator and program is a person of their own, as the limit of requests is one person's."""
    one = programme.authorities[0]
    team = next(iter(one.coaches))
    people = {
        "trainee": [(who.id, who.team) for who in one.practitioners],
        "coach": [(coach, of) for of, coach in one.coaches.items()],
    }
    for role, share in SHARES.items():
        count = max(1, round(USERS * share))
        theirs = people.get(role) or [(_another_lead(session, one.id), team) for _ in range(count)]
        for person, of in islice(cycle(theirs), count):
            yield role, person, of


def _another_lead(session: Session, organisation_id: UUID) -> UUID:
    """Who administers too."""
    id_ = new_id()
    session.add(
        Person(
            id=id_, organisation_id=organisation_id, name="Lead", email=f"{id_.hex}@example.org", password_hash=""
        )
    )  # fmt: skip
    session.flush()
    session.add_all(
        RoleGrant(person_id=id_, role=role, started_at=utc_now()) for role in (Role.LEAD, Role.ADMINISTRATOR)
    )
    session.flush()
    return id_


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """As an installation runs: `evoke serve`, on two cores, and a second `evoke worker` on them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "EVOKE_DATA_DIR": str(folder / "data"), "EVOKE_WHISPER_DOWNLOAD": "false", "EVOKE_WHISPER_DEVICE": "cpu",
        "EVOKE_UPLOADS_PER_HOUR": "0",
        "EVOKE_WHISPER_MODEL": os.environ.get("EVOKE_WHISPER_MODEL", str(FIXTURES / "tiny-whisper")),
    }  # fmt: skip
    two = sorted(os.sched_getaffinity(0))[:2]
    with (folder / "serve.log").open("wb") as log:

        def begin(*words: str, nicer: int = 0) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                ["nice", "-n", str(nicer), sys.executable, "-m", "web.cli", *words], env=environment, stdout=log,
                stderr=log, preexec_fn=lambda: os.sched_setaffinity(0, two),
            )  # fmt: skip

        begun = [begin("serve", "--port", str(port))]
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: httpx.get(f"{address}/health", trust_env=False).status_code == 200, 240)
            begun.append(
                begin("nice", "-n", str(BEHIND_PAGES), "worker", "--name", "second")
            )  # each hears one recording at a time
            yield address, psutil.Process(begun[0].pid)
        finally:
            for one in begun:
                one.terminate()
            for one in begun:
                one.wait(60)


@contextmanager
def _recordings(address: str, cookie: str) -> Iterator[list[int]]:
    """Two at any time that are not coded yet; how many were. Raises at its end what went wrong meanwhile."""
    ended, heard = threading.Event(), [0]
    sound = (FIXTURES / "two-minutes-mono.ogg").read_bytes()
    details = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less at weekends"}

    def keep_up() -> None:
        under_way: list[str] = []
        with httpx.Client(base_url=address, cookies={COOKIE: cookie}, timeout=120, trust_env=False) as client:
            while not ended.wait(2.0):
                stages = {one: client.get(f"{one}/progress").raise_for_status().json()["stage"] for one in under_way}
                heard[0] += sum(stage == "ready" for stage in stages.values())
                under_way = [one for one, stage in stages.items() if stage not in ("ready", "stopped")]
                while len(under_way) < HEARD_AT_ONCE:
                    answer = client.post("/sessions", data=details, files={"file": ("talk.ogg", sound)})
                    under_way.append(answer.headers["location"])

    with ThreadPoolExecutor(1) as aside:
        kept_up = aside.submit(keep_up)
        try:
            yield heard
        finally:
            ended.set()
            kept_up.result()


def _memory_of_website(process: psutil.Process) -> int:
    """0 for another process, and for one that has just ended."""
    try:
        return int(process.memory_info().rss) if "web.website" in process.cmdline() else 0
    except psutil.Error:
        return 0


@dataclass(frozen=True)
class Said:
    """What locust counted. `pages`: of each page, its 95th percentile in ms. `errors` include what went wrong with who
    asked."""

    all_within: float
    pages: dict[str, float]
    errors: int
    people: int
    rate: float


def _run(address: str, folder: Path, process: psutil.Process, grown: list[float]) -> Said:
    """Leaves in `grown` the bytes that the website's processes held, in order."""
    command = [
        sys.executable, "-m", "locust", "-f", str(JOURNEYS), "--headless", "--host", address, "--users", str(USERS),
        "--spawn-rate", str(max(1, USERS // 30)), "--run-time", f"{SECONDS}s", "--csv", str(folder / "load"),
        "--only-summary", "--reset-stats", "--exit-code-on-error", "0",
    ]  # fmt: skip
    environment = os.environ | {"EVOKE_LOAD_READERS": str(folder / "readers")}
    with (folder / "locust.log").open("wb") as log:
        asking = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        while asking.poll() is None:
            time.sleep(LOOKED_EVERY)
            grown.append(sum(_memory_of_website(one) for one in process.children(recursive=True)))
    assert asking.returncode == 0, (folder / "locust.log").read_text()[-2000:]
    rows = _table(folder / "load_stats.csv")
    for row in rows:
        print(f"  {row['Type']} {row['Name']}: {row['Request Count']}, 95 % within {row['95%']} ms", file=sys.stderr)
    for row in _table(folder / "load_failures.csv"):
        print(f"  {row['Method']} {row['Name']}: {row['Occurrences']} times {row['Error']}", file=sys.stderr)
    broken = _table(folder / "load_exceptions.csv")
    for row in broken:
        print(f"  {row['Count']} times {row['Message']}", file=sys.stderr)
    whole = next(row for row in rows if row["Name"] == "Aggregated")
    errors = int(whole["Failure Count"]) + sum(int(row["Count"]) for row in broken)
    pages = {row["Name"]: float(row["95%"]) for row in rows if row["Type"] == "GET" and "/api/" not in row["Name"]}
    people = max(int(row["User Count"]) for row in _table(folder / "load_stats_history.csv"))
    return Said(float(whole["95%"]), pages, errors, people, float(whole["Requests/s"]))


def _table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))
