"""Opening any audio or video file with PyAV, safely."""

from typing import TYPE_CHECKING, Any, BinaryIO

from coding.speech.errors import EmptyRecording, NoSoundInVideo, NotARecording, RecordingCutShort, RecordingError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

# Only demuxers whose data is inside the file: playlists (hls, dash, concat) could make the server open other files.
_FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,eac3,flac,flv,gsm,loas,m4a,matroska,mov,mp3,mp4,mpeg,"
    "mpegts,mpegvideo,ogg,rm,tta,voc,w64,wav,webm,wv,3gp,3g2,mxf"
)


def open_container(file: BinaryIO) -> "InputContainer":
    """`file` must be seekable. Raises EmptyRecording, NotARecording, or RecordingCutShort for an MP4 or CAF without its
    index (written last, so a recording that was cut off has none)."""
    import av

    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if not head:
        raise EmptyRecording
    try:
        container = av.open(
            file,
            mode="r",
            metadata_errors="ignore",
            options={"format_whitelist": _FORMATS, "protocol_whitelist": "none"},
        )
    except (av.error.FFmpegError, ValueError, OverflowError):
        raise _refusal(head) from None
    if not container.streams:
        container.close()
        raise _refusal(head)
    return container


def _refusal(head: bytes) -> RecordingError:
    cut_short = head[4:8] in (b"ftyp", b"mdat", b"wide") or head.startswith(b"caff")
    return RecordingCutShort() if cut_short else NotARecording()


def sound_of(container: "InputContainer") -> "AudioStream":
    """The first audio stream with a known codec. Raises NoSoundInVideo and NotARecording."""
    streams = [stream for stream in container.streams.audio if stream.codec_context is not None]
    if streams:
        return streams[0]
    raise NoSoundInVideo if has_video(container) else NotARecording


def has_video(container: "InputContainer") -> bool:
    """Cover pictures in music files do not count."""
    return any(not _is_picture(stream) for stream in container.streams.video)


def _is_picture(stream: Any) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def container_seconds(container: "InputContainer", sound: "AudioStream", file: BinaryIO) -> float | None:
    """What the file says about its length; None when it says nothing and there is only a guess from the bit rate."""
    name = container.format.name
    if name in ("aac", "ac3", "eac3", "mpeg", "mpegts", "loas", "amr") or (name == "mp3" and not _mp3_says(file)):
        return None
    if sound.duration and sound.time_base:
        return float(sound.duration * sound.time_base)
    return container.duration / 1_000_000 if container.duration and container.duration > 0 else None


def _mp3_says(file: BinaryIO) -> bool:
    """Whether the first frame of an MP3 holds its length, as encoders write it that know the end."""
    reading = file.tell()
    file.seek(0)
    head = file.read(10)
    size = sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    file.seek(10 + size if head.startswith(b"ID3") else 0)
    first = file.read(4096)
    file.seek(reading)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))
