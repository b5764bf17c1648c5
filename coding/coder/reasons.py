"""Why a code was given: the words that carried it, as one plain sentence."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from coding.coder.features import BLOCKS, FeatureSpace
from coding.coder.words import END, START
from coding.scheme.codes import Behaviour, ClientTalk, Code

NAMES: dict[Code, str] = {
    Behaviour.GI: "giving information",
    Behaviour.PERSUADE: "persuading",
    Behaviour.PWP: "persuading with permission",
    Behaviour.Q: "a question",
    Behaviour.SR: "a simple reflection",
    Behaviour.CR: "a complex reflection",
    Behaviour.AF: "an affirmation",
    Behaviour.SEEK: "seeking collaboration",
    Behaviour.EMPHASIZE: "emphasising autonomy",
    Behaviour.CONFRONT: "confronting",
    Behaviour.NC: "talk that is not coded",
    ClientTalk.CT: "change talk",
    ClientTalk.ST: "sustain talk",
    ClientTalk.FN: "neutral talk",
}
_FROM_AROUND = {
    "letters": "The form of its words points",
    "before": "What the other person said just before points",
    "earlier": "What the speaker had just said points",
    "after": "The answer that followed points",
    "flags": "Its length and its place in the turn point",
}
_LITTLE_WORDS = """
    a an the and of to in on at it is was be for with as by that this there her his she he they them i am are were so
"""
SAYS_LITTLE = frozenset(_LITTLE_WORDS.split())
_MOST_PHRASES = 3
_WORTH_NAMING = 0.35  # of the strongest phrase's part


def reasons(
    texts: Sequence[str], rows: Any, space: FeatureSpace, coefficients: npt.NDArray[np.float32],
    shares: npt.NDArray[np.float32], codes: Sequence[Code], chosen: npt.NDArray[np.int64],
    unsure: npt.NDArray[np.bool_],
) -> list[str]:  # fmt: skip
    """One sentence a row. A feature's part is its value times how much more its coefficient favours the chosen code
    than the other codes, these weighted by how likely they were."""
    if rows.shape[0] == 0:
        return []
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    others = shares.copy()
    others[np.arange(len(chosen)), chosen] = 0.0
    runner_up = others.argmax(axis=1)
    others /= np.maximum(others.sum(axis=1, keepdims=True), 1e-9)
    weight = coefficients[rows.indices]
    mean = np.einsum("ij,ij->i", weight, others[row])
    part = rows.data * (weight[np.arange(len(row)), chosen[row]] - mean)
    block = np.searchsorted(space.edges()[1:], rows.indices, side="right")
    by_block = np.bincount(row * len(BLOCKS) + block, part, minlength=rows.shape[0] * len(BLOCKS))
    phrases = _strongest(texts, rows, row, part, block, space)
    return [
        _sentence(
            phrases[i], by_block[i * len(BLOCKS) : (i + 1) * len(BLOCKS)], codes[chosen[i]],
            codes[runner_up[i]] if unsure[i] else None,
        )
        for i in range(rows.shape[0])
    ]  # fmt: skip


def _strongest(
    texts: Sequence[str], rows: Any, row: npt.NDArray[Any], part: npt.NDArray[Any], block: npt.NDArray[Any],
    space: FeatureSpace,
) -> list[list[str]]:  # fmt: skip
    """Per row its few strongest phrases as they stand in the text, none inside another, best first; small words only
    where there is nothing else."""
    wanted = np.flatnonzero((block == 0) & (part > 0))
    order = wanted[np.lexsort((-part[wanted], row[wanted]))]
    telling: list[list[str]] = [[] for _ in texts]
    small: list[list[str]] = [[] for _ in texts]
    best = [0.0] * len(texts)
    vocabulary = space.vocabularies[0]
    for i, at, strength in zip(row[order].tolist(), rows.indices[order].tolist(), part[order].tolist(), strict=True):
        if len(telling[i]) == _MOST_PHRASES or strength < best[i] * _WORTH_NAMING:
            continue
        words = [word for word in vocabulary[at].split(" ") if word not in (START, END)]
        kept = small[i] if SAYS_LITTLE.issuperset(words) else telling[i]
        phrase = _as_said(words, texts[i])
        if phrase and not any(_overlap(phrase, other) for other in kept):
            kept.append(phrase)
            best[i] = best[i] or strength
    return [named or little[:_MOST_PHRASES] for named, little in zip(telling, small, strict=True)]


def _as_said(words: list[str], text: str) -> str:
    """The words as the text spells them, empty where they do not stand side by side in it."""
    if words == ["?"]:
        return "?"
    phrase = " ".join(words).replace(" ?", "?").replace(" !", "!")
    if not phrase[0].isalnum():
        return ""
    plain = text.replace("’", "'")
    lowered = plain.lower()
    place = lowered.find(phrase)
    while place >= 0:
        end = place + len(phrase)
        if not lowered[place - 1 : place].isalnum() and not lowered[end : end + 1].isalnum():
            return plain[place:end] if len(plain) == len(lowered) else phrase
        place = lowered.find(phrase, place + 1)
    return ""


def _overlap(one: str, other: str) -> bool:
    one, other = f" {one.lower()} ", f" {other.lower()} "
    return one in other or other in one


def _sentence(phrases: list[str], blocks: npt.NDArray[Any], code: Code, rival: Code | None) -> str:
    around = int(blocks[1:].argmax()) + 1
    lead = _FROM_AROUND[BLOCKS[around]] if blocks[around] > 0 else "No single word stands out; the whole points"
    return sentence_of(phrases, lead, code, rival)


def sentence_of(phrases: list[str], lead: str, code: Code, rival: Code | None) -> str:
    """The phrases point to the code or, where there are none, what `lead` says does; a rival is named as close."""
    close = f", but {NAMES[rival]} is close" if rival is not None else ""
    if not phrases:
        return f"{lead} to {NAMES[code]}{close}."
    quoted = [_quoted(phrase) for phrase in phrases]
    listed = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
    sentence = f"{listed} point{'s' if len(quoted) == 1 else ''} to {NAMES[code]}{close}."
    return sentence[0].upper() + sentence[1:] if sentence[0].isalpha() else sentence


def _quoted(phrase: str) -> str:
    return "the question mark" if phrase == "?" else f"“{phrase}”"
