"""From training conversations to the coder that ships: encoder and linear model, weighed on what neither had seen."""

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from coding.coder.dataset import CLASSES, Dataset, folds_of
from coding.coder.encoder import Encoder, LinearReadout
from coding.coder.encoder_coder import Blend, EncoderModel, save_encoder_model
from coding.coder.encoder_network import HEADS, TrainedEncoder, load_trained, save_trained
from coding.coder.estimates import HEAD_OF
from coding.coder.export_encoder import export_encoder
from coding.coder.fit import (
    DOUBTFUL_SHARE,
    FitOptions,
    Unseen,
    calibrated,
    fit_model,
    fold_models,
    nothing_answered,
    with_talks,
)  # fmt: skip
from coding.coder.fit_examples import choose_examples, talks_at, with_examples
from coding.coder.heads import Floats, Mask, softmax
from coding.coder.linear import LinearCoder
from coding.coder.model import HeadName, LinearModel, save_model
from coding.coder.result import UtteranceToCode
from coding.coder.surroundings import surroundings
from coding.coder.teachers import ask_teachers
from coding.coder.train_encoder import EncoderOptions, train_encoder
from coding.coder.volley_sets import BestCodes
from coding.scheme.codes import Speaker

log = logging.getLogger(__name__)
VERSION = "encoder-2"
SHOWN: tuple[HeadName, ...] = tuple(name for name in HEADS if name is not HeadName.CLIENT_ANNOMI)


@dataclass(frozen=True)
class BothOptions:
    """`folds` are those an encoder is trained without, to be measured and weighed on: each costs as much as the
    training itself. The linear model is measured on the same. `teachers` answer each fold of what an encoder learns
    from, and cost a training of `encoder` each; with them it learns for `epochs_with_teachers`."""

    linear: FitOptions = field(default_factory=FitOptions)
    encoder: EncoderOptions = field(default_factory=EncoderOptions)
    folds: tuple[int, ...] = (0,)
    teachers: int = 0
    epochs_with_teachers: int = 12


@dataclass(frozen=True)
class BothUnseen:
    """Logits (utterances × classes, NaN where no fold tested it) of both; `unseen` holds what they say together."""

    linear: dict[HeadName, Floats]
    encoder: Mapping[HeadName, Floats]
    unseen: Unseen


def write_both(
    data: Dataset, both: BothUnseen, options: BothOptions, out: Path, about: Mapping[str, Any], *,
    version: str = VERSION, keep: Path | None = None,
) -> None:  # fmt: skip
    """Trains both on everything, weighs them as `both` says, and writes the coder into `out`."""
    blends: dict[HeadName, Blend] = {name: fit_blend(data, name, both) for name in SHOWN}
    everything = np.arange(len(data.examples))
    encoder = trained_on(data, everything, options, keep)
    linear = calibrated(fit_model(data, everything, options.linear), data, linear_unseen(both), {})
    save_model(linear, out / "linear")
    export_encoder(encoder, out)
    chosen = choose_examples(data, options.encoder.seed)
    readout, examples = with_examples(Encoder(out), readout_of(encoder, SHOWN), data, chosen)
    heads: dict[HeadName, tuple[str, ...]] = {name: CLASSES[name] for name in SHOWN}
    thresholds = _thresholds(data, both)
    save_encoder_model(EncoderModel(version, heads, blends, readout, thresholds, examples, about), out)


def unseen_of_both(data: Dataset, options: BothOptions, keep: Path | None = None) -> BothUnseen:
    """What both say of conversations that neither had seen, the blend itself learned on other conversations than
    those it is measured on, and the encoder as it would ship, in eight bits. Each fold's encoder is kept in the folder
    `keep` when it is reached, so that a run that was broken off goes on from there."""
    fold = folds_of(data, count=options.linear.folds, seed=options.linear.seed)
    measured = np.where(np.isin(fold, options.folds), fold, -1)
    unseen = replace(nothing_answered(data, measured), calibrated=True)
    both = BothUnseen(_nothing(data, tuple(HeadName)), _nothing(data, HEADS), unseen)
    with tempfile.TemporaryDirectory() as place:
        models = []
        for number, tested, linear in fold_models(data, options.linear, options.folds):
            trained = trained_on(data, np.flatnonzero(fold != number), options, keep)
            exported = Path(place) / str(number)
            export_encoder(trained, exported)
            reader = Reader(Encoder(exported), readout_of(trained, HEADS))
            for name, logits in LinearCoder(linear).logits([data.around[i] for i in tested]).items():
                both.linear[name][tested] = logits
            for talk, places in talks_at(data, tested):
                read = reader.logits([example.utterance for example in talk.examples], talk.change_goal)
                for name in HEADS:
                    both.encoder[name][places] = read[name]
            models.append((tested, linear, reader))
        for mine in _halves(data, both):
            blends = {name: fit_blend(data, name, both, ~mine) for name in HEADS}
            _answer(data, both, blends, mine)
            for tested, linear, reader in models:
                here = tested[mine[tested]]
                best = best_of_both(linear, reader, blends[HeadName.PRACTITIONER])
                unseen = with_talks(unseen, data, here, linear, best)
    return replace(both, unseen=unseen)


def _answer(data: Dataset, both: BothUnseen, blends: Mapping[HeadName, Blend], mine: Mask) -> None:
    """What both say together of the utterances at `mine`, session by session, as logs of shares."""
    for _, places in talks_at(data, np.flatnonzero(mine)):
        for side in (places[data.practitioner[places]], places[~data.practitioner[places]]):
            for name in HEADS:
                shares = blends[name].shares(both.linear[name][side], both.encoder[name][side])
                both.unseen.logits[name][side] = np.log(np.maximum(shares, 1e-9))


def _halves(data: Dataset, both: BothUnseen) -> tuple[Mask, Mask]:
    """What is measured, in two halves that share no video and no author."""
    measured = both.unseen.fold >= 0
    first = np.isin(data.group, sorted(set(data.group[measured].tolist()))[::2])
    return measured & first, measured & ~first


class Reader:
    """An exported encoder with every head that is measured."""

    def __init__(self, encoder: Encoder, readout: LinearReadout) -> None:
        self.encoder, self.readout = encoder, readout

    def logits(self, conversation: Sequence[UtteranceToCode], change_goal: str) -> dict[HeadName, Floats]:
        """By head, utterances × classes."""
        width = len(self.readout.intercepts)
        outputs = [read.outputs for _, read in self.encoder.read(conversation, change_goal, self.readout)]
        table = np.array(outputs, np.float32).reshape(len(outputs), width)
        ends = np.cumsum([len(CLASSES[name]) for name in HEADS])
        return {name: table[:, end - len(CLASSES[name]) : end] for name, end in zip(HEADS, ends.tolist(), strict=True)}


def best_of_both(linear: LinearModel, reader: Reader, blend: Blend) -> BestCodes:
    coder = LinearCoder(linear)

    def best(conversation: Sequence[UtteranceToCode], change_goal: str) -> npt.NDArray[np.int64]:
        by_words = coder.logits(surroundings(conversation))[HeadName.PRACTITIONER]
        read = reader.logits(conversation, change_goal)[HeadName.PRACTITIONER]
        mine = np.array([said.speaker is Speaker.PRACTITIONER for said in conversation], bool)
        found = np.zeros(len(conversation), np.int64)
        found[mine] = blend.shares(by_words[mine], read[mine]).argmax(axis=1)
        return found

    return best


def fit_blend(data: Dataset, name: HeadName, both: BothUnseen, where: Mask | None = None) -> Blend:
    """The two weights with the least log loss on unseen answers. A shift for each class was tried beside them: it made
    neither codes nor calibration better."""
    allowed = data.allowed(name)
    known = _known(data, name, both)
    if where is not None:
        known &= where
    # In double precision: the slope is found by very small steps.
    linear, encoder = (logits[name][known].astype(np.float64) for logits in (both.linear, both.encoder))
    inside = allowed[known]
    if not known.any():
        return Blend(0.5, 0.5)

    def loss(weights: npt.NDArray[np.float64]) -> float:
        logits = weights[0] * linear + weights[1] * encoder
        right = logsumexp(np.where(inside, logits, -np.inf), axis=1) - logsumexp(logits, axis=1)
        return float(-right.mean())

    found = minimize(loss, np.array([0.4, 0.6]), method="L-BFGS-B").x
    blend = Blend(float(found[0]), float(found[1]))
    if name is not HeadName.PRACTITIONER:  # a session's own shares of client talk were tried and made nothing better
        return blend
    usual = softmax(blend.logits(both.linear[name][known], both.encoder[name][known])).mean(axis=0)
    return replace(blend, usual=tuple(float(share) for share in usual))


def _known(data: Dataset, name: HeadName, both: BothUnseen) -> Mask:
    return np.asarray(data.allowed(name).any(axis=1) & ~np.isnan(both.encoder[name]).any(axis=1))


def linear_unseen(both: BothUnseen) -> Unseen:
    """The linear model's own answers, by which its heads are calibrated."""
    return replace(both.unseen, logits=both.linear)


def _nothing(data: Dataset, names: Sequence[HeadName]) -> dict[HeadName, Floats]:
    return {name: np.full((len(data.examples), len(CLASSES[name])), np.nan, np.float32) for name in names}


def trained_on(data: Dataset, chosen: npt.NDArray[np.int64], options: BothOptions, keep: Path | None) -> TrainedEncoder:
    """An encoder that learned from the utterances at `chosen`, with teachers where there are to be any."""
    if not options.teachers:
        return _kept(keep, data, chosen, options.encoder, lambda: train_encoder(data, chosen, options.encoder))
    learning = replace(options.encoder, epochs=options.epochs_with_teachers)

    def taught() -> TrainedEncoder:
        fold = folds_of(data, count=options.linear.folds, seed=options.linear.seed)
        lessons = ask_teachers(
            data, chosen, fold, options.encoder, options.teachers,
            lambda data, some, one: _kept(keep, data, some, one, lambda: train_encoder(data, some, one)),
        )  # fmt: skip
        return train_encoder(lessons.data, lessons.chosen, learning, lessons.answers)

    return _kept(keep, data, chosen, learning, taught, options.teachers)


def _kept(
    keep: Path | None, data: Dataset, chosen: npt.NDArray[np.int64], options: EncoderOptions,
    train: Callable[[], TrainedEncoder], teachers: int = 0,
) -> TrainedEncoder:  # fmt: skip
    """From `keep` where it was trained before on the very same, by what it is named there."""
    if keep is None:
        return train()
    kept = keep / f"encoder-{fingerprint(data, chosen, options, teachers)}.pt"
    if kept.exists():
        log.info("%s was trained before", kept.name)
        return load_trained(kept)
    encoder = train()
    save_trained(encoder, kept)
    return encoder


def fingerprint(data: Dataset, chosen: npt.NDArray[np.int64], options: EncoderOptions, teachers: int = 0) -> str:
    """Of all that decides what an encoder learns, but for how many threads it does so with."""
    told = sha256(repr((teachers, sorted(asdict(replace(options, threads=0)).items()))).encode())
    for place in chosen.tolist():
        example = data.examples[place]
        told.update(repr((example.utterance, example.allowed, example.subtype, str(data.main[place]))).encode())
    return told.hexdigest()[:16]


def readout_of(encoder: TrainedEncoder, names: Sequence[HeadName]) -> LinearReadout:
    heads = [encoder.network.heads[name.value] for name in names]
    weights = np.concatenate([head.weight.detach().numpy() for head in heads]).T.astype(np.float32)
    half = len(weights) // 2
    intercepts = np.concatenate([head.bias.detach().numpy() for head in heads]).astype(np.float32)
    return LinearReadout(weights[:half], weights[half:], intercepts, len(intercepts))


def _thresholds(data: Dataset, both: BothUnseen) -> dict[Speaker, float]:
    """So that a person is asked to look at a fifth."""
    found = {}
    for speaker, (name, _) in HEAD_OF.items():
        known = _known(data, name, both)
        confidence = softmax(both.unseen.logits[name][known]).max(axis=1)
        found[speaker] = round(float(np.quantile(confidence, DOUBTFUL_SHARE)), 3) if known.any() else 0.5
    return found
