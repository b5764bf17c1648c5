"""What speech must show: odd and broken files, the memory of long recordings, and a role play from upload to coded
session with the tests' own small Whisper."""

from collections.abc import Iterator

from benchmarks.figure import NotMeasured
from benchmarks.hearing_memory import hearing_memory_figures
from benchmarks.recordings import measure_recordings
from benchmarks.role_play import role_play_figures
from benchmarks.transcription import transcription_figures
from benchmarks.voices import measure_voices
from coding.coder.figures import Figure
from coding.speech.transcribe import WhisperOptions
from tests.fixtures import two_minutes
from tests.fixtures.role_play import MONO, WHISPER


def measure() -> Iterator[Figure | NotMeasured]:
    yield from measure_recordings()
    yield from role_play_figures(WHISPER)
    yield from measure_voices()
    yield from hearing_memory_figures(WHISPER, MONO)
    options = WhisperOptions(model=str(WHISPER), device="cpu", threads=1)
    yield from transcription_figures(options, two_minutes.MONO)
