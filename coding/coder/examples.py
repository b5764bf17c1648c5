"""The nearest coded example: an utterance of our own corpus that the encoder reads much like the one in hand."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from coding.coder.heads import Floats
from coding.scheme.codes import Code

NEAR = 0.6  # cosine; below it a comparison puzzles more than it explains


@dataclass(frozen=True)
class Examples:
    """`directions` (examples × width, whole numbers of eight bits, rows of about the same length) lie in the space that
    the last of the readout's outputs lead to."""

    texts: tuple[str, ...]
    codes: tuple[str, ...]
    directions: npt.NDArray[np.int8]
    _of_code: dict[str, tuple[npt.NDArray[np.int64], Floats]] = field(init=False, repr=False, compare=False)
    _saying: dict[tuple[str, str], list[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        of_code, saying = {}, defaultdict(list)
        codes = np.asarray(self.codes)
        for code in set(self.codes):
            places = np.flatnonzero(codes == code)
            of_code[code] = (places, unit(self.directions[places].astype(np.float32)))
            for at, place in enumerate(places.tolist()):
                saying[code, letters_of(self.texts[place])].append(at)
        object.__setattr__(self, "_of_code", of_code)
        object.__setattr__(self, "_saying", dict(saying))

    def nearest(self, directions: Floats, codes: Sequence[Code], texts: Sequence[str]) -> list[str]:
        """For each row the text of the nearest example that has its code, empty where none is near. Never the very
        same words, which a stock phrase's examples may have many times: they explain nothing."""
        found = [""] * len(texts)
        mine = unit(directions)
        for code in set(codes):
            rows = [row for row, one in enumerate(codes) if one is code]
            places, theirs = self._of_code.get(code.value, (None, None))
            if places is None or theirs is None:
                continue
            likeness = mine[rows] @ theirs.T
            for like, row in zip(likeness, rows, strict=True):
                like[self._saying.get((code.value, letters_of(texts[row])), [])] = -1.0
            best = likeness.argmax(axis=1).tolist()
            for like, row, at in zip(likeness, rows, best, strict=True):
                if like[at] >= NEAR:
                    found[row] = self.texts[places[at]]
        return found


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def letters_of(text: str) -> str:
    """Two texts with the same letters say the same words, however they are punctuated."""
    return "".join(filter(str.isalnum, text.lower()))
