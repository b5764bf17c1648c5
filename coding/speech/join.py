"""Several recordings of one conversation, one after another in a single file, undecoded where they are of one form."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Protocol

from coding.speech.containers import open_container, sounds_of
from coding.speech.errors import RecordingError
from coding.speech.recode import CannotRecode, Form, form_of, recoded

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet

_GAP = 60.0  # seconds: a browser leaves out silence, but a time stamp further on than this is damaged
_FORMAT = "matroska"  # takes every codec that browsers record, and is written from front to back


class Out(Protocol):
    """Takes the bytes of the file in order."""

    def write(self, data: bytes) -> object: ...


def join(parts: Sequence[BinaryIO], out: Out) -> int:
    """How many of the `parts` (seekable) are in the file: one in which no sound can be found is left out, one that was
    cut off counts as far as it goes. What is of another form than the first one, as when the headset was changed, is
    encoded again. Memory does not grow with their length.

    Raises the first part's RecordingError when none can be read.
    """
    import av

    first_error: RecordingError | None = None
    joined = 0
    with av.open(OnlyWrite(out), "w", format=_FORMAT) as file:
        joiner = _Joiner(file)
        for part in parts:
            try:
                with open_container(part) as container:
                    joined += joiner.add(container, sounds_of(container)[0])
            except RecordingError as error:
                first_error = first_error or error
        if not joined and first_error is not None:
            raise first_error
    return joined


class OnlyWrite:
    """What has no `seek` is written as a stream."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        self._out.write(bytes(data))
        return len(data)


class _Joiner:
    def __init__(self, file: "OutputContainer") -> None:
        self._file = file
        self._stream: AudioStream | None = None
        self._form: Form | None = None
        self._end = 0.0  # seconds

    def add(self, container: "InputContainer", sound: "AudioStream") -> bool:
        """Whether there was any sound. Its times go on where the part before it ended."""
        form = form_of(sound)
        if self._stream is None:
            self._stream, self._form = self._file.add_stream_from_template(sound), form
        packets = _packets(container, sound)
        if self._form is not None and form != self._form:
            packets = recoded(packets, self._form)
        first: float | None = None
        start = end = self._end
        try:
            for packet in packets:
                if not packet.size or packet.pts is None or packet.time_base is None:
                    continue
                at = float(packet.pts * packet.time_base)
                first = at if first is None else first
                length = float(packet.duration * packet.time_base) if packet.duration else 0.0
                placed = max(end, start + at - first) if at - first < end - start + _GAP else end
                packet.pts = packet.dts = round(placed / packet.time_base)
                end = placed + length
                packet.stream = self._stream
                self._file.mux(packet)
        except CannotRecode:
            return False
        self._end = end
        return end > start


def _packets(container: "InputContainer", sound: "AudioStream") -> "Iterator[Packet[AudioStream]]":
    """As far as they can be read."""
    import av

    with suppress(av.error.FFmpegError):
        yield from container.demux(sound)
