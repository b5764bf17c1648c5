"""The operator's master key. It wraps the keys of organisations, and nothing else."""

import base64
import contextlib
import os
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from models.cipher import KEY_BYTES, KeyDoesNotFit, SealBroken, new_key, open_sealed, seal
from models.errors import EvokeError
from models.settings import Settings

_PATIENCE = 30  # seconds for a key service to answer


class MasterKeyUnusable(EvokeError):
    status = 500
    code = "master_key_unusable"


def load_master_key(settings: Settings) -> bytes:
    """The operator's key from EVOKE_MASTER_KEY, else what EVOKE_MASTER_KEY_COMMAND prints, else the data directory's
    own, made on first use (owner-readable).

    Raises MasterKeyUnusable for anything but 32 bytes.
    """
    if given := settings.master_key.get_secret_value():
        key = _decoded(given.encode())
        if key is None:
            raise MasterKeyUnusable(
                "EVOKE_MASTER_KEY is not 32 bytes in base64. Make one with: openssl rand -base64 32"
            )
        return key
    if settings.master_key_command:
        return _from_command(settings.master_key_command)
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


def _from_command(command: str) -> bytes:
    """Nothing of what it says goes into the message: it may be half a key."""
    try:
        said = subprocess.run(  # noqa: S603
            shlex.split(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=_PATIENCE, check=True
        ).stdout
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise MasterKeyUnusable(
            f"EVOKE_MASTER_KEY_COMMAND gave no key ({type(error).__name__}). Run the command by hand as Evoke's user."
        ) from None
    key = _decoded(said)
    if key is None:
        raise MasterKeyUnusable("EVOKE_MASTER_KEY_COMMAND must print 32 bytes in base64, and nothing else.")
    return key


def _old_keys(settings: Settings) -> list[bytes]:
    """Raises MasterKeyUnusable."""
    found = [_decoded(one.encode()) for one in settings.old_master_keys.get_secret_value().split(",") if one.strip()]
    if any(key is None for key in found):
        raise MasterKeyUnusable("One of EVOKE_OLD_MASTER_KEYS is not 32 bytes in base64. Part several with commas.")
    return [key for key in found if key is not None]


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

    @cached_property
    def every(self) -> tuple[bytes, ...]:
        """The current one, and the others that may still open. Raises MasterKeyUnusable."""
        return (self.current, *_old_keys(self.settings))

    def wrap(self, key: bytes, about: bytes) -> bytes:
        return seal(self.current, key, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Raises KeyDoesNotFit."""
        for master in self.every:
            with contextlib.suppress(SealBroken):
                return open_sealed(master, wrapped, about)
        raise KeyDoesNotFit("no master key fits this organisation's key")

    def is_current(self, wrapped: bytes, about: bytes) -> bool:
        """Whether the current one wraps it."""
        with contextlib.suppress(SealBroken):
            return bool(open_sealed(self.current, wrapped, about))
        return False
