"""What goes wrong between Evoke and where its files lie, as two errors that say what to do.

That a file is not there stays FileNotFoundError: whoever asks knows what it means. Everything else that obstore or the
system raises ends here, once, so that no page shows a fault of ours for a fault of the disk or of the S3 service.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from obstore.exceptions import BaseError

from models.errors import EvokeError

log = logging.getLogger("evoke.files")
COME_BACK_IN = 30
"""Seconds, for who asked; jobs wait longer."""
_FULL = ("No space left on device", "Disk quota exceeded", "StorageFull", "QuotaExceeded", "XMinioStorageFull")
_S3_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_LONGEST = 160


class FilesError(EvokeError):
    """The place where files lie does not do what it should. Nothing was lost by it, and trying again may help: a job
    that meets one waits and does not count it as an attempt."""

    status = 503
    code = "files_unreachable"
    facts: ClassVar[dict[str, str | float]] = {}
    """As a RecordingError has, to travel from a child process."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.members = {"retry_after": COME_BACK_IN}


class FilesUnreachable(FilesError):
    def __init__(self) -> None:
        super().__init__(
            "Evoke's recordings cannot be reached just now. Nothing that was added before is lost. Try again in a "
            "minute; if that does not help, tell whoever runs Evoke."
        )


class FilesFull(FilesError):
    status = 507
    code = "files_full"

    def __init__(self) -> None:
        super().__init__(
            "There is no room for recordings just now. Nothing that was added before is lost. Try later, or tell "
            "whoever runs Evoke."
        )


FILES_ERRORS: dict[str, type[FilesUnreachable | FilesFull]] = {
    one.code: one for one in (FilesUnreachable, FilesFull)
}  # fmt: skip


@contextmanager
def files_reached() -> Iterator[None]:
    """Around everything that asks the store. Raises FileNotFoundError, FilesUnreachable, FilesFull."""
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" not in str(error):
            raise
        raise _told(error) from error
    except (BaseError, OSError) as error:
        raise _told(error) from error


def cause_of(error: BaseException) -> str:
    """In few words, for the log and the operator: what the S3 service answered, or the system. No address, no key."""
    text = str(error)
    if found := _S3_CODE.search(text):
        return found[1]
    if found := _STATUS.search(text):
        return f"HTTP {found[1]}"
    first = text.partition("Debug source")[0].strip().rpartition(" - ")[2]
    return f"{type(error).__name__}: {first[:_LONGEST]}"


def _told(error: BaseException) -> FilesError:
    log.error("files: %s", cause_of(error))
    return FilesFull() if any(sign in str(error) for sign in _FULL) else FilesUnreachable()
