import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.multipart import FIELD_LIMIT, Received, UploadBroken, receive
from models.errors import TooLarge

TYPE = "multipart/form-data; boundary=edge"


class Kept:
    def __init__(self) -> None:
        self.data = b""

    def write(self, clear: bytes) -> None:
        self.data += clear


def body(*parts: tuple[str, str | None, bytes]) -> bytes:
    out = b""
    for name, file_name, value in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
        out += f"--edge\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + value + b"\r\n"
    return out + b"--edge--\r\n"


def take(sent: bytes, *, size: int = 1000, limit: int = 10_000, content_type: str = TYPE) -> tuple[Received, Kept]:
    kept = Kept()

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(sent), size):
            yield sent[start : start + size]

    received = asyncio.run(receive(content_type, stream(), open_sink=lambda _name: kept, file_limit=limit))
    return received, kept


@given(st.binary(max_size=3000), st.integers(1, 700), st.text(max_size=50).filter(lambda t: "\x00" not in t))
def test_a_file_and_fields_arrive_whole_however_they_are_cut(data: bytes, size: int, text: str) -> None:
    data = data.replace(b"--edge", b"")
    text = text.encode("utf-8", "ignore").decode()
    received, kept = take(body(("kind", None, text.encode()), ("file", "talk.mp3", data), ("z", None, b"1")), size=size)
    assert kept.data == data
    assert received.file_name == "talk.mp3"
    assert received.fields == {"kind": text, "z": "1"}


def test_a_file_input_left_empty_is_no_file() -> None:
    received, _ = take(body(("file", "", b""), ("transcript", None, b"A: hello")))
    assert received.sink is None
    assert received.fields == {"transcript": "A: hello"}


def test_a_file_name_is_only_a_name() -> None:
    assert take(body(("file", "C:\\\\talks\\\\one.wav", b"x")))[0].file_name == "one.wav"
    assert take(body(("file", "../../etc/passwd", b"x")))[0].file_name == "passwd"


@pytest.mark.parametrize("cut", [3, 10, 60, 120])
def test_a_cut_off_body_is_refused(cut: int) -> None:
    sent = body(("kind", None, b"role_play"), ("file", "a.wav", b"x" * 200))
    with pytest.raises(UploadBroken):
        take(sent[:-cut])


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data"])
def test_another_kind_of_body_is_refused(content_type: str) -> None:
    with pytest.raises(UploadBroken):
        take(b"hello", content_type=content_type)


def test_limits_hold() -> None:
    with pytest.raises(TooLarge):
        take(body(("file", "a.wav", b"x" * 10_001)))
    with pytest.raises(TooLarge):
        take(body(("transcript", None, b"x" * (FIELD_LIMIT + 1))), size=100_000)
    with pytest.raises(UploadBroken):
        take(body(("file", "a.wav", b"x"), ("file", "b.wav", b"y")))
