"""Bytes from many programs become the same text."""

import pytest

from coding.transcript.encoding import decode_text
from coding.transcript.errors import NotText

TEXT = "Worker: It’s £20 a week – “a café”?\nMum: I don’t know, naïve me.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_as_it_is(encoding: str) -> None:
    assert decode_text("a.txt", TEXT.encode(encoding))[0] == TEXT


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman")])
def test_older_encodings_are_recognised_and_named(encoding: str, name: str) -> None:
    text, notes = decode_text("a.txt", TEXT.encode(encoding))
    assert text == TEXT
    assert name in notes[0]


def test_one_spoilt_character_does_not_spoil_the_file() -> None:
    text, notes = decode_text("a.txt", TEXT.encode() + b"\xe2\x80")
    assert text == TEXT + "\ufffd"
    assert notes == ("1 characters could not be read and are shown as \ufffd.",)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_are_made_one(ends: str) -> None:
    assert decode_text("a.txt", TEXT.replace("\n", ends).encode())[0] == TEXT


@pytest.mark.parametrize("data", [b"Worker: Hi\x00\nMum: Hello\n", bytes(range(1, 32)) * 9, b"\x00" * 50])
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        decode_text("a.txt", data)
