"""`python -m training.simulated FILE…` says what a scenario's author still has to do."""

import sys
from collections import Counter
from pathlib import Path

from coding.coder.load import load_default_coder
from training.simulated.by_coder import coded_lines, labelled
from training.simulated.check import missing
from training.simulated.format import Scenario, all_replies
from training.simulated.scripted import CONSISTENT, INCONSISTENT, NEITHER, Script, played, talk_counts
from training.simulated.shelf import ScenarioUnreadable, read_scenario

SEEDS = 200


def main(paths: list[str]) -> int:
    """Ends with 1 where something has to be done."""
    open_work = False
    for path in paths:
        try:
            scenario = read_scenario(Path(path))
        except ScenarioUnreadable as error:
            print(error)
            open_work = True
            continue
        open_work |= _about(path, scenario)
    return int(open_work)


def _about(path: str, scenario: Scenario) -> bool:
    coder = load_default_coder()
    lines = list(all_replies(scenario))
    print(f"== {path}: {scenario.title} · {len(lines)} lines")
    gaps = missing(scenario)
    for gap in gaps:
        print(f"   too few: {gap}")
    seen = labelled(scenario, coder=coder)
    for one in seen:
        if not one.agrees:
            codes = ", ".join(f"{e.code.value} {e.confidence:.2f}" for e in one.estimates)
            print(f"   {one.piece.code.value} by you, {codes} by the coder [{one.place}]: {one.piece.say}")
    print(f"   the coder agrees with {sum(one.agrees for one in seen)} of {len(seen)} labels")
    coded = coded_lines((*CONSISTENT, *INCONSISTENT, *NEITHER), coder=coder, goal=scenario.goal)
    ends = {script: [talk_counts(played(scenario, script, coded, seed=s)) for s in range(SEEDS)] for script in Script}
    more = {script: sum(change > sustain for change, sustain in ends[script]) for script in Script}
    less = {script: sum(change < sustain for change, sustain in ends[script]) for script in Script}
    for script in Script:
        change, sustain = (sum(pair[at] for pair in ends[script]) / SEEDS for at in (0, 1))
        print(
            f"   {script.value}: more change than sustain talk in {more[script]} of {SEEDS}, less in {less[script]}"
            f" (on average {change:.1f} to {sustain:.1f})"
        )
    repeated = Counter(
        line.text
        for script in Script
        for s in range(20)
        for line, times in Counter(r for _, r in played(scenario, script, coded, seed=s)).items()
        if times > 1
    )
    for text, times in repeated.most_common(5):
        print(f"   said twice in {times} of 60 talks: {text}")
    return bool(gaps) or more[Script.CONSISTENT] < SEEDS or less[Script.INCONSISTENT] < SEEDS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
