"""The encoder: a small transformer, run by ONNX Runtime in whole numbers of eight bits, that reads stretches of talk.

What it makes of an utterance is the mean of its tokens' vectors beside that of its mark; the heads are linear in both.
So each head's answer is a sum over tokens, and a token's part in it is known exactly.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from coding.coder.heads import Floats
from coding.coder.result import UtteranceToCode
from coding.coder.windows import LENGTH, Piece, Pieces, laid_out, windows_of

_MOST_THREADS = 4  # a window is too small for more


@dataclass(frozen=True)
class LinearReadout:
    """`of_mean` and `of_mark` (vector × outputs) and `intercepts` turn what was read into outputs. Of the first
    `explained` of them each token's part is kept."""

    of_mean: Floats
    of_mark: Floats
    intercepts: Floats
    explained: int = 0


@dataclass(frozen=True)
class Read:
    """`outputs` of one utterance, and `parts` (tokens but the mark × outputs) that its words had in them."""

    outputs: Floats
    parts: Floats


class Encoder:
    """Reads with the files `encoder.onnx` and `tokenizer.json` of a folder."""

    def __init__(self, folder: Path) -> None:
        self.pieces = Pieces(folder / "tokenizer.json")
        self._session = _session(folder / "encoder.onnx")

    def read(
        self, conversation: Sequence[UtteranceToCode], change_goal: str, readout: LinearReadout
    ) -> Iterator[tuple[Piece, Read]]:
        """One for each utterance, in order. One window at a time: eight-bit numbers are scaled by all that a run reads,
        so what shares a run with an utterance would change its answer."""
        head = self.pieces.goal(change_goal)
        pieces = self.pieces.of(conversation)
        for window in windows_of([len(piece.ids) for piece in pieces], LENGTH - len(head)):
            inside = pieces[window.start : window.end]
            answered = slice(window.first - window.start, window.last - window.start)
            bounds = list(accumulate((len(piece.ids) for piece in inside), initial=len(head)))
            begins, *ends = bounds[answered.start : answered.stop + 1]
            vectors = self.vectors(*laid_out(head, inside))[begins : ends[-1]]
            yield from zip(inside[answered], _read(vectors, [end - begins for end in ends], readout), strict=True)

    def vectors(self, ids: Sequence[int], sides: Sequence[int]) -> Floats:
        """(tokens × width) of one window."""
        tokens = np.asarray([ids], np.int64)
        fed = {
            "input_ids": tokens,
            "token_type_ids": np.asarray([sides], np.int64),
            "attention_mask": np.ones_like(tokens),
        }
        return np.asarray(self._session.run(None, fed)[0][0], np.float32)


def _read(vectors: Floats, ends: Sequence[int], readout: LinearReadout) -> Iterator[Read]:
    """Utterances one after another, each until its end. A product for all: of products as small as one utterance's,
    threads cost more than they save."""
    marks = [0, *ends[:-1]]
    by_token = vectors @ readout.of_mean
    by_mark = vectors[marks] @ readout.of_mark + readout.intercepts
    for mark, begins, end in zip(by_mark, marks, ends, strict=True):
        mine = by_token[begins:end]
        mine /= end - begins
        yield Read(mine.sum(axis=0) + mark, mine[1:, : readout.explained].copy())


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_MOST_THREADS, _cores())
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
