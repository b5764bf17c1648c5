"""Where a model is found, how it is fetched and taken, and that half of one is never taken for a whole."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coding.speech.model_sums import SUMS, check_sums
from coding.speech.speech_models import KNOWN, default_model, find_model, on_shelf, take_model, where_is
from models.settings import get_settings
from tests.coding.speech.hub import COMMIT, Hub, hub_of
from tests.coding.speech.test_model_folder import refusal_of
from tests.fixtures.role_play import WHISPER
from web.cli import main


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "speech-models"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub library's cache, empty."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, cache: Path) -> Iterator[Hub]:
    with hub_of(WHISPER) as one:
        monkeypatch.setenv("HF_ENDPOINT", one.address)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield one


def put_in_cache(cache: Path, repository: str, *, without: str = "") -> Path:
    """As the hub's library lays it out."""
    root = cache / f"models--{repository.replace('/', '--')}"
    snapshot = root / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text(COMMIT)
    for path in WHISPER.iterdir():
        if path.name != without:
            shutil.copy(path, snapshot)
    return snapshot


def test_the_known_names_are_those_of_the_library() -> None:
    from faster_whisper.utils import _MODELS

    assert {name: one.repository for name, one in KNOWN.items()}.items() <= _MODELS.items()


@pytest.mark.parametrize(
    ("device", "language", "name"),
    [("cpu", "en", "small.en"), ("cpu", "", "small"), ("cpu", "cy", "small"), ("cuda", "en", "large-v3-turbo"),
     ("cuda:1", "", "large-v3-turbo")],
)  # fmt: skip
def test_what_hears_when_nothing_is_set(device: str, language: str, name: str) -> None:
    assert default_model(device, language) == name


def test_no_model_is_chosen() -> None:
    assert "No speech model is chosen" in refusal_of(lambda: find_model(" ", allow_download=False))


@pytest.mark.parametrize("model", ["/no/such/folder", "./no-such-folder", "~/no-such-folder", "C:\\models\\whisper"])
def test_what_looks_like_a_folder_is_never_looked_for_on_a_hub(model: str, shelf: Path, hub: Hub) -> None:
    assert "does not exist" in refusal_of(lambda: find_model(model, allow_download=True, shelf=shelf))
    assert hub.asked == []


def test_a_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(WHISPER, tmp_path / "whisper")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert find_model("~/whisper", allow_download=False) == tmp_path / "whisper"


@pytest.mark.parametrize("name", ["enormous.en", "../small.en", "a/b/c"])
def test_an_unknown_name_is_answered_with_the_known_ones(name: str, shelf: Path, hub: Hub) -> None:
    message = refusal_of(lambda: find_model(name.replace("../", "up/../"), allow_download=True, shelf=shelf))

    assert "There is no speech model called" in message
    assert "small.en" in message
    assert hub.asked == []


def test_the_order_is_shelf_then_cache_then_what_to_run(shelf: Path, cache: Path) -> None:
    message = refusal_of(lambda: find_model("small.en", allow_download=False, shelf=shelf))
    assert "not on this machine" in message
    assert "evoke speech models fetch small.en" in message
    cached = put_in_cache(cache, "Systran/faster-whisper-small.en")
    assert find_model("small.en", allow_download=False, shelf=shelf) == cached
    taken = take_model(WHISPER, shelf=shelf, name="small.en")
    assert find_model("small.en", allow_download=False, shelf=shelf) == taken


def test_a_cached_model_is_taken_without_asking_anybody(shelf: Path, cache: Path, hub: Hub) -> None:
    cached = put_in_cache(cache, "somebody/whisper-welsh")

    assert find_model("somebody/whisper-welsh", allow_download=True, shelf=shelf) == cached
    assert hub.asked == []


def test_half_a_cached_model_is_named(shelf: Path, cache: Path) -> None:
    half = put_in_cache(cache, "Systran/faster-whisper-small.en", without="model.bin")

    message = refusal_of(lambda: find_model("small.en", allow_download=False, shelf=shelf))

    assert f"{half} has no model.bin" in message


def test_a_fetched_model_is_whole_and_listed(shelf: Path, hub: Hub) -> None:
    found = find_model("small.en", allow_download=True, shelf=shelf)

    assert found == shelf / "small.en"
    assert {path.name for path in found.iterdir()} == {path.name for path in WHISPER.iterdir()} | {SUMS}
    assert check_sums(found) == len(list(WHISPER.iterdir()))
    assert on_shelf(shelf) == [found]
    assert "README.md" not in [name for name, _ in hub.asked]


def test_a_fetch_that_was_cut_goes_on_where_it_stopped(shelf: Path, hub: Hub) -> None:
    hub.cut_after, hub.cuts = 1_000_000, 2

    find_model("small.en", allow_download=True, shelf=shelf)

    assert [first for name, first in hub.asked if name == "model.bin"] == [0, 1_000_000, 2_000_000]
    assert hub.sent < 1.2 * sum(path.stat().st_size for path in WHISPER.iterdir())


def test_a_fetch_that_fails_is_taken_up_by_the_next(shelf: Path, hub: Hub) -> None:
    hub.cut_after, hub.cuts = 100_000, 5

    message = refusal_of(lambda: find_model("small.en", allow_download=True, shelf=shelf))
    assert "could not be fetched (the connection was cut)" in message
    assert "it goes on where it stopped" in message
    assert on_shelf(shelf) == []
    assert where_is("small.en", shelf) is None
    assert find_model("small.en", allow_download=True, shelf=shelf) == shelf / "small.en"
    assert ("model.bin", 500_000) in hub.asked
    assert [name for name, _ in hub.asked].count("vocabulary.json") == 1


def test_what_is_not_what_the_hub_promised_is_not_kept(shelf: Path, hub: Hub) -> None:
    hub.promised["model.bin"] = "0" * 64

    assert "model.bin came damaged" in refusal_of(lambda: find_model("small.en", allow_download=True, shelf=shelf))
    assert on_shelf(shelf) == []


def test_without_a_network_it_says_so(shelf: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    message = refusal_of(lambda: find_model("small.en", allow_download=True, shelf=shelf))

    assert "could not be fetched (Connection refused)" in message
    assert "127.0.0.1" not in message


def test_a_broken_folder_is_not_taken(shelf: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(WHISPER, tmp_path / "broken")
    (broken / "tokenizer.json").unlink()
    kept = take_model(WHISPER, shelf=shelf, name="mine")

    assert "has no tokenizer.json" in refusal_of(lambda: take_model(broken, shelf=shelf, name="mine"))
    assert "cannot be a model's name" in refusal_of(lambda: take_model(WHISPER, shelf=shelf, name="../mine"))
    assert "is in Evoke's model folder already" in refusal_of(lambda: take_model(kept, shelf=shelf))
    assert on_shelf(shelf) == [kept]
    assert check_sums(kept) == len(list(WHISPER.iterdir()))


def test_a_shelf_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    message = refusal_of(lambda: take_model(WHISPER, shelf=tmp_path / "file", name="mine"))

    assert f"could not be copied to {tmp_path / 'file' / 'mine'} (Not a directory)" in message


def test_what_a_hub_calls_its_files_does_not_lead_out_of_the_folder(shelf: Path, hub: Hub) -> None:
    hub.also = "vocabulary./../../evil"

    found = find_model("small.en", allow_download=True, shelf=shelf)

    assert {path.name for path in found.iterdir()} == {path.name for path in WHISPER.iterdir()} | {SUMS}
    assert "evil" not in [name for name, _ in hub.asked]


@pytest.fixture
def evoke(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command's settings are of the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVOKE_SPEECH_MODELS", str(shelf))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.usefixtures("evoke", "cache")
def test_the_command_lists_takes_and_checks(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speech", "models", "take", str(WHISPER), "--name", "small.en"]) == 0
    assert main(["speech", "models"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert lines["small.en"].endswith(f"yes, {shelf / 'small.en'}")
    assert lines["small.en"].split()[1:4] == ["488", "MB", "English"]
    assert lines["tiny"].endswith(" no")
    assert main(["speech", "models", "check", "small.en"]) == 0
    said = capsys.readouterr().out
    assert "5 files" in said
    assert "It loads on cpu" in said

    weights = shelf / "small.en" / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-9] + b"elsewhere")
    assert main(["speech", "models", "check", "small.en"]) == 2
    said = capsys.readouterr().err
    assert "model.bin" in said
    assert "damaged" in said
    assert "recording" not in said
    weights.unlink()
    assert main(["speech", "models"]) == 0
    assert "NOT USABLE. The speech model folder" in capsys.readouterr().out


@pytest.mark.usefixtures("evoke")
def test_the_command_fetches(shelf: Path, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speech", "models", "fetch", "turbo"]) == 0
    assert str(shelf / "large-v3-turbo") in capsys.readouterr().out
    assert main(["speech", "models", "fetch", "smal"]) == 2
    assert "Known names" in capsys.readouterr().err
