"""Telling voices apart, on mixes of read speech, and the time it takes.

The speech is not in this repository: `EVOKE_READ_SPEECH` names a folder with a folder of sound files for each voice,
such as the prompts of telephone systems. Pairs of voices take turns of half a second to fourteen seconds.
"""

import itertools
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figure import NotMeasured
from benchmarks.speech_score import Stretch, speaker_score
from coding.coder.figures import Figure, at_most
from coding.speech.decode import RATE, decode
from coding.speech.diarize import ByVoice
from coding.speech.sample_store import SampleStore
from coding.speech.sound import Channels, Sound

PAIRS, SECONDS, LONG_SECONDS = 12, 150.0, 1200.0
_LONGEST = 28.0  # seconds of speech at once
_PROMPT = (0.3, 8.0)  # seconds: shorter and longer files are left out
_NOT_HERE = "EVOKE_READ_SPEECH names no folder of voices"
_WORST, _MEAN, _TIME = (
    "speaker confusion on read speech, worst pair",
    "speaker confusion on read speech, mean of pairs",
    "time to tell voices apart, of the recording's own on one core",
)
Samples = NDArray[np.float32]


def measure_voices() -> Iterator[Figure | NotMeasured]:
    folder = os.environ.get("EVOKE_READ_SPEECH", "")
    voices = _voices(Path(folder)) if folder else {}
    if len(voices) < 2:
        for name, target in ((_MEAN, "<= 4 %"), (_WORST, "<= 4 %"), (_TIME, "<= 0.02 ×")):
            yield NotMeasured(name, target, _NOT_HERE)
        return
    pairs = list(itertools.combinations(sorted(voices), 2))
    random.Random(0).shuffle(pairs)
    confusions = [
        100 * _confusion(*mix([voices[one], voices[other]], SECONDS, seed))
        for seed, (one, other) in enumerate(pairs[:PAIRS])
    ]
    yield at_most(_MEAN, float(np.mean(confusions)), 4, "%")
    yield at_most(_WORST, max(confusions), 4, "%")
    sound, _ = mix([voices[name] for name in pairs[0]], LONG_SECONDS, 1)
    before = time.process_time()
    ByVoice(_LONGEST).diarize(sound)
    yield at_most(_TIME, (time.process_time() - before) / sound.seconds, 0.02, "×")


def mix(voices: Sequence[Sequence[Samples]], seconds: float, seed: int) -> tuple[Sound, list[Stretch]]:
    """The voices taking turns, equally loud, on one channel with a little noise; and who speaks when."""
    rng = random.Random(seed)
    store, truth, at, who = SampleStore(1), [], 0.4, -1
    noise = np.random.default_rng(seed)
    prompts = [itertools.cycle(rng.sample(voice, len(voice))) for voice in voices]

    def add(samples: Samples) -> None:
        store.append((samples + noise.normal(0, 0.0005, len(samples)).astype(np.float32))[None])

    add(np.zeros(int(at * RATE), np.float32))
    while at < seconds:
        who = rng.choice([number for number in range(len(voices)) if number != who])
        wanted = rng.uniform(0.5, 1.5) if rng.random() < 0.25 else rng.uniform(2, 14)
        while wanted > 0 and at < seconds:
            said = next(prompts[who])[: int(max(wanted, 1.4) * RATE)]
            pause = rng.uniform(0.1, 0.45)
            truth.append(Stretch(at, at + len(said) / RATE, str(who)))
            add(np.pad(said, (0, int(pause * RATE))))
            at, wanted = store.length / RATE, wanted - len(said) / RATE
    return Sound(store, Channels.ONE), truth


def _confusion(sound: Sound, truth: Sequence[Stretch]) -> float:
    turns = ByVoice(_LONGEST).diarize(sound)
    return speaker_score(truth, [Stretch(turn.start, turn.end, str(turn.speaker)) for turn in turns]).confusion


def _voices(folder: Path) -> dict[str, list[Samples]]:
    found = {}
    for voice in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = sorted(path for path in voice.rglob("*") if path.is_file())
        prompts = [
            said for path in random.Random(1).sample(files, min(len(files), 140)) if (said := _prompt(path)) is not None
        ]
        if len(prompts) >= 20:
            found[voice.name] = prompts
    return found


def _prompt(path: Path) -> Samples | None:
    """What is said in a file, without the silence around it, at −26 dBFS; None where it is too short, long or quiet."""
    try:
        with path.open("rb") as file:
            decoded = decode(file, limit_minutes=1)
    except Exception:  # a licence or a list among the sounds
        return None
    samples = decoded.samples.read(0, decoded.samples.length)[0]
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max(initial=0))
    if not len(loud) or not _PROMPT[0] * RATE < len(loud) or np.abs(samples).max() < 0.02:
        return None
    said = samples[loud[0] : loud[-1] + 1]
    if len(said) > _PROMPT[1] * RATE:
        return None
    said *= 0.05 / float(np.sqrt(np.mean(said**2)))
    clipped: Samples = np.clip(said, -1, 1)
    return clipped
