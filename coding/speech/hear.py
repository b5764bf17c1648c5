"""From a recording to a transcript in one call: what a worker runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from coding.speech.heard import HeardClip, Transcription
from coding.speech.probe import LIMIT_MINUTES
from coding.speech.speakers import RoleLogOdds, to_parsed_transcript
from coding.speech.transcribe import Transcriber
from coding.transcript.parsed import ParsedTranscript

_DECODED, _DIARIZED = 0.05, 0.1  # shares of the progress bar


@dataclass(frozen=True)
class Heard:
    transcript: ParsedTranscript
    transcription: Transcription


def hear(
    file: BinaryIO,
    *,
    transcript_id: str,
    transcriber: Transcriber,
    role_log_odds: RoleLogOdds,
    speakers: int | None = None,
    limit_minutes: float = LIMIT_MINUTES,
    on_progress: Callable[[float], None] = lambda share: None,
    on_clip: Callable[[HeardClip], None] = lambda clip: None,
    done: Sequence[HeardClip] = (),
) -> Heard:
    """`on_progress` gets 0 to 1, never falling; `on_clip` and `done` as in `Transcriber.transcribe`.

    Raises SpeechModelMissing before any other work, and every other `RecordingError`.
    """
    from coding.speech.decode import decode
    from coding.speech.diarize import diarizer_for
    from coding.speech.sound import sound_of_recording

    on_progress(0.0)
    transcriber.load()
    decoded = decode(file, limit_minutes=limit_minutes)
    sound = sound_of_recording(decoded)
    on_progress(_DECODED)
    turns = diarizer_for(sound, transcriber.options.clip_seconds).diarize(sound, speakers)
    transcription = transcriber.transcribe(
        sound,
        turns,
        on_progress=lambda share: on_progress(_DIARIZED + (1 - _DIARIZED) * share),
        on_clip=on_clip,
        done=done,
    )
    transcript = to_parsed_transcript(transcript_id, transcription, role_log_odds, notes=decoded.notes)
    return Heard(transcript, transcription)
