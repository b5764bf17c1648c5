"""Parts of one conversation behind each other in a file: each at its own speed, whatever the microphone was."""

import io

import numpy as np
import pytest

from coding.speech import recode
from coding.speech.decode import RATE, decode
from coding.speech.join import join
from tests.coding.speech.making import damaged, pitch, samples_of, tone, write_sound

Sound = tuple[str, str, int, int]
"""Container, codec, rate and channels."""
SAFARI: Sound = ("mp4", "aac", 48_000, 1)
CHROME: Sound = ("webm", "libopus", 48_000, 1)
TELEPHONE_HEADSET: Sound = ("mp4", "aac", 16_000, 1)
TWO_MICROPHONES: Sound = ("mp4", "aac", 48_000, 2)


def part(kind: Sound, hertz: float, seconds: float = 3.0) -> bytes:
    container, codec, rate, channels = kind
    return write_sound(np.repeat(tone(seconds, rate, hertz=hertz), channels, axis=0), rate, container, codec)


def joined(*parts: bytes) -> tuple[int, bytes]:
    out = io.BytesIO()
    return join([io.BytesIO(one) for one in parts], out), out.getvalue()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SAFARI, SAFARI), (CHROME, CHROME),
        (SAFARI, TELEPHONE_HEADSET), (TELEPHONE_HEADSET, SAFARI), (SAFARI, TWO_MICROPHONES), (TWO_MICROPHONES, SAFARI),
        (CHROME, SAFARI), (TELEPHONE_HEADSET, CHROME),
    ],
)  # fmt: skip
def test_every_part_is_heard_at_its_own_speed(first: Sound, second: Sound) -> None:
    count, data = joined(part(first, 440), part(second, 880), part(first, 660))

    assert count == 3
    decoded = decode(io.BytesIO(data))
    assert decoded.notes == ()
    assert decoded.decoded_seconds == pytest.approx(9.0, abs=0.35)  # an encoder begins a little early
    heard = samples_of(decoded)[0]
    for at, hertz in ((1.0, 440), (4.2, 880), (7.4, 660)):
        assert pitch(heard[int(at * RATE) : int((at + 1) * RATE)]) == pytest.approx(hertz, abs=2)


def test_parts_of_one_form_are_not_encoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coding.speech.join.recoded", None)

    assert joined(part(SAFARI, 440), part(SAFARI, 880))[0] == 2


def test_a_part_that_fits_no_header_here_is_left_out_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recode._ENCODERS, "aac", "no such encoder")

    count, data = joined(part(SAFARI, 440), part(TELEPHONE_HEADSET, 880), part(SAFARI, 660))

    assert count == 2
    assert decode(io.BytesIO(data)).decoded_seconds == pytest.approx(6.0, abs=0.2)


def test_damage_in_a_part_of_another_form_costs_only_itself() -> None:
    count, data = joined(part(CHROME, 440), damaged(part(SAFARI, 880, seconds=8.0), at=0.5, length=2_000))

    assert count == 2
    heard = samples_of(decode(io.BytesIO(data)))[0]
    assert 8.0 < len(heard) / RATE < 11.3
    assert pitch(heard[int(3.5 * RATE) : int(4.5 * RATE)]) == pytest.approx(880, abs=2)
