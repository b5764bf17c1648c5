"""What a file holds, without decoding it: one fast pass over its packets."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from coding.speech.containers import container_seconds, has_video, open_container, sound_of
from coding.speech.errors import NoSound, NotARecording, RecordingCutShort, RecordingTooLong

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

LIMIT_MINUTES = 120.0
_SHORTEST = 0.1  # seconds
_PACKETS_TO_TRY = 300  # at the start, and one in as many after them, in case the start is what is damaged


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

    Raises EmptyRecording, NotARecording, NoSoundInVideo, NoSound, RecordingCutShort and RecordingTooLong.
    """
    with open_container(file) as container:
        sound = sound_of(container)
        stated = container_seconds(container, sound, file)
        readable, decodes = _pass_over(container, sound, stated, limit_minutes * 60)
        if readable > limit_minutes * 60:
            raise RecordingTooLong(minutes=max(readable, stated or 0.0) / 60, limit=limit_minutes)
        if readable < _SHORTEST:
            raise RecordingCutShort if stated is not None and stated > 1 else NoSound
        if not decodes:
            raise NotARecording
        return Probe(
            format=container.format.name,
            codec=sound.codec_context.name,
            seconds=stated if stated is not None else readable,
            channels=sound.codec_context.channels,
            has_video=has_video(container),
            readable_seconds=readable,
            notes=missing_note(stated, readable),
        )


def missing_note(stated: float | None, readable: float) -> tuple[str, ...]:
    """A remark when more than 2 % (and 2 seconds) of the stated length is not there."""
    if stated is None or stated - readable <= max(2.0, 0.02 * stated):
        return ()
    missing = stated - readable
    amount = f"{missing / 60:.1f} minutes" if missing >= 60 else f"{missing:.0f} seconds"
    return (
        f"The file says it lasts {stated / 60:.1f} minutes, but {amount} of it are missing or damaged. "
        "What is there is used; export it again if the missing part matters.",
    )


def _pass_over(
    container: "InputContainer", sound: "AudioStream", stated: float | None, limit: float
) -> tuple[float, bool]:
    """Seconds of sound in the packets, and whether any that is tried decodes. Ends early beyond `limit` seconds."""
    import av

    first: float | None = None
    last = summed = 0.0
    decodes = False
    try:
        for number, packet in enumerate(container.demux(sound)):
            if not packet.size:
                continue
            if not decodes and (number < _PACKETS_TO_TRY or number % _PACKETS_TO_TRY == 0):
                decodes = _decodes(packet)
            length = float(packet.duration * packet.time_base) if packet.duration and packet.time_base else 0.0
            summed += length
            if packet.pts is not None and packet.time_base:
                at = float(packet.pts * packet.time_base)
                first = at if first is None else first
                last = max(last, at + length)
            if summed > limit:
                break
    except av.error.FFmpegError:
        pass  # the rest cannot be read; what came before counts
    span = last - first if first is not None else 0.0
    # Time stamps know about pauses that hold no packets; damaged ones can be anything.
    believable = span <= 1.05 * max(stated or 0.0, summed) + 1
    return (span if believable and span > summed else summed), decodes


def _decodes(packet: "Packet[AudioStream]") -> bool:
    import av

    try:
        return bool(packet.decode())
    except (av.error.FFmpegError, ValueError):
        return False
