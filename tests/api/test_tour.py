"""The tour with curl: its commands are taken from the page and run, all of them, in the order in which they stand, by
bash against a real site. With curl where the machine has it, and with a stand-in for the options that the page uses."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from api.house import House
from models.organisation import Team
from models.person import Role
from models.settings import Settings
from models.sign_in import make_organisation
from tests.conftest import add_person
from tests.live_server import served, working
from web.worker import Worker

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "integrators-tour.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)
CURLS = ["stand-in", *(["curl"] if shutil.which("curl") else [])]


def _programs(folder: Path, curl: str) -> str:
    """A PATH on which are `evoke` of this checkout, `python3`, and `curl`."""
    folder.mkdir()
    told = {"evoke": f'exec {sys.executable} -m web.cli "$@"', "python3": f'exec {sys.executable} "$@"'}
    if curl == "stand-in":
        told["curl"] = f'exec {sys.executable} {ROOT / "tests" / "curl_stand_in.py"} "$@"'
    for name, line in told.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize("curl", CURLS)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_command_of_the_tour_does_what_it_says(
    curl: str, settings: Settings, house: House, worker: Worker, tmp_path: Path
) -> None:
    allowed = settings.model_copy(update={"outgoing_allowed": "localhost"})
    worker.settings = worker.workshop.settings = allowed
    with house.database.write() as session:
        home = make_organisation(session, name="Ferndale Council")
        team = Team(organisation_id=home.id, name="North")
        session.add(team)
        session.flush()
        add_person(session, home, "Olu Owner", team=team, role=Role.TRAINEE, role_team=team)
    (first, *blocks), here = BLOCKS, tmp_path / "here"
    assert re.findall(r"(\w+)=", first) == ["EVOKE", "EMAIL", "PORT"], "the values that whoever takes the tour fills in"
    here.mkdir()
    with served(allowed) as address, working(worker):
        values = f"export EVOKE={address} EMAIL=olu.owner@example.org PORT={_free_port()}\n"
        script = "set -eu -o pipefail\n" + "\n".join(
            f"{block}\nprintf '\\n== {number} done\\n'" for number, block in enumerate([values, *blocks])
        )
        ours = {"PATH": _programs(tmp_path / "bin", curl), "PYTHONPATH": str(ROOT), **allowed.as_environment()}
        ran = subprocess.run(
            ["bash", "-c", f"trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{script}"],
            cwd=here, env=os.environ | ours, capture_output=True, text=True, timeout=500,
        )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"== {len(blocks)} done" in ran.stdout
    lines = ran.stdout.splitlines()
    session_id = json.loads((here / "scores.json").read_text())["session_id"]
    assert "sent twice, made once" in lines
    assert "it is ready" in lines
    assert f"session.ready {session_id}" in lines
    statuses = [line for line in lines if re.fullmatch(r"[1-5]\d\d", line)]
    assert statuses == ["404", "304", "401"]
    assert json.loads((here / "scores.json").read_text())["scores"]
    assert "drink" in (here / "role-play.csv").read_text()
    (problem,) = [json.loads(line) for line in lines if line.startswith('{"type"')]
    assert problem["fields"].keys() == {"held_on"}
    assert "class Evoke(Caller)" in (here / "evoke_client.py").read_text()


def test_the_page_uses_what_the_stand_in_knows() -> None:
    """Also where curl itself is there, so that nobody notices only on a machine without it."""
    assert len(BLOCKS) >= 15
    used = {option for block in BLOCKS for line in re.findall(r"curl (.*?)(?:\n(?! )|$)", block, re.S) for option in
            re.findall(r"(?<=\s)-{1,2}[A-Za-z][\w-]*", f" {line}")}  # fmt: skip
    known = {"-sS", "--fail-with-body", "-H", "-d", "-F", "-u", "-o", "-D", "-X", "-w"}
    assert used <= known | {"-d"}, used - known


def test_python_on_the_page_is_python() -> None:
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S):
        compile(block, "integrators-tour.md", "exec")
