"""What a file holds, without decoding it: one fast pass over its packets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from coding.speech.containers import has_video, open_container, sounds_of
from coding.speech.errors import NoSound, NotARecording, RecordingCutShort, RecordingTooLong
from coding.speech.file_ends import breaks_off
from coding.speech.stated_length import container_seconds

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

LIMIT_MINUTES = 120.0
SHORTEST = 0.1  # seconds
_PACKETS_TO_TRY = 300  # at the start, and one in as many after them, in case the start is what is damaged
_BROKEN_OFF = (
    "The file breaks off in the middle, as when a device is switched off or a copy is stopped. What is there is used; "
    "copy or export it again if the end matters."
)


@dataclass(frozen=True)
class Probe:
    """`seconds` is the length the file states, or that of its packets where it states none; `readable_seconds` that of
    the packets found. `notes` are for the person who uploaded it."""

    format: str
    codec: str
    seconds: float
    channels: int
    has_video: bool
    readable_seconds: float
    notes: tuple[str, ...] = ()


def probe(file: BinaryIO, *, limit_minutes: float = LIMIT_MINUTES) -> Probe:
    """`file` is seekable. A file whose data ends before it says so is accepted with a note, unless nothing is readable.
    Of several sound tracks the longest counts.

    Raises EmptyRecording, NotARecording, NoSoundInVideo, NoSound, RecordingCutShort and RecordingTooLong.
    """
    with open_container(file) as container:
        sounds = sounds_of(container)
        begins = (container.start_time or 0) / 1_000_000
        found = {sound.index: _Passed(container_seconds(container, sound, file), begins) for sound in sounds}
        whole = _pass_over(container, sounds, found, limit_minutes * 60)
        index, longest = max(found.items(), key=lambda entry: entry[1].seconds)
        stated, readable = longest.stated, longest.seconds
        if readable > limit_minutes * 60:
            counted = readable / 60 if whole else limit_minutes
            raise RecordingTooLong(minutes=max(counted, (stated or 0.0) / 60), limit=limit_minutes)
        if readable < SHORTEST:
            raise RecordingCutShort if stated is not None and stated > 1 else NoSound
        if not any(passed.decodes for passed in found.values()):
            raise NotARecording
        sound = next(sound for sound in sounds if sound.index == index)
        return Probe(
            format=container.format.name,
            codec=sound.codec_context.name,
            seconds=stated if stated is not None else readable,
            channels=sound.codec_context.channels,
            has_video=has_video(container),
            readable_seconds=readable,
            notes=missing_note(stated, readable, breaks_off=breaks_off(container, file)),
        )


def missing_note(stated: float | None, readable: float, *, breaks_off: bool = False) -> tuple[str, ...]:
    """A remark when more than 2 % (and 2 seconds) of the stated length is not there, or the file breaks off."""
    if stated is None or stated - readable <= max(2.0, 0.02 * stated):
        return (_BROKEN_OFF,) if breaks_off else ()
    missing = stated - readable
    amount = f"{missing / 60:.1f} minutes" if missing >= 60 else f"{missing:.0f} seconds"
    return (
        f"The file says it lasts {stated / 60:.1f} minutes, but {amount} of it are missing or damaged. "
        "What is there is used; export it again if the missing part matters.",
    )


class _Passed:
    """What the packets of one track add up to."""

    def __init__(self, stated: float | None, begins: float) -> None:
        self.stated = stated
        self.decodes = False
        self.summed = 0.0
        self._begins = self._last = begins
        self._packets = 0

    def take(self, packet: "Packet[AudioStream]") -> None:
        if not self.decodes and (self._packets < _PACKETS_TO_TRY or self._packets % _PACKETS_TO_TRY == 0):
            self.decodes = _decodes(packet)
        self._packets += 1
        length = float(packet.duration * packet.time_base) if packet.duration and packet.time_base else 0.0
        self.summed += length
        if packet.pts is not None and packet.time_base:
            self._last = max(self._last, float(packet.pts * packet.time_base) + length)

    @property
    def seconds(self) -> float:
        """Time stamps know about pauses that hold no packets, also at the start; damaged ones can be anything."""
        span = self._last - self._begins
        believable = span <= 1.05 * max(self.stated or 0.0, self.summed) + 1
        return span if believable and span > self.summed else self.summed


def _pass_over(
    container: "InputContainer", sounds: "Sequence[AudioStream]", found: dict[int, _Passed], limit: float
) -> bool:
    """Whether it went on to the end: it ends early beyond `limit` seconds."""
    import av

    try:
        for packet in container.demux(*sounds):
            if packet.size:
                passed = found[packet.stream.index]
                passed.take(cast("Packet[AudioStream]", packet))
                if passed.summed > limit:
                    return False
    except av.error.FFmpegError:
        pass  # the rest cannot be read; what came before counts
    return True


def _decodes(packet: "Packet[AudioStream]") -> bool:
    import av

    try:
        return bool(packet.decode())
    except (av.error.FFmpegError, ValueError):
        return False
