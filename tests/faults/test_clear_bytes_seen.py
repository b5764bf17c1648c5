"""The benchmark's look for clear bytes on disk would see them, wherever they lay."""

import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from benchmarks.foundation import MARKER, clear_files


@pytest.fixture(autouse=True)
def _temporary_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_file_with_a_name_is_seen(tmp_path: Path) -> None:
    (tmp_path / "sealed").write_bytes(bytes(5000))
    assert clear_files(tmp_path, psutil.Process()) == set()
    (tmp_path / "clear").write_bytes(MARKER * 100)
    assert str(tmp_path / "clear") in clear_files(tmp_path, psutil.Process())


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_temporary_file_without_a_name_is_seen(tmp_path: Path) -> None:
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        file.write(MARKER * 100)
        file.flush()
        assert len(clear_files(tmp_path, psutil.Process())) == 1
    assert clear_files(tmp_path, psutil.Process()) == set()
