"""A small disk of its own for a data folder, in memory, which can be filled and made read-only. Only who may mount has
one."""

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BYTES = 128 << 20


@dataclass
class Disk:
    """At `folder`; recordings lie on a second one in it, in `files`, which can turn read-only: nothing on it is held
    open for long."""

    folder: Path

    def fill(self, *, files: bool = True) -> None:
        """To the last block, and again whenever something makes room: call it until it is enough."""
        for at in (self.folder, self.folder / "files")[: 2 if files else 1]:
            left = os.statvfs(at)
            with (at / "ballast").open("ab") as ballast:
                end = ballast.tell()
                if not left.f_bavail:
                    continue
                try:
                    os.posix_fallocate(ballast.fileno(), end, left.f_bavail * left.f_frsize)
                except OSError as error:
                    if error.errno != errno.ENOSPC:  # somebody wrote meanwhile: it is full, or will be the next time
                        raise

    def empty(self) -> None:
        for at in (self.folder, self.folder / "files"):
            (at / "ballast").unlink(missing_ok=True)

    def read_only(self, wanted: bool) -> None:
        until = time.monotonic() + 20
        while _mount("-o", "remount,ro" if wanted else "remount,rw", str(self.folder / "files")):
            if time.monotonic() > until:
                raise TimeoutError("the disk of the files stays as it is: something is being written on it")
            time.sleep(0.01)


@contextmanager
def disk_of_its_own(folder: Path) -> Iterator[Disk | None]:
    """None where this machine does not let us."""
    mounted = []
    try:
        for at in (folder, folder / "files"):
            at.mkdir(exist_ok=True)
            if shutil.which("mount") is None or _mount(
                "-t", "tmpfs", "-o", f"size={_BYTES},mode=700", "tmpfs", str(at)
            ):
                break
            mounted.append(at)
        yield Disk(folder) if len(mounted) == 2 else None
    finally:
        for at in reversed(mounted):
            subprocess.run(["umount", "--lazy", str(at)], check=False)


def _mount(*arguments: str) -> int:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode
