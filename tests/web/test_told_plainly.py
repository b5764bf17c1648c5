"""What a person at a terminal reads where a command cannot do what it was asked."""

from pathlib import Path

import pytest

from web.cli import main


def test_ctrl_c_is_a_sentence_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut_short() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("models.backup.keys.make_pair", cut_short)
    assert main(["backup", "key", str(tmp_path / "private.key")]) == 130
    assert "evoke: Stopped." in capsys.readouterr().err


def test_a_place_of_backups_without_https_is_refused_with_the_name_of_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVOKE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    assert main(["backup", "list", "s3://evoke/backups"]) == 2
    assert "EVOKE_FILES_ALLOW_HTTP" in capsys.readouterr().err
