"""Probing in a process of its own, so that a malformed file can crash or exhaust that one only.

The bytes lie encrypted and are decrypted in memory; the child opens them itself through `opener`, the name of a
function ("package.module:function") that takes the arguments and returns a seekable binary file.
"""

import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from coding.speech.errors import RecordingError, RecordingUnreadable, error_from
from coding.speech.probe import LIMIT_MINUTES, Probe, probe
from models.files_errors import FilesError

_MEMORY = 2 * 1024**3  # bytes of address space for the child, beside what its modules and threads have taken


def run_probe_child(
    args: Sequence[str],
    *,
    opener: str,
    environment: Mapping[str, str] | None = None,
    timeout: float = 60,
    limit_minutes: float = LIMIT_MINUTES,
) -> Probe:
    """`environment` is added to this process's own for the child.

    Raises what `probe` raises, FilesUnreachable, and RecordingUnreadable when the child crashes or takes longer than
    `timeout` seconds. A fault of the opener (no such recording, no key) is a RuntimeError with its last words."""
    command = [sys.executable, "-m", "coding.speech.probe_child", opener, str(limit_minutes), *args]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
            env=os.environ | dict(environment or {}),
        )
    except subprocess.TimeoutExpired:
        raise RecordingUnreadable from None
    try:
        answer = json.loads(done.stdout.decode("utf-8", errors="replace").strip().rpartition("\n")[2])
    except ValueError:
        raise RecordingUnreadable from None
    if "fault" in answer:
        raise RuntimeError(f"The recording could not be opened: {answer['fault']}")
    if "error" in answer:
        raise error_from(answer["error"], answer["facts"])
    return Probe(**{**answer["probe"], "notes": tuple(answer["probe"]["notes"])})


def _main(arguments: Sequence[str]) -> dict[str, object]:
    opener, limit_minutes, *args = arguments
    try:
        open_recording: Callable[[list[str]], BinaryIO] = pkgutil.resolve_name(opener)
        file = open_recording(args)
    except FilesError as error:
        return {"error": error.code, "facts": error.facts}
    except Exception as fault:
        return {"fault": f"{type(fault).__name__}: {fault}"}
    limit_memory()
    try:
        with file:
            return {"probe": asdict(probe(file, limit_minutes=float(limit_minutes)))}
    except (RecordingError, FilesError) as error:
        return {"error": error.code, "facts": error.facts}


def limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        # Threads reserve address space without using it, on a machine with many cores more than the limit itself.
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = taken + _MEMORY if hard == resource.RLIM_INFINITY else min(taken + _MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    print(json.dumps(_main(sys.argv[1:])))
