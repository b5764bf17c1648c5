"""Opening any audio or video file with PyAV, safely."""

from typing import TYPE_CHECKING, Any, BinaryIO

from coding.speech.errors import (
    DictationFormat,
    EmptyRecording,
    NoSoundInVideo,
    NotARecording,
    RecordingCutShort,
    RecordingError,
)

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

# Only demuxers whose data is inside the file: playlists (hls, dash, concat) could make the server open other files.
_FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,eac3,flac,flv,gsm,loas,m4a,matroska,mov,mp3,mp4,mpeg,"
    "mpegts,mpegvideo,ogg,rm,tta,voc,w64,wav,webm,wv,3gp,3g2,mxf,act,ilbc,nistsphere,qcp"
)
_MOST_TRACKS = 8


def open_container(file: BinaryIO) -> "InputContainer":
    """`file` must be seekable. Raises EmptyRecording, NotARecording, DictationFormat, RecordingCutShort for an MP4 or
    CAF without its index (written last, so a recording that was cut off has none)."""
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
    if head[1:4] in (b"ds2", b"dss", b"enc"):
        return DictationFormat()
    cut_short = head[4:8] in (b"ftyp", b"mdat", b"wide") or head.startswith(b"caff")
    return RecordingCutShort() if cut_short else NotARecording()


def sounds_of(container: "InputContainer") -> list["AudioStream"]:
    """The sound tracks with a known codec, at least one. Raises NoSoundInVideo and NotARecording."""
    found = [stream for stream in container.streams.audio if stream.codec_context is not None]
    if found:
        return found[:_MOST_TRACKS]
    raise NoSoundInVideo if has_video(container) else NotARecording


def has_video(container: "InputContainer") -> bool:
    """Cover pictures in music files do not count."""
    return any(not _is_picture(stream) for stream in container.streams.video)


def _is_picture(stream: Any) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)
