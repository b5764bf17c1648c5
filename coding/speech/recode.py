"""Sound of one form made into that of another, so that both can stand behind one header."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.packet import Packet

_ENCODERS = {"opus": "libopus", "vorbis": "libvorbis", "mp3": "libmp3lame"}
_BITS = 96_000  # a second and channel: more than browsers record with, since it is encoded a second time
_AAC_SETUP = 2  # bytes that say profile, rate and channels; programs may write more behind them


class CannotRecode(Exception):
    """There is no encoder here whose packets that header would fit."""


@dataclass(frozen=True)
class Form:
    """What a header says about every packet behind it. `setup` is the codec's own part of it, where that counts."""

    codec: str
    rate: int
    layout: str
    setup: bytes


def form_of(sound: "AudioStream") -> Form:
    context = sound.codec_context
    codec, setup = context.codec.canonical_name, context.extradata or b""
    if codec == "opus":  # whose packets say themselves how they are to be read
        return Form(codec, 48_000, context.layout.name, b"")
    return Form(codec, context.sample_rate, context.layout.name, setup[:_AAC_SETUP] if codec == "aac" else setup)


def recoded(packets: "Iterable[Packet[AudioStream]]", form: Form) -> "Iterator[Packet[AudioStream]]":
    """Their times count from 0 and know of no pauses. Packets that do not decode are left out.

    Raises CannotRecode before the first one.
    """
    import av

    encoder = _encoder(form)
    to_form = av.AudioResampler(encoder.format, encoder.layout, encoder.sample_rate, encoder.frame_size or None)
    made = 0  # samples
    for frame in chain(chain.from_iterable(map(_frames, packets)), [None]):
        if frame is not None:
            frame.pts = None
        for piece in to_form.resample(frame):
            piece.pts, piece.time_base = made, Fraction(1, encoder.sample_rate)
            made += piece.samples
            yield from encoder.encode(piece)
    yield from encoder.encode(None)


def _frames(packet: "Packet[AudioStream]") -> "list[AudioFrame]":
    import av

    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []


def _encoder(form: Form) -> "AudioCodecContext":
    import av

    try:
        encoder = av.Codec(_ENCODERS.get(form.codec, form.codec), "w").create("audio")
        encoder.sample_rate, encoder.layout = form.rate, form.layout
        encoder.format = next(iter(encoder.codec.audio_formats or [])).name
        encoder.bit_rate = _BITS * encoder.channels
        encoder.open()
    except (av.error.FFmpegError, ValueError, StopIteration):
        raise CannotRecode from None
    if form.setup and (encoder.extradata or b"")[: len(form.setup)] != form.setup:
        raise CannotRecode
    return encoder
