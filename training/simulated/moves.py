"""What a turn of the trainee did, by its codes, and how far that moves a parent. Pure.

The direction of each effect is what studies of sessions found: MI-consistent talk is followed by change talk,
MI-inconsistent talk by sustain talk and discord (Magill et al. 2014, 2018; Moyers et al. 2009). The sizes are our own
choice: they make ten minutes enough for a parent to open up or to close.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coding.scheme.codes import Behaviour, QuestionType
from training.exercises.against import order_in, threat_in
from training.simulated.format import Did

DUMP_WORDS = 45
"""From so many words of information in one turn on it is too much at once."""
RUN = 3
"""So many turns of questions, without a reflection between them, feel like a questionnaire."""


@dataclass(frozen=True)
class Spoken:
    """One utterance of the trainee as it was coded. `probabilities` cover the behaviour codes and sum to 1."""

    text: str
    code: Behaviour
    subtype: QuestionType | None
    probabilities: Mapping[Behaviour, float]


@dataclass(frozen=True)
class Effect:
    """What is added to each of the four, before the parent's sensitivities."""

    trust: float = 0.0
    openness: float = 0.0
    discord: float = 0.0
    readiness: float = 0.0

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(
            self.trust + other.trust,
            self.openness + other.openness,
            self.discord + other.discord,
            self.readiness + other.readiness,
        )

    def times(self, share: float) -> "Effect":
        return Effect(self.trust * share, self.openness * share, self.discord * share, self.readiness * share)


_OPEN = Effect(trust=0.02, openness=0.05, discord=-0.02, readiness=0.03)
_CLOSED = Effect(openness=-0.01, discord=0.01)
_EFFECTS: dict[Behaviour, Effect] = {
    Behaviour.CR: Effect(trust=0.07, openness=0.08, discord=-0.06, readiness=0.04),
    Behaviour.SR: Effect(trust=0.04, openness=0.05, discord=-0.04, readiness=0.02),
    Behaviour.AF: Effect(trust=0.06, openness=0.05, discord=-0.04, readiness=0.04),
    Behaviour.SEEK: Effect(trust=0.05, openness=0.04, discord=-0.05, readiness=0.02),
    Behaviour.EMPHASIZE: Effect(trust=0.05, openness=0.04, discord=-0.06, readiness=0.04),
    Behaviour.GI: Effect(),
    Behaviour.PWP: Effect(openness=-0.01, readiness=0.01),
    Behaviour.PERSUADE: Effect(trust=-0.06, openness=-0.07, discord=0.08, readiness=-0.05),
    Behaviour.CONFRONT: Effect(trust=-0.12, openness=-0.12, discord=0.16, readiness=-0.07),
    Behaviour.NC: Effect(),
}
_DUMP = Effect(trust=-0.04, openness=-0.06, discord=0.05, readiness=-0.03)
_QUESTIONED = Effect(trust=-0.04, openness=-0.06, discord=0.06, readiness=-0.02)
_MOST = 0.2
"""One turn moves nothing further than this, however much is in it."""


def as_heard(said: Sequence[Spoken]) -> list[Spoken]:
    """A parent hears a threat as one, and an order as a push, also where the coder takes them for something kind."""
    return [_as_heard(one) for one in said]


def _as_heard(one: Spoken) -> Spoken:
    if one.code in Behaviour.mi_non_adherent() or one.code in (Behaviour.PWP, Behaviour.Q, Behaviour.SEEK):
        return one
    if threat_in(one.text):
        return replace(one, code=Behaviour.CONFRONT, probabilities={Behaviour.CONFRONT: 1.0})
    if one.code in Behaviour.reflections() and order_in(one.text):
        return replace(one, code=Behaviour.PERSUADE, probabilities={Behaviour.PERSUADE: 1.0})
    return one


def what_it_did(said: Sequence[Spoken], *, question_turns: int) -> Did:
    """The one thing a parent would answer. `question_turns` counts the turns of questions without a reflection that
    end with this one. What hurts is heard before what helps; else the last thing said is answered."""
    codes = [spoken.code for spoken in said]
    if Behaviour.CONFRONT in codes:
        return Did.CONFRONTED
    if Behaviour.PERSUADE in codes:
        return Did.PUSHED
    if question_turns >= RUN and asks_only(said):
        return Did.QUESTIONED
    for spoken in reversed(said):
        if spoken.code is Behaviour.Q:
            return Did.ASKED_CLOSED if spoken.subtype is QuestionType.CLOSED else Did.ASKED
        if (did := _ANSWERED.get(spoken.code)) is not None:
            return did
    return Did.OTHER


_ANSWERED = {
    Behaviour.CR: Did.REFLECTED,
    Behaviour.SR: Did.REFLECTED,
    Behaviour.AF: Did.AFFIRMED,
    Behaviour.SEEK: Did.GAVE_CHOICE,
    Behaviour.EMPHASIZE: Did.GAVE_CHOICE,
    Behaviour.GI: Did.TOLD,
    Behaviour.PWP: Did.TOLD,
}


def asks_only(said: Sequence[Spoken]) -> bool:
    """A turn with a question and nothing that shows listening."""
    codes = {spoken.code for spoken in said}
    return Behaviour.Q in codes and not codes & {*Behaviour.reflections(), *Behaviour.mi_adherent()}


def effect_of(said: Sequence[Spoken], did: Did) -> Effect:
    """The expected effect over what each utterance may have been, so that a line the coder is unsure of moves less. A
    second utterance with the same code adds half as much, a third a quarter."""
    whole, times = Effect(), dict.fromkeys(Behaviour, 0)
    for spoken in said:
        share = 0.5 ** times[spoken.code]
        times[spoken.code] += 1
        for code, probability in spoken.probabilities.items():
            whole += _one(code, spoken.subtype).times(probability * share)
    if sum(len(s.text.split()) for s in said if s.code in (Behaviour.GI, Behaviour.PWP)) >= DUMP_WORDS:
        whole += _DUMP
    if did is Did.QUESTIONED:
        whole += _QUESTIONED
    return Effect(_capped(whole.trust), _capped(whole.openness), _capped(whole.discord), _capped(whole.readiness))


def _one(code: Behaviour, subtype: QuestionType | None) -> Effect:
    if code is Behaviour.Q:
        return _CLOSED if subtype is QuestionType.CLOSED else _OPEN
    return _EFFECTS[code]


def _capped(value: float) -> float:
    return max(-_MOST, min(_MOST, value))
