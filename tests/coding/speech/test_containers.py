"""Opening files: what is refused, in which words, and what a file cannot make the server do."""

import io
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import pytest

from coding.speech.containers import has_video, open_container, sounds_of
from coding.speech.errors import EmptyRecording, NotARecording, RecordingCutShort
from coding.speech.stated_length import container_seconds
from tests.coding.speech.making import _mux_sound, tone, wav, write_sound, write_video


def seconds_of(data: bytes) -> float | None:
    file = io.BytesIO(data)
    with open_container(file) as container:
        return container_seconds(container, sounds_of(container)[0], file)


def test_an_empty_file_is_empty() -> None:
    with pytest.raises(EmptyRecording):
        open_container(io.BytesIO(b""))


@pytest.mark.parametrize(
    "data",
    [
        b"a",
        b"P: Hello there. C: Hi.\n" * 300,
        bytes(5_000),
        bytes(range(256)) * 100,
        b"%PDF-1.7\n%abc",
        b"RIFF\0\0\0\0WAVE",
    ],
)
def test_what_is_no_recording_is_refused_whatever_its_name(data: bytes) -> None:
    with pytest.raises(NotARecording):
        open_container(io.BytesIO(data))


@pytest.mark.parametrize("faststart", [True, False])
@pytest.mark.parametrize("bytes_of_index", [-8, -4, 0, 20, 100])
def test_an_mp4_that_ends_before_its_index_was_cut_short(faststart: bool, bytes_of_index: int) -> None:
    data = write_video(sound=tone(2.0), faststart=faststart)

    with pytest.raises(RecordingCutShort):
        open_container(io.BytesIO(data[: data.index(b"moov") + bytes_of_index]))


def test_a_caf_that_ends_before_its_index_was_cut_short() -> None:
    data = write_sound(tone(2.0), 16_000, "caf", "alac")

    with pytest.raises(RecordingCutShort):
        open_container(io.BytesIO(data[: len(data) // 2]))


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{path}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{path}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{path}'\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet '
        'mimeType="audio/mp4"><Representation id="1"><BaseURL>{path}</BaseURL></Representation></AdaptationSet>'
        "</Period></MPD>",
        "v=0\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    ],
    ids=["hls", "hls with a scheme", "concat", "dash", "sdp"],
)
def test_a_playlist_cannot_make_the_server_open_another_file(playlist: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    secret.write_bytes(write_sound(tone(1.0), 16_000, "mpegts", "aac"))

    with pytest.raises(NotARecording):
        open_container(io.BytesIO(playlist.format(path=secret).encode()))


@pytest.mark.parametrize("without", ["format_whitelist", "protocol_whitelist"])
def test_either_of_two_locks_keeps_a_playlist_from_other_files(
    without: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.ts").write_bytes(write_sound(tone(1.0), 16_000, "mpegts", "aac"))
    monkeypatch.chdir(tmp_path)
    playlist = b"ffconcat version 1.0\nfile secret.ts\n"
    really_open = av.open

    def open_with_less(file: BinaryIO, *, options: dict[str, str], **others: Any) -> Any:
        return really_open(file, options={key: value for key, value in options.items() if key != without}, **others)

    with really_open(io.BytesIO(playlist)) as container:
        assert container.streams.audio  # without locks the other file is opened
    monkeypatch.setattr(av, "open", open_with_less)

    with pytest.raises(NotARecording):
        open_container(io.BytesIO(playlist))


def test_an_mp4_cannot_point_at_another_file(tmp_path: Path) -> None:
    """The sound track's data reference is turned from "in this file" to a path."""
    secret = tmp_path / "s.wav"
    secret.write_bytes(wav(bytes(range(256)) * 100))
    data = write_sound(tone(1.0), 16_000, "mov", "pcm_s16le")
    inside = b"\0\0\0\x0calis\0\0\0\x01" if b"alis\0\0\0\x01" in data else b"\0\0\0\x0curl \0\0\0\x01"
    assert inside in data
    pointing = data.replace(inside, inside[:-1] + b"\0")

    with open_container(io.BytesIO(pointing)) as container:
        sounds = [frame for packet in container.demux(sounds_of(container)) for frame in packet.decode()]
    assert sum(frame.samples for frame in sounds) <= 16_000  # its own second, not the other file's


def test_a_video_has_video_and_a_cover_picture_is_none() -> None:
    with open_container(io.BytesIO(write_video(sound=tone(1.0)))) as container:
        assert has_video(container)
    with open_container(io.BytesIO(with_cover())) as container:
        assert container.streams.video
        assert not has_video(container)


def with_cover() -> bytes:
    """An MP3 with an ID3 picture in front."""
    out = io.BytesIO()
    with av.open(out, "w", format="image2pipe") as file:
        stream = file.add_stream("png", rate=1)
        stream.width = stream.height = 8
        stream.pix_fmt = "rgb24"
        file.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((8, 8, 3), np.uint8), format="rgb24")))
        file.mux(stream.encode(None))
    picture = b"\0image/png\0\x03\0" + out.getvalue()
    frame = b"APIC" + len(picture).to_bytes(4, "big") + b"\0\0" + picture
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return (
        b"ID3\x03\0\0"
        + size
        + frame
        + write_sound(tone(2.0), 16_000, "mp3", "libmp3lame", options={"id3v2_version": "0"})
    )


@pytest.mark.parametrize(
    ("container", "codec", "options", "stated"),
    [
        ("wav", "pcm_s16le", {}, 3.0),
        ("mp3", "libmp3lame", {}, 3.0),
        ("ipod", "aac", {}, 3.0),
        ("flac", "flac", {}, 3.0),
        ("webm", "libopus", {}, 3.0),
        ("webm", "libopus", {"live": "1"}, None),
        ("adts", "aac", {}, None),
        ("mpegts", "aac", {}, None),
    ],
)
def test_the_length_a_file_states(container: str, codec: str, options: dict[str, str], stated: float | None) -> None:
    rate = 48_000 if codec == "libopus" else 16_000

    found = seconds_of(write_sound(tone(3.0, rate), rate, container, codec, options=options))

    assert found == (None if stated is None else pytest.approx(stated, abs=0.1))


def test_the_length_of_an_mp3_is_believed_only_when_it_is_written_in_it() -> None:
    """Without it the library guesses from the first frames' bit rate: 25 seconds were taken for 10."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as file:
        stream = file.add_stream("libmp3lame", rate=16_000, layout="mono")
        _mux_sound(file, stream, tone(3.0), 16_000)

    assert seconds_of(out.getvalue()) is None
    assert seconds_of(with_cover()) == pytest.approx(2.0, abs=0.1)  # found behind the picture
