"""Training a coder, linear or with an encoder, from files a user names, and writing it where it is asked for."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coding.coder.dataset import Dataset, dataset_of
from coding.coder.figures import Figure
from coding.coder.fit import VERSION, FitOptions, answers_unseen, calibrated, fit_model
from coding.coder.held_out import HoldOut, OwnSessions, part_own
from coding.coder.model import LinearModel, save_model
from coding.coder.own_data import read_own, session_name
from coding.coder.report import figures_of
from coding.coder.targets import CODER_TARGETS
from coding.coder.training_data import (
    TrainingConversation,
    TrainingFileUnreadable,
    read_annomi,
    read_annomi_parts,
    read_authored,
    read_pair,
)
from coding.corpus.load import AUTHORED, demo_conversations
from models.errors import EvokeError

if TYPE_CHECKING:
    from coding.coder.fit_encoder import BothOptions


class NothingToDo(EvokeError):
    code = "nothing_to_do"


def read_all(annomi: Path | None, pair: Path | None, authored: Path = AUTHORED, own: Sequence[Path] = ()) -> Dataset:
    """Everything there is to learn from, without the demo's conversations."""
    return read_but(HoldOut(), annomi, pair, authored, own)[0]


def read_but(
    hold_out: HoldOut, annomi: Path | None, pair: Path | None, authored: Path, own: Sequence[Path]
) -> tuple[Dataset, OwnSessions]:
    """The same without the own sessions that are held out. Raises NothingHeldOut."""
    talks: list[TrainingConversation] = []
    if annomi is not None:
        talks += [*read_annomi(annomi), *read_annomi_parts(annomi)]
    talks += read_authored(authored, leave_out=demo_conversations(authored))
    if pair is not None:
        talks += read_pair(pair)
    ours: list[tuple[str, TrainingConversation]] = []
    for path in own:
        found = _none_twice(path, read_own(path), {talk.transcript_id for _, talk in ours})
        ours += [(session_name(path, talk), talk) for talk in found]
    learned, sessions = part_own(ours, hold_out)
    return dataset_of([*talks, *learned]), sessions


def _none_twice(path: Path, talks: list[TrainingConversation], seen: set[str]) -> list[TrainingConversation]:
    if any(talk.transcript_id in seen for talk in talks):
        raise TrainingFileUnreadable(f"Another file is called {path.stem} too and has a transcript of the same name.")
    return talks


def train(
    annomi: Path | None = None, pair: Path | None = None, authored: Path = AUTHORED, out: Path | None = None,
    report: bool = False, options: FitOptions | None = None, own: Sequence[Path] = (), hold_out: HoldOut = HoldOut(),
) -> list[Figure]:  # fmt: skip
    """Trains on everything, calibrates on answers to unseen folds, and writes the coder into `out` where one is named.

    Returns the figures, which are measured in any case because calibration needs the same unseen answers; `report`
    alone (no `out`) saves the last training.
    """
    options = options or FitOptions()
    data, sessions = read_but(hold_out, annomi, pair, authored, own)
    unseen = answers_unseen(data, options)
    figures = figures_of(data, unseen)
    if out is not None:
        files = [path for path in (annomi, pair, authored / "utterances.csv", *own) if path is not None]
        model = fit_model(data, np.arange(len(data.examples)), options)
        model = calibrated(
            model, data, unseen, _about(data, files, figures, options) | _own_sessions(sessions, hold_out)
        )
        # Sessions keep the name of what coded them, so a coder of one's own must not be called like the one that ships.
        save_model(replace(model, version=VERSION if out.name == VERSION else f"{VERSION} {out.name}"), out)
    return figures if report or out is None else []


def train_with_encoder(
    annomi: Path | None = None, pair: Path | None = None, authored: Path = AUTHORED, out: Path | None = None,
    keep: Path | None = None, folds: tuple[int, ...] = (0,), options: "BothOptions | None" = None,
    own: Sequence[Path] = (), teachers: int = 0, hold_out: HoldOut = HoldOut(),
) -> list[Figure]:  # fmt: skip
    """The same for the coder that ships, of which the linear one is a part. Needs what requirements-train.txt lists;
    hours without a GPU, an encoder for each fold measured and one for what is written. `keep` is a folder from which
    a run that was broken off goes on."""
    from coding.coder.encoder_network import base_model
    from coding.coder.fit_encoder import VERSION, BothOptions, unseen_of_both, write_both

    base_model()  # what is missing is said before hours have passed
    options = options or BothOptions(folds=folds, teachers=teachers)
    data, sessions = read_but(hold_out, annomi, pair, authored, own)
    both = unseen_of_both(data, options, keep)
    figures = figures_of(data, both.unseen, CODER_TARGETS)
    if out is not None:
        files = [path for path in (annomi, pair, authored / "utterances.csv", *own) if path is not None]
        about = (
            _about(data, files, figures, options.linear)
            | {
                "folds_measured": list(options.folds),
                "epochs": options.epochs_with_teachers if options.teachers else options.encoder.epochs,
                "teachers": options.teachers,
                "base": "all-MiniLM-L6-v2",
            }
            | _own_sessions(sessions, hold_out)
        )
        version = VERSION if out.name == VERSION else f"{VERSION} {out.name}"
        write_both(data, both, options, out, about, version=version, keep=keep)
    return figures


def train_model(data: Dataset, options: FitOptions | None = None) -> LinearModel:
    """The same in memory: fitted on all of `data` and calibrated."""
    options = options or FitOptions()
    unseen = answers_unseen(data, options)
    return calibrated(fit_model(data, np.arange(len(data.examples)), options), data, unseen, {})


def _own_sessions(sessions: OwnSessions, hold_out: HoldOut) -> dict[str, Any]:
    return {"own_sessions": sessions.as_json(hold_out)} if sessions.learned else {}


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
        "figures": {figure.name: {"value": round(figure.value, 4), "unit": figure.unit} for figure in figures},
        "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    }
