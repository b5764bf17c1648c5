"""Bytes to text, whatever wrote them."""

import codecs
import re

from coding.transcript.errors import NotText

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark starts with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NOT_FOR_PAGES = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Also the second block of controls and the code points that Unicode keeps for itself: HTML may hold neither."""
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "latin_1": "Latin-1"}
_SAMPLE = 200_000


def decode_text(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text with `\\n` line ends, and notes on how it was read. Raises NotText for binary files."""
    text, notes = _decoded(name, data)
    if len(_CONTROL.findall(text)) > max(2, len(text) // 200):
        raise NotText(name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    return without_control_characters(text), notes


def without_control_characters(text: str) -> str:
    """`text` without characters that no database or page can hold; lone surrogates become U+FFFD."""
    return _NOT_FOR_PAGES.sub(lambda found: "\ufffd" if "\ud800" <= found.group() <= "\udfff" else "", text)


def _decoded(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            return text, _replaced_note(text)
    if b"\x00" in data:
        return _utf16_without_mark(name, data), ("The file looks like UTF-16 text and was read as that.",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors="replace")
    if len(_MULTIBYTE.findall(data)) > 2 * text.count("\ufffd"):
        return text, _replaced_note(text)  # mostly good UTF-8 with a few spoilt bytes
    return _single_byte(name, data)


def _replaced_note(text: str) -> tuple[str, ...]:
    count = text.count("\ufffd")
    return (f"{count} characters could not be read and are shown as \ufffd.",) if count else ()


def _utf16_without_mark(name: str, data: bytes) -> str:
    """Western text in UTF-16 has its zero bytes on one side of each pair."""
    zeros_even, zeros_odd, pairs = data[0::2].count(0), data[1::2].count(0), len(data) // 2
    if pairs and zeros_odd > 0.6 * pairs and zeros_even < 0.05 * pairs:
        return data.decode("utf-16-le", errors="replace")
    if pairs and zeros_even > 0.6 * pairs and zeros_odd < 0.05 * pairs:
        return data.decode("utf-16-be", errors="replace")
    raise NotText(name)


def _single_byte(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], cp_isolation=list(_NAMES)).best()
    encoding = best.encoding if best is not None else "cp1252"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise NotText(name) from None
    known_as = _NAMES.get(encoding, encoding)
    return text, (f"The file is not UTF-8; it was read as {known_as}. Check that £ signs and apostrophes look right.",)
