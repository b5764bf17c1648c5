"""The operator's master key. It wraps the keys of organisations, and nothing else."""

import base64
import contextlib
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from models.cipher import KEY_BYTES, KeyDoesNotFit, SealBroken, new_key, open_sealed, seal
from models.errors import EvokeError
from models.settings import Settings


class MasterKeyUnusable(EvokeError):
    status = 500
    code = "master_key_unusable"


def load_master_key(settings: Settings) -> bytes:
    """The operator's key from EVOKE_MASTER_KEY, else the data directory's own, made on first use (owner-readable).

    Raises MasterKeyUnusable for anything but 32 bytes.
    """
    if given := settings.master_key.get_secret_value():
        key = _decoded(given.encode())
        if key is None:
            raise MasterKeyUnusable(
                "EVOKE_MASTER_KEY is not 32 bytes in base64. Make one with: openssl rand -base64 32"
            )
        return key
    path = settings.open_data_dir() / "master.key"
    try:
        if not path.exists():
            _make_key_file(path)
        key = _decoded(path.read_bytes())
    except OSError as error:
        raise MasterKeyUnusable(f"The master key in {path} cannot be read or made ({error.strerror}).") from error
    if key is None:
        raise MasterKeyUnusable(
            f"{path} does not hold a master key (32 bytes in base64). Put it back from your copy. Only where nothing "
            "was ever recorded may you delete it, and Evoke makes a new one."
        )
    return key


def _decoded(text: bytes) -> bytes | None:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _make_key_file(path: Path) -> None:
    """Whole or not at all, so that processes that start together use one key and a power cut leaves no empty file."""
    descriptor, name = tempfile.mkstemp(prefix=".master.key.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(new_key()))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first, and its key is the one
            os.link(name, path)
    finally:
        os.unlink(name)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@dataclass
class MasterKeys:
    """Read when it is first needed: a command that opens nothing needs no key."""

    settings: Settings

    @cached_property
    def current(self) -> bytes:
        """Raises MasterKeyUnusable."""
        return load_master_key(self.settings)

    def wrap(self, key: bytes, about: bytes) -> bytes:
        return seal(self.current, key, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Raises KeyDoesNotFit."""
        try:
            return open_sealed(self.current, wrapped, about)
        except SealBroken as error:
            raise KeyDoesNotFit("the master key does not fit this organisation's key") from error
