"""What an exercise is, as its YAML file says it: one class for each kind. Pure.

Everything here is written by trainers, so each class refuses what cannot be shown or scored, and says why.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, TalkKind
from training.skills import Skill

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=1200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Exercise(_Strict):
    """`setting` says in a sentence who speaks to whom and about what. `level` is 1 (first steps) to 3 (hard).
    `explain` is what is worth knowing once it is answered."""

    id: Id
    skill: Skill
    level: Literal[1, 2, 3] = 1
    prompt: Text
    setting: Text
    explain: Text


class SpotTheCode(_Exercise):
    """One line of a practitioner, with what the parent said before. `answer` is our own coding; `apart` counts how many
    who coded the line apart from each other gave it which code, where that was done."""

    kind: Literal["spot_the_code"]
    parent: str = ""
    line: Text
    options: list[Behaviour] = Field(min_length=3, max_length=6)
    answer: Behaviour
    apart: dict[Behaviour, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> "SpotTheCode":
        if self.answer not in self.options or len(set(self.options)) < len(self.options):
            raise ValueError("`answer` must be one of `options`, and no option may stand twice")
        return self


class TalkPiece(_Strict):
    """A piece of what a parent says. `kind` only with CT and ST."""

    text: Text
    code: ClientTalk
    kind: TalkKind | None = None


class HearTheChangeTalk(_Exercise):
    """A parent's speech in pieces; the trainee marks which lean towards the change and which away. `goal` is the change
    it is heard against."""

    kind: Literal["hear_the_change_talk"]
    goal: Text
    pieces: list[TalkPiece] = Field(min_length=3, max_length=9)

    @model_validator(mode="after")
    def _has_change_talk(self) -> "HearTheChangeTalk":
        if all(piece.code is not ClientTalk.CT for piece in self.pieces):
            raise ValueError("at least one of `pieces` must be change talk")
        return self


class OrderTheSummary(_Exercise):
    """`pieces` are the sentences of a summary in their best order; they are shown in another. `also` are other orders
    that are as good, as 1-based numbers of `pieces`. `why` says what makes the order good."""

    kind: Literal["order_the_summary"]
    pieces: list[Text] = Field(min_length=3, max_length=7)
    also: list[list[int]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _orders_are_whole(self) -> "OrderTheSummary":
        whole = list(range(1, len(self.pieces) + 1))
        if any(sorted(order) != whole for order in self.also):
            raise ValueError("each order in `also` must name every piece once, by its number")
        return self


class Said(_Strict):
    """One turn before the one to be written."""

    by: Literal["parent", "you"]
    text: Text


def talk_with(before: Sequence[Said], answer: str) -> list[tuple[str, str]]:
    """For the coding desk: who speaks and what they say, the answer last."""
    return [*(("Parent" if one.by == "parent" else "You", one.text) for one in before), ("You", answer)]


class Want(_Strict):
    """What an answer is looked at for. It is met when some part of the answer has one of the codes `any_of` (a
    question of the subtype `question`, where that is given), and no part has one of `avoid`."""

    any_of: list[Behaviour] = Field(min_length=1)
    avoid: list[Behaviour] = Field(default_factory=list)
    question: QuestionType | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> "Want":
        if set(self.any_of) & set(self.avoid):
            raise ValueError("a code cannot be both wanted and to be avoided")
        if self.question is not None and self.any_of != [Behaviour.Q]:
            raise ValueError("`question` goes with `any_of: [Q]`")
        return self


class WeakAnswer(_Strict):
    """An answer that people often give and that does not do it, and why."""

    text: Text
    why: Text


class Beware(_Strict):
    """Words that no good answer to this parent has, though its codes may be right; one is enough (a star at its end
    stands for any ending). `why` says what they do."""

    words: list[Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[^*]+\*?$")]] = Field(
        min_length=1, max_length=40
    )
    why: Text


class _Written(_Exercise):
    """Answered in one's own words. `before` is the talk so far, the parent's line last; `about` are words that an
    answer to this parent may well have (their lemmas are looked for, to tell an answer from something else). `models`
    are good answers, all of which the coder must score as met; `weak` must not be. An answer with words of `beware` is
    partly there at most."""

    goal: str = Field(default="", max_length=200)
    before: list[Said] = Field(min_length=1, max_length=9)
    want: Want
    about: list[str] = Field(min_length=4, max_length=30)
    models: list[Text] = Field(min_length=2, max_length=5)
    weak: list[WeakAnswer] = Field(min_length=1, max_length=4)
    beware: list[Beware] = Field(default_factory=list, max_length=6)

    @model_validator(mode="after")
    def _parent_spoke_last(self) -> "_Written":
        if self.before[-1].by != "parent":
            raise ValueError("the last turn of `before` must be the parent's")
        return self


class OpenTheQuestion(_Written):
    """Turn the closed question `line` open."""

    kind: Literal["open_the_question"]
    line: Text


class AnswerTheParent(_Written):
    """Answer the parent with what `want` asks for, such as a complex reflection."""

    kind: Literal["answer_the_parent"]


class AdviceWithPermission(_Written):
    """Say the unasked advice `line` so that the parent is asked first, or is left the choice."""

    kind: Literal["advice_with_permission"]
    line: Text


class ContinueTheTalk(_Written):
    """Write the next turn of a longer conversation."""

    kind: Literal["continue_the_talk"]


Written = OpenTheQuestion | AnswerTheParent | AdviceWithPermission | ContinueTheTalk
Chosen = SpotTheCode | HearTheChangeTalk | OrderTheSummary
Exercise = Annotated[Written | Chosen, Field(discriminator="kind")]


class ExerciseFile(_Strict):
    """`exercises.yaml` in a module's folder."""

    exercises: list[Exercise] = Field(min_length=3)
