"""One turn of a conversation with a simulated parent: what the trainee said goes in, what the parent answers comes out.
Pure; the same seed and the same turns give the same talk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from coding.scheme.codes import Behaviour, QuestionType
from training.simulated.choose import least_said, next_concern, reply_to, wished
from training.simulated.format import Band, Did, Reply, Scenario
from training.simulated.memory import Memory, beginning, line_id
from training.simulated.moves import Effect, Spoken, as_heard, asks_only, effect_of, what_it_did
from training.simulated.occasions import Occasion, asks_for_a_fact, occasion_of, topic_in
from training.simulated.state import State, moved

_HURT = Effect(trust=-0.2, openness=-0.2, discord=0.2, readiness=-0.1)
_QUIET = Effect(openness=-0.005)


@dataclass(frozen=True)
class Answer:
    """`why` says by which rule it was chosen: `leans`, `concern`, `fact`, `safety`, or an occasion. Only a reply that
    was chosen by how the parent leans may be put in other words (`may_be_reworded`). `ends` means the talk is over."""

    reply: Reply
    did: Did
    why: str
    about: str = ""
    may_be_reworded: bool = False
    ends: bool = False


def opening(scenario: Scenario, seed: str) -> tuple[Reply, Memory]:
    memory = beginning(scenario)
    reply = least_said(scenario.openings, memory, Random(f"{seed}:0"))  # noqa: S311
    return reply, memory.having_said(reply)


def answer(
    scenario: Scenario, memory: Memory, text: str, said: Sequence[Spoken], *, seed: str, time_is_short: bool = False
) -> tuple[Answer, Memory]:
    """`said` are the coded utterances of `text`; empty when it could not be coded, and then it moves nothing."""
    random = Random(f"{seed}:{memory.turns + 1}")  # noqa: S311
    said = as_heard(said)
    occasion = occasion_of(text)
    if occasion is not Occasion.ABUSE and topic_in(text, scenario.safety) is not None:
        occasion = None  # whether somebody is safe is answered first, in the last minute too
    questions = _question_turns(memory, said)
    did = what_it_did(said, question_turns=questions)
    state = moved(memory.state, _effect(occasion, said, did), scenario.parent.sensitivity)
    after = replace(memory, state=state, turns=memory.turns + 1, question_turns=questions)
    given, after = _given(scenario, after, occasion, text, said, did, random, time_is_short)
    return given, after.having_said(given.reply)


def _given(
    scenario: Scenario,
    memory: Memory,
    occasion: Occasion | None,
    text: str,
    said: Sequence[Spoken],
    did: Did,
    random: Random,
    time_is_short: bool,
) -> tuple[Answer, Memory]:
    if occasion is not None:
        return _occasion(scenario, memory, occasion, did, random), memory
    if (topic := topic_in(text, scenario.safety)) is not None:
        return Answer(least_said(topic.lines, memory, random), did, "safety", topic.topic), memory
    if (fact := topic_in(_asked_for_a_fact(said), scenario.facts)) is not None:
        fresh = [line for line in fact.lines if not _said(memory, line)]
        if fresh:
            return Answer(random.choice(fresh), did, "fact", fact.topic), memory
    if (concern := next_concern(scenario, memory, memory.state, did)) is not None:
        told = replace(memory, told=(*memory.told, concern.id))
        return Answer(least_said(concern.lines, memory, random), did, "concern", concern.id), told
    if time_is_short and not any(_said(memory, line) for line in scenario.winding_up):
        return Answer(least_said(scenario.winding_up, memory, random), did, "winding_up"), memory
    lean, credit = wished(memory, memory.state, did, random)
    reply = reply_to(scenario, memory, did, memory.state.band, lean, random)
    return Answer(reply, did, "leans", may_be_reworded=True), replace(memory, credit=credit)


def _occasion(scenario: Scenario, memory: Memory, occasion: Occasion, did: Did, random: Random) -> Answer:
    lines = {
        Occasion.SILENCE: scenario.silence,
        Occasion.ABUSE: scenario.abuse,
        Occasion.MACHINE: scenario.machine,
        Occasion.OFF_TOPIC: scenario.off_topic,
        Occasion.LEAVING: closing_lines(scenario, memory.state),
    }[occasion]
    ends = occasion in (Occasion.ABUSE, Occasion.LEAVING)
    return Answer(least_said(lines, memory, random), did, occasion.value, ends=ends)


def closing_lines(scenario: Scenario, state: State) -> list[Reply]:
    if state.band is Band.OPEN:
        return scenario.endings.well
    return scenario.endings.badly if state.band is Band.GUARDED else scenario.endings.mixed


def _effect(occasion: Occasion | None, said: Sequence[Spoken], did: Did) -> Effect:
    if occasion is Occasion.ABUSE:
        return _HURT
    if occasion is Occasion.SILENCE:
        return _QUIET
    return Effect() if occasion is not None else effect_of(said, did)


def _question_turns(memory: Memory, said: Sequence[Spoken]) -> int:
    return memory.question_turns + 1 if asks_only(said) else 0 if said else memory.question_turns


def _asked_for_a_fact(said: Sequence[Spoken]) -> str:
    return " ".join(
        spoken.text
        for spoken in said
        if spoken.code is Behaviour.Q and asks_for_a_fact(spoken.text, closed=spoken.subtype is QuestionType.CLOSED)
    )


def _said(memory: Memory, line: Reply) -> bool:
    return line_id(line) in memory.used
