"""From a recording to a transcript, as a worker does it."""

import io
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speech_score import word_error_rate
from coding.coder.roles import who_is_practitioner
from coding.speech.clips import SpeechTurn
from coding.speech.decode import decode
from coding.speech.errors import EmptyRecording, NoSpeechFound, RecordingTooLong, SpeechModelMissing
from coding.speech.hear import HeardRecording, hear
from coding.speech.heard import HeardClip
from coding.speech.speakers import TOLD_BY_VOICE
from coding.speech.transcribe import Transcriber, WhisperOptions
from coding.transcript.parsed import ParsedTranscript
from tests.coding.speech.hearing_aids import SAID, heard_twice
from tests.coding.speech.making import damaged, samples_of, write_sound
from tests.fixtures import role_play


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber(WhisperOptions(model=str(role_play.WHISPER), device="cpu"))


def heard_in(path: Path, transcriber: Transcriber) -> HeardRecording:
    with path.open("rb") as file:
        return hear(file, transcriber=transcriber)


def practitioner_in(transcript: ParsedTranscript) -> str:
    return who_is_practitioner([(turn.speaker_label, turn.text) for turn in transcript.turns]).label


@pytest.mark.parametrize(
    ("path", "notes"), [(role_play.MONO, (TOLD_BY_VOICE,)), (role_play.STEREO, ())], ids=["mono", "stereo"]
)
def test_a_role_play_becomes_its_transcript(path: Path, notes: tuple[str, ...], transcriber: Transcriber) -> None:
    found = heard_in(path, transcriber)

    transcript = found.transcript("role play")
    practitioner = practitioner_in(transcript)
    said_by = ["practitioner" if turn.speaker_label == practitioner else "client" for turn in transcript.turns]
    assert said_by == [who for who, _ in role_play.LINES]
    for turn, (_, text) in zip(transcript.turns, role_play.LINES, strict=True):
        assert word_error_rate(text, turn.text) <= 0.2
    assert word_error_rate(SAID, " ".join(turn.text for turn in transcript.turns)) <= 0.05
    assert {turn.speaker_label for turn in transcript.turns} == {"Speaker 1", "Speaker 2"}
    assert transcript.transcript_id == "role play"
    assert transcript.notes[: len(notes)] == notes
    assert found.transcription.seconds == pytest.approx(29, abs=0.1)
    times = [time for turn in transcript.turns for time in (turn.start, turn.end)]
    assert times == sorted(time for time in times if time is not None)


def test_the_practitioner_is_found_on_either_channel(transcriber: Transcriber) -> None:
    with role_play.STEREO.open("rb") as stereo:
        swapped = samples_of(decode(stereo))[::-1]
    file = io.BytesIO(write_sound(np.ascontiguousarray(swapped), 16_000, "wav", "pcm_s16le"))

    assert practitioner_in(hear(file, transcriber=transcriber).transcript("swapped")) == "Speaker 2"


def test_progress_rises_to_one_and_a_restart_hears_nothing_twice(
    transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress: list[float] = []
    clips: list[HeardClip] = []
    turns: list[SpeechTurn] = []
    data = role_play.MONO.read_bytes()

    first = hear(
        io.BytesIO(data), transcriber=transcriber, on_progress=progress.append, on_clip=clips.append,
        on_turns=turns.extend,
    )  # fmt: skip
    monkeypatch.setattr("coding.speech.diarize.diarizer_for", None)  # who spoke when is not asked again
    again = hear(io.BytesIO(data), transcriber=transcriber, on_clip=heard_twice, done=clips, turns=turns)

    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert again == first


def test_silence_has_no_speech(transcriber: Transcriber) -> None:
    silence = np.random.default_rng(0).normal(0, 0.001, (1, 30 * 16_000)).astype(np.float32)
    progress: list[float] = []

    with pytest.raises(NoSpeechFound) as refusal:
        hear(
            io.BytesIO(write_sound(silence, 16_000, "flac", "flac")), transcriber=transcriber,
            on_progress=progress.append,
        ).transcript("silence")  # fmt: skip

    assert refusal.value.facts["minutes"] == pytest.approx(0.5, abs=0.01)
    assert progress == sorted(progress)


def test_a_damaged_recording_keeps_its_other_words_and_a_note(transcriber: Transcriber) -> None:
    data = damaged(role_play.MONO.read_bytes(), at=0.5, length=300)

    found = hear(io.BytesIO(data), transcriber=transcriber).transcript("damaged")

    text = " ".join(turn.text for turn in found.turns)
    assert "What worries you about your drinking?" in text
    assert text.endswith("Maybe five out of ten.")
    assert "damaged" in found.notes[0]
    assert TOLD_BY_VOICE in found.notes


def test_a_missing_model_is_told_before_the_recording_is_read(tmp_path: Path) -> None:
    class Untouched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("the recording was read")

    missing = Transcriber(WhisperOptions(model=str(tmp_path / "nothing")))

    with pytest.raises(SpeechModelMissing):
        hear(Untouched(b"x"), transcriber=missing)


def test_refusals_of_decoding_come_through(transcriber: Transcriber) -> None:
    def listen(data: bytes) -> HeardRecording:
        return hear(io.BytesIO(data), transcriber=transcriber, limit_minutes=0.25)

    with pytest.raises(EmptyRecording):
        listen(b"")
    with pytest.raises(RecordingTooLong):
        listen(role_play.MONO.read_bytes())
