"""Decoded sound on the disk, so that hours of it need no memory, and never in clear there."""

import os
import tempfile
import weakref
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from coding.speech.errors import TemporaryFolderFull

Samples = NDArray[np.float32]
_SCALE = 32_768.0
_AES_BLOCK = 16  # bytes
_WAITING = 1 << 15  # samples a channel that are sealed and written at once


class SampleStore:
    """(channels, n) samples, added at the end and read anywhere, kept as 16 bits each.

    They lie in a temporary file without a name, under a key that only this object knows (AES in counter mode, which
    can start at any block): when the process ends, whichever way, nobody can read them again. For one thread at a time.
    """

    def __init__(self, channels: int) -> None:
        """Raises TemporaryFolderFull, as `append` and `read` do."""
        self.channels = channels
        self._key = os.urandom(32)  # of this file alone, so the counter may begin at 0
        self._sealing = Cipher(algorithms.AES(self._key), _counter(0)).encryptor()
        self._waiting = np.empty((channels, _WAITING), np.float32)
        self._used = 0
        self._written = 0  # samples a channel
        try:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        except OSError as error:
            raise TemporaryFolderFull from error
        self._closing = weakref.finalize(self, self._file.close)

    @property
    def length(self) -> int:
        """Samples of each channel."""
        return self._written + self._used

    def append(self, samples: NDArray[Any]) -> None:
        """`samples` is (channels, n) in -1…1. What is beyond is clipped, what is no number becomes silence."""
        at = 0
        while at < samples.shape[1]:
            piece = samples[:, at : at + _WAITING - self._used]
            self._waiting[:, self._used : self._used + piece.shape[1]] = piece
            self._used += piece.shape[1]
            at += piece.shape[1]
            if self._used == _WAITING:
                self._write()

    def append_silence(self, samples: int) -> None:
        silence = np.zeros((self.channels, min(samples, _WAITING)), np.float32)
        for at in range(0, samples, _WAITING):
            self.append(silence[:, : samples - at])

    def read(self, first: int, last: int) -> Samples:
        """(channels, n) float32 from sample `first` up to before `last`, or as much of that as there is."""
        self._write()
        first = max(0, first)
        last = max(first, min(last, self._written))
        width = 2 * self.channels
        block, offset = divmod(first * width, _AES_BLOCK)
        sealed = self._read_bytes(block * _AES_BLOCK, offset + (last - first) * width)
        clear = Cipher(algorithms.AES(self._key), _counter(block)).decryptor().update(sealed)
        found = np.frombuffer(clear, "<i2", offset=offset).reshape(-1, self.channels)
        return np.ascontiguousarray(found.T, np.float32) / np.float32(_SCALE)

    def close(self) -> None:
        """Gives the disk's room back; this also happens when nobody holds the store any more."""
        self._closing()

    def _write(self) -> None:
        piece = self._waiting[:, : self._used]
        np.nan_to_num(piece, copy=False, posinf=1.0, neginf=-1.0)
        whole = np.clip(np.rint(piece.T * _SCALE), -_SCALE, _SCALE - 1).astype("<i2")
        sealed = memoryview(self._sealing.update(whole.tobytes()))
        try:
            self._file.seek(0, os.SEEK_END)
            while sealed:
                sealed = sealed[self._file.write(sealed) :]
        except OSError as error:
            raise TemporaryFolderFull from error
        self._written += self._used
        self._used = 0

    def _read_bytes(self, at: int, size: int) -> bytes:
        self._file.seek(at)
        found = bytearray()
        while len(found) < size and (piece := self._file.read(size - len(found))):
            found += piece
        return bytes(found)


def _counter(block: int) -> modes.CTR:
    return modes.CTR(block.to_bytes(_AES_BLOCK, "big"))
