"""The process that hears recordings: it loads one speech model and keeps it for the next recording.

It reads requests and writes answers as lines of JSON, and opens recordings itself through an opener, the name of a
function ("package.module:function") that takes the arguments and returns a seekable binary file: the bytes lie
encrypted and are decrypted in memory. It ends when its input does, so that it never outlives the worker.
"""

import gc
import json
import os
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from coding.child_process import end_gently_for_others, requests, stand_behind_others
from coding.speech.errors import RecordingError
from coding.speech.heard import HeardClip
from coding.speech.options import method_of, whisper_options
from coding.without_words import without_words
from models.files_errors import FilesError
from models.settings import get_settings

Answer = Callable[..., None]


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # a library that prints must not speak between the answers
    end_gently_for_others()
    stand_behind_others()

    def answer(**words: Any) -> None:
        answers.write(json.dumps(words, default=lambda number: number.item()) + "\n")  # numpy's own kinds

    ear = Ear(answer)
    does: dict[str, Callable[..., None]] = {"load": ear.load, "hear": ear.hear}
    for request in requests():
        try:
            does[request.pop("do")](**request)
        except (RecordingError, FilesError) as error:
            answer(error=error.code, facts=error.facts)
        except Exception as error:
            answer(failed=without_words(error))
        gc.collect()


class Ear:
    """Holds the model. `answer` sends one line."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def load(self, device: str) -> None:
        """Answers what it hears with, and the memory that this takes (bytes)."""
        from coding.speech.transcribe import Transcriber

        options = whisper_options(get_settings(), device)
        self.transcriber = Transcriber(options)
        self.transcriber.load()
        self.answer(done={"method": method_of(options), "memory": memory_of_this_process()})

    def hear(
        self, opener: str, args: list[str], transcript_id: str, turns: list[dict[str, Any]] | None,
        done: list[dict[str, Any]], options: dict[str, Any],
    ) -> None:  # fmt: skip
        """`options` are other keyword arguments of `coding.speech.hear.hear`. Answers who speaks when, progress and
        clips as they come, then the transcript."""
        from coding.speech.clips import SpeechTurn
        from coding.speech.hear import hear
        from coding.transcript.parsed import ParsedTranscript

        shown = -1

        def on_progress(share: float) -> None:
            nonlocal shown
            if int(100 * share) > shown:
                shown = int(100 * share)
                self.answer(progress=share)

        open_recording: Callable[[list[str]], BinaryIO] = pkgutil.resolve_name(opener)
        with open_recording(args) as file:
            heard = hear(
                file, transcriber=self.transcriber, on_progress=on_progress,
                turns=None if turns is None else [SpeechTurn(**turn) for turn in turns],
                on_turns=lambda found: self.answer(turns=[asdict(turn) for turn in found]),
                on_clip=lambda clip: self.answer(clip=clip.as_json()),
                done=[HeardClip.from_json(one) for one in done], **options,
            )  # fmt: skip
        transcript = TypeAdapter(ParsedTranscript).dump_python(heard.transcript(transcript_id), mode="json")
        self.answer(done={"transcript": transcript, "memory": memory_of_this_process()})


def memory_of_this_process() -> int:
    """Bytes of it that lie in memory now; where the system does not say, the most that ever did."""
    if sys.platform == "linux":
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


if __name__ == "__main__":
    main()
