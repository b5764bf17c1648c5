"""Training the linear coder from files a user names, and writing it where it is asked for."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from coding.coder.dataset import Dataset, dataset_of
from coding.coder.figures import Figure
from coding.coder.fit import VERSION, FitOptions, answers_unseen, calibrated, fit_model
from coding.coder.model import LinearModel, save_model
from coding.coder.report import figures_of
from coding.coder.training_data import TrainingConversation, read_annomi, read_annomi_parts, read_authored, read_pair
from coding.corpus.load import AUTHORED, demo_conversations
from models.errors import EvokeError


class NothingToDo(EvokeError):
    code = "nothing_to_do"


def read_all(annomi: Path | None, pair: Path | None, authored: Path = AUTHORED) -> Dataset:
    """Everything there is to learn from, without the demo's conversations."""
    talks: list[TrainingConversation] = []
    if annomi is not None:
        talks += [*read_annomi(annomi), *read_annomi_parts(annomi)]
    talks += read_authored(authored, leave_out=demo_conversations(authored))
    if pair is not None:
        talks += read_pair(pair)
    return dataset_of(talks)


def train(
    annomi: Path | None = None, pair: Path | None = None, authored: Path = AUTHORED, out: Path | None = None,
    report: bool = False, options: FitOptions | None = None,
) -> list[Figure]:  # fmt: skip
    """Trains on everything, calibrates on answers to unseen folds, and writes the coder into `out` where one is named.

    Returns the figures, which are measured in any case because calibration needs the same unseen answers; `report`
    alone (no `out`) saves the last training.
    """
    options = options or FitOptions()
    data = read_all(annomi, pair, authored)
    unseen = answers_unseen(data, options)
    figures = figures_of(data, unseen)
    if out is not None:
        files = [path for path in (annomi, pair, authored / "utterances.csv") if path is not None]
        model = fit_model(data, np.arange(len(data.examples)), options)
        model = calibrated(model, data, unseen, _about(data, files, figures, options))
        # Sessions keep the name of what coded them, so a coder of one's own must not be called like the one that ships.
        save_model(replace(model, version=VERSION if out.name == VERSION else f"{VERSION} {out.name}"), out)
    return figures if report or out is None else []


def train_model(data: Dataset, options: FitOptions | None = None) -> LinearModel:
    """The same in memory: fitted on all of `data` and calibrated."""
    options = options or FitOptions()
    unseen = answers_unseen(data, options)
    return calibrated(fit_model(data, np.arange(len(data.examples)), options), data, unseen, {})


def _about(data: Dataset, files: list[Path], figures: list[Figure], options: FitOptions) -> dict[str, Any]:
    import scipy
    import sklearn

    return {
        "trained_on": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        "conversations": {
            source: len(set(data.transcript[data.source == source].tolist()))
            for source in sorted(set(data.source.tolist()))
        },
        "utterances": len(data.examples),
        "seed": options.seed,
        "folds": options.folds,
        "figures": {figure.name: round(figure.value, 4) for figure in figures},
        "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    }
