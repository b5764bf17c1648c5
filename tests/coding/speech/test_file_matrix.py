"""The matrix of odd and broken files: each is heard whole, or the person is told, or it is rightly refused.

`make bench NAME=speech` compares the same files with what the ffmpeg program gets out of them.
"""

import io

import numpy as np
import pytest

from coding.speech.decode import RATE, decode
from coding.speech.probe import probe
from tests.coding.speech.making import pitch, samples_of
from tests.coding.speech.odd_files import BROKEN, ODD, REFUSED, WHOLE
from tests.coding.speech.odd_making import SECONDS


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(ODD) == len(WHOLE) + len(BROKEN) + len(REFUSED) >= 100


@pytest.mark.parametrize("kind", WHOLE)
def test_an_odd_file_is_heard_whole(kind: str) -> None:
    odd = WHOLE[kind]
    assert odd.seconds is not None
    data = odd.make()

    found, decoded = probe(io.BytesIO(data)), decode(io.BytesIO(data))

    assert found.notes == ()
    assert bool(decoded.notes) == odd.told
    assert found.readable_seconds >= 0.99 * odd.seconds
    assert decoded.decoded_seconds == pytest.approx(odd.seconds, rel=0.01, abs=0.12)  # a coder adds a block or two
    assert decoded.samples.length / RATE == pytest.approx(odd.seconds, rel=0.01, abs=0.12)
    if not odd.noise:
        middle = samples_of(decoded)[0, 4 * RATE : 5 * RATE]
        assert pitch(middle - middle.mean()) == pytest.approx(440, abs=2)
        assert np.abs(middle).max() > 0.08


@pytest.mark.parametrize("kind", BROKEN)
def test_of_a_broken_file_what_is_left_is_heard_and_the_person_told(kind: str) -> None:
    data = BROKEN[kind].make()

    found, decoded = probe(io.BytesIO(data)), decode(io.BytesIO(data))

    assert len(decoded.notes) == 1
    assert found.readable_seconds >= 0.43 * SECONDS
    assert 0.43 * SECONDS <= decoded.decoded_seconds <= SECONDS + 0.12
    assert pitch(samples_of(decoded)[0, : 2 * RATE]) == pytest.approx(440, abs=3)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_heard_is_refused_for_the_right_reason(kind: str) -> None:
    odd = REFUSED[kind]
    assert odd.refused is not None
    data = odd.make()

    for look in (probe, decode):
        with pytest.raises(odd.refused) as refusal:
            look(io.BytesIO(data))
        assert type(refusal.value) is odd.refused
