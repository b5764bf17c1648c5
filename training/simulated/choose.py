"""Which of the authored lines is said next. Pure: the same seed, memory and turn give the same line."""

from collections.abc import Iterable, Sequence
from random import Random

from coding.scheme.codes import ClientTalk
from training.simulated.format import Band, Concern, Did, Reply, Scenario
from training.simulated.memory import WAYS, Memory, line_id
from training.simulated.state import State, leaning

_CHANCE = 0.35
"""How much chance has a say beside what is owed, in parts of one line."""
_NEAREST: dict[Band, tuple[Band, ...]] = {
    Band.GUARDED: (Band.GUARDED, Band.UNSURE),
    Band.UNSURE: (Band.UNSURE, Band.GUARDED, Band.OPEN),
    Band.OPEN: (Band.OPEN, Band.UNSURE),
}


def wished(memory: Memory, state: State, did: Did, random: Random) -> tuple[ClientTalk, tuple[float, float, float]]:
    """The way to lean now, and what is owed afterwards. Each turn adds its chances to what is owed and the largest is
    paid, so that over a talk the lines keep to the state, and chance only orders them."""
    chances = leaning(state, did)
    owed = [debt + chances[way] for debt, way in zip(memory.credit, WAYS, strict=True)]
    shaken = [
        debt + _CHANCE * (random.random() - 0.5) if chances[way] > 0.05 else -9.0
        for debt, way in zip(owed, WAYS, strict=True)
    ]
    best = max(range(len(WAYS)), key=lambda at: shaken[at])
    owed[best] -= 1
    return WAYS[best], (owed[0], owed[1], owed[2])


def reply_to(scenario: Scenario, memory: Memory, did: Did, band: Band, lean: ClientTalk, random: Random) -> Reply:
    """A line for this situation that was not said yet: one that leans as wished, in this band, of the parent's own
    reasons or in the next bands; then one that leans otherwise; last one that was said least often."""
    own = scenario.parent.ambivalence
    reasons = {ClientTalk.CT: own.for_change, ClientTalk.ST: own.for_staying, ClientTalk.FN: []}[lean]
    cells = [lines_of(scenario, did, near) for near in _NEAREST[band]]
    leaning_so = [[line for line in cell if line.leans is lean] for cell in cells]
    fits = [*leaning_so[:1], *(_talks(did, reasons)), *leaning_so[1:]]
    for lines in (*fits, *cells):
        if fresh := _fresh(lines, memory):
            return random.choice(fresh)
    whole = [line for lines in (*fits, *cells) for line in lines]
    return least_said(whole or [line for cell in scenario.replies for line in cell.lines], memory, random)


def _talks(did: Did, reasons: list[Reply]) -> list[list[Reply]]:
    """Reasons are given after what invites or provokes them, never after a plain question of fact."""
    return [reasons] if did not in (Did.ASKED_CLOSED, Did.OTHER) else []


def lines_of(scenario: Scenario, did: Did, band: Band) -> list[Reply]:
    return [line for cell in scenario.replies if did in cell.when and band in cell.band for line in cell.lines]


def next_concern(scenario: Scenario, memory: Memory, state: State, did: Did) -> Concern | None:
    if did not in Did.receptive():
        return None
    for concern in scenario.parent.concerns:
        if concern.id not in memory.told and state.trust >= concern.trust and state.openness >= concern.openness:
            return concern
    return None


def least_said(lines: Sequence[Reply], memory: Memory, random: Random) -> Reply:
    """One that was not said; else one of those said least often, and never the one said last if there is another."""
    times = {line_id(line): memory.used.count(line_id(line)) for line in lines}
    last = memory.used[-1] if memory.used else ""
    others = [line for line in lines if line_id(line) != last] or list(lines)
    fewest = min(times[line_id(line)] for line in others)
    return random.choice([line for line in others if times[line_id(line)] == fewest])


def _fresh(lines: Iterable[Reply], memory: Memory) -> list[Reply]:
    return [line for line in lines if line_id(line) not in memory.used]
