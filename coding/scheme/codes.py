"""The codes of MITI 4.2.1 and of client language, as values.

Sources: Motivational Interviewing Treatment Integrity manual 4.2.1 (Moyers, Manuel & Ernst 2014); MISC 2.5
for client language. Definitions here are paraphrased.
"""

from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    PRACTITIONER = "practitioner"
    CLIENT = "client"


class Behaviour(StrEnum):
    """What one practitioner utterance does. `NC` (not coded) is a label, never a count."""

    GI = "GI"
    PERSUADE = "Persuade"
    PWP = "PWP"
    Q = "Q"
    SR = "SR"
    CR = "CR"
    AF = "AF"
    SEEK = "Seek"
    EMPHASIZE = "Emphasize"
    CONFRONT = "Confront"
    NC = "NC"

    @classmethod
    def counted(cls) -> tuple["Behaviour", ...]:
        return tuple(b for b in cls if b is not cls.NC)

    @classmethod
    def reflections(cls) -> tuple["Behaviour", ...]:
        return (cls.SR, cls.CR)

    @classmethod
    def mi_adherent(cls) -> tuple["Behaviour", ...]:
        return (cls.AF, cls.SEEK, cls.EMPHASIZE)

    @classmethod
    def mi_non_adherent(cls) -> tuple["Behaviour", ...]:
        return (cls.CONFRONT, cls.PERSUADE)


class ClientTalk(StrEnum):
    """Valence of one client utterance relative to the change goal."""

    CT = "CT"
    ST = "ST"
    FN = "FN"


class QuestionType(StrEnum):
    """A training extra outside MITI 4."""

    OPEN = "open"
    CLOSED = "closed"


class TalkKind(StrEnum):
    """DARN-CAT: the kind of change or sustain talk. Activation is from the teaching literature, not MISC."""

    DESIRE = "desire"
    ABILITY = "ability"
    REASON = "reason"
    NEED = "need"
    COMMITMENT = "commitment"
    ACTIVATION = "activation"
    TAKING_STEPS = "taking_steps"


Code = Behaviour | ClientTalk
Subtype = QuestionType | TalkKind


def parse_code(speaker: Speaker, value: str) -> Code:
    """The code of that speaker named by `value`. Raises ValueError when the speaker cannot have it."""
    return Behaviour(value) if speaker is Speaker.PRACTITIONER else ClientTalk(value)


@dataclass(frozen=True)
class CodedUtterance:
    """One complete thought with its code.

    `turn` and `utterance` are positions (utterance counts inside the turn); `code` is None while uncoded.
    """

    turn: int
    utterance: int
    speaker: Speaker
    text: str
    code: Code | None = None
    subtype: Subtype | None = None
