"""Whether a file's beginning and end are whole, as far as its own marks tell."""

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from av.container import InputContainer

_TAIL = 4 << 20  # bytes; a cluster of a video is rarely longer
_AVI_PART = 1_000_000_000  # bytes; a larger AVI consists of several parts, or its writer did not know its end
_FRAMES = 16 << 10  # bytes; some ten frames of MP3 or AAC at their largest
_CUT_FRAME = 1_500  # bytes; no MP3 frame is longer
_LAYER_TWO = (b"\xff\xfd", b"\xff\xfc", b"\xff\xf5", b"\xff\xf4")  # MP2 frames, whose lengths are not reckoned here
_CHAIN = 4  # frames that fit each other are no accident
_KBITS = {  # of MP3 frames, by MPEG version
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}


def breaks_off(container: "InputContainer", file: BinaryIO) -> bool:
    """Whether the last part of the file is shorter than it says itself. Known of Ogg, WebM, Matroska, MP4, AVI, W64,
    MP3 and AAC; of other kinds of file: False."""
    reading = file.tell()
    try:
        name = container.format.name
        size = file.seek(0, 2)
        if "mp4" in name:
            return _boxes_end(file, size) > size
        if name == "avi":
            file.seek(4)
            whole = int.from_bytes(file.read(4), "little") + 8
            return size < whole < _AVI_PART
        if name == "w64":
            file.seek(16)
            return int.from_bytes(file.read(8), "little") > size
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
        if name in ("mp3", "aac"):
            return _frames_break_off(tail[-_FRAMES:])
        return (name == "ogg" and _ogg_breaks_off(tail)) or ("matroska" in name and _matroska_breaks_off(tail))
    finally:
        file.seek(reading)


def starts_damaged(container: "InputContainer", file: BinaryIO) -> bool:
    """Whether an MP3 or AAC file begins with something else, beyond tags and what is left of a frame cut in two."""
    if container.format.name not in ("mp3", "aac"):
        return False
    reading = file.tell()
    file.seek(0)
    at = 0
    while (head := file.read(10)).startswith(b"ID3") and len(head) == 10:
        at += 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        file.seek(at)
    file.seek(at)
    start = file.read(_FRAMES).lstrip(b"\0")
    file.seek(reading)
    if len(start) < _CUT_FRAME or start.startswith(_LAYER_TWO):
        return False
    return not any(_chain(start, at)[0] >= _CHAIN for at in range(_CUT_FRAME))


def _frames_break_off(tail: bytes) -> bool:
    for first in range(len(tail)):
        frames, end = _chain(tail, first)
        if frames >= _CHAIN:
            return end > len(tail)
    return False


def _chain(data: bytes, at: int) -> tuple[int, int]:
    """How many frames follow each other from `at` on, and where the last one ends."""
    frames = 0
    while at < len(data) and (length := _frame_length(data[at : at + 6])):
        frames, at = frames + 1, at + length
    return frames, at


def _frame_length(head: bytes) -> int:
    """Bytes of the MP3 or AAC (ADTS) frame with this header; 0 where it is none."""
    if len(head) < 6 or head[0] != 0xFF:
        return 0
    if head[1] & 0xF6 == 0xF0:
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        return length if length > 7 else 0
    version, rate = head[1] >> 3 & 3, head[2] >> 2 & 3
    if head[1] & 0xE6 != 0xE2 or version == 1 or rate == 3:
        return 0
    hertz = (44_100, 48_000, 32_000)[rate] >> {3: 0, 2: 1, 0: 2}[version]
    kbits = _KBITS[3 if version == 3 else 2][head[2] >> 4]
    return (144 if version == 3 else 72) * kbits * 1000 // hertz + (head[2] >> 1 & 1) if kbits else 0


def _ogg_breaks_off(tail: bytes) -> bool:
    at = tail.rfind(b"OggS")
    if at < 0:
        return False
    segments = tail[at + 26] if at + 26 < len(tail) else 255
    return at + 27 + segments + sum(tail[at + 27 : at + 27 + segments]) > len(tail)


def _boxes_end(file: BinaryIO, size: int) -> int:
    """Where the last box of an MP4 would end."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        if length < 8:  # 0 means "to the end"; anything else is damage, of which others tell
            return size
        at += length
    return at


def _matroska_breaks_off(tail: bytes) -> bool:
    """By the elements from the last cluster on."""
    at = tail.rfind(b"\x1f\x43\xb6\x75")
    if at < 0:
        return False
    while at < len(tail):
        size_at = at + _number_length(tail[at])
        if size_at >= len(tail):
            return True
        width = _number_length(tail[size_at])
        if size_at - at > 4 or width > 8:
            return False  # no element: the cluster was none, or is damaged
        most = (1 << 7 * width) - 1
        size = int.from_bytes(tail[size_at : size_at + width], "big") & most
        at = (
            size_at + width + (0 if size == most else size)
        )  # all bits set: a cluster being recorded, its blocks follow
    return at > len(tail)


def _number_length(first: int) -> int:
    """Bytes of a Matroska number that begins with the byte `first`."""
    return 9 - first.bit_length()
