"""Any recording to 16 kHz samples, packet by packet, so that one damaged block costs only itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from coding.speech.containers import open_container, sounds_of
from coding.speech.errors import NoSound
from coding.speech.file_ends import breaks_off, starts_damaged
from coding.speech.probe import LIMIT_MINUTES, SHORTEST, missing_note
from coding.speech.sample_store import Samples as Samples
from coding.speech.sample_store import SampleStore
from coding.speech.stated_length import RAW, container_seconds
from coding.speech.tracks import RATE as RATE
from coding.speech.tracks import Track, audible, together

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

_STUMBLES = 100  # how often reading may fail in a row before the rest is given up


@dataclass(frozen=True)
class Decoded:
    """`samples` holds one channel, or two where the recording has two. What is missing within is silence there, so
    that times are those a player shows; `decoded_seconds` does not count it. `bad_packets` are those that did not
    decode, and stretches that are not there at all. `breaks_off` as in `file_ends`."""

    samples: SampleStore
    rate: int
    bad_packets: int
    container_seconds: float | None
    decoded_seconds: float
    breaks_off: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        missing = missing_note(self.container_seconds, self.decoded_seconds, breaks_off=self.breaks_off)
        if self.bad_packets and not missing:
            return (f"{self.bad_packets} damaged piece(s) of the recording were skipped; words there may be missing.",)
        return missing


def decode(file: BinaryIO, *, limit_minutes: float = LIMIT_MINUTES) -> Decoded:
    """`file` is seekable. Memory does not grow with the recording: samples go to the temporary folder, sealed, 32 kB
    for a second of each channel. Of several sound tracks the `audible` ones become what `together` makes of them, and
    the longest of those is what the length and the remarks are about.

    Raises what `open_container` and `sounds_of` raise, NoSound when next to nothing decodes, RecordingTooLong, and
    TemporaryFolderFull.
    """
    with open_container(file) as container:
        sounds = sounds_of(container)
        begins = (container.start_time or 0) / 1_000_000
        tracks = {
            sound.index: Track(
                sound,
                begins=begins,
                stated=container_seconds(container, sound, file),
                stamped=container.format.name not in RAW,
                limit_minutes=limit_minutes,
            )
            for sound in sounds
        }
        packets = _Packets(container, sounds)
        for packet in packets:
            tracks[packet.stream.index].take(packet)
        for track in tracks.values():
            track.finish()
        cut, damaged = breaks_off(container, file), starts_damaged(container, file)
    sides = list(tracks.values())
    heard = [sides[at] for at in audible([track.samples for track in sides])]
    longest = max(heard, key=lambda track: track.seconds)
    if longest.samples.length < SHORTEST * RATE:
        raise NoSound
    bad = damaged + packets.stumbles + sum(track.bad_packets + len(track.lost_seconds) for track in sides)
    samples = together([track.samples for track in heard])
    return Decoded(samples, RATE, bad, longest.stated, longest.seconds, cut)


class _Packets:
    """Every packet that can be read. `stumbles` counts where reading failed and went on behind the damage."""

    def __init__(self, container: "InputContainer", sounds: "Sequence[AudioStream]") -> None:
        self._container, self._sounds = container, sounds
        self.stumbles = 0

    def __iter__(self) -> Iterator["Packet[AudioStream]"]:
        import av

        in_a_row = 0
        while in_a_row < _STUMBLES:
            try:
                for packet in self._container.demux(*self._sounds):
                    in_a_row = 0
                    yield cast("Packet[AudioStream]", packet)
                return
            except av.error.FFmpegError:
                self.stumbles += not in_a_row
                in_a_row += 1
