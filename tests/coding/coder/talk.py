"""Conversations for the coder's tests, as (speaker, text) pairs."""

from coding.coder.result import UtteranceToCode
from coding.scheme.codes import Speaker

P, C = Speaker.PRACTITIONER, Speaker.CLIENT


def conversation(*said: tuple[Speaker, str]) -> list[UtteranceToCode]:
    return [UtteranceToCode(turn, 0, speaker, text) for turn, (speaker, text) in enumerate(said)]


VISIT = (
    (P, "Hello Dana, thanks for seeing me again."),
    (C, "Come in, mind the pram."),
    (P, "How have the evenings been since we last spoke?"),
    (C, "Better. I've stopped having wine on a weeknight."),
    (P, "You've stopped on the weeknights, and it sounds like you feel lighter for it."),
    (C, "I do. I want to keep it up for the kids."),
    (P, "Would it be okay if I told you what other parents have tried?"),
    (C, "Go on then."),
)
