"""`evoke transcribe`: recordings in, what was said and by whom out, with no database."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from coding.write_out import Remarks, reason, write_out, write_sessions
from models.errors import EvokeError

if TYPE_CHECKING:
    from coding.scheme.codes import Speaker
    from coding.speech.hear import HeardRecording
    from coding.speech.speakers import HeardTurn
    from coding.speech.transcribe import Transcriber


@dataclass(frozen=True)
class TranscribedFile:
    """`practitioner` is the label of the speaker whose words sound most like a practitioner's, with the chance
    (`confidence`, 0–1) that it is; empty where nobody's words were heard."""

    path: Path
    heard: "HeardRecording"
    turns: "list[HeardTurn]"
    practitioner: str
    confidence: float | None

    def role_of(self, turn: "HeardTurn") -> "Speaker":
        from coding.scheme.codes import Speaker

        return Speaker.PRACTITIONER if turn.label == self.practitioner else Speaker.CLIENT

    @property
    def notes(self) -> tuple[str, ...]:
        from coding.speech.errors import NoSpeechFound

        doubtful = self.heard.transcription.doubtful_share
        try:
            notes = self.heard.transcript("").notes
            return (*notes, f"{doubtful:.0%} of the speech is doubtful.") if doubtful >= 0.01 else notes
        except NoSpeechFound as error:
            return (*self.heard.notes, error.message)


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "transcribe",
        help="write recordings down",
        description="Writes down what is said in recordings, who says it and when. Roles are guessed from the words.",
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--format", choices=tuple(_WRITERS), default="json")
    command.add_argument("--out", type=Path, metavar="F", help="write here instead of to standard output")
    command.add_argument("--speakers", type=int, choices=range(1, 7), metavar="N", help="how many speak (1 to 6)")
    command.add_argument("--words", default="", metavar="W", help="names and words to listen for, with commas between")
    command.add_argument("--model", metavar="M", help="speech model: a name or a folder (EVOKE_WHISPER_MODEL)")
    command.add_argument("--language", metavar="L", help="two letters, such as en; empty to find out")
    command.add_argument("--device", metavar="D", help="auto, cpu or cuda (EVOKE_WHISPER_DEVICE)")
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """A recording that cannot be used is named on standard error and the others are still written; then the exit
    status is 2. Raises SpeechModelMissing, CannotWrite."""
    transcriber = _transcriber(arguments)
    transcriber.load()
    remarks = Remarks()
    found = _transcribe_all(arguments, transcriber, remarks)
    write_out(arguments.out, lambda out: _WRITERS[arguments.format](found, out))
    remarks.tell()
    return 2 if remarks.problems else 0


def _transcriber(arguments: argparse.Namespace) -> "Transcriber":
    from coding.speech.device import usable_device
    from coding.speech.options import whisper_options
    from coding.speech.transcribe import Transcriber
    from models.settings import get_settings

    given = {"whisper_model": arguments.model, "whisper_language": arguments.language,
             "whisper_device": arguments.device}  # fmt: skip
    settings = get_settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    return Transcriber(whisper_options(settings, usable_device(settings.whisper_device)))


def _transcribe_all(
    arguments: argparse.Namespace, transcriber: "Transcriber", remarks: Remarks
) -> Iterator[TranscribedFile]:
    for path in arguments.files:
        try:
            one = _transcribe(path, transcriber, arguments.speakers, arguments.words)
        except (EvokeError, OSError) as error:
            remarks.problems.append(f"{path}: {error.message if isinstance(error, EvokeError) else reason(error)}")
            continue
        remarks.notes.update(dict.fromkeys(f"{path}: {note}" for note in one.notes))
        yield one


def _transcribe(path: Path, transcriber: "Transcriber", speakers: int | None, words: str) -> TranscribedFile:
    """Raises RecordingError, OSError."""
    from coding.coder.roles import who_is_practitioner
    from coding.speech.hear import hear
    from coding.speech.speakers import heard_turns

    with path.open("rb") as file, _progress(path) as on_progress:
        heard = hear(
            file, transcriber=transcriber, speakers=speakers, hotwords=words or None, limit_minutes=_LIMIT_MINUTES,
            on_progress=on_progress,
        )  # fmt: skip
    turns = heard_turns(heard.transcription)
    guess = who_is_practitioner([(turn.label, turn.text) for turn in turns]) if turns else None
    return TranscribedFile(
        path, heard, turns, guess.label if guess else "", guess.confidence if guess else None
    )  # fmt: skip


class _progress:
    """Shows how far a recording is, where a person is watching."""

    def __init__(self, path: Path) -> None:
        self._name = path.name

    def __enter__(self) -> Callable[[float], None]:
        return self._show if sys.stderr.isatty() else lambda share: None

    def _show(self, share: float) -> None:
        print(f"\r{self._name}: {share:4.0%}", end="", file=sys.stderr, flush=True)

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            print(file=sys.stderr)


_LIMIT_MINUTES = 24 * 60.0


def _write_json(files: Iterable[TranscribedFile], out: TextIO) -> None:
    """`{"sessions": […]}`, one for each recording, written as they are done."""
    write_sessions(map(_session_json, files), out)


def _session_json(one: TranscribedFile) -> dict[str, Any]:
    transcription = one.heard.transcription
    return {
        "transcript_id": one.path.stem,
        "file": one.path.name,
        "model": transcription.model,
        "seconds": round(transcription.seconds, 3),
        "doubtful_share": round(transcription.doubtful_share, 4),
        "practitioner": one.practitioner or None,
        "practitioner_confidence": None if one.confidence is None else round(one.confidence, 4),
        "notes": list(one.notes),
        "turns": [
            {
                "turn": number, "start": turn.start, "end": turn.end, "speaker": turn.label,
                "role": one.role_of(turn).value, "text": turn.text, "words": [asdict(word) for word in turn.words],
                "flags": [flag.value for flag in turn.flags],
            }
            for number, turn in enumerate(one.turns, start=1)
        ],
    }  # fmt: skip


def _write_vtt(files: Iterable[TranscribedFile], out: TextIO) -> None:
    """A cue for each turn; recordings after the first go on in the same file, after a note with their name."""
    from html import escape

    out.write("WEBVTT\n")
    for one in files:
        out.write(f"\nNOTE {one.path.name.replace('-->', '->')}\n")
        for turn in one.turns:
            voice = f"{turn.label} ({one.role_of(turn).value})"
            said = escape(turn.text, quote=False)
            out.write(f"\n{_clock(turn.start)} --> {_clock(turn.end)}\n<v {voice}>{said}</v>\n")


def _write_txt(files: Iterable[TranscribedFile], out: TextIO) -> None:
    """Each turn on a line of its own, after who says it; an empty line between recordings."""
    for position, one in enumerate(files):
        out.write("\n" if position else "")
        for turn in one.turns:
            out.write(f"{turn.label} ({one.role_of(turn).value}): {turn.text}\n")


def _clock(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


_WRITERS: dict[str, Callable[[Iterable[TranscribedFile], TextIO], None]] = {
    "json": _write_json,
    "vtt": _write_vtt,
    "txt": _write_txt,
}
