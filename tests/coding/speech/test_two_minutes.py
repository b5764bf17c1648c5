"""The practice conversation of two minutes is what its truth says."""

import json

from tests.fixtures import two_minutes


def test_the_truth_is_that_of_the_script() -> None:
    truth = json.loads(two_minutes.TRUTH.read_text())
    assert [(one["who"], one["text"]) for one in truth] == [(who, text) for who, _, text in two_minutes.SCRIPT]
    assert 115 < truth[-1]["end"] < 125
