"""The parts of a recording in progress made into one sealed recording, in a process of its own as in probing: a
malformed part can crash or exhaust that one only. What it writes is sealed as it comes."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from coding.recording_child import files_or_answer
from coding.recordings import chunks_of
from coding.speech.errors import RecordingError, RecordingUnreadable, error_from
from coding.speech.join import join
from coding.speech.probe_child import limit_memory
from models.chunks import ChunkStore
from models.cipher import SealBroken
from models.database import Database
from models.keys import open_session_key
from models.recording_in_progress import RecordedChunk, RecordingInProgress
from models.session_words import file_key
from models.settings import Settings, get_settings
from models.storage import Storage, new_storage_key

_SECONDS = 300


@dataclass(frozen=True)
class Joined:
    """`size_bytes` and `sha256` of the clear bytes, as of any recording; `parts` is how many could be read."""

    size_bytes: int
    sha256: str
    parts: int


def run_join_child(in_progress_id: UUID, recording_id: UUID, *, environment: Mapping[str, str]) -> Joined:
    """Raises RecordingError, FilesUnreachable, FilesFull, and SealBroken where a chunk is damaged or missing in the
    storage; then nothing is left under the recording's key, or what a sweep takes."""
    command = [sys.executable, "-m", "coding.join_recording", str(in_progress_id), str(recording_id)]
    try:
        done = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
            env=os.environ | dict(environment),
        )  # fmt: skip
        answer = json.loads(done.stdout.decode("utf-8", errors="replace").strip().rpartition("\n")[2])
    except (subprocess.TimeoutExpired, ValueError):
        raise RecordingUnreadable from None
    if "broken" in answer:
        raise SealBroken(answer["broken"])
    if "error" in answer:
        raise error_from(answer["error"], answer["facts"])
    return Joined(**answer)


def runs_of(chunks: Sequence[RecordedChunk]) -> list[tuple[int, list[int]]]:
    """Of each part the number of its first chunk, and the sizes of its chunks."""
    grouped = (list(run) for _, run in groupby(chunks, lambda chunk: chunk.part))
    return [(run[0].number, [chunk.size_bytes for chunk in run]) for run in grouped]


def _join(settings: Settings, in_progress_id: UUID, recording_id: UUID) -> dict[str, object]:
    storage = Storage(settings)
    database = Database.of(settings)
    with database.read() as session:
        recording = session.get_one(RecordingInProgress, in_progress_id)
        runs = runs_of(chunks_of(session, recording))
        chunks = ChunkStore(storage, recording.organisation_id, recording.id, file_key(session, recording))
        key = open_session_key(session, recording.id).file
    database.close()
    storage_key = new_storage_key(recording.organisation_id, recording_id)
    writer = storage.writer(storage_key, key=key, record_id=recording_id)
    limit_memory()
    try:
        with ExitStack() as opened:
            parts = join([opened.enter_context(chunks.open(first, sizes)) for first, sizes in runs], writer)
        writer.finish()
    except BaseException as error:
        writer.abandon()
        if isinstance(error, RecordingError):
            return {"error": error.code, "facts": error.facts}
        if isinstance(error, SealBroken | FileNotFoundError):
            return {"broken": str(error)}
        raise
    return {"size_bytes": writer.size, "sha256": writer.sha256, "parts": parts}


if __name__ == "__main__":
    print(json.dumps(files_or_answer(lambda: _join(get_settings(), *(UUID(argument) for argument in sys.argv[1:])))))
