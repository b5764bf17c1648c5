"""A multipart upload taken as it comes: text fields into memory, the file into whatever takes it.

Starlette's own form parser spools files to disk in clear; a recording must never lie there, so this one pushes each
piece straight on. Parsing is python-multipart's.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from models.errors import EvokeError, TooLarge

FIELD_LIMIT = 2_000_000
"""Bytes of all text fields together; a pasted transcript is one of them."""
_PIECE = 1 << 16
_PART_BYTES = 200
"""What a part costs however little it holds, counted with the fields so that endless empty ones come to an end."""
_NAME_CHARACTERS = 150


class UploadBroken(EvokeError):
    code = "upload_broken"


class Sink(Protocol):
    """Takes a file's bytes in pieces. `write` may block: it runs in a thread."""

    def write(self, clear: bytes) -> None: ...


@dataclass
class Received:
    """`file_name` is empty when the form held no file; `sink` took its bytes."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str = ""
    sink: Sink | None = None


@dataclass
class _Part:
    headers: dict[str, bytes] = field(default_factory=dict)
    name: str = ""
    is_file: bool = False
    text: bytearray = field(default_factory=bytearray)


async def receive(
    content_type: str, stream: AsyncIterator[bytes], *, open_sink: Callable[[str], Sink], file_limit: int,
    fields: dict[str, str] | None = None,
) -> Received:  # fmt: skip
    """Reads the whole body. `open_sink(file name)` is called when the first file begins; empty file inputs are no file.
    `fields` takes the text fields, those before an error too.

    Raises UploadBroken for a malformed or cut-off body, TooLarge beyond `file_limit` bytes.
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise UploadBroken("Send the session as a multipart form with a file or a pasted transcript.")
    reader = _Reader(open_sink, file_limit, {} if fields is None else fields)
    try:
        parser = MultipartParser(options[b"boundary"], callbacks=reader.callbacks())  # type: ignore[arg-type]
        async for piece in stream:
            parser.write(piece)
            if len(reader.pending) >= _PIECE:
                await run_in_threadpool(reader.flush)
        parser.finalize()
    except FormParserError as error:
        raise UploadBroken("The upload arrived damaged. Try again.") from error
    if not reader.ended:
        raise UploadBroken("The upload was cut off before its end. Try again.")
    await run_in_threadpool(reader.flush)
    return reader.received


class _Reader:
    """Collects what the parser calls out. File bytes gather in `pending` until `flush` hands them on."""

    def __init__(self, open_sink: Callable[[str], Sink], file_limit: int, fields: dict[str, str]) -> None:
        self.received = Received(fields)
        self.pending = bytearray()
        self.ended = False
        self._open_sink = open_sink
        self._file_limit = file_limit
        self._file_bytes = 0
        self._field_bytes = 0
        self._part = _Part()
        self._header_name = bytearray()
        self._header_value = bytearray()

    def callbacks(self) -> dict[str, Callable[..., None]]:
        names = ("part_begin", "part_data", "part_end", "header_field", "header_value", "header_end")
        return {f"on_{name}": getattr(self, name) for name in (*names, "headers_finished", "end")}

    def part_begin(self) -> None:
        self._part = _Part()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def header_end(self) -> None:
        self._part.headers[self._header_name.decode("latin-1").lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def headers_finished(self) -> None:
        _, options = parse_options_header(self._part.headers.get("content-disposition", b""))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        self._count_text(_PART_BYTES + len(self._part.name))
        name = only_name(options.get(b"filename", b"").decode("utf-8", "replace"))
        if b"filename" in options:
            self._part.is_file = True
            if name:
                if self.received.sink is not None:
                    raise UploadBroken("Send one file at a time.")
                self.received.file_name = name
                self.received.sink = self._open_sink(name)

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self._file_bytes += end - start
            if self._file_bytes > self._file_limit:
                raise TooLarge(f"The file is larger than {self._file_limit // 1_000_000:,} MB, the most Evoke takes.")
            self.pending += data[start:end]
        else:
            self._count_text(end - start)
            self._part.text += data[start:end]

    def _count_text(self, size: int) -> None:
        self._field_bytes += size
        if self._field_bytes > FIELD_LIMIT:
            raise TooLarge("That is too much text for the form. Save it as a file and upload the file.")

    def part_end(self) -> None:
        if not self._part.is_file and self._part.name:
            self.received.fields[self._part.name] = self._part.text.decode("utf-8", "replace")

    def end(self) -> None:
        self.ended = True

    def flush(self) -> None:
        if self.received.sink is not None and self.pending:
            self.received.sink.write(bytes(self.pending))
        self.pending.clear()


def only_name(sent: str) -> str:
    """A file's own name, without the folders it came from, and without signs that no page or database can show."""
    name = sent.replace("\\", "/").rpartition("/")[2]
    shown = " ".join("".join(sign for sign in name if sign.isprintable() or sign.isspace()).split())
    if len(shown) > _NAME_CHARACTERS:
        stem, dot, suffix = shown.rpartition(".")
        keep = len(dot + suffix) if stem and len(suffix) < 10 else 0
        shown = f"{shown[: _NAME_CHARACTERS - 1 - keep]}…{shown[len(shown) - keep :]}"
    return shown or ("file" if name.strip() else "")
