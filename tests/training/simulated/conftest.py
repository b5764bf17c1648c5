"""A coder of tests for conversations: it knows some sentences by heart, as a person would code them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coding.coder.desk import CodedLine, DeskUnavailable
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker

KNOWN: dict[str, tuple[Behaviour, QuestionType | None]] = {
    "You're worn out, and you keep going for them.": (Behaviour.CR, None),
    "What would you like to be different?": (Behaviour.Q, QuestionType.OPEN),
    "You need to stop drinking.": (Behaviour.PERSUADE, None),
    "You're lying to me.": (Behaviour.CONFRONT, None),
}


@dataclass
class ByHeart:
    """With `broken` it answers nothing. `asked` keeps what it was given."""

    broken: bool = False
    parent: ClientTalk = ClientTalk.CT
    asked: list[Sequence[tuple[str, str]]] = field(default_factory=list)

    def code(
        self, turns: Sequence[tuple[str, str]], *, change_goal: str = "", practitioner_labels: Sequence[str] = ("You",)
    ) -> tuple[CodedLine, ...]:
        self.asked.append(turns)
        if self.broken:
            raise DeskUnavailable
        return tuple(self._line(at, label in practitioner_labels, text) for at, (label, text) in enumerate(turns))

    def _line(self, at: int, mine: bool, text: str) -> CodedLine:
        if not mine:
            return CodedLine(at, Speaker.CLIENT, text, self.parent, None, 0.9, False, {self.parent: 1.0}, "")
        code, subtype = KNOWN.get(text, (Behaviour.NC, None))
        return CodedLine(at, Speaker.PRACTITIONER, text, code, subtype, 0.9, False, {code: 1.0}, "")
