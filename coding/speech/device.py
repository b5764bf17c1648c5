"""Which device hears: a GPU where one can really be used, else the processor."""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable

log = logging.getLogger("evoke.hearing")
_SECONDS = 120.0  # a first call may compile
_LOOK_EVERY = 0.5  # seconds between two looks whether an answer is still wanted


def usable_device(wanted: str, *, seconds: float = _SECONDS, check: Callable[[], None] = lambda: None) -> str:
    """`wanted` as in EVOKE_WHISPER_DEVICE. Answers cpu or, with its number, a GPU that ran a small model just now. One
    that is asked for and cannot be used is told in the log, and the processor takes its place. `check` is called about
    twice a second; what it raises ends the trial."""
    if wanted == "cpu":
        return wanted
    device = "cuda:0" if wanted in ("auto", "cuda") else wanted
    usable, why = _tried(device, seconds, check)
    if usable:
        log.info("speech is heard on %s", usable)
        return usable
    if wanted != "auto" or not why.endswith("there are 0 GPUs"):
        log.warning("%s cannot be used (%s); the processor hears instead, which takes longer", device, why)
    return "cpu"


def _tried(device: str, seconds: float, check: Callable[[], None]) -> tuple[str, str]:
    """The device, or empty and why not."""
    trial = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "coding.speech.device_child", device],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        out, errors = _outcome(trial, seconds, check)
    except subprocess.TimeoutExpired:
        return "", f"a small model took more than {seconds:g} seconds"
    finally:
        trial.kill()
        trial.communicate()
    lines = out.decode(errors="replace").strip().splitlines()
    try:
        answer = json.loads(lines[-1])
        return str(answer.get("usable", "")), str(answer.get("why", ""))
    except (IndexError, ValueError, AttributeError):
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        return "", f"the program that tried it ended with {trial.returncode}: {' '.join(last)}"


def _outcome(trial: "subprocess.Popen[bytes]", seconds: float, check: Callable[[], None]) -> tuple[bytes, bytes]:
    """What it wrote to its two outputs. Raises TimeoutExpired, and what `check` raises."""
    until = time.monotonic() + seconds
    while True:
        try:
            return trial.communicate(timeout=max(0.0, min(_LOOK_EVERY, until - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= until:
                raise
            check()
