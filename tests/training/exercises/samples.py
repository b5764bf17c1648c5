"""Exercises that tests of scoring stand on, and lines as the desk codes them."""

from coding.coder.desk import CodedLine
from coding.scheme.codes import Behaviour, QuestionType, Speaker
from training.exercises.format import AnswerTheParent, Said, Want, WeakAnswer, Written
from training.modules.load import shipped_library
from training.skills import Skill

REFLECT = AnswerTheParent(
    id="sample-reflect", kind="answer_the_parent", skill=Skill.COMPLEX_REFLECTIONS, prompt="Answer with a reflection.",
    setting="You visit Kelly at home.", explain="Because it is heard.", goal="Kelly drinks less.",
    before=[Said(by="parent", text="I only have a drink once the kids are in bed. Everybody acts like I'm a drunk.")],
    want=Want(any_of=[Behaviour.CR], avoid=[Behaviour.Q, Behaviour.PERSUADE, Behaviour.CONFRONT]),
    about=["drink", "drinking", "kids", "bed", "judged", "label", "evening"],
    models=["It hurts to be seen as a drunk when you wait until they are asleep.", "You keep the children out of it."],
    weak=[WeakAnswer(text="You should try to drink less.", why="It tells her what to do.")],
)  # fmt: skip


def written() -> list[Written]:
    return [one.exercise for one in shipped_library().exercises.values() if isinstance(one.exercise, Written)]


def line(
    text: str, code: Behaviour, share: float = 0.95, *, rival: Behaviour = Behaviour.NC, turn: int = 1,
    kind: QuestionType | None = None, unsure: bool = False,
) -> CodedLine:  # fmt: skip
    shares = dict.fromkeys(Behaviour, 0.0) | {rival: 1 - share} | {code: share}
    return CodedLine(turn, Speaker.PRACTITIONER, text, code, kind, share, unsure, shares, "Because.")
