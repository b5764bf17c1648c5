"""The programs that the application starts for a recording, started warm.

Each is a process of its own as ever (it may crash, fill its memory or be killed), with its own arguments, environment
and pipes; but it is forked from one that has loaded the libraries already, which takes far longer than what the program
itself does with the short recordings of tests. What is started by a server of its own process starts as in life.
"""

import atexit
import contextlib
import importlib
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

from sqlalchemy.orm import configure_mappers

STARTERS = ("coding.speech.probe_child", "coding.join_recording", "coding.recording_child",
            "coding.speech.hearing_process")  # fmt: skip
PROGRAMS = ("coding.speech.probe_child", "coding.join_recording", "coding.bleep_recording",
            "coding.make_listening_copy", "coding.speech.hearing_child")  # fmt: skip
LIBRARIES = (
    "av", "models.storage", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg",
    "coding.speech.join", "coding.speech.listening_copy", "coding.speech.hear",
)  # fmt: skip
ROOT = Path(__file__).parents[1]
_folder = tempfile.gettempdir()  # as it is before a test takes one of its own
_unnamed_file = tempfile.TemporaryFile  # which a test may forbid to the product
_starting = threading.Lock()
_address = ""


def start_warm() -> None:
    """From now on, in this process."""
    for name in STARTERS:
        importlib.import_module(name).subprocess = WarmSubprocess  # type: ignore[attr-defined]


class WarmSubprocess:
    """What those modules use of `subprocess`."""

    PIPE, DEVNULL, TimeoutExpired = subprocess.PIPE, subprocess.DEVNULL, subprocess.TimeoutExpired

    @staticmethod
    def run(
        command: list[str], *, env: Mapping[str, str], timeout: float, stdin: int, capture_output: bool, check: bool
    ) -> "subprocess.CompletedProcess[bytes]":
        """With no input and with its output captured. Raises TimeoutExpired."""
        assert (stdin, capture_output, check) == (subprocess.DEVNULL, True, False)
        with (
            open(os.devnull, "rb") as nothing, _unnamed_file() as out, _unnamed_file() as errors
        ):  # fmt: skip
            process = WarmProcess(command, env, (nothing.fileno(), out.fileno(), errors.fileno()))
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            out.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(command, process.wait(), out.read(), errors.read())

    @staticmethod
    def Popen(command: list[str], *, env: Mapping[str, str], stdin: int, stdout: int) -> "WarmProcess":
        """With pipes for both."""
        assert (stdin, stdout) == (subprocess.PIPE, subprocess.PIPE)
        (its_input, write), (read, its_output) = os.pipe(), os.pipe()
        try:
            process = WarmProcess(command, env, (its_input, its_output, 2))
        finally:
            os.close(its_input)
            os.close(its_output)
        process.stdin, process.stdout = os.fdopen(write, "wb"), os.fdopen(read, "rb", 0)
        return process


class WarmProcess:
    """What is used of a `subprocess.Popen`."""

    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    returncode: int | None = None

    def __init__(self, command: list[str], env: Mapping[str, str], files: Sequence[int]) -> None:
        assert command[:2] == [sys.executable, "-m"]
        assert command[2] in PROGRAMS
        self.args = command
        self._told = socket.socket(socket.AF_UNIX)
        self._told.connect(_warm_address())
        wanted = json.dumps({"argv": command[2:], "env": dict(env), "cwd": str(Path.cwd())}).encode()
        socket.send_fds(self._told, [len(wanted).to_bytes(4, "big")], files)
        self._told.sendall(wanted)
        self.pid = int.from_bytes(self._told.recv(4, socket.MSG_WAITALL), "big")

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            return self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int.from_bytes(self._told.recv(4, socket.MSG_WAITALL), "big", signed=True)
            self._told.close()
        return self.returncode

    def kill(self) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def _warm_address() -> str:
    """Of this process's own warm one, which ends with it."""
    global _address
    with _starting:
        if not _address:
            folder = tempfile.mkdtemp(prefix="evoke-warm-", dir=_folder)
            command = [sys.executable, "-m", "tests.warm_children", f"{folder}/socket"]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
            assert process.stdout is not None
            atexit.register(_end, process)
            assert process.stdout.readline() == b"warm\n"
            _address = f"{folder}/socket"
    return _address


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait(20)


def _serve(address: str) -> None:
    """Forks for whoever asks, until its standard input ends."""
    for name in (*LIBRARIES, *PROGRAMS):
        importlib.import_module(name)
    configure_mappers()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(32)
        print("warm", flush=True)
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [], 1)
            while _reaped():
                pass
            if sys.stdin in ready:
                shutil.rmtree(Path(address).parent)
                return
            if listening in ready:
                asking, _ = listening.accept()
                if os.fork() == 0:
                    listening.close()
                    _answer(asking)
                asking.close()


def _reaped() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False


def _answer(asking: socket.socket) -> NoReturn:
    """The program in a process of its own, and then how it ended, as subprocess tells it."""
    size, files, _, _ = socket.recv_fds(asking, 4, 3)
    wanted = json.loads(asking.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
    pid = os.fork()
    if pid == 0:
        asking.close()
        _become(wanted["argv"], wanted["env"], wanted["cwd"], files)
    for file in (0, 1, *files):
        os.close(file)
    asking.sendall(pid.to_bytes(4, "big"))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # nobody waits any more
        asking.sendall(code.to_bytes(4, "big", signed=True))
    os._exit(0)


def _become(argv: Sequence[str], env: Mapping[str, str], cwd: str, files: Sequence[int]) -> NoReturn:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    program, sys.argv = argv[0], list(argv)
    sys.modules.pop(program, None)
    tempfile.tempdir = None
    code: object = 0
    try:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    _serve(sys.argv[1])
