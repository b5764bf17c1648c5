"""Fetching a model from the hub so that half of one is never taken for a whole: each file goes on where it stopped, is
checked against the hub's own checksum, and the folder appears under its name only when all of it is right.

(The hub's library throws away a file that was cut off, and compares its size only.)
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from coding.speech.errors import SpeechModelMissing
from coding.speech.model_sums import put_in_place

WANTED = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
_PIECE = 1 << 20
_TRIES = 5
_TIMEOUT = 30  # seconds without a byte


@dataclass(frozen=True)
class _HubFile:
    name: str
    size: int
    sha256: str  # empty for a small file, which the hub keeps in git
    git_sha1: str

    def fits(self, path: Path) -> bool:
        if path.stat().st_size != self.size:
            return False
        digest = hashlib.sha256() if self.sha256 else hashlib.sha1(b"blob %d\0" % self.size)  # noqa: S324 git's own
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest() == (self.sha256 or self.git_sha1)


def fetch_model(
    name: str,
    repository: str,
    to: Path,
    *,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Makes the folder `to`. `on_progress` gets bytes that are here and bytes in all.

    Raises SpeechModelMissing; what had come stays beside `to` and the next call goes on from there."""
    working = to.with_name(f".{to.name}.fetching")
    try:
        working.mkdir(parents=True, exist_ok=True)
        revision, files = _listing(repository)
        total, before = sum(one.size for one in files), 0
        for one in files:
            _fetch_file(
                f"{_hub()}/{repository}/resolve/{revision}/{quote(one.name)}", one, working,
                lambda here, before=before: on_progress(before + here, total),  # type: ignore[misc]
            )  # fmt: skip
            before += one.size
    except (OSError, HTTPException, ValueError, LookupError) as error:  # URLError is an OSError
        raise SpeechModelMissing(
            f'The speech model "{name}" could not be fetched ({_reason(error)}).',
            f"Connect this machine and run `evoke speech models fetch {name}` again: it goes on where it stopped. Or "
            "fetch it on another machine, copy the folder here and run `evoke speech models take FOLDER`.",
        ) from error
    put_in_place(working, to)


def _hub() -> str:
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"


def _listing(repository: str) -> tuple[str, list[_HubFile]]:
    """The newest version and the files of it that a model needs, the largest last."""
    with _open(f"{_hub()}/api/models/{repository}?blobs=true") as answer:
        told = json.load(answer)
    names = (one for one in told["siblings"] if "/" not in one["rfilename"])  # a name is no way out of the folder
    files = [_hub_file(one) for one in names if any(fnmatch(one["rfilename"], wanted) for wanted in WANTED)]
    if not any(one.name == "model.bin" for one in files):
        raise ValueError("it holds no model.bin")
    return str(told["sha"]), sorted(files, key=lambda one: one.size)


def _hub_file(told: Mapping[str, Any]) -> _HubFile:
    large = told.get("lfs") or {}
    return _HubFile(
        name=str(told["rfilename"]), size=int(large.get("size", told["size"])), sha256=str(large.get("sha256", "")),
        git_sha1=str(told["blobId"]),
    )  # fmt: skip


def _fetch_file(address: str, wanted: _HubFile, folder: Path, on_bytes: Callable[[int], None]) -> None:
    """Raises OSError when it cannot be had, ValueError when what came is not what the hub promised."""
    whole, part = folder / wanted.name, folder / f"{wanted.name}.part"
    if whole.exists() and wanted.fits(whole):
        on_bytes(wanted.size)
        return
    for attempt in range(_TRIES):
        try:
            _fetch_rest(address, part, wanted.size, on_bytes)
            break
        except (OSError, HTTPException):
            if attempt == _TRIES - 1:
                raise
    if not wanted.fits(part):
        part.unlink()
        raise ValueError(f"{wanted.name} came damaged")
    part.replace(whole)


def _fetch_rest(address: str, part: Path, size: int, on_bytes: Callable[[int], None]) -> None:
    here = part.stat().st_size if part.exists() else 0
    if here >= size > 0:
        return
    with _open(address, {"Range": f"bytes={here}-"} if here else {}) as answer:
        if here and answer.status != 206:
            here = 0
        with part.open("ab" if here else "wb") as file:
            while piece := answer.read(_PIECE):
                file.write(piece)
                here += len(piece)
                on_bytes(here)
    if here < size:
        raise ConnectionError("the connection was cut")


def _open(address: str, headers: Mapping[str, str] | None = None) -> Any:
    from urllib.request import Request, urlopen

    request = Request(address, headers={"User-Agent": "evoke", "Accept-Encoding": "identity", **(headers or {})})  # noqa: S310
    return urlopen(request, timeout=_TIMEOUT)  # noqa: S310


def _reason(error: Exception) -> str:
    """Without the library's addresses and numbers, as far as it can be told in words."""
    from urllib.error import HTTPError

    if isinstance(error, HTTPError):
        return f"the hub answered {error.code}"
    reason = getattr(error, "reason", None)
    if isinstance(reason, OSError):
        error = reason
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return str(error) or type(error).__name__
