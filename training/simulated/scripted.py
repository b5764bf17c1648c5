"""Trainees whose lines are written beforehand: one who works in the spirit of MI, one who does not, and one who does
whatever comes. They try out a scenario; their lines are coded by the coder like anybody's."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from random import Random

from coding.scheme.codes import ClientTalk
from training.simulated.format import Reply, Scenario
from training.simulated.moves import Spoken
from training.simulated.talk import answer, opening


class Script(StrEnum):
    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    ANYTHING = "anything"


CONSISTENT = (
    "It sounds as though you have been carrying a lot of this on your own.",
    "You're worn out, and still you keep going for the children.",
    "Part of you is fed up with all of this, and part of you wants something to be different.",
    "You love them, and it hurts to think that they might be frightened.",
    "So it isn't that you don't care. It's that there is nothing left at the end of the day.",
    "What would you like to be different for you and the children?",
    "How would you know that things were getting better?",
    "What worries you most about the way things are?",
    "What has helped before, even a little?",
    "What makes this matter to you now?",
    "You turned up today, when it would have been easier not to. That took courage.",
    "You've thought hard about what your children need.",
    "It's up to you what you do next. Nobody can decide that for you.",
    "Would it be all right if we talked a little about how evenings go?",
    "You're hoping for a home that feels calm again.",
    "You don't want your children to remember it like this.",
    "Where would you like to go from here?",
    "You're wondering if you could do it differently this time.",
)
INCONSISTENT = (
    "You need to stop this now, before it gets any worse.",
    "You're not taking this seriously, are you?",
    "If you really cared about your children you would have changed already.",
    "You should go to the group on Tuesday. It would be good for you.",
    "You have to think about what this is doing to your children.",
    "Did you do it again this week?",
    "How many times was it?",
    "Have you told your GP?",
    "That's just an excuse, and you know it.",
    "Everybody who has done the course says it works, so you ought to try it.",
    "You're in denial about how bad it has become.",
    "Don't you see that you are harming your children?",
    "You must try harder, because otherwise we will be back in court.",
    "Were the children at home?",
    "I've heard that before from you, and nothing ever changed.",
    "It would be much better if you just did what the plan says.",
    "You ought to get yourself sorted out for their sake.",
    "Is it true what the school says?",
)
NEITHER = (
    "The next meeting is on the fourteenth at ten o'clock.",
    "I have read the report from the school.",
    "Our team has a recovery worker and a psychologist.",
    "I'm here for about half an hour today.",
    "The plan is reviewed every three months.",
    "It was raining on the way here.",
)

Coded = Mapping[str, Sequence[Spoken]]
"""The utterances of each line, as the coder coded them."""


def lines_for(script: Script) -> tuple[str, ...]:
    return {
        Script.CONSISTENT: CONSISTENT,
        Script.INCONSISTENT: INCONSISTENT,
        Script.ANYTHING: (*CONSISTENT, *INCONSISTENT, *NEITHER),
    }[script]


def played(scenario: Scenario, script: Script, coded: Coded, *, seed: int, turns: int = 14) -> list[tuple[str, Reply]]:
    """A whole talk: what was said before each reply, and the reply. The first is the opening, after nothing."""
    random = Random(f"{script}:{seed}")  # noqa: S311
    pool = list(lines_for(script))
    order = random.sample(pool, min(turns, len(pool)))
    reply, memory = opening(scenario, str(seed))
    talk = [("", reply)]
    for line in order:
        given, memory = answer(scenario, memory, line, coded[line], seed=str(seed))
        talk.append((line, given.reply))
        if given.ends:
            break
    return talk


def talk_counts(talk: Sequence[tuple[str, Reply]]) -> tuple[int, int]:
    """Change talk and sustain talk after the opening, by the labels of the thoughts."""
    codes = [piece.code for _, reply in talk[1:] for piece in reply.pieces]
    return codes.count(ClientTalk.CT), codes.count(ClientTalk.ST)
