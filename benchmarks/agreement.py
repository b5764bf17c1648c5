"""Agreement against other implementations and printed examples, how often intervals hold the truth, and times.

The other implementations are scikit-learn, and loops written from the definitions (tests/coding/agreement/by_hand.py).
Tables have gaps, ties and constant columns. Where one finds a figure and the other none, the difference is infinite.
"""

import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np

from coding.agreement.alpha import Scale, alpha
from coding.agreement.compared import CODES, OneCoding
from coding.agreement.drift import BASELINE, Checked, Month, chart
from coding.agreement.icc import icc
from coding.agreement.kappa import Weights, kappa, kappa_by_code, weighted_kappa
from coding.agreement.report import agreement_report
from coding.agreement.statistic import Statistic
from coding.agreement.volleys import VolleyPair, volley_agreement
from coding.coder.figures import Figure, at_least, at_most, for_information
from coding.scheme.codes import Behaviour, CodedUtterance, Speaker
from tests.coding.agreement import by_hand

_SCALE = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
_SESSIONS, _UTTERANCES, _DRAWS = 100, 250, 1_000
Pairs = list[tuple[float, float]]


def measure() -> Iterator[Figure]:
    yield from _differences()
    yield _printed()
    yield from _coverage()
    yield from _drift()
    yield from _times()


def _differences() -> Iterator[Figure]:
    given = [[(row[0], row[1]) for row in table] for table in by_hand.random_tables(1)]
    pairs: list[Pairs] = [[(a, b) for a, b in rows if a is not None and b is not None] for rows in given]
    for weights in Weights:
        found = [weighted_kappa([one], _SCALE, weights) for one in given]
        name = "kappa" if weights is Weights.NONE else f"{weights.value} weighted kappa"
        yield _difference(name, found, [_of_sklearn(one, weights) for one in pairs])
    by_code = [kappa_by_code([one], _SCALE) for one in given]
    yield _difference(
        "kappa of each code",
        [one for found in by_code for one in found.by_code],
        [
            by_hand.kappa([(first == code, second == code) for first, second in one], "none")
            for one in pairs
            for code in _SCALE
        ],
    )
    for scale in Scale:
        tables = list(by_hand.random_tables(3, whole=scale is not Scale.INTERVAL))
        right = [by_hand.alpha(table, scale.value) for table in tables]
        yield _difference(f"{scale.value} alpha", [alpha([table], scale) for table in tables], right)
    tables = [*by_hand.random_tables(2), *by_hand.random_tables(4, whole=False)]
    yield _difference("ICC(2,1)", [icc(table) for table in tables], [by_hand.icc(table) for table in tables])
    yield _of_volleys()


def _of_volleys() -> Figure:
    """Micro-F1 and kappa of each code, of sets of codes made by chance."""
    from sklearn.metrics import cohen_kappa_score, f1_score

    draw, codes = np.random.default_rng(5), Behaviour.counted()
    found: list[Statistic] = []
    right: list[float] = []
    for number in range(by_hand.TABLES):
        sets = draw.random((2, int(draw.integers(1, 30)), len(codes))) < (0.02, 0.1, 0.5)[number % 3]
        first, second = ([frozenset(c for c, has in zip(codes, row, strict=True) if has) for row in s] for s in sets)
        agreement = volley_agreement([[VolleyPair(*both) for both in zip(first, second, strict=True)]])
        found += [agreement.micro_f1, *(one.kappa for one in agreement.by_code)]
        right.append(float(f1_score(*sets, average="micro", zero_division=math.nan)))
        for column in range(len(codes)):
            one, other = sets[:, :, column]
            told_apart = len({*one.tolist(), *other.tolist()}) > 1
            right.append(float(cohen_kappa_score(one, other)) if told_apart else math.nan)
    return _difference("micro-F1 and kappa of volleys", found, right)


def _difference(name: str, found: Sequence[Statistic], right: Sequence[float]) -> Figure:
    worst = 0.0
    for one, other in zip(found, right, strict=True):
        if (one.value is None) != math.isnan(other):
            worst = math.inf
        elif one.value is not None:
            worst = max(worst, abs(one.value - other))
    return at_most(f"largest difference from an independent implementation, {name}", worst, 1e-6)


def _of_sklearn(pairs: Pairs, weights: Weights) -> float:
    from sklearn.metrics import cohen_kappa_score

    seen = {one for pair in pairs for one in pair}
    if len(seen) < 2:
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns that are constant
        how = None if weights is Weights.NONE else weights.value
        return float(cohen_kappa_score(*zip(*pairs, strict=True), weights=how, labels=_SCALE))


def _printed() -> Figure:
    """To the digits printed in the papers."""
    from tests.coding.agreement.test_alpha import FOUR_OBSERVERS
    from tests.coding.agreement.test_icc import SHROUT_FLEISS
    from tests.coding.agreement.test_kappa import COHEN

    units = [[unit] for unit in zip(*FOUR_OBSERVERS, strict=True)]
    printed = (
        (float(kappa(np.array(COHEN, dtype=np.float64))), 0.492, 3),
        (icc(SHROUT_FLEISS).value, 0.29, 2),
        (alpha(units, Scale.NOMINAL).value, 0.743, 3),
        (alpha(units, Scale.ORDINAL).value, 0.815, 3),
        (alpha(units, Scale.INTERVAL).value, 0.849, 3),
    )
    right = sum(found is not None and round(found, digits) == value for found, value, digits in printed)
    return at_least("printed examples that come out to the digit, of 5", right, 5)


def _coverage() -> Iterator[Figure]:
    """Of sessions made by chance, with two raters of whom one is half a point higher."""
    draw, truth = np.random.default_rng(1), 1 / (1 + 0.125 + 1)
    for sessions in (10, 20, 50):
        held = []
        for number in range(400):
            level = draw.normal(size=(sessions, 1))
            given = level + np.array([0, 0.5]) + draw.normal(size=(sessions, 2))
            found = icc(given.tolist(), seed=number, draws=_DRAWS)
            held.append(found.low is not None and found.high is not None and found.low <= truth <= found.high)
        yield for_information(
            f"95 % intervals of ICC that hold the truth, {sessions} sessions", 100 * float(np.mean(held)), "%"
        )
    truth = float(kappa(_tables(draw, 20_000).sum(axis=0)))
    for sessions in (10, 20):
        held = []
        for number in range(200):
            pairs = [_pairs_of(table) for table in _tables(draw, sessions)]
            found = kappa_by_code(pairs, range(4), seed=number, draws=_DRAWS).kappa
            held.append(found.low is not None and found.high is not None and found.low <= truth <= found.high)
        yield for_information(
            f"95 % intervals of kappa that hold the truth, {sessions} sessions", 100 * float(np.mean(held)), "%"
        )


def _tables(draw: np.random.Generator, sessions: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(sessions, 4, 4): 60 codes each, some sessions harder than others, for codes and for coders."""
    tables = np.zeros((sessions, 4, 4))
    for table in tables:
        right = np.clip(draw.normal(0.75, 0.08), 0.05, 0.98)
        truth = draw.choice(4, 60, p=draw.dirichlet([5, 3, 2, 1]))
        coders = [np.where(draw.random(60) < right, truth, draw.integers(0, 4, 60)) for _ in range(2)]
        np.add.at(table, tuple(coders), 1)
    return tables


def _pairs_of(table: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[tuple[int, int]]:
    return [(int(i), int(j)) for i, j in np.argwhere(table) for _ in range(int(table[i, j]))]


def _drift() -> Iterator[Figure]:
    """Four sessions of 120 codes a month, a fifth of them different, give or take a twentieth by session."""
    draw = np.random.default_rng(2)
    quiet = [any(month.signal for month in _charted(draw, 12, 0.0)) for _ in range(400)]
    moved = [any(month.signal for month in _charted(draw, BASELINE + 3, 0.1)[BASELINE:]) for _ in range(400)]
    yield for_information("drift charts that signal within a year though nothing changed", 100 * _share(quiet), "%")
    yield for_information("drift charts that signal within 3 months of 10 more in 100", 100 * _share(moved), "%")


def _charted(draw: np.random.Generator, months: int, shift: float) -> tuple[Month, ...]:
    sessions = []
    for month in range(months):
        for day in range(1, 5):
            share = np.clip(draw.normal(0.2 + shift * (month >= BASELINE), 0.05), 0.01, 0.99)
            held_on = date(2025 + month // 12, month % 12 + 1, day)
            sessions.append(Checked(held_on, 120, int(draw.binomial(120, share))))
    return chart(sessions).months


def _share(yes: Sequence[bool]) -> float:
    return sum(yes) / len(yes)


def _times() -> Iterator[Figure]:
    draw = np.random.default_rng(3)
    codes = list(Behaviour)
    pairs = [list(zip(*draw.choice(len(codes), (2, _UTTERANCES)).tolist(), strict=True)) for _ in range(_SESSIONS)]
    named = [[(codes[one], codes[other]) for one, other in session] for session in pairs]
    given = draw.integers(0, 30, (_SESSIONS, 2)).tolist()
    of = f"bootstrap of {_DRAWS:,} on {_SESSIONS} sessions"
    took = _took(lambda: kappa_by_code(named, codes, draws=_DRAWS))
    yield at_most(f"{of}, kappa and that of each code", took, 1, "s")
    yield at_most(f"{of}, ICC", _took(lambda: icc(given, draws=_DRAWS)), 1, "s")
    yield at_most(f"{of}, alpha", _took(lambda: alpha(named, Scale.NOMINAL, draws=_DRAWS)), 1, "s")
    coded = [(_coding(draw, number), _coding(draw, number)) for number in range(_SESSIONS)]
    ratings = ["empathy"]
    yield at_most(
        f"the whole report on {_SESSIONS} sessions of {_UTTERANCES} utterances",
        _took(lambda: agreement_report(coded, ratings=ratings, draws=_DRAWS), times=1), 60, "s",
    )  # fmt: skip


def _coding(draw: np.random.Generator, number: int) -> OneCoding:
    """The same words for both coders but for one utterance in fifty, which one of them mended."""
    words, said = np.random.default_rng(number), []
    for place in range(_UTTERANCES):
        speaker = (Speaker.PRACTITIONER, Speaker.CLIENT)[place % 2]
        mended = " mended" if draw.random() < 0.02 else ""
        text = " ".join(f"word{one}" for one in words.zipf(1.4, 12) % 2_000) + mended
        codes = CODES[speaker]
        said.append(CodedUtterance(place, 0, speaker, text, codes[int(draw.integers(len(codes)))]))
    return OneCoding(said, {"empathy": int(draw.integers(1, 6))})


def _took(work: Callable[[], object], times: int = 3) -> float:
    """Seconds, the best of so many."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return min(took)
