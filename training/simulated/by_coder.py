"""Authored lines and scripted lines as the coder codes them. For a worker, a check or a bench: it loads the coder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coding.coder.result import CodeEstimate, Coder
from coding.pipeline import TurnToCode, code_conversation
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker
from training.simulated.format import Did, Piece, Reply, Scenario
from training.simulated.moves import Spoken

BEFORE: dict[Did, str] = {
    Did.REFLECTED: "It has been hard for you.",
    Did.ASKED: "How do you feel about that?",
    Did.ASKED_CLOSED: "Is that how it was?",
    Did.AFFIRMED: "You work hard at this.",
    Did.GAVE_CHOICE: "It's up to you what you do with that.",
    Did.TOLD: "The plan is reviewed every three months.",
    Did.PUSHED: "You need to do something about this.",
    Did.CONFRONTED: "You're not taking this seriously.",
    Did.QUESTIONED: "And did you do it again this week?",
    Did.OTHER: "Hello, thanks for coming.",
}
"""What the trainee may have said before a reply, so that it is heard as an answer."""


@dataclass(frozen=True)
class Labelled:
    """A thought of a parent: where it stands, what its author called it and what the coder makes of it (one estimate
    for each utterance it is parsed into)."""

    place: str
    piece: Piece
    estimates: tuple[CodeEstimate, ...]

    @property
    def agrees(self) -> bool:
        """Some of it is as labelled, and none of it leans the other way."""
        codes = {estimate.code for estimate in self.estimates}
        against = {ClientTalk.CT: ClientTalk.ST, ClientTalk.ST: ClientTalk.CT}
        if self.piece.code is ClientTalk.FN:
            return codes <= {ClientTalk.FN}
        return self.piece.code in codes and against[self.piece.code] not in codes


def spoken_of(estimates: Sequence[tuple[str, CodeEstimate]]) -> list[Spoken]:
    """A practitioner's utterances for the state model."""
    said = []
    for text, estimate in estimates:
        assert isinstance(estimate.code, Behaviour)
        subtype = estimate.subtype if isinstance(estimate.subtype, QuestionType) else None
        chances = {code: share for code, share in estimate.probabilities.items() if isinstance(code, Behaviour)}
        said.append(Spoken(text, estimate.code, subtype, chances))
    return said


def coded_lines(lines: Iterable[str], *, coder: Coder, goal: str = "") -> dict[str, list[Spoken]]:
    """Each as the first turn of a conversation of its own."""
    found = {}
    for line in lines:
        talk = code_conversation([TurnToCode("Y", line)], coder=coder, change_goal=goal, practitioner_labels=("Y",))
        found[line] = spoken_of([(item.utterance.text, item.estimate) for item in talk.utterances])
    return found


def labelled(scenario: Scenario, *, coder: Coder) -> list[Labelled]:
    """Every thought of every line that can be said in answer to something, as heard after what it may answer."""
    said: list[tuple[str, str, Reply]] = []
    for cell in scenario.replies:
        place = f"{'+'.join(cell.when)} × {'+'.join(cell.band)}"
        said += [(place, BEFORE[cell.when[0]], line) for line in cell.lines]
    own = scenario.parent.ambivalence
    said += [("for_change", BEFORE[Did.ASKED], line) for line in own.for_change]
    said += [("for_staying", BEFORE[Did.ASKED], line) for line in own.for_staying]
    for concern in scenario.parent.concerns:
        said += [(f"concern {concern.id}", BEFORE[Did.REFLECTED], line) for line in concern.lines]
    return [one for place, before, line in said for one in _one(place, before, line, scenario.goal, coder)]


def _one(place: str, before: str, line: Reply, goal: str, coder: Coder) -> list[Labelled]:
    talk = code_conversation(
        [TurnToCode("Y", before), *(TurnToCode("P", piece.say) for piece in line.pieces)],
        coder=coder,
        change_goal=goal,
        practitioner_labels=("Y",),
    )
    by_turn: dict[int, list[CodeEstimate]] = {}
    for item in talk.utterances:
        if item.utterance.speaker is Speaker.CLIENT:
            by_turn.setdefault(item.utterance.turn, []).append(item.estimate)
    return [Labelled(place, piece, tuple(by_turn.get(at + 1, ()))) for at, piece in enumerate(line.pieces)]
