"""What feedback is drafted from: each line of a coded conversation with what came just before it and just after."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from coding.review.draft import Draft, DraftLine
from coding.review.figures import figures_of
from coding.scheme.codes import Behaviour, ClientTalk, Code, Speaker
from coding.scheme.counts import BehaviourCounts

RATED_WELL = 4
"""From this rating on, 1 to 5, a line that a coach pinned to it is one they found good."""


@dataclass(frozen=True)
class Spot:
    """One line. `before` is the other side's line just before its run of lines; `after` the other side's lines straight
    after it, empty where the same side went on. `spoilt`: somebody was confronted or persuaded in the same stretch of
    the practitioner's talk, so that nothing in it is praised. `pinned` to a good rating by the coach."""

    line: DraftLine
    place: int
    before: DraftLine | None
    after: tuple[DraftLine, ...]
    spoilt: bool = False
    pinned: bool = False

    def followed_by(self, codes: Collection[Code]) -> bool:
        return any(line.code in codes for line in self.after)


@dataclass(frozen=True)
class Reading:
    """`practitioner` and `client` are their scored lines, in order. `counts` are by volley, as everywhere."""

    practitioner: tuple[Spot, ...]
    client: tuple[Spot, ...]
    counts: BehaviourCounts

    def theirs(self, codes: Collection[Code]) -> Iterator[Spot]:
        """The practitioner's lines with one of these codes."""
        return (spot for spot in self.practitioner if spot.line.code in codes)

    def change_talk(self) -> Iterator[Spot]:
        return (spot for spot in self.client if spot.line.code is ClientTalk.CT)

    @property
    def reflections(self) -> int:
        return self.counts.total(Behaviour.reflections())

    @property
    def questions(self) -> int:
        return self.counts[Behaviour.Q]


def read(draft: Draft) -> Reading:
    """Of the lines that are scored."""
    figures = figures_of(draft)
    bad = {figures.volley_of[line.key] for line in draft.scored_lines() if line.code in Behaviour.mi_non_adherent()}
    good = {name for name, value in draft.ratings.items() if value >= RATED_WELL}
    pinned = {key for name, keys in draft.evidence.items() if name in good for key in keys}
    runs = [tuple(lines) for _, lines in groupby(draft.scored_lines(), key=lambda line: line.role)]
    spots: dict[Speaker, list[Spot]] = {Speaker.PRACTITIONER: [], Speaker.CLIENT: []}
    place = 0
    for number, run in enumerate(runs):
        before = runs[number - 1][-1] if number else None
        after = runs[number + 1] if number + 1 < len(runs) else ()
        for line in run:
            volley = figures.volley_of[line.key]
            spots[line.role].append(
                Spot(
                    line, place, before, after if line is run[-1] else (), spoilt=volley is not None and volley in bad,
                    pinned=line.key in pinned,
                )
            )  # fmt: skip
            place += 1
    return Reading(tuple(spots[Speaker.PRACTITIONER]), tuple(spots[Speaker.CLIENT]), figures.counts)
