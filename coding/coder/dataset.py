"""Training conversations laid out as arrays, one entry an utterance."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from coding.coder.model import HeadName
from coding.coder.surroundings import Surroundings, surroundings
from coding.coder.training_data import Example, MainBehaviour, Source, TrainingConversation
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker, TalkKind

CLASSES: dict[HeadName, tuple[str, ...]] = {
    HeadName.PRACTITIONER: tuple(code.value for code in Behaviour),
    HeadName.CLIENT: tuple(code.value for code in ClientTalk),
    HeadName.CLIENT_ANNOMI: tuple(code.value for code in ClientTalk),
    HeadName.QUESTION: tuple(kind.value for kind in QuestionType),
    HeadName.KIND: tuple(kind.value for kind in TalkKind),
    HeadName.ROLE: tuple(speaker.value for speaker in Speaker),
}

TAUGHT_BY: dict[HeadName, tuple[Source, ...]] = {
    HeadName.PRACTITIONER: tuple(Source),
    HeadName.CLIENT: (Source.ANNOMI_PARTS, Source.AUTHORED, Source.OWN),
    HeadName.CLIENT_ANNOMI: (Source.ANNOMI, Source.AUTHORED),
    HeadName.QUESTION: (Source.ANNOMI, Source.AUTHORED, Source.OWN),
    HeadName.KIND: (Source.ANNOMI_PARTS, Source.AUTHORED, Source.OWN),
    HeadName.ROLE: (Source.ANNOMI, Source.AUTHORED, Source.PAIR, Source.OWN),
}
"""Conventions differ: AnnoMI's own labels teach a head of their own where they do, and no talk teaches a head twice."""


@dataclass(frozen=True)
class Dataset:
    """`source`, `group`, `transcript` and `quality` repeat their conversation's value for each utterance."""

    talks: tuple[TrainingConversation, ...]
    examples: tuple[Example, ...]
    around: tuple[Surroundings, ...]
    source: npt.NDArray[np.str_]
    group: npt.NDArray[np.str_]
    transcript: npt.NDArray[np.str_]
    quality: npt.NDArray[np.str_]

    @cached_property
    def practitioner(self) -> npt.NDArray[np.bool_]:
        return np.array([e.utterance.speaker is Speaker.PRACTITIONER for e in self.examples], bool)

    @cached_property
    def main(self) -> npt.NDArray[np.str_]:
        """AnnoMI's class of each utterance, empty where none is known."""
        return np.array([e.main.value if e.main else "" for e in self.examples], np.str_)

    def allowed(self, head: HeadName) -> npt.NDArray[np.bool_]:
        """utterances × classes: what the head may answer there; an empty row where it has nothing to learn."""
        classes = CLASSES[head]
        answer = np.zeros((len(self.examples), len(classes)), bool)
        for i, example in enumerate(self.examples):
            for value in self._values(head, example):
                answer[i, classes.index(value)] = True
        uninformative = answer.all(axis=1)
        answer[uninformative | ~np.isin(self.source, [source.value for source in TAUGHT_BY[head]])] = False
        return answer

    def _values(self, head: HeadName, example: Example) -> list[str]:
        by_practitioner = example.utterance.speaker is Speaker.PRACTITIONER
        if head is HeadName.ROLE:
            return [example.utterance.speaker.value]
        if head in (HeadName.PRACTITIONER, HeadName.CLIENT, HeadName.CLIENT_ANNOMI):
            return (
                [code.value for code in example.allowed] if by_practitioner is (head is HeadName.PRACTITIONER) else []
            )
        if example.subtype is None or by_practitioner is not (head is HeadName.QUESTION):
            return []
        return [example.subtype.value]

    def truth(self, head: HeadName) -> npt.NDArray[np.int64]:
        """The class where exactly one is allowed, else -1."""
        allowed = self.allowed(head)
        return np.where(allowed.sum(axis=1) == 1, allowed.argmax(axis=1), -1).astype(np.int64)


def dataset_of(talks: Sequence[TrainingConversation]) -> Dataset:
    pairs = [(talk, example) for talk in talks for example in talk.examples]
    return Dataset(
        talks=tuple(talks),
        examples=tuple(example for _, example in pairs),
        around=tuple(one for talk in talks for one in surroundings([e.utterance for e in talk.examples])),
        source=np.array([talk.source.value for talk, _ in pairs], np.str_),
        group=np.array([talk.group for talk, _ in pairs], np.str_),
        transcript=np.array([talk.transcript_id for talk, _ in pairs], np.str_),
        quality=np.array([talk.quality for talk, _ in pairs], np.str_),
    )


MAIN_CLASSES = tuple(main.value for main in MainBehaviour)


def main_of_codes(shares: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """AnnoMI's class with the most probability when the codes' shares (utterances × codes) are summed by class."""
    from coding.coder.training_data import CLASS_OF

    summing = np.zeros((len(Behaviour), len(MAIN_CLASSES)), np.float32)
    for row, code in enumerate(Behaviour):
        summing[row, MAIN_CLASSES.index(CLASS_OF[code].value)] = 1
    return np.asarray((shares @ summing).argmax(axis=1), np.int64)


def folds_of(data: Dataset, *, count: int = 5, seed: int = 0) -> npt.NDArray[np.int64]:
    """The fold that each utterance is tested in; -1 for what only trains (PAIR).

    AnnoMI: StratifiedGroupKFold over classes and quality, grouped so that neither a video nor a transcript is split;
    its parts go where the whole goes. Authored: whole authors, dealt out by letter. Own sessions: dealt out whole.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    fold = np.full(len(data.examples), -1, np.int64)
    annomi = np.flatnonzero(data.source == Source.ANNOMI.value)
    if len(annomi):
        client = data.truth(HeadName.CLIENT_ANNOMI)
        kind = np.array([f"{data.quality[i]} {data.main[i]} {client[i]}" for i in annomi])
        split = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        for number, (_, tested) in enumerate(split.split(annomi, kind, data.group[annomi])):
            fold[annomi[tested]] = number
        of_group = dict(zip(data.group[annomi].tolist(), fold[annomi].tolist(), strict=True))
        for place in np.flatnonzero(data.source == Source.ANNOMI_PARTS.value):
            fold[place] = of_group[data.group[place]]
    for source in (Source.AUTHORED, Source.OWN):
        mine = data.source == source.value
        for number, group in enumerate(sorted(set(data.group[mine].tolist()))):
            fold[mine & (data.group == group)] = number % count
    return fold
