"""Work on a recording's file in a process of its own, whose memory is limited and which may be killed by a bad file."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

from coding.speech.errors import RecordingUnreadable, error_from
from models.files_errors import FilesError
from models.settings import Settings


def answer_of_child(module: str, recording_id: UUID, settings: Settings, *, seconds: int) -> dict[str, Any]:
    """What `python -m module ID` prints as its last line, a JSON object. With `error` and `facts` in it that is raised.

    Raises RecordingError, FilesUnreachable, FilesFull.
    """
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", module, str(recording_id)], stdin=subprocess.DEVNULL, capture_output=True,
            timeout=seconds, check=False, env=os.environ | settings.as_environment(),
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout.decode("utf-8", errors="replace").strip().rpartition("\n")[2])
    except (subprocess.TimeoutExpired, ValueError):
        raise RecordingUnreadable from None
    if "error" in answer:
        raise error_from(answer["error"], answer["facts"])
    return answer


def files_or_answer(work: Callable[[], dict[str, object]]) -> dict[str, object]:
    """What the child prints, also where it could not reach the files: that is no fault of the recording's."""
    try:
        return work()
    except FilesError as error:
        return {"error": error.code, "facts": error.facts}
