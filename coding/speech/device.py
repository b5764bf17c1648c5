"""Which device hears: a GPU where one can really be used, else the processor."""

import json
import logging
import subprocess
import sys

log = logging.getLogger("evoke.hearing")
_SECONDS = 120.0  # a first call may compile


def usable_device(wanted: str, *, seconds: float = _SECONDS) -> str:
    """`wanted` as in EVOKE_WHISPER_DEVICE. Answers cpu or, with its number, a GPU that ran a small model just now. One
    that is asked for and cannot be used is told in the log, and the processor takes its place."""
    if wanted == "cpu":
        return wanted
    device = "cuda:0" if wanted in ("auto", "cuda") else wanted
    usable, why = _tried(device, seconds)
    if usable:
        log.info("speech is heard on %s", usable)
        return usable
    if wanted != "auto" or not why.endswith("there are 0 GPUs"):
        log.warning("%s cannot be used (%s); the processor hears instead, which takes longer", device, why)
    return "cpu"


def _tried(device: str, seconds: float) -> tuple[str, str]:
    """The device, or empty and why not."""
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "coding.speech.device_child", device],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "", f"a small model took more than {seconds:g} seconds"
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    try:
        answer = json.loads(lines[-1])
        return str(answer.get("usable", "")), str(answer.get("why", ""))
    except (IndexError, ValueError, AttributeError):
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return "", f"the program that tried it ended with {done.returncode}: {' '.join(last)}"
