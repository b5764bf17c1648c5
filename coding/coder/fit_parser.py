"""Learning where utterances begin, from the boundaries that coders drew."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from coding.coder.parser import TurnParser, marks_at
from coding.coder.training_data import TrainingConversation
from coding.scheme.codes import Speaker
from coding.transcript.utterances import pieces_of

_LEAST = 4  # how often a mark must occur to be learned
_STRENGTH = 0.3  # inverse L2 penalty
_WORTH_KEEPING = 0.02  # of the log-odds


def fit_parser(talks: Sequence[TrainingConversation]) -> TurnParser:
    """Learns from turns of several pieces; a boundary that no piece starts at cannot be learned."""
    return TurnParser({speaker: _fit(talks, speaker) for speaker in Speaker})


def _fit(talks: Sequence[TrainingConversation], speaker: Speaker) -> dict[str, float]:
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    seen = [found for talk in talks for found in _boundaries(talk, speaker)]
    drawn = np.array([new for _, new in seen], bool)
    if not drawn.any() or drawn.all():
        return {"": 1.0 if drawn.any() else -1.0}
    counted = Counter(mark for marks, _ in seen for mark, value in marks if value)
    vocabulary = sorted(mark for mark, times in counted.items() if times >= _LEAST)
    column = {mark: place for place, mark in enumerate(vocabulary)}
    cells = [
        (row, column[mark], value)
        for row, (marks, _) in enumerate(seen)
        for mark, value in marks
        if value and mark in column
    ]
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    matrix = sparse.csr_array((values, (rows, columns)), shape=(len(seen), len(vocabulary)))
    # The mark "" is the intercept, so that a parser is nothing but weights.
    model = LogisticRegression(C=_STRENGTH, max_iter=500, fit_intercept=False).fit(matrix, drawn)
    weights: npt.NDArray[np.float64] = np.asarray(model.coef_[0], np.float16).astype(np.float64)
    return {
        mark: float(weight) for mark, weight in zip(vocabulary, weights, strict=True) if abs(weight) >= _WORTH_KEEPING
    }


def _boundaries(talk: TrainingConversation, speaker: Speaker) -> Iterator[tuple[list[tuple[str, float]], bool]]:
    """For each piece of a turn but the first: its marks, and whether a coder began an utterance there."""
    for who, texts in turns_of(talk):
        if who is not speaker:
            continue
        text = " ".join(texts)
        pieces = pieces_of(text)
        begins, said = set(), 0
        for one in texts[:-1]:
            said += _letters(one)
            begins.add(said)
        for place in range(1, len(pieces)):
            marks = list(marks_at(pieces, place, text, speaker))
            yield marks, _letters(text[: pieces[place].start]) in begins


def turns_of(talk: TrainingConversation) -> Iterator[tuple[Speaker, list[str]]]:
    """Who spoke, and the utterances of the turn as a coder drew them."""
    turn, who, texts = None, None, list[str]()
    for example in talk.examples:
        said = example.utterance
        if (said.turn, said.speaker) != (turn, who):
            if who is not None:
                yield who, texts
            turn, who, texts = said.turn, said.speaker, []
        texts.append(said.text)
    if who is not None:
        yield who, texts


def _letters(text: str) -> int:
    """Signs but white space, by which a place is found again however the text is spaced."""
    return len("".join(text.split()))
