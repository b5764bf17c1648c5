"""What the settings make of the speech model, and what is never heard together."""

import pytest

from coding.speech.options import method_of, whisper_options
from models.settings import Settings


def method(**given: str) -> str:
    return method_of(whisper_options(Settings(_env_file=None, **given), "cpu"))


@pytest.mark.parametrize(
    "other", [{"whisper_model": "medium"}, {"whisper_model": "small", "whisper_language": "cy"},
              {"whisper_model": "small", "whisper_language": ""}],
)  # fmt: skip
def test_clips_of_another_model_or_language_are_not_mixed_with_these(other: dict[str, str]) -> None:
    assert method(**other) != method(whisper_model="small", whisper_language="en")


def test_a_very_long_folder_still_names_a_method_that_fits_its_column() -> None:
    assert len(method(whisper_model="/models/" * 100, whisper_language="")) <= 200
