"""What a simulated parent is, as their YAML file says it. Pure.

Everything here is written by trainers, so each class refuses what cannot be played, and says why. What a scenario has
too little of is another matter: `training.simulated.check` says that.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coding.scheme.codes import ClientTalk, TalkKind
from training.listed_words import ABOUT_SUICIDE

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, Field(min_length=1, max_length=400)]
Text = Annotated[str, Field(min_length=1, max_length=1200)]
Share = Annotated[float, Field(ge=0, le=1)]
Sensitivity = Annotated[float, Field(ge=0.5, le=1.5)]


class Discipline(StrEnum):
    """Whose work the trainee does in the scenario."""

    SOCIAL_WORK = "social_work"
    DOMESTIC_ABUSE = "domestic_abuse"
    SUBSTANCE_USE = "substance_use"
    MENTAL_HEALTH = "mental_health"
    PROBATION = "probation"
    FAMILY_SUPPORT = "family_support"


class Topic(StrEnum):
    ALCOHOL = "alcohol"
    DRUGS = "drugs"
    DOMESTIC_ABUSE = "domestic_abuse"
    MENTAL_HEALTH = "mental_health"
    PARENTING = "parenting"
    HOME = "home"
    SCHOOL = "school"
    OFFENDING = "offending"


class Did(StrEnum):
    """What the trainee just did, as the parent feels it: what their reply answers."""

    REFLECTED = "reflected"
    ASKED = "asked"
    ASKED_CLOSED = "asked_closed"
    AFFIRMED = "affirmed"
    GAVE_CHOICE = "gave_choice"
    TOLD = "told"
    PUSHED = "pushed"
    CONFRONTED = "confronted"
    QUESTIONED = "questioned"
    OTHER = "other"

    @classmethod
    def receptive(cls) -> tuple["Did", ...]:
        """After which a parent may say what they have held back."""
        return (cls.REFLECTED, cls.ASKED, cls.AFFIRMED, cls.GAVE_CHOICE)


class Band(StrEnum):
    """How far the parent has opened up by now."""

    GUARDED = "guarded"
    UNSURE = "unsure"
    OPEN = "open"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Piece(_Strict):
    """One thought of the parent. `kind` only with CT and ST."""

    code: ClientTalk
    kind: TalkKind | None = None
    say: Line

    @model_validator(mode="after")
    def _kind_fits(self) -> "Piece":
        if (self.kind is None) is not (self.code is ClientTalk.FN):
            raise ValueError("CT and ST need a `kind` (desire, ability, …), and FN has none")
        return self


class Reply(Piece):
    """What the parent says in one turn: a thought and, where there is one, a second that goes on from it."""

    then: Piece | None = None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return (self,) if self.then is None else (self, self.then)

    @property
    def text(self) -> str:
        return " ".join(piece.say for piece in self.pieces)

    @property
    def leans(self) -> ClientTalk:
        """The way it leans in the end: the last of its thoughts that leans at all."""
        leaning = [piece.code for piece in self.pieces if piece.code is not ClientTalk.FN]
        return leaning[-1] if leaning else ClientTalk.FN


class Replies(_Strict):
    """`lines` fit any of the situations `when` in any of the bands `band`."""

    when: list[Did] = Field(min_length=1)
    band: list[Band] = Field(min_length=1)
    lines: list[Reply] = Field(min_length=1)


class Concern(_Strict):
    """Something the parent holds back. It is said when trust and openness have come that far and the trainee did
    something that invites it. `what` names it for the trainee once the talk is over."""

    id: Id
    what: Line
    trust: Share
    openness: Share
    lines: list[Reply] = Field(min_length=2)


class Fact(_Strict):
    """Answers to a question about something known. `words` are looked for in the question; one is enough (a star at
    its end stands for any ending)."""

    topic: Line
    words: list[Id | Annotated[str, Field(pattern=r"^[a-z][a-z '’-]*\*?$")]] = Field(min_length=1, max_length=20)
    lines: list[Reply] = Field(min_length=2)

    @property
    def looked_for(self) -> Sequence[str]:
        return self.words


class Safety(Fact):
    """Answers to being asked whether somebody is safe. Asked or told, question or not. `note` is read afterwards: what
    such an answer asks for in real work. One with the word `suicid*` is found by every word that speaks of suicide."""

    note: Text

    @property
    def looked_for(self) -> Sequence[str]:
        return (*self.words, *ABOUT_SUICIDE) if "suicid*" in self.words else self.words


class Ambivalence(_Strict):
    """The parent's own reasons, in their own words; each is a line that can be said."""

    for_change: list[Reply] = Field(min_length=4)
    for_staying: list[Reply] = Field(min_length=4)

    @model_validator(mode="after")
    def _lean_as_they_say(self) -> "Ambivalence":
        if any(line.leans is not ClientTalk.CT for line in self.for_change):
            raise ValueError("every line of `for_change` must be CT")
        if any(line.leans is not ClientTalk.ST for line in self.for_staying):
            raise ValueError("every line of `for_staying` must be ST")
        return self


class Start(_Strict):
    """How things stand at the beginning, each 0–1."""

    trust: Share = 0.3
    openness: Share = 0.25
    discord: Share = 0.3
    readiness: Share = 0.3


class Sensitivities(_Strict):
    """How strongly this parent feels what is done; 1 is as most do."""

    trust: Sensitivity = 1
    openness: Sensitivity = 1
    discord: Sensitivity = 1
    readiness: Sensitivity = 1


class Parent(_Strict):
    """`portrait` is two to four sentences that the trainee does not see before the talk: how this parent speaks, what
    they are proud of, what hurts."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    age: int = Field(ge=14, le=90)
    portrait: Text
    start: Start = Start()
    sensitivity: Sensitivities = Sensitivities()
    ambivalence: Ambivalence
    concerns: list[Concern] = Field(min_length=2, max_length=4)


class Endings(_Strict):
    """What the parent says as they part, by how it went."""

    well: list[Reply] = Field(min_length=2)
    mixed: list[Reply] = Field(min_length=2)
    badly: list[Reply] = Field(min_length=2)


class Scenario(_Strict):
    """`version` goes up by one with each change of what is said in it. `role` says who the trainee is, `known` what
    they know beforehand. `abuse` is said when the trainee is abusive, and the parent then ends the talk."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    summary: Annotated[str, Field(min_length=1, max_length=300)]
    version: int = Field(ge=1)
    discipline: Discipline
    topic: Topic
    level: Literal[1, 2, 3]
    minutes: int = Field(default=10, ge=5, le=20)
    role: Text
    setting: Text
    goal: Annotated[str, Field(min_length=1, max_length=200)]
    known: list[Text] = Field(min_length=2, max_length=6)
    parent: Parent
    openings: list[Reply] = Field(min_length=3)
    replies: list[Replies] = Field(min_length=1)
    facts: list[Fact] = Field(min_length=3, max_length=12)
    safety: list[Safety] = Field(min_length=1, max_length=4)
    silence: list[Reply] = Field(min_length=4)
    off_topic: list[Reply] = Field(min_length=3)
    machine: list[Reply] = Field(min_length=2, description="when the trainee speaks to a machine and not to them")
    abuse: list[Reply] = Field(min_length=2)
    winding_up: list[Reply] = Field(min_length=2, description="when the time is nearly over")
    endings: Endings

    @model_validator(mode="after")
    def _no_line_stands_twice(self) -> "Scenario":
        seen: set[str] = set()
        for _, reply in all_replies(self):
            if reply.text.casefold() in seen:
                raise ValueError(f"this line stands twice: {reply.text!r}")
            seen.add(reply.text.casefold())
        return self


def all_replies(scenario: Scenario) -> Iterator[tuple[str, Reply]]:
    """Each line with the place where it stands."""
    lists: list[tuple[str, list[Reply]]] = [("openings", scenario.openings)]
    lists += [(f"{'+'.join(cell.when)} × {'+'.join(cell.band)}", cell.lines) for cell in scenario.replies]
    own = scenario.parent.ambivalence
    lists += [("for_change", own.for_change), ("for_staying", own.for_staying)]
    lists += [(f"concern {concern.id}", concern.lines) for concern in scenario.parent.concerns]
    lists += [(f"fact {fact.topic}", fact.lines) for fact in scenario.facts]
    lists += [(f"safety {safety.topic}", safety.lines) for safety in scenario.safety]
    for name in ("silence", "off_topic", "machine", "abuse", "winding_up"):
        lists.append((name, getattr(scenario, name)))
    for name in ("well", "mixed", "badly"):
        lists.append((f"ending {name}", getattr(scenario.endings, name)))
    for place, lines in lists:
        for line in lines:
            yield place, line
