"""From training conversations to a linear model, and the answers it gives on what it did not see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from coding.coder.dataset import CLASSES, Dataset, folds_of
from coding.coder.features import FeatureOptions, fit_features
from coding.coder.fit_parser import fit_parser
from coding.coder.heads import Head, Mask, best_temperature, fit_head, softmax
from coding.coder.linear import LinearCoder
from coding.coder.model import HeadName, LinearModel
from coding.coder.result import UtteranceToCode
from coding.coder.roles import alone, practitioner_odds
from coding.coder.surroundings import surroundings
from coding.coder.training_data import Source
from coding.coder.volley_sets import BestCodes, PresenceTally, VolleyTally, presence, tally
from coding.scheme.codes import Speaker

VERSION = "linear-2"
PARSED_BY_PEOPLE = (Source.AUTHORED, Source.ANNOMI_PARTS, Source.OWN)
LEANING = {Speaker.PRACTITIONER: 2.0}
"""A practitioner's turn left whole hides a code; one cut too often hides none, since a volley counts a code once. Of
-0.7 to 4, this found most of what volleys hold."""
DOUBTFUL_SHARE = 0.20  # how many utterances a person is asked to look at


@dataclass(frozen=True)
class FitOptions:
    """`strengths` are inverse L2 penalties by head, `source_weights` what an utterance of a source weighs, and
    `annomi_weights` the same beside AnnoMI's own convention. `folds` and `seed` are those of the honest figures."""

    features: FeatureOptions = field(default_factory=FeatureOptions)
    strengths: Mapping[HeadName, float] = field(
        default_factory=lambda: {
            HeadName.PRACTITIONER: 1.5, HeadName.CLIENT: 1.5, HeadName.CLIENT_ANNOMI: 0.8, HeadName.QUESTION: 2.0,
            HeadName.KIND: 2.0, HeadName.ROLE: 2.0,
        }
    )  # fmt: skip
    source_weights: Mapping[Source, float] = field(
        default_factory=lambda: {
            Source.ANNOMI: 0.7,
            Source.ANNOMI_PARTS: 0.7,
            Source.AUTHORED: 0.7,
            Source.PAIR: 0.2,
            Source.OWN: 1.0,
        }
    )
    annomi_weights: Mapping[Source, float] = field(default_factory=lambda: {Source.ANNOMI: 1.0, Source.AUTHORED: 0.5})
    iterations: int = 80
    folds: int = 5
    seed: int = 0


@dataclass(frozen=True)
class Unseen:
    """Answers of models that had not seen the utterance: logits by head (utterances × classes, NaN where no fold
    tested it), the log-odds that a practitioner said it, and for each conversation coded by MITI what its volleys hold
    when turns are parsed anew. `calibrated` logits need no temperature."""

    fold: npt.NDArray[np.int64]
    logits: Mapping[HeadName, npt.NDArray[np.float32]]
    role_odds: npt.NDArray[np.float32]
    volleys: Mapping[str, VolleyTally]
    presence: PresenceTally
    calibrated: bool = False


def fit_model(
    data: Dataset, chosen: npt.NDArray[np.int64], options: FitOptions, *, to_measure: bool = False
) -> LinearModel:
    """Learns features, heads and the parser from the utterances at `chosen`, whole conversations; not yet calibrated.
    `to_measure` adds the head that is only measured."""
    around = [data.around[i] for i in chosen]
    space = fit_features(around, options.features)
    rows = space.rows(around)
    words_alone = space.rows([alone(one.text) for one in around])
    source = data.source[chosen]
    heads = {}
    for name in HeadName:
        if name is HeadName.CLIENT_ANNOMI and not to_measure:
            continue
        of_source = options.annomi_weights if name is HeadName.CLIENT_ANNOMI else options.source_weights
        allowed = data.allowed(name)[chosen]
        told = np.flatnonzero(allowed.any(axis=1))
        heads[name] = fit_head(
            (words_alone if name is HeadName.ROLE else rows)[told],
            allowed[told],
            CLASSES[name],
            weights=weights_by_source(allowed[told], source[told], of_source),
            strength=options.strengths[name],
            iterations=options.iterations,
        )
    here = set(data.transcript[chosen].tolist())
    drawn = [
        talk for talk in data.talks
        if talk.transcript_id in here and talk.source in PARSED_BY_PEOPLE
    ]  # fmt: skip
    parser = fit_parser(drawn).leaning(LEANING)
    return LinearModel(VERSION, space, heads, dict.fromkeys(Speaker, 0.5), 1.0, parser, {}).halved()


def weights_by_source(
    allowed: Mask, source: npt.NDArray[np.str_], of_source: Mapping[Source, float]
) -> npt.NDArray[np.float32]:
    """Square roots of inverse frequency inside each source: rare codes are heard, common ones keep most of their
    prior, and the three sources' different shares of a code do not shift each other's."""
    weights = np.ones(len(source), np.float32)
    for name in set(source.tolist()):
        mine = np.flatnonzero(source == name)
        _, label, count = np.unique(allowed[mine], axis=0, return_inverse=True, return_counts=True)
        weights[mine] = of_source[Source(name)] * np.sqrt(len(mine) / (len(count) * count[label.ravel()]))
    return weights


def fold_models(
    data: Dataset, options: FitOptions, numbers: Sequence[int] | None = None
) -> Iterator[tuple[int, npt.NDArray[np.int64], LinearModel]]:
    """For each fold (all, or those named) the utterances it tests and a model of the rest."""
    fold = folds_of(data, count=options.folds, seed=options.seed)
    for number in range(options.folds) if numbers is None else numbers:
        tested = np.flatnonzero(fold == number)
        if len(tested):
            yield number, tested, fit_model(data, np.flatnonzero(fold != number), options, to_measure=True)


def answers_unseen(data: Dataset, options: FitOptions) -> Unseen:
    """Trains one model a fold, on all but the fold, and lets it answer the fold."""
    unseen = nothing_answered(data, folds_of(data, count=options.folds, seed=options.seed))
    for _, tested, model in fold_models(data, options):
        for name, logits in LinearCoder(model).logits([data.around[i] for i in tested]).items():
            unseen.logits[name][tested] = logits
        unseen = with_talks(unseen, data, tested, model, best_of_linear(model))
    return unseen


def with_talks(
    unseen: Unseen, data: Dataset, tested: npt.NDArray[np.int64], model: LinearModel, best: BestCodes
) -> Unseen:
    """And what is said of whole talks: roles, volleys and, in AnnoMI, what utterances hold."""
    unseen.role_odds[tested] = practitioner_odds(model, [data.around[i].text for i in tested])
    here = set(data.transcript[tested].tolist())
    talks = [talk for talk in data.talks if talk.transcript_id in here]
    volleys = {talk.transcript_id: tally(talk, model.parser, best) for talk in talks if talk.source in PARSED_BY_PEOPLE}
    held = presence((talk for talk in talks if talk.source is Source.ANNOMI), model.parser, best)
    return replace(unseen, volleys={**unseen.volleys, **volleys}, presence=unseen.presence + held)


def nothing_answered(data: Dataset, fold: npt.NDArray[np.int64]) -> Unseen:
    count = len(data.examples)
    return Unseen(
        fold,
        {name: np.full((count, len(CLASSES[name])), np.nan, np.float32) for name in HeadName},
        np.full(count, np.nan, np.float32),
        {},
        PresenceTally(),
    )


def best_of_linear(model: LinearModel) -> BestCodes:
    coder = LinearCoder(model)

    def best(conversation: Sequence[UtteranceToCode], change_goal: str) -> npt.NDArray[np.int64]:
        logits = coder.logits(surroundings(conversation))[HeadName.PRACTITIONER]
        return np.asarray(logits.argmax(axis=1), np.int64)

    return best


def calibrated(model: LinearModel, data: Dataset, unseen: Unseen, about: Mapping[str, Any]) -> LinearModel:
    """Temperatures, thresholds and the role's scale from unseen answers."""
    heads: dict[HeadName, Head] = {}
    thresholds: dict[Speaker, float] = {}
    for name, head in model.heads.items():
        allowed = data.allowed(name)
        known = allowed.any(axis=1) & (unseen.fold >= 0)
        if not known.any():
            heads[name] = head
            continue
        heads[name] = head.at(best_temperature(unseen.logits[name][known], allowed[known]))
        speaker = {HeadName.PRACTITIONER: Speaker.PRACTITIONER, HeadName.CLIENT: Speaker.CLIENT}.get(name)
        if speaker is not None:
            confidence = softmax(unseen.logits[name][known] / heads[name].temperature).max(axis=1)
            thresholds[speaker] = round(float(np.quantile(confidence, DOUBTFUL_SHARE)), 3)
    return LinearModel(
        model.version,
        model.space,
        heads,
        dict(model.thresholds) | thresholds,
        role_temperature(data, unseen),
        model.parser,
        about,
    )


def role_temperature(data: Dataset, unseen: Unseen) -> float:
    """Scale of the summed log-odds, learned on openings of 4 to 16 utterances: over whole conversations the guess is
    so rarely wrong that there is nothing to learn a scale from."""
    leads = []
    starts = np.flatnonzero(np.r_[True, data.transcript[1:] != data.transcript[:-1]])
    for start, end in zip(starts, [*starts[1:], len(data.transcript)], strict=True):
        for length in (4, 8, 16):
            piece = slice(start, min(start + length, end))
            odds, practitioner = unseen.role_odds[piece], data.practitioner[piece]
            if not np.isnan(odds).any() and practitioner.any() and not practitioner.all():
                leads.append(float(odds[practitioner].sum() - odds[~practitioner].sum()))
    if not leads:
        return 1.0
    two_sided = np.array([[lead, 0.0] for lead in leads])
    right = np.zeros((len(leads), 2), bool)
    right[:, 0] = True
    return max(1.0, best_temperature(two_sided, right))
