"""Which coded utterances are shown as examples, and where they lie in what the encoder reads."""

import numpy as np
import numpy.typing as npt

from coding.coder.dataset import Dataset
from coding.coder.encoder import Encoder, LinearReadout
from coding.coder.examples import Examples, letters_of, unit
from coding.coder.training_data import Source, TrainingConversation

_EXAMPLES_OF_CODE = 400
_EXAMPLE_WORDS = (4, 22)  # an example is neither a word nor a speech
_EXAMPLE_WIDTH = 48


def choose_examples(data: Dataset, seed: int) -> npt.NDArray[np.int64]:
    """Of our own corpus alone, for an example is shown to people: up to a few hundred of each code, no words twice."""
    draw = np.random.default_rng(seed)
    said = [letters_of(example.utterance.text) for example in data.examples]
    places_of = {text: place for place, text in reversed(list(enumerate(said)))}
    first = np.isin(np.arange(len(said)), list(places_of.values()))
    codes = np.array([e.allowed[0].value if len(e.allowed) == 1 else "" for e in data.examples])
    words = np.array([len(e.utterance.text.split()) for e in data.examples])
    fits = first & (data.source == Source.AUTHORED) & (words >= _EXAMPLE_WORDS[0]) & (words <= _EXAMPLE_WORDS[1])
    chosen = []
    for code in sorted(set(codes[fits].tolist()) - {""}):
        places = np.flatnonzero(fits & (codes == code))
        chosen.append(draw.permutation(places)[:_EXAMPLES_OF_CODE])
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)


def with_examples(
    encoder: Encoder, readout: LinearReadout, data: Dataset, chosen: npt.NDArray[np.int64]
) -> tuple[LinearReadout, Examples]:
    """The readout with the directions in which examples differ most (principal components) added to it, and the
    examples' own places there."""
    wide = 2 * len(readout.of_mean)
    eye = np.eye(wide, dtype=np.float32)
    plain = LinearReadout(eye[: wide // 2], eye[wide // 2 :], np.zeros(wide, np.float32))
    texts, codes, vectors = [], [], []
    wanted = set(chosen.tolist())
    for talk, places in talks_at(data, np.flatnonzero(np.isin(data.transcript, data.transcript[chosen]))):
        said = [example.utterance for example in talk.examples]
        for place, example, (_, read) in zip(
            places.tolist(), talk.examples, encoder.read(said, talk.change_goal, plain), strict=True
        ):
            if place in wanted:
                texts.append(example.utterance.text)
                codes.append(example.allowed[0].value)
                vectors.append(read.outputs)
    if not vectors:
        return readout, Examples((), (), np.zeros((0, 1), np.int8))
    read_all = np.array(vectors, np.float32)
    centre = read_all.mean(axis=0)
    _, _, axes = np.linalg.svd(read_all - centre, full_matrices=False)
    axes = axes[:_EXAMPLE_WIDTH].T.astype(np.float32)
    directions = np.round(127 * unit((read_all - centre) @ axes)).astype(np.int8)
    added = LinearReadout(
        np.hstack([readout.of_mean, axes[: wide // 2]]),
        np.hstack([readout.of_mark, axes[wide // 2 :]]),
        np.r_[readout.intercepts, -centre @ axes].astype(np.float32),
        readout.explained,
    )
    return added, Examples(tuple(texts), tuple(codes), directions)


def talks_at(data: Dataset, tested: npt.NDArray[np.int64]) -> list[tuple[TrainingConversation, npt.NDArray[np.int64]]]:
    return [
        (talk, places)
        for talk in data.talks
        if talk.source is not Source.PAIR and len(places := tested[data.transcript[tested] == talk.transcript_id])
    ]
