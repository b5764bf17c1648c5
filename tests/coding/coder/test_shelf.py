"""Which coders there are, whole and broken, and how a word finds one."""

from pathlib import Path

import pytest

from coding.coder.model import DEFAULT, LINEAR
from coding.coder.shelf import CoderNotFound, CodersUnreadable, coders, find_coder, looked_at
from models.settings import Settings
from tests.coding.coder.shelves import own_coder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data")


def test_those_that_ship_come_first_and_the_default_before_all(settings: Settings) -> None:
    own_coder(settings.data_dir / "coders/ours")
    found = coders(settings)
    assert found[0].folder == DEFAULT
    assert [coder.ships for coder in found] == [True] * (len(found) - 1) + [False]
    assert found[-1].name == "ours"


def test_a_coder_is_told_by_its_own_words(settings: Settings) -> None:
    figures = {
        "authors left out: client macro-F1": 0.7,
        "codes right": {"value": 81, "unit": "%"},
        "kappa": {"value": 0.6, "unit": ""},
        "of words": "many",
        "of nothing": {"unit": "%"},
    }
    folder = own_coder(settings.data_dir / "coders/ours", about={"utterances": 123, "figures": figures})
    (folder / "more").mkdir()
    (folder / "more/weights").write_bytes(b"0" * 2_000_000)
    found = looked_at(folder)
    assert (found.name, found.version, found.utterances, found.problem) == ("ours", "linear-2 ours", 123, "")
    assert found.figures == {"authors left out: client macro-F1": 0.7, "codes right": 81, "kappa": 0.6}
    assert found.units == {"codes right": "%"}
    assert found.megabytes == pytest.approx(2 + sum(f.stat().st_size for f in folder.iterdir() if f.is_file()) / 1e6)


def test_a_coder_that_says_nothing_of_its_training_is_still_one(tmp_path: Path) -> None:
    found = looked_at(own_coder(tmp_path / "ours", about="nothing"))
    assert (found.utterances, found.figures, found.problem) == (None, {}, "")


def test_no_own_coders_is_no_trouble(settings: Settings) -> None:
    assert all(coder.ships for coder in coders(settings))
    (settings.data_dir / "coders").mkdir(parents=True)
    (settings.data_dir / "coders/notes.txt").write_text("not a folder")
    (settings.data_dir / "coders/.partial").mkdir()
    assert all(coder.ships for coder in coders(settings))


def test_broken_coders_are_listed_with_what_to_do_and_hide_no_other(settings: Settings) -> None:
    own = settings.data_dir / "coders"
    (own / "a-empty").mkdir(parents=True)
    (own_coder(own / "b-text") / "model.json").write_text("{not json")
    (own_coder(own / "c-list") / "model.json").write_text("[1]")
    own_coder(own / "d-lacks", about=None)
    (own_coder(own / "e-half") / "weights.npz").unlink()
    own_coder(own / "f-old", format=1)
    own_coder(own / "g-odd", vocabularies=7)
    own_coder(own / "h-whole")
    problems = {coder.name: coder.problem for coder in coders(settings) if not coder.ships}
    says = {
        "a-empty": "no model.json", "b-text": "cannot be read", "c-list": "not that of a coder",
        "d-lacks": "lacks about", "e-half": "cannot be loaded", "f-old": "another format", "g-odd": "cannot be loaded",
    }  # fmt: skip
    assert set(problems) == {*says, "h-whole"}
    for name, words in says.items():
        assert words in problems[name]
        assert "rain it again" in problems[name]
    assert problems["h-whole"] == ""


def test_a_folder_that_is_gone_says_so(tmp_path: Path) -> None:
    found = looked_at(tmp_path / "gone")
    assert "no such folder" in found.problem
    assert (found.version, found.megabytes) == ("", 0)


def test_coders_that_cannot_be_listed_are_named(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "coders").write_text("a file where a folder should be")
    with pytest.raises(CodersUnreadable, match="cannot be listed"):
        coders(settings)


def test_a_word_is_a_name_first_and_then_a_folder(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = settings.data_dir / "coders/ours"
    for folder in (own, tmp_path / "ours", tmp_path / "elsewhere", settings.data_dir / "coders/linear-2"):
        folder.mkdir(parents=True)
    assert find_coder("linear-2", settings) == LINEAR
    assert find_coder("ours", settings) == own
    assert find_coder("./ours", settings) == tmp_path / "ours"
    assert find_coder("elsewhere", settings) == tmp_path / "elsewhere"
    assert find_coder("data/coders/linear-2", settings) == settings.data_dir / "coders/linear-2"


@pytest.mark.parametrize("word", ["nobody", "", "no/such", "model.json"])
def test_a_word_for_nothing_names_what_there_is(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.json").write_text("a file is no folder")
    own_coder(settings.data_dir / "coders/ours")
    with pytest.raises(CoderNotFound, match=r"linear-2.*ours"):
        find_coder(word, settings)
