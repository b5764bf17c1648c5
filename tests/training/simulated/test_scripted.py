"""Scripted trainees, coded by the coder that ships: who listens hears more change talk, who pushes the reverse."""

from functools import cache

import pytest

from coding.coder.load import load_default_coder
from training.simulated.by_coder import coded_lines
from training.simulated.scripted import Coded, Script, lines_for, played, talk_counts
from training.simulated.shelf import scenarios

SEEDS = range(3)
SCRIPTS = (Script.CONSISTENT, Script.INCONSISTENT)


@cache
def coded() -> Coded:
    lines = sorted({line for script in SCRIPTS for line in lines_for(script)})
    return coded_lines(lines, coder=load_default_coder())


@pytest.mark.parametrize("slug", scenarios())
def test_what_each_script_gets_out_of_each_parent(slug: str) -> None:
    found = {
        script: [talk_counts(played(scenarios()[slug], script, coded(), seed=seed)) for seed in SEEDS]
        for script in SCRIPTS
    }
    assert all(change > sustain for change, sustain in found[Script.CONSISTENT]), found
    assert all(change < sustain for change, sustain in found[Script.INCONSISTENT]), found
