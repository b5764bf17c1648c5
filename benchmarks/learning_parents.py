"""Simulated parents: what three scripted trainees get out of each of them, and how far the coder hears the parents'
lines as their authors labelled them.

Nothing is fed in by hand: the scripted lines are coded by the coder that ships, once for each scenario. Over
all seeds the outcome is counted by the authors' labels, and over the first seeds by the coder as well, which codes the
whole talk as it would a session.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean

from coding.coder.figures import Figure, at_least, for_information
from coding.coder.load import load_default_coder
from coding.coder.result import Coder
from coding.pipeline import TurnToCode, code_conversation
from coding.scheme.codes import ClientTalk, Speaker
from training.simulated.by_coder import coded_lines, labelled
from training.simulated.format import Reply, Scenario
from training.simulated.kept import PARENT, YOU
from training.simulated.scripted import Coded, Script, lines_for, played, talk_counts
from training.simulated.shelf import scenarios

SEEDS = 200
CODED_SEEDS = 4
"""Talks for each scenario and script that the coder codes whole: each takes it a second or more."""
Talk = list[tuple[str, Reply]]
Counts = dict[tuple[str, Script], list[tuple[int, int]]]
"""Change talk and sustain talk of each seed."""


def measure(seeds: int = SEEDS, coded_seeds: int = CODED_SEEDS) -> Iterator[Figure]:
    coder = load_default_coder()
    here = scenarios()
    yield at_least("simulated parents", len(here), 12)
    coded = {slug: _coded_scripts(one, coder) for slug, one in here.items()}
    talks = {
        (slug, script): [played(one, script, coded[slug], seed=seed) for seed in range(seeds)]
        for slug, one in here.items()
        for script in Script
    }
    counts = {key: [talk_counts(talk) for talk in found] for key, found in talks.items()}
    yield from _outcomes(counts, f"{seeds} seeds, authors' labels")
    yield at_least("scripted talks without a line said twice", _without_repeats(talks), 0.99)
    by_coder = {
        (slug, script): [_counted_by(coder, here[slug], talk) for talk in found[:coded_seeds]]
        for (slug, script), found in talks.items()
    }
    yield from _outcomes(by_coder, f"{coded_seeds} seeds, the coder's codes")
    heard = [one.agrees for scenario in here.values() for one in labelled(scenario, coder=coder)]
    yield for_information("authored thoughts of parents", len(heard))
    yield at_least("the coder hears them as labelled", mean(heard), 0.9)


def _coded_scripts(scenario: Scenario, coder: Coder) -> Coded:
    return coded_lines(
        sorted({line for script in Script for line in lines_for(script)}), coder=coder, goal=scenario.goal
    )


def _outcomes(counts: Counts, how: str) -> Iterator[Figure]:
    consistent = [change > sustain for change, sustain in _of(counts, Script.CONSISTENT)]
    inconsistent = [change < sustain for change, sustain in _of(counts, Script.INCONSISTENT)]
    yield at_least(f"MI-consistent script ends with more change talk ({how})", mean(consistent), 1.0)
    yield at_least(f"MI-inconsistent script ends with more sustain talk ({how})", mean(inconsistent), 1.0)
    slugs = {slug for slug, _ in counts}
    between = [
        _balance(counts[slug, Script.INCONSISTENT])
        < _balance(counts[slug, Script.ANYTHING])
        < _balance(counts[slug, Script.CONSISTENT])
        for slug in slugs
    ]
    yield at_least(f"scenarios in which a random script lies between ({how})", mean(between), 1.0)
    for script in Script:
        shares = mean(_balance(counts[slug, script]) for slug in slugs)
        yield for_information(f"change talk's share of both, {script.value} script ({how})", shares)


def _of(counts: Counts, script: Script) -> list[tuple[int, int]]:
    return [pair for (_, one), pairs in counts.items() if one is script for pair in pairs]


def _balance(pairs: Sequence[tuple[int, int]]) -> float:
    """Change talk's share of change and sustain talk, 0–1, over all seeds."""
    change, both = sum(pair[0] for pair in pairs), sum(map(sum, pairs))
    return change / both if both else 0.5


def _without_repeats(talks: Mapping[tuple[str, Script], Sequence[Talk]]) -> float:
    every = [talk for found in talks.values() for talk in found]
    return mean(len({reply.text for _, reply in talk}) == len(talk) for talk in every)


def _counted_by(coder: Coder, scenario: Scenario, talk: Talk) -> tuple[int, int]:
    """As in the session that the talk becomes; the opening, which answers nothing, is not counted here either."""
    turns = [
        turn
        for said, reply in talk
        for turn in ([TurnToCode(YOU, said)] if said else []) + [TurnToCode(PARENT, reply.text)]
    ]
    coded = code_conversation(turns, coder=coder, change_goal=scenario.goal, practitioner_labels=(YOU,))
    codes = [
        item.estimate.code
        for item in coded.utterances
        if item.utterance.speaker is Speaker.CLIENT and item.utterance.turn > 0
    ]
    return codes.count(ClientTalk.CT), codes.count(ClientTalk.ST)
