"""`evoke model …` as an operator types it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coding.coder.model import DEFAULT
from models.settings import get_settings
from tests.coding.coder.shelves import own_coder
from web.cli import main

GOLD = """\
utterance,speaker,text,code
1,practitioner,How was the weekend for you?,Q
2,client,I want to stop drinking for the kids.,CT
3,practitioner,You want this for them.,CR
"""


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)  # no .env lies there
    monkeypatch.setenv("EVOKE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("EVOKE_CODER", raising=False)
    get_settings.cache_clear()
    yield tmp_path / "data"
    get_settings.cache_clear()


def set_coder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("EVOKE_CODER", str(folder))
    get_settings.cache_clear()


def run(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    status = main(["model", *map(str, argv)])
    told = capsys.readouterr()
    return status, told.out, told.err


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Each coder's line by its name, without the sentences below."""
    status, out, err = run(capsys, "list")
    assert (status, err) == (0, "")
    lines = [line for line in out.splitlines() if line.startswith(("*  ", "   "))]
    return {line[1:].split()[0]: line for line in lines}


def test_the_list_marks_the_one_that_codes(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    own_coder(data_dir / "coders/ours")
    (data_dir / "coders/empty").mkdir()
    before = listed(capsys)
    assert [name for name, line in before.items() if line.startswith("*")] == [DEFAULT.name]
    assert "  own  " in before["ours"]
    assert "BROKEN. It has no model.json" in before["empty"]
    assert run(capsys, "use", "ours")[0] == 0
    after = listed(capsys)
    assert [name for name, line in after.items() if line.startswith("*")] == ["ours"]
    linear = after["linear-2"]
    assert "  ships  49,753 utterances  11 codes 0.787, client 0.734, AnnoMI 0.752  3.0 MB  " in linear


def test_the_list_shows_a_chosen_coder_wherever_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(capsys, "use", own_coder(tmp_path / "elsewhere"))[0] == 0
    assert listed(capsys)["elsewhere"].startswith("*")
    set_coder(monkeypatch, tmp_path / "gone")
    found = listed(capsys)
    assert found["gone"].startswith("*")
    assert "no such folder" in found["gone"]
    assert "elsewhere" not in found
    assert "EVOKE_CODER is set" in run(capsys, "list")[1]


def test_use_says_what_changes_and_what_does_not(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    own_coder(data_dir / "coders/ours")
    status, out, err = run(capsys, "use", "ours")
    assert (status, err) == (0, "")
    assert "linear-2 ours codes new sessions from now on." in out
    assert "need not be restarted" in out
    assert f"kept in {data_dir / 'coder'}" in out
    assert "Sessions that are coded keep their codes" in out


@pytest.mark.parametrize("word", ["--shipped", DEFAULT.name])
def test_use_goes_back(capsys: pytest.CaptureFixture[str], data_dir: Path, word: str) -> None:
    own_coder(data_dir / "coders/ours")
    run(capsys, "use", "ours")
    status, out, _ = run(capsys, "use", word)
    assert status == 0
    assert "It is the default that ships." in out
    assert not (data_dir / "coder").exists()


def test_use_says_that_evoke_coder_goes_before_it(
    capsys: pytest.CaptureFixture[str], data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_coder(data_dir / "coders/ours")
    set_coder(monkeypatch, tmp_path / "theirs")
    status, out, err = run(capsys, "use", "ours")
    assert status == 0
    assert "is chosen, but does not code yet" in out
    assert "from now on" not in out
    assert f"EVOKE_CODER is set to {tmp_path / 'theirs'} and goes before this choice" in err
    assert (data_dir / "coder").read_text() == "./coders/ours\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nobody"], "There is no coder “nobody”"),
        (["empty"], "cannot be loaded"),
        ([], "Name one coder"),
        (["ours", "--shipped"], "Name one coder"),
    ],
)
def test_a_mistake_changes_nothing(
    capsys: pytest.CaptureFixture[str], data_dir: Path, words: list[str], says: str
) -> None:
    own_coder(data_dir / "coders/ours")
    (data_dir / "coders/empty").mkdir()
    status, out, err = run(capsys, "use", *words)
    assert (status, out) == (2, "")
    assert says in err
    assert not (data_dir / "coder").exists()


def test_compare_prints_both_and_names_files_it_cannot_read(
    capsys: pytest.CaptureFixture[str], data_dir: Path, tmp_path: Path
) -> None:
    own_coder(data_dir / "coders/ours")
    (tmp_path / "gold.csv").write_text(GOLD)
    (tmp_path / "talk.txt").write_text("Worker: What would you like?\nParent: I want to stop.\n")
    status, out, err = run(capsys, "compare", "linear-2", "ours", tmp_path / "gold.csv", tmp_path / "talk.txt")
    assert (status, err) == (0, "")
    assert out.startswith("A  linear-2\nB  linear-2 ours\n2 conversations, 5 utterances.\n")
    assert "Practitioner against gold: F1 (2 utterances in 1 conversation)" in out
    status, out, err = run(capsys, "compare", "linear-2", "ours", tmp_path / "gone.csv", tmp_path / "gold.csv")
    assert status == 2
    assert "1 conversation, 3 utterances." in out
    assert err == f"evoke: {tmp_path / 'gone.csv'}: No such file or directory\n"


def test_compare_with_nothing_to_read_or_no_such_coder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, err = run(capsys, "compare", "linear-2", "linear-2", tmp_path / "gone.csv")
    assert (status, out) == (2, "")
    assert "gone.csv: No such file" in err
    assert "nothing to compare" in err
    (tmp_path / "gold.csv").write_text(GOLD)
    status, out, err = run(capsys, "compare", "linear-2", "nobody", tmp_path / "gold.csv")
    assert (status, out) == (2, "")
    assert "There is no coder “nobody”" in err
