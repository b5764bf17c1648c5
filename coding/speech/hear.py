"""From a recording to a transcript in one call: what a worker runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from coding.speech.clips import SpeechTurn
from coding.speech.heard import HeardClip, Transcription
from coding.speech.probe import LIMIT_MINUTES
from coding.speech.speakers import to_parsed_transcript
from coding.speech.transcribe import Transcriber
from coding.transcript.parsed import ParsedTranscript

_DECODED, _DIARIZED = 0.05, 0.1  # shares of the progress bar


@dataclass(frozen=True)
class HeardRecording:
    """`notes` are of decoding: what is missing or damaged."""

    transcription: Transcription
    notes: tuple[str, ...]

    def transcript(self, transcript_id: str) -> ParsedTranscript:
        """Raises NoSpeechFound."""
        return to_parsed_transcript(transcript_id, self.transcription, notes=self.notes)


def hear(
    file: BinaryIO,
    *,
    transcriber: Transcriber,
    speakers: int | None = None,
    hotwords: str | None = None,
    limit_minutes: float = LIMIT_MINUTES,
    turns: Sequence[SpeechTurn] | None = None,
    done: Sequence[HeardClip] = (),
    on_turns: Callable[[Sequence[SpeechTurn]], None] = lambda turns: None,
    on_progress: Callable[[float], None] = lambda share: None,
    on_clip: Callable[[HeardClip], None] = lambda clip: None,
) -> HeardRecording:
    """`on_turns` gets who speaks when, and `on_clip` each clip as it is heard: keep them, and after a restart give them
    as `turns` and `done`, and what was heard before is not heard again. `on_progress` gets 0 to 1, never falling.

    Raises SpeechModelMissing before any other work, and every other `RecordingError`.
    """
    from coding.speech.decode import decode
    from coding.speech.diarize import diarizer_for
    from coding.speech.sound import sound_of_recording

    on_progress(0.0)
    transcriber.load()
    if transcriber.options.sherpa_models is not None and turns is None:
        from coding.speech.sherpa import check_sherpa_models

        check_sherpa_models(transcriber.options.sherpa_models)
    decoded = decode(file, limit_minutes=limit_minutes)
    sound = sound_of_recording(decoded)
    on_progress(_DECODED)
    if turns is None:
        options = transcriber.options
        turns = diarizer_for(sound, options.clip_seconds, options.sherpa_models).diarize(sound, speakers)
        on_turns(turns)
    transcription = transcriber.transcribe(
        sound,
        turns,
        hotwords=hotwords,
        on_progress=lambda share: on_progress(_DIARIZED + (1 - _DIARIZED) * share),
        on_clip=on_clip,
        done=done,
    )
    return HeardRecording(transcription, decoded.notes)
