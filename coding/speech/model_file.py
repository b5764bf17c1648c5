"""What CTranslate2's model.bin says of itself, read from its header and the sizes of its parts, without loading it.

The layout is that of the library's own writer: version, name and revision of the specification, then each variable with
its name, shape, type and length in bytes, then aliases; all little-endian.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_VERSIONS = range(2, 20)  # versions of the layout; 6 is written today
_MOST_VARIABLES = 100_000
_EMBEDDINGS, _FIRST_LAYER = "decoder/embeddings/weight", "encoder/conv1/weight"


class NotAModel(Exception):
    """The file is not CTranslate2's."""


class CutShort(Exception):
    """The file ends before what it says it holds."""


@dataclass(frozen=True)
class ModelFile:
    """`kind` is the specification's name, "WhisperSpec" for Whisper. `vocabulary` counts its tokens, `mels` the
    bands of its spectrogram (80 or 128); both None in a model of another kind."""

    kind: str
    vocabulary: int | None
    mels: int | None


def read_model_file(path: Path) -> ModelFile:
    """Raises NotAModel, CutShort, OSError."""
    with path.open("rb") as file:
        return _read(file, os.fstat(file.fileno()).st_size)


def _read(file: BinaryIO, size: int) -> ModelFile:
    (version,) = _unpack(file, "<I")
    if version not in _VERSIONS:
        raise NotAModel
    kind = _string(file)
    if not kind.isidentifier():
        raise NotAModel
    _revision, count = _unpack(file, "<II")
    if count > _MOST_VARIABLES:
        raise NotAModel
    shapes: dict[str, tuple[int, ...]] = {}
    for _ in range(count):
        name = _string(file)
        shapes[name] = _shape_of_next(file, version)
        if file.tell() > size:
            raise CutShort
    if version >= 3:
        (aliases,) = _unpack(file, "<I")
        if aliases > count:
            raise NotAModel
        for _ in range(2 * aliases):
            _string(file)
    embeddings, first = shapes.get(_EMBEDDINGS, ()), shapes.get(_FIRST_LAYER, ())
    return ModelFile(kind, embeddings[0] if embeddings else None, first[1] if len(first) > 1 else None)


def _shape_of_next(file: BinaryIO, version: int) -> tuple[int, ...]:
    """Leaves the file behind the variable's numbers."""
    (rank,) = _unpack(file, "<B")
    shape: tuple[int, ...] = _unpack(file, f"<{rank}I")
    kind_or_width, length = _unpack(file, "<BI")
    file.seek(length if version >= 4 else kind_or_width * length, os.SEEK_CUR)
    return shape


def _string(file: BinaryIO) -> str:
    (length,) = _unpack(file, "<H")
    raw = file.read(length)
    if len(raw) < length:
        raise CutShort
    try:
        return raw.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        raise NotAModel from None


def _unpack(file: BinaryIO, layout: str) -> tuple[int, ...]:
    raw = file.read(struct.calcsize(layout))
    try:
        return struct.unpack(layout, raw)
    except struct.error:
        raise CutShort from None
