"""A coder that gives each utterance the code its text begins with ("Q How are you?"), as sure as it is told to be."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind, parse_code
from coding.transcript.utterances import split_turn


@dataclass
class ScriptedCoder:
    """Text without a code of its speaker is NC or FN. `goals` are the change goals it was asked with."""

    confidence: float = 0.9
    version: str = "scripted-1"
    goals: list[str] = field(default_factory=list)

    def parse(self, turn: str, speaker: Speaker) -> list[str]:
        return split_turn(turn, speaker)

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]:
        self.goals.append(change_goal)
        return [self._estimate(utterance) for utterance in conversation]

    def _estimate(self, utterance: UtteranceToCode) -> CodeEstimate:
        first = utterance.text.partition(" ")[0]
        practitioner = utterance.speaker is Speaker.PRACTITIONER
        codes: tuple[Code, ...] = tuple(Behaviour) if practitioner else tuple(ClientTalk)
        try:
            code = parse_code(utterance.speaker, first)
        except ValueError:
            code = Behaviour.NC if practitioner else ClientTalk.FN
        rest = (1 - self.confidence) / (len(codes) - 1)
        subtypes: dict[Code, Subtype] = {Behaviour.Q: QuestionType.OPEN, ClientTalk.CT: TalkKind.DESIRE}
        return CodeEstimate(
            code=code, subtype=subtypes.get(code), confidence=self.confidence, unsure=self.confidence < 0.6,
            probabilities={one: self.confidence if one is code else rest for one in codes},
            reason=f"It begins with {first}.",
        )  # fmt: skip
