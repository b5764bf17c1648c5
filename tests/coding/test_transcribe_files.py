"""`evoke transcribe` as a person runs it, with the small Whisper."""

import json
from pathlib import Path
from typing import Any

import pytest

from coding.scheme.codes import Speaker
from coding.transcript.limits import Limits
from coding.transcript.read import read_transcripts
from tests.coding.speech.making import tone, write_sound
from tests.fixtures import role_play
from web.cli import main

WHO = [who for who, _ in role_play.LINES]


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.settings import get_settings

    monkeypatch.setenv("EVOKE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("EVOKE_WHISPER_MODEL", str(role_play.WHISPER))
    monkeypatch.setenv("EVOKE_WHISPER_DEVICE", "cpu")
    get_settings.cache_clear()


def transcribe(*arguments: str | Path) -> int:
    return main(["transcribe", *map(str, arguments)])


def test_json_says_who_said_what_when(capsys: pytest.CaptureFixture[str]) -> None:
    assert transcribe(role_play.MONO, role_play.STEREO) == 0

    printed = capsys.readouterr()
    sessions: list[dict[str, Any]] = json.loads(printed.out)["sessions"]
    assert [one["file"] for one in sessions] == [role_play.MONO.name, role_play.STEREO.name]
    for one in sessions:
        assert [turn["role"] for turn in one["turns"]] == WHO
        assert one["practitioner"] == one["turns"][0]["speaker"]
        assert one["practitioner_confidence"] > 0.9
        assert one["seconds"] == pytest.approx(29, abs=0.1)
        for number, turn in enumerate(one["turns"], start=1):
            assert turn["turn"] == number
            assert turn["start"] < turn["end"]
            assert " ".join(word["text"] for word in turn["words"]) == turn["text"]
            assert isinstance(turn["flags"], list)
    assert "by how they sound" in sessions[0]["notes"][0]
    assert f"{role_play.MONO}: " in printed.err  # remarks go where they do not spoil what is piped on


@pytest.mark.parametrize("form", ["vtt", "txt"])
def test_captions_and_text_can_be_read_back(form: str, tmp_path: Path) -> None:
    out = tmp_path / f"talk.{form}"

    assert transcribe(role_play.STEREO, "--format", form, "--out", out) == 0

    (parsed,) = read_transcripts(out.name, out.read_bytes(), limits=Limits())
    assert [turn.role for turn in parsed.turns] == [Speaker(who) for who in WHO]
    assert parsed.turns[0].text == "What worries you about your drinking?"


def test_what_cannot_be_used_is_named_and_the_rest_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "notes.mp3"
    broken.write_text("not a recording")
    hum = tmp_path / "hum.wav"
    hum.write_bytes(write_sound(tone(3), 16_000, "wav", "pcm_s16le"))

    assert transcribe(broken, tmp_path / "nothing.mp3", hum, role_play.STEREO) == 2

    printed = capsys.readouterr()
    silent, talk = json.loads(printed.out)["sessions"]
    assert (silent["turns"], silent["practitioner"]) == ([], None)
    assert "heard no words" in silent["notes"][-1]
    assert len(talk["turns"]) == len(WHO)
    assert f"{broken}: The file is not a recording" in printed.err
    assert "nothing.mp3: No such file" in printed.err


def test_without_a_model_nothing_is_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"

    assert transcribe(role_play.MONO, "--model", tmp_path / "none", "--out", out) == 2

    assert "does not exist" in capsys.readouterr().err
    assert not out.exists()
