"""How things stand between the parent and the trainee, and which way the parent leans next. Pure."""

import math
from dataclasses import dataclass

from coding.scheme.codes import ClientTalk
from training.simulated.format import Band, Did, Sensitivities, Start
from training.simulated.moves import Effect

_DRIFT = 0.004
"""Time itself moves little: so much a turn, towards trust and away from discord."""
_DISCORD_COSTS = 0.5
"""How much of discord is taken from openness to say how open the parent sounds."""
UNSURE_FROM, OPEN_FROM = 0.34, 0.58


@dataclass(frozen=True)
class State:
    """Each 0–1."""

    trust: float
    openness: float
    discord: float
    readiness: float

    @property
    def band(self) -> Band:
        sounds = self.openness - _DISCORD_COSTS * max(0.0, self.discord - 0.3)
        if sounds >= OPEN_FROM:
            return Band.OPEN
        return Band.UNSURE if sounds >= UNSURE_FROM else Band.GUARDED


def starting(start: Start) -> State:
    return State(start.trust, start.openness, start.discord, start.readiness)


def moved(state: State, effect: Effect, sensitivity: Sensitivities) -> State:
    """After one turn. Readiness grows with trust: from a stranger nobody takes a step."""
    readiness = effect.readiness * (0.5 + state.trust) if effect.readiness > 0 else effect.readiness
    return State(
        _within(state.trust + effect.trust * sensitivity.trust + _DRIFT),
        _within(state.openness + effect.openness * sensitivity.openness),
        _within(state.discord + effect.discord * sensitivity.discord - _DRIFT),
        _within(state.readiness + readiness * sensitivity.readiness),
    )


_PULL: dict[Did, float] = {
    Did.REFLECTED: 0.5,
    Did.ASKED: 0.45,
    Did.ASKED_CLOSED: 0.0,
    Did.AFFIRMED: 0.5,
    Did.GAVE_CHOICE: 0.5,
    Did.TOLD: -0.15,
    Did.PUSHED: -1.1,
    Did.CONFRONTED: -1.5,
    Did.QUESTIONED: -0.6,
    Did.OTHER: 0.0,
}
_NEUTRAL: dict[Did, float] = {
    Did.REFLECTED: 0.25,
    Did.ASKED: 0.22,
    Did.ASKED_CLOSED: 0.5,
    Did.AFFIRMED: 0.35,
    Did.GAVE_CHOICE: 0.35,
    Did.TOLD: 0.45,
    Did.PUSHED: 0.2,
    Did.CONFRONTED: 0.25,
    Did.QUESTIONED: 0.4,
    Did.OTHER: 0.55,
}


def leaning(state: State, did: Did) -> dict[ClientTalk, float]:
    """How likely the parent's next words are change talk, sustain talk or neither; they sum to 1."""
    pull = 0.9 * state.openness + 1.1 * state.readiness + 0.4 * state.trust - 1.3 * state.discord - 0.6 + _PULL[did]
    toward = 1 / (1 + math.exp(-2.4 * pull))
    neutral = _NEUTRAL[did]
    return {
        ClientTalk.CT: (1 - neutral) * toward,
        ClientTalk.ST: (1 - neutral) * (1 - toward),
        ClientTalk.FN: neutral,
    }


def _within(value: float) -> float:
    return max(0.0, min(1.0, value))
