"""What encoders that had not seen a conversation say of it, for another encoder to learn beside the codes.

A code says one class; a teacher says how near the others come, and answers where nobody coded. A teacher's answer to
what it learned itself would repeat the codes, so each fold is answered by teachers of the other folds (distillation
with crossed fitting). AnnoMI's turns come once more, as the parser cuts them: nobody coded those, the teachers do.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from coding.coder.dataset import CLASSES, Dataset, dataset_of
from coding.coder.encoder_network import HEADS, TrainedEncoder
from coding.coder.fit import LEANING, PARSED_BY_PEOPLE
from coding.coder.fit_parser import fit_parser
from coding.coder.heads import Floats, softmax
from coding.coder.result import UtteranceToCode
from coding.coder.train_encoder import EncoderOptions
from coding.coder.training_data import Example, Source, TrainingConversation
from coding.scheme.codes import Behaviour, ClientTalk, Speaker

log = logging.getLogger(__name__)
Train = Callable[[Dataset, npt.NDArray[np.int64], EncoderOptions], TrainedEncoder]


@dataclass(frozen=True)
class Lessons:
    """`data` is what there was and AnnoMI's turns as cut, `chosen` the utterances to learn from, and `answers` by head
    the teachers' shares (utterances × classes, zeros where no teacher answered)."""

    data: Dataset
    chosen: npt.NDArray[np.int64]
    answers: dict[str, Floats]


def ask_teachers(
    data: Dataset, chosen: npt.NDArray[np.int64], fold: npt.NDArray[np.int64], options: EncoderOptions, count: int,
    train: Train,
) -> Lessons:  # fmt: skip
    """`fold` numbers every utterance of `data`; `count` teachers answer each fold of the chosen, and each costs a
    training. A fold that is all there is gets no answers."""
    here = np.zeros(len(data.examples), bool)
    here[chosen] = True
    folds = sorted(set(fold[chosen].tolist()) - {-1})
    cut = [
        (number, talk) for number in folds
        for talk in _cut_anew(_talks(data, here & (fold != number)), _talks(data, here & (fold == number)))
    ]  # fmt: skip
    # What is added comes last, so that places in `data` stay what they are.
    whole = dataset_of([*data.talks, *(talk for _, talk in cut)])
    numbers = np.r_[fold, np.repeat([number for number, _ in cut], [len(talk.examples) for _, talk in cut])]
    everywhere = np.r_[here, np.ones(len(numbers) - len(fold), bool)]
    answers = {name.value: np.zeros((len(numbers), len(CLASSES[name])), np.float32) for name in HEADS}
    for number in folds:
        learned = np.flatnonzero(here & (fold != number))
        if not (fold[learned] >= 0).any():
            continue
        for seed in range(count):
            log.info("teacher %d of %d for fold %d", seed + 1, count, number)
            teacher = train(data, learned, replace(options, seed=options.seed + 1 + seed))
            _add_answers(answers, whole, everywhere & (numbers == number), teacher, 1 / count)
    return Lessons(whole, np.flatnonzero(everywhere), answers)


def _talks(data: Dataset, where: npt.NDArray[np.bool_]) -> list[TrainingConversation]:
    wanted = set(data.transcript[where].tolist())
    return [talk for talk in data.talks if talk.transcript_id in wanted]


def _cut_anew(
    others: Sequence[TrainingConversation], talks: Sequence[TrainingConversation]
) -> list[TrainingConversation]:
    """AnnoMI's among `talks`, each turn cut by a parser that learned from `others`."""
    annomi = [talk for talk in talks if talk.source is Source.ANNOMI]
    drawn = [talk for talk in others if talk.source in PARSED_BY_PEOPLE]
    if not annomi or not drawn:
        return []
    parser = fit_parser(drawn).leaning(LEANING)
    return [
        replace(
            talk,
            transcript_id=talk.transcript_id.replace(Source.ANNOMI, Source.ANNOMI_CUT, 1),
            source=Source.ANNOMI_CUT,
            examples=tuple(
                Example(UtteranceToCode(place, number, said.speaker, text), _any_code(said.speaker))
                for place, said in enumerate(example.utterance for example in talk.examples)
                for number, text in enumerate(parser.parse(said.text, said.speaker))
            ),
        )
        for talk in annomi
    ]


def _any_code(speaker: Speaker) -> tuple[Behaviour, ...] | tuple[ClientTalk, ...]:
    return tuple(Behaviour) if speaker is Speaker.PRACTITIONER else tuple(ClientTalk)


def _add_answers(
    answers: dict[str, Floats], data: Dataset, where: npt.NDArray[np.bool_], teacher: TrainedEncoder, share: float
) -> None:
    start = 0
    for talk in data.talks:
        places = slice(start, start + len(talk.examples))
        start = places.stop
        if talk.source is not Source.PAIR and where[places].all():
            said = teacher.logits([example.utterance for example in talk.examples], talk.change_goal)
            for name, shares in answers.items():
                shares[places] += share * softmax(said[name])
