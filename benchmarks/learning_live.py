"""A live session with forty phones that answer at the same moment, against the running website."""

import re
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import quantiles
from threading import Barrier

import httpx

from benchmarks.figure import NotMeasured
from benchmarks.running import running_evoke, signed_in, wait_until
from coding.coder.figures import Figure, at_least, at_most, for_information
from training.exercises.format import Written
from training.modules.load import shipped_library

COACH = "marian.okoro@ferndale.example"
PHONES = 40
ROUNDS = 5


def measure() -> Iterator[Figure | NotMeasured]:
    with (
        tempfile.TemporaryDirectory() as name,
        running_evoke(Path(name)) as (address, _),
        signed_in(address) as trainee,
        signed_in(address, COACH) as trainer,
        ExitStack() as stack,
    ):
        wait_until(lambda: all(s["stage"] == "ready" for s in trainee.get("/api/v1/sessions").json()["sessions"]), 300)
        phones = [stack.enter_context(_phone(address)) for _ in range(PHONES)]
        yield from _room(trainer, phones)


def _phone(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=60, follow_redirects=False, trust_env=False)


def _room(trainer: httpx.Client, phones: list[httpx.Client]) -> Iterator[Figure]:
    exercises = [one.exercise for one in shipped_library().exercises.values() if isinstance(one.exercise, Written)]
    page = trainer.post("/live/new", data={"exercise": exercises[0].id})
    live, code = page.url.path.removesuffix("/screen"), _code_on(page.text)
    took: list[float] = []
    coded: list[float] = []
    shown = 0
    for number, exercise in enumerate(exercises[:ROUNDS], 1):
        if number > 1:
            trainer.post(f"{live}/next", data={"exercise": exercise.id}).raise_for_status()
        for phone in phones:
            phone.get(f"/live/{code}").raise_for_status()
        begun = time.perf_counter()
        took += _all_at_once(phones, live, number, [*exercise.models, *(one.text for one in exercise.weak)])
        trainer.post(f"{live}/show").raise_for_status()
        wait_until(partial(_is_coded, trainer, live), 300)
        coded.append(time.perf_counter() - begun)
        screen = trainer.get(f"{live}/screen").text
        shown += screen.count('class="evoke-screen__answer"') - screen.count("Not coded:")
    yield at_most(f"live session: {PHONES} phones answer at once, 95th percentile", quantiles(took, n=20)[-1], 2, "s")
    yield at_least("live session: share of the answers sent that are shown with codes", shown / len(took), 1)
    yield for_information(f"live session: {PHONES} answers from sending to coded, slowest of {ROUNDS}", max(coded), "s")


def _code_on(screen: str) -> str:
    found = re.search(r"([A-Z]{3}) ([A-Z]{3})</p>", screen)
    assert found is not None, "the screen shows no code"
    return found[1] + found[2]


def _is_coded(trainer: httpx.Client, live: str) -> bool:
    return "Being coded" not in trainer.get(f"{live}/screen").text


def _all_at_once(phones: list[httpx.Client], live: str, number: int, texts: list[str]) -> list[float]:
    """Seconds until each phone hears that its answer is in."""
    together = Barrier(len(phones))

    def send(place: int) -> float:
        words = texts[place % len(texts)]
        together.wait()
        begun = time.perf_counter()
        answer = phones[place].post(f"{live}/answer", data={"number": str(number), "words": words})
        assert answer.status_code == 303, answer.status_code
        return time.perf_counter() - begun

    with ThreadPoolExecutor(len(phones)) as pool:
        return list(pool.map(send, range(len(phones))))
