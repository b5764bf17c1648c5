"""What the machine said of a line, and what was signed off, as counts that hold no word."""

from collections import Counter
from dataclasses import dataclass

from coding.review.draft import Draft
from coding.scheme.codes import Behaviour, ClientTalk, Code, Speaker

CODES: dict[Speaker, tuple[Code, ...]] = {Speaker.PRACTITIONER: tuple(Behaviour), Speaker.CLIENT: tuple(ClientTalk)}
Counts = dict[str, dict[str, dict[str, int]]]
"""By role, the machine's code and the coach's."""


@dataclass(frozen=True)
class Pairs:
    """`lines` are those in `counts`; `anew` those that cannot be compared, since the coach split or joined them or gave
    them to the other speaker."""

    counts: Counts
    lines: int
    anew: int


def pairs_of(draft: Draft) -> Pairs:
    """Of the scored lines of a signed-off draft, which began from the machine's codes."""
    seen: Counter[tuple[str, str, str]] = Counter()
    anew = 0
    for line in draft.scored_lines():
        if line.code is None:
            continue
        if line.machine is None or line.machine.code not in CODES[line.role]:
            anew += 1
        else:
            seen[line.role.value, line.machine.code.value, line.code.value] += 1
    counts: Counts = {role.value: {} for role in Speaker}
    for (role, machine, person), number in sorted(seen.items()):
        counts[role].setdefault(machine, {})[person] = number
    return Pairs(counts, seen.total(), anew)
