"""Fine-tuning the encoder: one small transformer, a linear head for each question, all learned together.

Needs the extra `train` (torch, transformers, and the package that carries MiniLM's weights, read without the network).
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from coding.coder.dataset import MAIN_CLASSES, Dataset
from coding.coder.encoder_network import HEADS, MAIN, TrainedEncoder, base_model, network_of, tensors_of
from coding.coder.fit import weights_by_source
from coding.coder.heads import Floats
from coding.coder.model import HeadName
from coding.coder.training_data import Source
from coding.coder.windows import LENGTH, Piece, Pieces

log = logging.getLogger(__name__)
_SOURCES = (Source.ANNOMI, Source.ANNOMI_PARTS, Source.ANNOMI_CUT, Source.AUTHORED, Source.OWN)
_TURNS = (Source.ANNOMI_PARTS, Source.ANNOMI, Source.ANNOMI_CUT)
_UNCODED = 0.5  # what an utterance weighs that teachers answered and nobody coded


@dataclass(frozen=True)
class EncoderOptions:
    """`batch` is windows a step, `rate` the encoder's highest learning rate (heads learn ten times as fast), reached
    after the share `warm_up` of all steps; `decay` is weight decay, `drop` dropout before the heads, `smoothing` label
    smoothing, `hidden` the share of words masked, `goal_left_out` of windows without their change goal. `threads` is 0
    for as many as there are; `shares` each head's part in the loss; `source_weights` what an utterance of a source
    weighs, and `annomi_weights` the same beside AnnoMI's own convention. `from_teachers` is the share of the loss that
    teachers' answers have where there are any. `most_steps` ends early, for tests."""

    epochs: int = 4
    batch: int = 5
    rate: float = 1.5e-4
    decay: float = 0.01
    warm_up: float = 0.1
    smoothing: float = 0.05
    hidden: float = 0.06
    goal_left_out: float = 0.4
    drop: float = 0.15
    from_teachers: float = 0.7
    seed: int = 0
    threads: int = 0
    most_steps: int | None = None
    shares: Mapping[str, float] = field(
        default_factory=lambda: {
            HeadName.PRACTITIONER: 1.2, HeadName.CLIENT: 1.0, HeadName.CLIENT_ANNOMI: 0.6, HeadName.QUESTION: 0.5,
            HeadName.KIND: 0.4, MAIN: 0.5,
        }
    )  # fmt: skip
    source_weights: Mapping[Source, float] = field(
        default_factory=lambda: {Source.ANNOMI: 0.7, Source.ANNOMI_PARTS: 1.0, Source.AUTHORED: 1.0, Source.OWN: 1.5}
    )
    annomi_weights: Mapping[Source, float] = field(default_factory=lambda: {Source.ANNOMI: 1.0, Source.AUTHORED: 0.3})


@dataclass(frozen=True)
class _Talk:
    """A conversation's pieces, the rows of the dataset they stand in, and what its windows begin with."""

    source: str
    rows: npt.NDArray[np.int64]
    pieces: tuple[Piece, ...]
    with_goal: tuple[int, ...]
    without: tuple[int, ...]


def train_encoder(
    data: Dataset, chosen: npt.NDArray[np.int64], options: EncoderOptions, answers: Mapping[str, Floats] | None = None
) -> TrainedEncoder:
    """Learns from the utterances at `chosen`, whole conversations, and from teachers' `answers` (by head, utterances ×
    classes). AnnoMI's codings take turns, an epoch each, so that no talk is read twice in one. Minutes an epoch
    without a GPU."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    base = base_model()
    import torch

    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    draw = np.random.default_rng(options.seed)
    pieces = Pieces(base / "tokenizer.json")
    talks = _talks(data, chosen, pieces)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = network_of(base, options.drop).to(device)
    taught = {
        name: tuple(torch.tensor(one).to(device) for one in lesson)
        for name, lesson in _taught(data, chosen, options, answers or {}).items()
    }
    counting = np.random.default_rng(options.seed)
    steps = sum(
        max(1, len(_windows(_of_epoch(talks, epoch), counting)) // options.batch) for epoch in range(options.epochs)
    )
    optimiser = _optimiser(network, options)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (options.warm_up * steps)) * max(0.02, 1 - step / steps)
    )
    started, done = time.monotonic(), 0
    for epoch in range(options.epochs):
        network.train()
        losses = []
        for batch in _batches(_windows(_of_epoch(talks, epoch), draw), options.batch):
            rows = np.concatenate([talk.rows[start:end] for talk, start, end in batch])
            tensors = tensors_of([_laid(talk, start, end, draw, pieces, options) for talk, start, end in batch])
            answer = network(*(tensor.to(device) for tensor in tensors))
            loss = _loss(torch.tensor(rows).to(device), answer, taught, options)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
            done += 1
            if done % 100 == 0:
                log.info(
                    "step %d of %d, loss %.3f, %.0f s", done, steps, np.mean(losses[-100:]), time.monotonic() - started
                )
            if done == options.most_steps:
                return TrainedEncoder(network.cpu(), pieces)
    return TrainedEncoder(network.cpu(), pieces)


def _talks(data: Dataset, chosen: npt.NDArray[np.int64], pieces: Pieces) -> list[_Talk]:
    wanted = np.zeros(len(data.examples), bool)
    wanted[chosen] = True
    starts = np.flatnonzero(np.r_[True, data.transcript[1:] != data.transcript[:-1]])
    ends = [*starts[1:].tolist(), len(data.examples)]
    goal_of = {talk.transcript_id: talk.change_goal for talk in data.talks}
    return [
        _Talk(
            source=str(data.source[start]),
            rows=np.arange(start, end),
            pieces=tuple(pieces.of([example.utterance for example in data.examples[start:end]])),
            with_goal=pieces.goal(goal_of[str(data.transcript[start])]),
            without=pieces.goal(""),
        )
        for start, end in zip(starts.tolist(), ends, strict=True)
        if wanted[start] and data.source[start] in _SOURCES
    ]


def _of_epoch(talks: Sequence[_Talk], epoch: int) -> list[_Talk]:
    here = {talk.source for talk in talks}
    turns = [source for source in _TURNS if source is not Source.ANNOMI_CUT or source in here]
    return [talk for talk in talks if talk.source not in _TURNS or talk.source == turns[epoch % len(turns)]]


def _windows(talks: Sequence[_Talk], draw: np.random.Generator) -> list[tuple[_Talk, int, int]]:
    """Whole conversations in windows, shuffled; the first has a length by chance, so that edges move from epoch to
    epoch."""
    found = []
    for talk in talks:
        room = LENGTH - len(talk.with_goal)
        limit, start = int(draw.integers(room // 3, room + 1)), 0
        while start < len(talk.pieces):
            end, held = start, 0
            while end < len(talk.pieces) and held + len(talk.pieces[end].ids) <= limit:
                held += len(talk.pieces[end].ids)
                end += 1
            end = max(end, start + 1)
            found.append((talk, start, end))
            start, limit = end, room
    order = draw.permutation(len(found))
    return [found[place] for place in order]


def _batches(windows: list[tuple[_Talk, int, int]], size: int) -> Iterator[list[tuple[_Talk, int, int]]]:
    for start in range(0, max(1, len(windows) - size + 1), size):
        yield windows[start : start + size]


def _laid(
    talk: _Talk, start: int, end: int, draw: np.random.Generator, pieces: Pieces, options: EncoderOptions
) -> tuple[tuple[int, ...], list[Piece]]:
    """A window with some words hidden and, now and then, without its goal."""
    head = talk.without if draw.random() < options.goal_left_out else talk.with_goal
    hidden = []
    for piece in talk.pieces[start:end]:
        covered = draw.random(len(piece.ids)) < options.hidden
        covered[0] = False
        ids = tuple(pieces.mask if cover else one for one, cover in zip(piece.ids, covered, strict=True))
        hidden.append(Piece(ids, piece.places, piece.side))
    return head, hidden


def _optimiser(network: Any, options: EncoderOptions) -> Any:
    import torch

    def of(kind: str) -> list[Any]:
        return [
            one
            for name, one in network.named_parameters()
            if one.requires_grad
            and kind == ("plain" if one.ndim < 2 else "heads" if name.startswith("heads") else "encoder")
        ]

    return torch.optim.AdamW(
        [
            {"params": of("encoder"), "lr": options.rate, "weight_decay": options.decay},
            {"params": of("plain"), "lr": options.rate, "weight_decay": 0.0},
            {"params": of("heads"), "lr": options.rate * 10, "weight_decay": options.decay},
        ],
        fused=True,
    )


def _taught(
    data: Dataset, chosen: npt.NDArray[np.int64], options: EncoderOptions, answers: Mapping[str, Floats]
) -> dict[str, tuple[npt.NDArray[np.bool_], Floats, Floats]]:
    """By head what each utterance may be answered with, what it weighs (0 where it teaches nothing), and the teachers'
    shares times what those weigh (no columns where nobody was asked)."""
    here = np.zeros(len(data.examples), bool)
    here[chosen] = True
    found = {}
    for name in HEADS:
        of_source = options.annomi_weights if name is HeadName.CLIENT_ANNOMI else options.source_weights
        allowed = data.allowed(name)
        weights = _weights(allowed, here & np.isin(data.source, [*of_source]), data, of_source)
        told = np.zeros((len(here), 0), np.float32)
        if name.value in answers:
            side = data.practitioner == (name in (HeadName.PRACTITIONER, HeadName.QUESTION))
            heard = np.where(weights > 0, weights, _UNCODED) * (here & side)
            told = (answers[name.value] * heard[:, None]).astype(np.float32)
        found[name.value] = (allowed, weights, told)
    allowed = np.zeros((len(here), len(MAIN_CLASSES)), bool)
    for place in np.flatnonzero((data.source == Source.ANNOMI) & data.practitioner & (data.main != "")):
        allowed[place, MAIN_CLASSES.index(str(data.main[place]))] = True
    weights = _weights(allowed, here, data, {Source.ANNOMI: 1.0})
    found[MAIN] = (allowed, weights, np.zeros((len(here), 0), np.float32))
    return found


def _weights(
    allowed: npt.NDArray[np.bool_], here: npt.NDArray[np.bool_], data: Dataset, of_source: Mapping[Source, float]
) -> Floats:
    """One on average over what teaches."""
    told = np.flatnonzero(here & allowed.any(axis=1))
    weights = np.zeros(len(here), np.float32)
    if len(told):
        weights[told] = weights_by_source(allowed[told], data.source[told], of_source)
        weights[told] /= weights[told].mean()
    return weights


def _loss(rows: Any, answer: Mapping[str, Any], taught: Mapping[str, tuple[Any, ...]], options: EncoderOptions) -> Any:
    """Summed over heads: minus the log of the probability of what is allowed, smoothed towards every class, and the
    cross entropy with the teachers' shares."""
    import torch

    total = torch.zeros((), device=rows.device)
    for name, logits in answer.items():
        allowed, weights, told = (one[rows] for one in taught[name])
        chances = torch.log_softmax(logits, 1)
        right = -torch.logsumexp(chances.masked_fill(~allowed, -1e9), 1)
        smoothed = (1 - options.smoothing) * right - options.smoothing * chances.mean(1)
        coded = (weights * torch.where(weights > 0, smoothed, torch.zeros_like(smoothed))).sum()
        if told.shape[1]:
            heard = -(told * chances).sum()
            coded = (1 - options.from_teachers) * coded + options.from_teachers * heard
        total = total + options.shares[name] * coded / len(rows) * 2
    return total
