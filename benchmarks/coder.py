"""What the coder that ships must show.

How good its codes are was measured when it was trained, on conversations that neither of its parts had seen, and is
written in its `model.json`: training again to measure again takes hours (`evoke train --encoder --report`). What can be
measured in minutes is measured here: its speed, its size, and whether its reasons name what carried the decision.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.code_speed import authored_talks, code_speed, on_one_core
from benchmarks.figure import AsTrained, NotMeasured
from coding.coder.figures import Figure, at_least, at_most, for_information
from coding.coder.model import DEFAULT
from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.coder.shelf import looked_at
from coding.coder.targets import CODER_TARGETS, Measured, beside

UTTERANCES = 3_000


def measure() -> Iterator[Figure | AsTrained | NotMeasured]:
    yield from _as_trained()
    yield _size()
    yield from _speed()
    yield from _reasons()


def _as_trained() -> Iterator[AsTrained]:
    coder = looked_at(DEFAULT)
    for name, value in coder.figures.items():
        figure = beside(Measured(name, value, coder.units.get(name, "")), CODER_TARGETS)
        if figure is not None:
            yield AsTrained(figure, coder.version)


def _size() -> Figure:
    return at_most("what ships of the coder", looked_at(DEFAULT).megabytes, 40, "MB")


_BARE = """
import sys, time
from pathlib import Path
from benchmarks.code_speed import authored_talks
from coding.coder.encoder import Encoder
from coding.coder.windows import LENGTH, laid_out, windows_of

encoder = Encoder(Path(sys.argv[1]))
head = encoder.pieces.goal("")
fed = []
for said in authored_talks(int(sys.argv[2])):
    pieces = encoder.pieces.of(said)
    for window in windows_of([len(piece.ids) for piece in pieces], LENGTH - len(head)):
        fed.append(laid_out(head, pieces[window.start : window.end]))
started = time.perf_counter()
for ids, sides in fed:
    encoder.vectors(ids, sides)
print(time.perf_counter() - started)
"""


def _speed() -> list[Figure]:
    """On one core, best of three. The bare encoder only runs the same windows."""
    talks = authored_talks(UTTERANCES)
    speed = code_speed(talks, DEFAULT)
    bare = min(float(on_one_core("-c", _BARE, str(DEFAULT), str(UTTERANCES))) for _ in range(3))
    return [
        at_least("evoke code on one core, share of the bare encoder's throughput", 100 * bare / speed.coding, 80, "%"),
        for_information("evoke code on one core, utterances a second", sum(map(len, talks)) / speed.coding, "/s"),
        for_information("evoke code with the encoder, start-up", speed.start_up, "s"),
    ]


def _reasons() -> list[Figure]:
    """Words are taken out of utterances of conversations kept out of training: the ones the reason names, and as many
    others. What matters is by how much more the code's probability falls."""
    from coding.coder.load import load_default_coder
    from coding.corpus.load import demo_conversations, load_corpus

    coder, draw = load_default_coder(), random.Random(0)
    named_falls: list[float] = []
    other_falls: list[float] = []
    for talk in [talk for talk in load_corpus() if talk.transcript_id in demo_conversations()][:8]:
        said = [UtteranceToCode(u.turn, u.utterance, u.speaker, u.text) for u in talk.utterances]
        for place, estimate in enumerate(coder.code(said)):
            words = said[place].text.split()
            named = _places_named(words, estimate)
            others = [n for n in range(len(words)) if n not in named]
            if not named or len(others) < 2 * len(named):
                continue
            window = said[max(0, place - 6) : place + 3]
            at = place - max(0, place - 6)
            before = coder.code(window)[at].probabilities[estimate.code]
            for falls, gone in ((named_falls, named), (other_falls, set(draw.sample(others, len(named))))):
                left = " ".join(word for n, word in enumerate(words) if n not in gone)
                changed = [*window[:at], replace(window[at], text=left), *window[at + 1 :]]
                falls.append(before - coder.code(changed)[at].probabilities[estimate.code])
    ratio = sum(named_falls) / max(1e-9, sum(other_falls))
    return [
        for_information("a code's probability falls by, without the words its reason names", _mean(named_falls)),
        at_least("the same, times the fall without as many other words", ratio, 2),
    ]


def _mean(values: list[float]) -> float:
    return sum(values) / max(1, len(values))


def _places_named(words: list[str], estimate: CodeEstimate) -> set[int]:
    reason = estimate.reason.split(" Compare “")[0]
    named = {word for part in reason.split("“")[1:] for word in part.split("”")[0].split()}
    return {n for n, word in enumerate(words) if word.strip(".,!?;:…—") in named}
