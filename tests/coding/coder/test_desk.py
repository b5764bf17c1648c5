"""The coding desk: the same codes as everywhere, for many at once, and another process when one is gone."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from coding.coder import desk as module
from coding.coder.choice import choose_coder
from coding.coder.desk import CodedLine, CodingDesk, DeskUnavailable, Patience
from coding.coder.in_use import DEFAULT
from coding.coder.load import load_coder
from coding.pipeline import TurnToCode, code_conversation
from coding.scheme.codes import Behaviour, Speaker
from models.settings import Settings

LINEAR = DEFAULT.with_name("linear-2")
LONG = 180.0
"""Seconds: a busy machine loads a coder in far more than a second."""
TALK = [
    ("P", "I only drink at weekends. The kids are fine."),
    ("You", "You feel the weekends are your own. What would the children say?"),
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("data")
    return Settings(_env_file=None, data_dir=folder, coder=str(LINEAR))  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def desk(settings: Settings) -> Iterator[CodingDesk]:
    """One for all tests of this file: it may be killed, and is there for the next."""
    one = CodingDesk(settings, Patience(answer=LONG))
    yield one
    one.end()


def test_it_codes_as_the_pipeline_does(desk: CodingDesk) -> None:
    found = desk.code(TALK, change_goal="drink less")
    turns = [TurnToCode(*turn) for turn in TALK]
    coder = load_coder(LINEAR)
    known = code_conversation(turns, coder=coder, change_goal="drink less", practitioner_labels=("You",)).utterances
    assert [(one.turn, one.text, one.code, one.subtype, one.unsure, one.reason) for one in found] == [
        (one.utterance.turn, one.utterance.text, one.estimate.code, one.estimate.subtype, one.estimate.unsure,
         one.estimate.reason)
        for one in known
    ]  # fmt: skip
    for one, other in zip(found, known, strict=True):
        assert one.probabilities == pytest.approx(other.estimate.probabilities)
        assert one.confidence == max(one.probabilities.values())
    assert found[-1].speaker is Speaker.PRACTITIONER
    assert set(found[-1].probabilities) == set(Behaviour)
    assert CodedLine.from_json(found[-1].as_json()) == found[-1]
    assert desk.version == coder.version


def test_many_threads_each_have_their_own_answer(desk: CodingDesk) -> None:
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        found[number] = desk.code([("You", f"Tell me about day {number}.")])[0].text

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == {number: f"Tell me about day {number}." for number in range(24)}


def test_another_is_started_when_it_was_killed(desk: CodingDesk) -> None:
    desk.code(TALK)
    first = desk.pid
    assert first is not None
    os.kill(first, 9)
    assert desk.code(TALK)[0].turn == 0
    assert desk.pid != first


def test_it_ends_when_idle_and_is_there_again_when_needed(settings: Settings) -> None:
    desk = CodingDesk(settings, Patience(answer=LONG, idle=0.05))
    desk.code(TALK)
    assert desk.pid is not None
    process = psutil.Process(desk.pid)
    until = time.monotonic() + 10
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
        time.sleep(0.02)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert desk.code(TALK)
    desk.end()


def test_who_waits_too_long_is_told_and_the_next_one_has_their_own_answer(settings: Settings) -> None:
    """Loading goes on meanwhile, and the late answer is nobody's."""
    desk = CodingDesk(settings, Patience(answer=0.01))
    with pytest.raises(DeskUnavailable) as told:
        desk.code(TALK)
    assert "kept; try again" in told.value.message
    first = desk.pid
    begun = time.monotonic()
    desk.warm()
    assert time.monotonic() - begun < 0.1, "nobody waits while it is warmed up"
    desk.patience = Patience(answer=LONG)
    assert [one.text for one in desk.code([("You", "Tell me about today.")])] == ["Tell me about today."]
    assert desk.pid == first
    assert desk.version == "linear-2"
    desk.end()


def test_one_that_says_nothing_for_long_is_ended(settings: Settings) -> None:
    desk = CodingDesk(settings, Patience(answer=0.01, silent=0.0))
    with pytest.raises(DeskUnavailable):
        desk.code(TALK)
    first = desk.pid
    with pytest.raises(DeskUnavailable):
        desk.code(TALK)
    assert desk.pid not in (first, None)
    desk.end()


def test_a_coder_that_cannot_be_loaded_is_a_plain_error_and_stands_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = CodingDesk(Settings(_env_file=None, data_dir=tmp_path, coder=str(tmp_path / "none")))  # type: ignore[call-arg]
    with pytest.raises(DeskUnavailable):
        desk.code(TALK)
    assert "none" in caplog.text
    assert "weekends" not in caplog.text
    desk.end()


def test_it_follows_the_choice_of_a_coder(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, coder="")  # type: ignore[call-arg]
    choose_coder(LINEAR, settings=settings)
    desk = CodingDesk(settings, Patience(answer=LONG))
    desk.code(TALK)
    assert desk.version == "linear-2"
    choose_coder(None, settings=settings)
    desk.code(TALK)
    assert desk.version == DEFAULT.name
    desk.end()


def test_it_ends_with_its_parent(settings: Settings) -> None:
    code = (
        "import sys, time; from pathlib import Path; from coding.coder.desk import CodingDesk, Patience; "
        "from models.settings import Settings; "
        f"folder, coder = Path({str(settings.data_dir)!r}), {str(LINEAR)!r}; "
        "desk = CodingDesk(Settings(_env_file=None, data_dir=folder, coder=coder), Patience(answer=180)); "
        "desk.code([('You', 'Hello.')]); print(desk.pid, 'numpy' in sys.modules, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, heavy = parent.stdout.readline().split()
    assert heavy == "False", "whoever asks stays light"
    child = psutil.Process(int(pid))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone or child.status() == psutil.STATUS_ZOMBIE


def test_a_websites_own_settings_of_memory_are_not_the_coders(monkeypatch: pytest.MonkeyPatch) -> None:
    from web.serve import LEAN_MEMORY

    assert {name for name in LEAN_MEMORY if name.startswith("MALLOC")} == set(module._OF_A_WEBSITE)
