"""The linear coder: loads in a blink, codes thousands of utterances a second, and stands beside the encoder."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from coding.coder.estimates import Chosen, estimates_of
from coding.coder.heads import Floats, softmax
from coding.coder.model import HeadName, LinearModel, load_model
from coding.coder.reasons import reasons
from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.coder.surroundings import Surroundings, surroundings
from coding.scheme.codes import Speaker

_CHUNK = 2_000  # utterances at a time, so that a day of talk needs little memory


class LinearCoder:
    """A `Coder`. The change goal is taken for the interface's sake: this coder does not use it."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model
        self._heads = list(model.heads.items())
        self._coefficients = np.hstack([head.coefficients for _, head in self._heads])
        self._classes = {name: head.classes for name, head in self._heads}

    @property
    def version(self) -> str:
        return self.model.version

    def parse(self, turn: str, speaker: Speaker) -> list[str]:
        return self.model.parser.parse(turn, speaker)

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]:
        around = surroundings(conversation)
        estimates: list[CodeEstimate] = []
        for start in range(0, len(around), _CHUNK):
            estimates.extend(self._code(around[start : start + _CHUNK]))
        return estimates

    def logits(self, around: Sequence[Surroundings]) -> dict[HeadName, Floats]:
        """Every head's logits (utterances × classes), not yet divided by its temperature."""
        return self._logits(self.model.space.rows(around))

    def _code(self, around: Sequence[Surroundings]) -> list[CodeEstimate]:
        rows = self.model.space.rows(around)
        shares = {
            name: softmax(logits / self.model.heads[name].temperature) for name, logits in self._logits(rows).items()
        }

        def why(chosen: Chosen) -> list[str]:
            return reasons(
                [around[place].text for place in chosen.places], rows[chosen.places], self.model.space,
                self.model.heads[chosen.head].coefficients[:, chosen.order], chosen.shares, chosen.codes, chosen.best,
                chosen.unsure,
            )  # fmt: skip

        return estimates_of([one.speaker for one in around], shares, self._classes, self.model.thresholds, why)

    def _logits(self, rows: object) -> dict[HeadName, Floats]:
        """One product for all heads."""
        everything = np.asarray(rows @ self._coefficients, np.float32)  # type: ignore[operator]
        logits, column = {}, 0
        for name, head in self._heads:
            logits[name] = everything[:, column : column + len(head.classes)] + head.intercepts
            column += len(head.classes)
        return logits


def load_linear(folder: Path) -> LinearCoder:
    """The linear coder in a folder, loaded once a process by whatever path it is named. Raises ModelUnreadable."""
    return _loaded(folder.resolve())


@cache
def _loaded(folder: Path) -> LinearCoder:
    return LinearCoder(load_model(folder))
