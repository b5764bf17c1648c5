"""The copy of a recording that people listen to: whether its times are the transcript's, and what it costs to make."""

import io
import json
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from coding.coder.figures import Figure, at_most, for_information

_RATE = 16_000
_MINUTES = 180
_BEEP = 640  # samples
_BEFORE = 5.0  # seconds before a beep that a piece begins
_PIECE = 120_000  # bytes, 20 seconds

_CHILD = """
import json, resource, sys, time
from coding.speech.listening_copy import make_listening_copy

began, out = time.process_time(), open(sys.argv[2], "wb")
made = make_listening_copy(open(sys.argv[1], "rb"), out, limit_minutes=200)
out.close()
spent, memory = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([spent, memory, len(made.peaks)]))
"""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        recording, copy = Path(folder) / "talk.wav", Path(folder) / "copy.mp3"
        _write(recording)
        command = [sys.executable, "-c", _CHILD, str(recording), str(copy)]
        spent, memory, _ = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        size = copy.stat().st_size
        # A player begins with a whole frame of 36 ms, of which the first lacks what the one before it held.
        yield for_information("listening copy, most that its times are off in three hours", 1000 * _off(copy), "ms")
        yield at_most("listening copy, memory for three hours", memory / 1024, 300, "MB")
        yield for_information("listening copy, processor time for a minute of recording", spent / _MINUTES, "s")
        yield for_information("listening copy, an hour", size / 1e6 * 60 / _MINUTES, "MB")


def _write(path: Path) -> None:
    """Noise, with a beep at the beginning of each minute."""
    random = np.random.default_rng(8)
    beep = 0.5 * np.sin(2 * np.pi * 440 * np.arange(_BEEP) / _RATE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        for _ in range(_MINUTES):
            minute = random.normal(0, 0.01, 60 * _RATE)
            minute[:_BEEP] += beep
            file.writeframes((minute * 32767).astype("<i2").tobytes())


def _off(copy: Path) -> float:
    """Seconds between where beeps are and where a player that jumps by a moment's share of the bytes hears them."""
    sound = copy.read_bytes()
    heard = []
    for minute in range(5, _MINUTES, 35):
        first = int(len(sound) * (minute * 60 - _BEFORE) / (_MINUTES * 60))
        heard.append(_first_beep(sound[first : first + _PIECE]))
    return max(abs(one - _BEFORE) for one in heard)


def _first_beep(sound: bytes) -> float:
    """Seconds from the beginning of a piece of MP3."""
    import av

    with av.open(io.BytesIO(sound), "r", format="mp3") as file:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    return float(np.argmax(np.abs(samples) > np.abs(samples).max() / 2)) / _RATE
