"""From every head's probabilities to one estimate an utterance, the same for any coder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coding.coder.heads import Floats
from coding.coder.model import HeadName
from coding.coder.result import CodeEstimate
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind

HEAD_OF: dict[Speaker, tuple[HeadName, tuple[Code, ...]]] = {
    Speaker.PRACTITIONER: (HeadName.PRACTITIONER, tuple(Behaviour)),
    Speaker.CLIENT: (HeadName.CLIENT, tuple(ClientTalk)),
}


@dataclass(frozen=True)
class Chosen:
    """Of one speaker's utterances, coded by `head`: `places` in the conversation, `shares` (utterances × `codes`), the
    best code's position, and whether a person must look. `order` is where each of `codes` stands among the head's
    classes."""

    head: HeadName
    places: npt.NDArray[np.int64]
    codes: tuple[Code, ...]
    order: list[int]
    shares: Floats
    best: npt.NDArray[np.int64]
    unsure: npt.NDArray[np.bool_]


def estimates_of(
    speakers: Sequence[Speaker], shares: Mapping[HeadName, Floats], classes: Mapping[HeadName, tuple[str, ...]],
    thresholds: Mapping[Speaker, float], why: Callable[[Chosen], list[str]],
) -> list[CodeEstimate]:  # fmt: skip
    """`shares` are each head's probabilities (utterances × `classes`); `why` says a reason for each chosen code."""
    found: dict[int, CodeEstimate] = {}
    for speaker in Speaker:
        places = np.flatnonzero([one is speaker for one in speakers])
        if not len(places):
            continue
        name, codes = HEAD_OF[speaker]
        order = [classes[name].index(code.value) for code in codes]
        share = shares[name][places][:, order].astype(np.float64)
        share /= share.sum(axis=1, keepdims=True)
        best = share.argmax(axis=1)
        confidence = share[np.arange(len(share)), best]
        unsure = confidence < thresholds[speaker]
        reasons = why(Chosen(name, places, codes, order, share.astype(np.float32), best, unsure))
        subtypes = _subtypes(speaker, [codes[one] for one in best], places, shares, classes)
        for row, place in enumerate(places.tolist()):
            found[place] = CodeEstimate(
                codes[best[row]], subtypes[row], float(confidence[row]), bool(unsure[row]),
                dict(zip(codes, share[row].tolist(), strict=True)), reasons[row],
            )  # fmt: skip
    return [found[place] for place in range(len(speakers))]


def _subtypes(
    speaker: Speaker, chosen: Sequence[Code], places: npt.NDArray[np.int64], shares: Mapping[HeadName, Floats],
    classes: Mapping[HeadName, tuple[str, ...]],
) -> list[Subtype | None]:  # fmt: skip
    """Open or closed for a question; the kind of change or sustain talk."""
    name = HeadName.QUESTION if speaker is Speaker.PRACTITIONER else HeadName.KIND
    wanted: set[Code] = {Behaviour.Q} if speaker is Speaker.PRACTITIONER else {ClientTalk.CT, ClientTalk.ST}
    kind = QuestionType if speaker is Speaker.PRACTITIONER else TalkKind
    best = shares[name][places].argmax(axis=1).tolist()
    return [kind(classes[name][top]) if code in wanted else None for code, top in zip(chosen, best, strict=True)]
