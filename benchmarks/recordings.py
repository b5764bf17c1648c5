"""Recordings on their way to samples: odd and broken files beside the ffmpeg program, memory and speed of long ones."""

import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_least, at_most
from coding.speech.decode import RATE, decode
from coding.speech.errors import RecordingError
from coding.speech.probe import probe
from tests.coding.speech.odd_files import ODD
from tests.coding.speech.odd_making import Odd
from tests.fixtures import role_play

SHORT_MINUTES, LONG_MINUTES = 20, 180


def measure_recordings() -> Iterator[Figure | NotMeasured]:
    yield from _odd_files()
    yield from _long_ones()


def _odd_files() -> Iterator[Figure | NotMeasured]:
    right, worst = 0, 0.0
    ffmpeg = shutil.which("ffmpeg")
    for odd in ODD.values():
        data = odd.make()
        seconds, as_expected, told = _look(odd, data)
        right += as_expected
        if ffmpeg and not odd.refused and not told:
            recovered = _recovered(ffmpeg, data)
            worst = max(worst, (recovered - seconds) / recovered if recovered else 0.0)
    yield at_least("odd and broken files tried", len(ODD), 40, "kinds")
    yield at_least("odd and broken files with the right answer", 100 * right / len(ODD), 100, "%")
    name = "most that ffmpeg recovers beyond Evoke where the person is not told"
    if ffmpeg:
        yield at_most(name, 100 * worst, 1, "%")
    else:
        yield NotMeasured(name, "<= 1 %", "there is no ffmpeg program")


def _look(odd: Odd, data: bytes) -> tuple[float, bool, bool]:
    """Seconds of sound, whether the answer is the expected one, and whether the person is told of a loss."""
    try:
        found, decoded = probe(io.BytesIO(data)), decode(io.BytesIO(data))
    except RecordingError as error:
        return 0.0, type(error) is odd.refused, True
    told = bool(found.notes or decoded.notes)
    return decoded.decoded_seconds, odd.refused is None and told == odd.told, told


def _recovered(ffmpeg: str, data: bytes) -> float:
    """Seconds of sound that the program gets out of the first sound track."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        out = ["-map", "0:a:0", "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]
        command = [ffmpeg, "-v", "quiet", "-i", file.name, *out]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    return len(done.stdout) / 2 / RATE


def _long_ones() -> Iterator[Figure]:
    """Two people on two channels, and on one. The long file is the short one several times over."""
    for layout, words in (("stereo", "two channels"), ("mono", "one channel")):
        with tempfile.TemporaryDirectory() as name:
            short, long = Path(name) / "short.mp3", Path(name) / "long.mp3"
            short.write_bytes(_talk(SHORT_MINUTES, layout))
            long.write_bytes(short.read_bytes() * (LONG_MINUTES // SHORT_MINUTES))
            (small, _), (large, seconds) = _peak(short), _peak(long)
        yield at_most(
            f"peak memory of {LONG_MINUTES} minutes over that of {SHORT_MINUTES}: decode, who speaks, clips; {words}",
            large / small, 1.2, "times",
        )  # fmt: skip
        yield at_most(f"peak memory of {LONG_MINUTES} minutes, {words}", large / 1e6, 700, "MB")
        yield at_least(f"decoding of MP3, {words}, times as fast as it plays", LONG_MINUTES * 60 / seconds, 100, "x")


def _talk(minutes: int, layout: str) -> bytes:
    """The role play again and again, as MP3 without a stated length, so that copies behind each other are one file."""
    import av

    with role_play.STEREO.open("rb") as file:
        talk = decode(file).samples
    out = io.BytesIO()
    with av.open(out, "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as mp3:
        stream = mp3.add_stream("libmp3lame", rate=RATE, layout=layout)
        to_coder = av.AudioResampler(format=stream.format.name, layout=layout, rate=RATE)
        for _ in range(-(-minutes * 60 * RATE // talk.length)):
            frame = av.AudioFrame.from_ndarray(talk.read(0, talk.length), format="fltp", layout="stereo")
            frame.sample_rate = RATE
            for piece in to_coder.resample(frame):
                mp3.mux(stream.encode(piece))
        mp3.mux(stream.encode(None))
    return out.getvalue()


def _peak(path: Path) -> tuple[float, float]:
    """Bytes of memory and seconds of decoding, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.recordings", str(path)], capture_output=True, check=True)
    answer = json.loads(done.stdout)
    return answer["peak"], answer["seconds"]


def _listen(path: Path) -> dict[str, float]:
    import resource
    import time

    from coding.speech.diarize import diarizer_for
    from coding.speech.sound import sound_of_recording

    with path.open("rb") as file:
        started = time.perf_counter()
        decoded = decode(file, limit_minutes=2 * LONG_MINUTES)
        seconds = time.perf_counter() - started
    sound = sound_of_recording(decoded)
    heard = 0
    for turn in diarizer_for(sound, 28.0).diarize(sound):
        heard += len(sound.clip(turn.channel, turn.start, turn.end))
    assert heard > 0.2 * decoded.samples.length, "speech was not found"
    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(_listen(Path(sys.argv[1]))))
