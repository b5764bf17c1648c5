"""What a scenario still has too little of, so that no parent runs out of words. Pure."""

from coding.scheme.codes import ClientTalk
from training.simulated.choose import lines_of
from training.simulated.format import Band, Did, Scenario

CT, ST, FN = ClientTalk.CT, ClientTalk.ST, ClientTalk.FN
MANY = (Did.REFLECTED, Did.ASKED)
HARD = (Did.PUSHED, Did.CONFRONTED, Did.QUESTIONED)


def needed(did: Did, band: Band) -> dict[ClientTalk, int]:
    """How many lines of each leaning a situation needs in a band."""
    if did in MANY:
        return {
            Band.GUARDED: {CT: 1, ST: 3, FN: 2},
            Band.UNSURE: {CT: 3, ST: 2, FN: 2},
            Band.OPEN: {CT: 4, ST: 1, FN: 1},
        }[band]
    if did in HARD:
        return {Band.GUARDED: {ST: 3, FN: 1}, Band.UNSURE: {ST: 3, FN: 1}, Band.OPEN: {ST: 2, FN: 1}}[band]
    return {
        Band.GUARDED: {ST: 1, FN: 1},
        Band.UNSURE: {CT: 1, ST: 1, FN: 1},
        Band.OPEN: {CT: 2, FN: 1},
    }[band]


def missing(scenario: Scenario) -> list[str]:
    """One sentence for each gap; empty when there is none."""
    gaps = []
    for did in Did:
        for band in Band:
            lines = lines_of(scenario, did, band)
            for lean, number in needed(did, band).items():
                here = sum(1 for line in lines if line.leans is lean)
                if here < number:
                    gaps.append(f"{did.value} × {band.value}: {here} of {number} lines that are {lean.value}")
    gaps += _concerns(scenario)
    return gaps


def _concerns(scenario: Scenario) -> list[str]:
    start = scenario.parent.start
    return [
        f"concern {concern.id}: it is said at once, because the parent begins with that much trust and openness"
        for concern in scenario.parent.concerns
        if concern.trust <= start.trust and concern.openness <= start.openness
    ]
