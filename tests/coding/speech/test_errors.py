"""Errors of recordings: each tells what to do, and travels as its code and facts."""

import json

import pytest

from coding.speech.errors import (
    NoSpeechFound,
    RecordingError,
    RecordingTooLong,
    SpeechModelMissing,
    error_from,
)

FACTS: dict[str, dict[str, str | float]] = {
    "recording_too_long": {"minutes": 190.0, "limit": 120.0},
    "no_speech_found": {"minutes": 2.5},
    "speech_model_missing": {"what": "There is no model.", "do": "Fetch one."},
}


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = RecordingError.__subclasses__()

    assert len(kinds) >= 9
    assert {RecordingError.by_code[kind.code] for kind in kinds} == set(kinds)


@pytest.mark.parametrize("code", sorted(RecordingError.by_code))
def test_an_error_survives_the_way_through_json(code: str) -> None:
    error = error_from(code, FACTS.get(code, {}))

    again = error_from(error.code, json.loads(json.dumps(error.facts)))

    assert type(again) is type(error) is RecordingError.by_code[code]
    assert again.message == error.message


@pytest.mark.parametrize("code", sorted(RecordingError.by_code))
def test_an_error_is_two_sentences_for_a_person(code: str) -> None:
    error = error_from(code, FACTS.get(code, {}))

    assert error.message[0].isupper()
    assert error.message.endswith(".")
    assert error.message.count(". ") >= 1 or ";" in error.message
    assert 400 <= error.status < 600


def test_numbers_are_those_a_person_can_check() -> None:
    assert "190 minutes; Evoke takes up to 120." in RecordingTooLong(minutes=190, limit=120).message
    assert "121 minutes; Evoke takes up to 120." in RecordingTooLong(minutes=120.2, limit=120.0).message
    assert "more than 120 minutes; Evoke takes up to 120." in RecordingTooLong(minutes=120, limit=120.0).message
    assert "2.5 minutes" in NoSpeechFound(minutes=2.5).message


def test_a_missing_model_is_a_fault_of_the_house_and_the_recording_is_kept() -> None:
    error = SpeechModelMissing("There is no model.", "Fetch one.")

    assert error.status == 503
    assert error.message == "There is no model. Fetch one. The recording is kept and can be transcribed then."


def test_an_unknown_code_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        error_from("no_such_code", {})
