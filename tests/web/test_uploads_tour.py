"""The commands of docs/integrators-uploads.md do what the page says."""

import re
import subprocess
from pathlib import Path

import pytest

from api.house import House
from models.practice import Stage
from tests.coding.speech.making import tone, write_sound
from tests.conftest import People
from tests.live_server import Website
from tests.web.streams import change, token_of

PAGE = Path("docs/integrators-uploads.md")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_commands_of_the_page(site: Website, house: House, people: People, tmp_path: Path) -> None:
    in_pieces, listening = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "talk.wav").write_bytes(write_sound(tone(5, 48_000), 48_000, "wav", "pcm_s16le"))

    def run(script: str, **also: str) -> str:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "EVOKE": site.address, "NO_PROXY": "*", **also}
        environment["TOKEN"] = token_of(house, people.owner)
        done = subprocess.run(
            ["/bin/sh", "-euc", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    answer = run(in_pieces)
    found = re.search(r'"id":"([0-9a-f-]{36})","stage":"queued"', answer)
    assert found, answer
    assert (tmp_path / "rest").stat().st_size == (tmp_path / "talk.wav").stat().st_size - 100_000
    change(house, f"/api/v1/sessions/{found[1]}/progress", Stage.READY, 100)
    assert "event: ready\n" in run(listening, ID=found[1])
