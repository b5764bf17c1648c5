"""The figures that say how good the coder is, on conversations it was not trained on."""

from collections.abc import Mapping, Sequence
from math import inf, nan
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coding.coder.dataset import CLASSES, MAIN_CLASSES, Dataset, main_of_codes
from coding.coder.figures import Figure
from coding.coder.fit import DOUBTFUL_SHARE, FitOptions, Unseen, answers_unseen
from coding.coder.heads import best_temperature, softmax
from coding.coder.model import HeadName
from coding.coder.targets import LINEAR_TARGETS, Measured, Targets, beside
from coding.coder.training_data import MainBehaviour, Source
from coding.coder.volley_sets import VolleyTally
from coding.scheme.codes import Behaviour

_LEAST_OF_CODE = 30  # volleys of gold that a rate needs


def report(
    annomi: Path | None, pair: Path | None = None, authored: Path | None = None, options: FitOptions | None = None
) -> list[Figure]:
    """Trains the linear model once a fold and scores what each fold left out. Several minutes.

    Each of the five folds leaves out a fifth of AnnoMI, by video and transcript, and two or three whole authors.
    """
    from coding.coder.train import read_all
    from coding.corpus.load import AUTHORED

    data = read_all(annomi, pair, authored or AUTHORED)
    return figures_of(data, answers_unseen(data, options or FitOptions()))


def figures_of(data: Dataset, unseen: Unseen, targets: Targets = LINEAR_TARGETS) -> list[Figure]:
    """Over what `unseen` answers. A figure that `targets` does not name is for information."""
    parts = {
        Source.ANNOMI: _on_annomi, Source.ANNOMI_PARTS: _on_parts, Source.OWN: _on_own, Source.AUTHORED: _on_authored,
    }  # fmt: skip
    answered = set(data.source[unseen.fold >= 0].tolist())
    measured = [one for source, measure in parts.items() if source.value in answered for one in measure(data, unseen)]
    return [figure for one in measured if (figure := beside(one, targets)) is not None]


def _on_annomi(data: Dataset, unseen: Unseen) -> list[Measured]:
    mine = (data.source == Source.ANNOMI.value) & (unseen.fold >= 0)
    said = mine & data.practitioner
    main = np.array([MAIN_CLASSES.index(value) for value in data.main[said]], np.int64)
    summed = main_of_codes(softmax(unseen.logits[HeadName.PRACTITIONER][said]))
    return [
        Measured("AnnoMI practitioner 4-class macro-F1", macro_f1(main, summed)),
        Measured("AnnoMI client 3-class macro-F1", _score(data, unseen, HeadName.CLIENT_ANNOMI, mine)),
        *(
            figure
            for one in (MainBehaviour.QUESTION, MainBehaviour.REFLECTION)
            for figure in (
                Measured(f"AnnoMI {one} present or absent, macro-F1", unseen.presence.macro_f1(one)),
                Measured(f"AnnoMI {one} present F1", unseen.presence.f1(one)),
            )
        ),
        Measured("AnnoMI open/closed macro-F1", _score(data, unseen, HeadName.QUESTION, mine)),
        Measured("AnnoMI role of whole transcripts", 100 * _roles_right(data, unseen, mine), "%"),
        Measured("AnnoMI practitioner 4-class kappa", _kappa(main, summed)),
        Measured(
            "AnnoMI client calibration error", 100 * _calibration_error(data, unseen, HeadName.CLIENT_ANNOMI, mine), "%"
        ),
    ]


def _on_parts(data: Dataset, unseen: Unseen) -> list[Measured]:
    """Real interviews with our codes of MITI: the nearest there is to interviews that MITI coders coded."""
    mine = (data.source == Source.ANNOMI_PARTS.value) & (unseen.fold >= 0)
    where = "AnnoMI with our MITI codes"
    return [
        Measured(f"{where}: macro-F1 of the 11 codes", _score(data, unseen, HeadName.PRACTITIONER, mine)),
        Measured(f"{where}: 11 codes right", 100 * _right(data, unseen, HeadName.PRACTITIONER, mine), "%"),
        Measured(f"{where}: client macro-F1", _score(data, unseen, HeadName.CLIENT, mine)),
        Measured(f"{where}: volleys from raw turns, micro-F1", _volleys(data, unseen, mine).micro_f1),
        *_rates(data, unseen, mine, where),
    ]


def _on_own(data: Dataset, unseen: Unseen) -> list[Measured]:
    mine = (data.source == Source.OWN.value) & (unseen.fold >= 0)
    where = "own sessions left out"
    return [
        Measured(f"{where}: macro-F1 of the 11 codes", _score(data, unseen, HeadName.PRACTITIONER, mine)),
        Measured(f"{where}: 11 codes right", 100 * _right(data, unseen, HeadName.PRACTITIONER, mine), "%"),
        Measured(f"{where}: client macro-F1", _score(data, unseen, HeadName.CLIENT, mine)),
        Measured(f"{where}: volleys from raw turns, micro-F1", _volleys(data, unseen, mine).micro_f1),
    ]


def _on_authored(data: Dataset, unseen: Unseen) -> list[Measured]:
    mine = (data.source == Source.AUTHORED.value) & (unseen.fold >= 0)
    where = "authors left out"
    return [
        Measured(f"{where}: macro-F1 of the 11 codes", _score(data, unseen, HeadName.PRACTITIONER, mine)),
        Measured(f"{where}: the same, mean of authors", _mean_of_authors(data, unseen, HeadName.PRACTITIONER, mine)),
        *(Measured(f"{where}: F1 of {code}", f1) for code, f1 in _by_code(data, unseen, mine)),
        Measured(f"{where}: volleys from raw turns, micro-F1", _volleys(data, unseen, mine).micro_f1),
        Measured(f"{where}: client macro-F1", _score(data, unseen, HeadName.CLIENT, mine)),
        Measured(f"{where}: client, mean of authors", _mean_of_authors(data, unseen, HeadName.CLIENT, mine)),
        Measured(f"{where}: open/closed macro-F1", _score(data, unseen, HeadName.QUESTION, mine)),
        Measured(f"{where}: kind of change and sustain talk, macro-F1", _score(data, unseen, HeadName.KIND, mine)),
        Measured(f"{where}: role of whole transcripts", 100 * _roles_right(data, unseen, mine), "%"),
        *(
            Measured(
                f"{where}: {head.value} calibration error", 100 * _calibration_error(data, unseen, head, mine), "%"
            )
            for head in (HeadName.PRACTITIONER, HeadName.CLIENT)
        ),
        *(
            Measured(f"{where}: {head.value} codes right where {said}", 100 * share, "%")
            for head in (HeadName.PRACTITIONER, HeadName.CLIENT)
            for said, share in zip(("sure", "unsure"), _right_by_doubt(data, unseen, head, mine), strict=True)
        ),
        *_rates(data, unseen, mine, where),
    ]


def _known(data: Dataset, head: HeadName, where: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], ...]:
    truth = data.truth(head)
    places = np.flatnonzero(where & (truth >= 0))
    return places, truth[places]


def _score(data: Dataset, unseen: Unseen, head: HeadName, where: npt.NDArray[np.bool_]) -> float:
    places, truth = _known(data, head, where)
    return macro_f1(truth, unseen.logits[head][places].argmax(axis=1)) if len(places) else nan


def _right(data: Dataset, unseen: Unseen, head: HeadName, where: npt.NDArray[np.bool_]) -> float:
    places, truth = _known(data, head, where)
    return float((unseen.logits[head][places].argmax(axis=1) == truth).mean()) if len(places) else nan


def _by_code(data: Dataset, unseen: Unseen, where: npt.NDArray[np.bool_]) -> list[tuple[str, float]]:
    from sklearn.metrics import f1_score

    places, truth = _known(data, HeadName.PRACTITIONER, where)
    answer = unseen.logits[HeadName.PRACTITIONER][places].argmax(axis=1)
    classes = CLASSES[HeadName.PRACTITIONER]
    scores = f1_score(truth, answer, average=None, labels=range(len(classes)), zero_division=0)
    return [(code, float(score)) for code, score in zip(classes, scores, strict=True)]


def _mean_of_authors(data: Dataset, unseen: Unseen, head: HeadName, where: npt.NDArray[np.bool_]) -> float:
    authors = sorted(set(data.group[where].tolist()))
    scores = [_score(data, unseen, head, where & (data.group == author)) for author in authors]
    return float(np.mean(scores)) if scores else nan


def _volleys(data: Dataset, unseen: Unseen, where: npt.NDArray[np.bool_]) -> VolleyTally:
    transcripts = dict.fromkeys(data.transcript[where].tolist())
    return sum((unseen.volleys[one] for one in transcripts if one in unseen.volleys), VolleyTally())


def _rates(data: Dataset, unseen: Unseen, where: npt.NDArray[np.bool_], name: str) -> list[Measured]:
    """By quality, over all volleys together: the machine's reflections to questions divided by gold's, and of the
    codes that gold has often enough, the one whose rate is furthest from gold's (1 is the same rate, 2 is twice or
    half)."""
    found = []
    for quality in sorted(set(data.quality[where].tolist())):
        tally = _volleys(data, unseen, where & (data.quality == quality))
        gold, said = reflections_to_questions(tally.held), reflections_to_questions(tally.said)
        share = said / gold if gold else nan
        found += [
            Measured(f"{name}, {quality} sessions: reflections to questions, said for each held", share),
            Measured(
                f"{name}, {quality} sessions: reflections to questions, times off gold",
                max(share, 1 / share) if share else inf,
            ),
        ]
        rates = [
            max(tally.said[code] / held, held / max(tally.said[code], 0.5))
            for code, held in tally.held.items()
            if held >= _LEAST_OF_CODE
        ]
        found.append(Measured(f"{name}, {quality} sessions: code rate furthest from gold", max(rates, default=nan)))
    return found


def reflections_to_questions(counts: Mapping[Behaviour, int]) -> float:
    return sum(counts[code] for code in Behaviour.reflections()) / max(1, counts[Behaviour.Q])


def _calibration_error(data: Dataset, unseen: Unseen, head: HeadName, where: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error in 15 equal bins of confidence; where the answers are not calibrated yet, each fold's
    temperature comes from the others."""
    allowed = data.allowed(head)
    places, truth = _known(data, head, where)
    if not len(places):
        return nan
    shares = np.zeros((len(places), allowed.shape[1]), np.float32)
    for number in set(unseen.fold[places].tolist()):
        others = (unseen.fold >= 0) & (unseen.fold != number) & allowed.any(axis=1)
        temperature = (
            best_temperature(unseen.logits[head][others], allowed[others])
            if others.any() and not unseen.calibrated
            else 1.0
        )
        mine = unseen.fold[places] == number
        shares[mine] = softmax(unseen.logits[head][places[mine]] / temperature)
    return expected_calibration_error(shares, truth)


def _right_by_doubt(data: Dataset, unseen: Unseen, head: HeadName, where: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Share right among the surer four fifths, and among the rest."""
    places, truth = _known(data, head, where)
    if not len(places):
        return nan, nan
    shares = softmax(unseen.logits[head][places])
    right = shares.argmax(axis=1) == truth
    confidence = shares.max(axis=1)
    sure = confidence >= np.quantile(confidence, DOUBTFUL_SHARE)
    return float(right[sure].mean()), float(right[~sure].mean())


def _roles_right(data: Dataset, unseen: Unseen, where: npt.NDArray[np.bool_]) -> float:
    right: list[bool] = []
    for transcript in dict.fromkeys(data.transcript[where].tolist()):
        mine = data.transcript == transcript
        by_practitioner, by_client = (
            float(unseen.role_odds[mine & side].sum()) for side in (data.practitioner, ~data.practitioner)
        )
        right.append(by_practitioner > by_client)
    return float(np.mean(right)) if right else nan


def macro_f1(truth: Sequence[int] | npt.NDArray[np.int64], answer: Sequence[int] | npt.NDArray[np.int64]) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(truth, answer, average="macro", zero_division=0))


def _kappa(truth: npt.NDArray[np.int64], answer: npt.NDArray[np.int64]) -> float:
    from sklearn.metrics import cohen_kappa_score

    return float(cohen_kappa_score(truth, answer))


def expected_calibration_error(shares: npt.NDArray[np.float32], truth: npt.NDArray[np.int64], bins: int = 15) -> float:
    """Mean gap between confidence and share right, weighted by how many fall in each bin (Naeini et al. 2015)."""
    confidence = shares.max(axis=1)
    right = shares.argmax(axis=1) == truth
    bin_of = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gap = np.bincount(bin_of, right.astype(np.float64) - confidence, minlength=bins)
    return float(np.abs(gap).sum() / len(truth))
