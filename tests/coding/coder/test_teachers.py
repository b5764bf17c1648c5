from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from coding.coder.dataset import CLASSES, Dataset, dataset_of
from coding.coder.encoder_network import HEADS
from coding.coder.result import UtteranceToCode
from coding.coder.teachers import Lessons, ask_teachers
from coding.coder.train_encoder import EncoderOptions
from coding.coder.training_data import Example, Source, TrainingConversation, read_authored
from coding.scheme.codes import Behaviour, Speaker

ASKED = "What worries you about it? It sounds as if the evenings are the hard part, and you want that to change."


@dataclass
class Teacher:
    """Answers everything with the class that its number in the row of teachers names."""

    learned: frozenset[str]
    number: int

    def logits(self, conversation: Sequence[UtteranceToCode], change_goal: str = "") -> dict[str, np.ndarray]:
        found = {}
        for name in HEADS:
            logits = np.full((len(conversation), len(CLASSES[name])), -50.0, np.float32)
            logits[:, self.number % len(CLASSES[name])] = 50.0
            found[name.value] = logits
        return found


@pytest.fixture
def data(authored: Path) -> Dataset:
    asked = Example(UtteranceToCode(0, 0, Speaker.PRACTITIONER, ASKED), (Behaviour.Q, Behaviour.SEEK))
    interview = TrainingConversation("annomi-7", Source.ANNOMI, "annomi-7", "high", (asked,), "drink less")
    return dataset_of([interview, *read_authored(authored)])


def taught(data: Dataset, chosen: np.ndarray, fold: np.ndarray, count: int) -> tuple[Lessons, list[Teacher]]:
    teachers: list[Teacher] = []

    def train(some: Dataset, learned: np.ndarray, options: EncoderOptions) -> Teacher:
        teachers.append(Teacher(frozenset(some.transcript[learned].tolist()), len(teachers)))
        return teachers[-1]

    return ask_teachers(data, chosen, fold, EncoderOptions(), count, train), teachers  # type: ignore[arg-type]


def in_folds(data: Dataset, count: int) -> np.ndarray:
    order = {name: place % count for place, name in enumerate(dict.fromkeys(data.transcript.tolist()))}
    return np.array([order[name] for name in data.transcript.tolist()])


def test_each_fold_is_answered_by_teachers_that_had_not_seen_it(data: Dataset) -> None:
    fold = in_folds(data, 3)
    lessons, teachers = taught(data, np.arange(len(fold)), fold, count=2)
    assert len(teachers) == 6
    for number in range(3):
        unseen = set(data.transcript[fold == number].tolist())
        assert not any(teacher.learned & unseen for teacher in teachers[2 * number : 2 * number + 2])
        shares = lessons.answers["practitioner"][: len(fold)][fold == number]
        right = np.zeros(len(CLASSES[HEADS[0]]))
        right[[2 * number, 2 * number + 1]] = 0.5
        assert np.allclose(shares, right), "the mean of this fold's two teachers"


def test_what_is_left_out_is_neither_learned_nor_answered(data: Dataset) -> None:
    fold = in_folds(data, 3)
    lessons, teachers = taught(data, np.flatnonzero(fold != 1), fold, count=1)
    left_out = set(data.transcript[fold == 1].tolist())
    assert len(teachers) == 2
    assert not any(teacher.learned & left_out for teacher in teachers)
    assert not lessons.answers["client"][: len(fold)][fold == 1].any()
    assert not set(lessons.data.transcript[lessons.chosen].tolist()) & left_out


def test_turns_of_annomi_come_once_more_as_the_parser_cuts_them(data: Dataset) -> None:
    fold = in_folds(data, 3)
    lessons, _ = taught(data, np.arange(len(fold)), fold, count=1)
    cut = np.flatnonzero(lessons.data.source == Source.ANNOMI_CUT)
    texts = [lessons.data.examples[place].utterance.text for place in cut]
    assert len(texts) > 1
    assert " ".join(texts) == ASKED
    assert set(cut) <= set(lessons.chosen.tolist())
    assert np.allclose(lessons.answers["practitioner"][cut].sum(axis=1), 1)
    assert not any(lessons.data.allowed(name)[cut].any() for name in HEADS), "nobody coded them"
    assert lessons.data.examples[: len(fold)] == data.examples
