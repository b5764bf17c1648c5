"""A recording as every browser plays it, and as a picture of how loud it is: MP3 of one channel, and its peaks.

What was recorded can be in any form: without an index, so that nobody can jump in it, with a stretch that is lost, with
pictures, or so that some browsers do not play it. This is decoded once, as it was heard, so its times are those of the
transcript, and at a constant bit rate a moment lies where its share of the bytes says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from coding.speech.decode import RATE, decode
from coding.speech.join import OnlyWrite, Out
from coding.speech.probe import LIMIT_MINUTES
from coding.speech.sample_store import Samples
from coding.speech.sound import Channels, Sound, sound_of_recording
from models.listening_copy_kept import PEAKS_A_SECOND

BITS_A_SECOND = 48_000
_EVERY = RATE // PEAKS_A_SECOND
_BLOCK = 60  # seconds
_LOUD = 0.9  # of full scale, what the loudest moment is brought to
_MOST = 12.0  # times louder, or a recording of silence would become one of noise
_DELAY = 1105
"""Samples of silence that the encoder and a decoder together put before the sound; as many of its first are left out,
so that a player's times are the transcript's."""


@dataclass(frozen=True)
class ListeningCopy:
    """`peaks` has a byte for each 25th of a second: the loudest sample in it, 255 being that of the whole recording."""

    seconds: float
    peaks: bytes


def make_listening_copy(file: BinaryIO, out: Out, *, limit_minutes: float = LIMIT_MINUTES) -> ListeningCopy:
    """Writes MP3 to `out`, louder where the recording is quiet. `file` is seekable. Memory does not grow with it, but
    for 25 bytes a second.

    Raises what `decode` raises.
    """
    sound = sound_of_recording(decode(file, limit_minutes=limit_minutes))
    peaks = np.concatenate([_peaks(block) for block in _blocks(sound)])
    loudest = max(float(peaks.max()), 1e-9)
    _encode(sound, out, gain=min(_LOUD / loudest, _MOST))
    return ListeningCopy(sound.seconds, np.rint(peaks / loudest * 255).astype(np.uint8).tobytes())


def _blocks(sound: Sound) -> Iterator[Samples]:
    """All that is heard, on one channel, a minute at a time."""
    for start in range(0, int(sound.seconds) + 1, _BLOCK):
        if sound.kind is Channels.SEPARATE:
            yield sound.samples.read(start * RATE, (start + _BLOCK) * RATE).mean(axis=0)
        else:
            yield sound.clip(0, start, start + _BLOCK)


def _peaks(block: Samples) -> Samples:
    padded = np.pad(np.abs(block), (0, -len(block) % _EVERY))
    found: Samples = padded.reshape(-1, _EVERY).max(axis=1)
    return found


def _encode(sound: Sound, out: Out, *, gain: float) -> None:
    import av

    # Without a header of their own some players would guess the length from it, and it cannot be written at the end.
    with av.open(OnlyWrite(out), "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as to:
        stream = to.add_stream("libmp3lame", rate=RATE)
        stream.layout, stream.format, stream.bit_rate = "mono", "fltp", BITS_A_SECOND
        stream.options = {"compression_level": "7"}  # twice as fast, and for speech as good
        at = 0
        left_out = _DELAY
        for block in _blocks(sound):
            kept = np.clip(block[left_out:] * np.float32(gain), -1.0, 1.0)
            left_out = max(0, left_out - len(block))
            if len(kept):
                _mux(to, stream, _frame(av, kept, at))
                at += len(kept)
        for packet in stream.encode(None):
            to.mux(packet)


def _frame(av: Any, samples: Samples, at: int) -> Any:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :]), format="fltp", layout="mono")
    frame.sample_rate, frame.pts = RATE, at
    return frame


def _mux(to: Any, stream: Any, frame: Any) -> None:
    for packet in stream.encode(frame):
        to.mux(packet)
