"""The linear coder: the default that ships, loads in a blink and needs nothing from the network."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coding.coder.heads import Floats, softmax
from coding.coder.model import DEFAULT, HeadName, LinearModel, load_model
from coding.coder.reasons import reasons
from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.coder.surroundings import surroundings
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind

_CODES: dict[Speaker, tuple[HeadName, tuple[Code, ...]]] = {
    Speaker.PRACTITIONER: (HeadName.PRACTITIONER, tuple(Behaviour)),
    Speaker.CLIENT: (HeadName.CLIENT, tuple(ClientTalk)),
}
_CHUNK = 2_000  # utterances at a time, so that a day of talk needs little memory


class LinearCoder:
    """A `Coder`. The change goal is taken for the interface's sake: this coder does not use it."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model
        self._heads = list(model.heads.items())
        self._coefficients = np.hstack([head.coefficients for _, head in self._heads])

    @property
    def version(self) -> str:
        return self.model.version

    def parse(self, turn: str, speaker: Speaker) -> list[str]:
        return self.model.parser.parse(turn, speaker)

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]:
        around = surroundings(conversation)
        estimates: list[CodeEstimate] = []
        for start in range(0, len(around), _CHUNK):
            part = around[start : start + _CHUNK]
            rows = self.model.space.rows(part)
            shares = self._shares(rows)
            found: dict[int, CodeEstimate] = {}
            for speaker in Speaker:
                places = np.flatnonzero([one.speaker is speaker for one in part])
                if len(places):
                    of_speaker = {name: share[places] for name, share in shares.items()}
                    found.update(
                        zip(
                            places.tolist(),
                            self._of(speaker, [part[i].text for i in places], rows[places], of_speaker),
                            strict=True,
                        )
                    )
            estimates.extend(found[i] for i in range(len(part)))
        return estimates

    def _shares(self, rows: object) -> dict[HeadName, Floats]:
        """Calibrated probabilities of every head, from one product."""
        logits = np.asarray(rows @ self._coefficients, np.float32)  # type: ignore[operator]
        shares, column = {}, 0
        for name, head in self._heads:
            width = len(head.classes)
            shares[name] = softmax((logits[:, column : column + width] + head.intercepts) / head.temperature)
            column += width
        return shares

    def _of(
        self, speaker: Speaker, texts: list[str], rows: object, shares: dict[HeadName, Floats]
    ) -> list[CodeEstimate]:
        name, codes = _CODES[speaker]
        head = self.model.heads[name]
        order = [head.classes.index(code.value) for code in codes]
        share = shares[name][:, order].astype(np.float64)
        share /= share.sum(axis=1, keepdims=True)
        chosen = share.argmax(axis=1)
        confidence = share[np.arange(len(share)), chosen]
        unsure = confidence < self.model.thresholds[speaker]
        why = reasons(
            texts, rows, self.model.space, head.coefficients[:, order], share.astype(np.float32), codes, chosen, unsure
        )
        subtypes = self._subtypes(speaker, codes, chosen, shares)
        return [
            CodeEstimate(codes[best], subtype, top, doubtful, dict(zip(codes, all_shares, strict=True)), reason)
            for best, subtype, top, doubtful, all_shares, reason in zip(
                chosen.tolist(), subtypes, confidence.tolist(), unsure.tolist(), share.tolist(), why, strict=True
            )
        ]

    def _subtypes(
        self, speaker: Speaker, codes: tuple[Code, ...], chosen: npt.NDArray[np.int64], shares: dict[HeadName, Floats]
    ) -> list[Subtype | None]:
        """Open or closed for a question; the kind of change or sustain talk."""
        name = HeadName.QUESTION if speaker is Speaker.PRACTITIONER else HeadName.KIND
        wanted = {Behaviour.Q} if speaker is Speaker.PRACTITIONER else {ClientTalk.CT, ClientTalk.ST}
        kind = QuestionType if speaker is Speaker.PRACTITIONER else TalkKind
        classes = self.model.heads[name].classes
        best = shares[name].argmax(axis=1).tolist()
        return [
            kind(classes[top]) if codes[code] in wanted else None
            for code, top in zip(chosen.tolist(), best, strict=True)
        ]


@cache
def load_coder(folder: Path = DEFAULT) -> LinearCoder:
    """The coder in a folder that `evoke train --out` wrote, loaded once a process. Raises ModelUnreadable."""
    return LinearCoder(load_model(folder))


def load_default_coder() -> LinearCoder:
    """The coder that ships with Evoke."""
    return load_coder()
