"""What a campaign came to."""

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.faults.judge import Kind, Verdict
from benchmarks.faults.plan import Plan


@dataclass
class Report:
    """`begun` are faults that were made, `impossible` why others were not. `unanswered` uploads got no answer until the
    end; `longest` is the longest time that a job stood still, in seconds, and `which` says which and when; `seconds` of
    the whole."""

    plan: Plan
    verdict: Verdict
    kills: Counter[str] = field(default_factory=Counter)
    begun: list[str] = field(default_factory=list)
    impossible: dict[str, str] = field(default_factory=dict)
    accepted: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    sent_again: int = 0
    longest: float = 0.0
    which: str = ""
    seconds: float = 0.0

    @property
    def lost(self) -> int:
        """All that is wrong but what is doubled or stuck, or was not explained."""
        return self.verdict.count(Kind.LOST, Kind.FILES, Kind.CONSENT, Kind.AUDIT)

    @property
    def duplicated(self) -> int:
        return self.verdict.count(Kind.DUPLICATED)

    @property
    def stuck(self) -> int:
        return self.verdict.count(Kind.STUCK)

    @property
    def unexplained(self) -> int:
        return self.verdict.count(Kind.UNEXPLAINED)

    def lines(self) -> list[str]:
        verdict, killed = self.verdict, ", ".join(f"{name} {times}" for name, times in sorted(self.kills.items()))
        stopped = ", ".join(f"{code} {times}" for code, times in sorted(verdict.messages.items()))
        return [
            f"Profile {self.plan.profile}, seed {self.plan.seed}, {self.seconds:.0f} s.",
            f"Killed: {self.kills.total()} ({killed or 'nothing'}).",
            *[f"Fault: {name}." for name in self.begun],
            *[f"Not made here: {name}, because {why}." for name, why in self.impossible.items()],
            f"Uploads: {self.accepted} accepted, {len(self.refused)} refused, {self.unanswered} never answered; "
            f"{self.sent_again} requests had to be sent again.",
            f"Sessions: {verdict.coded} coded, {verdict.told} stopped with a sentence ({stopped or 'none'}), "
            f"{verdict.deleted} taken back and gone.",
            f"Files that the sweep set aside: {verdict.set_aside}. Longest that a job stood still: {self.longest:.0f} "
            f"s (limit {self.plan.limit:.0f} s){f': {self.which}' if self.which else ''}.",
            *[f"WRONG, {one.kind.value}: {one.words}" for one in verdict.wrongs],
            f"Lost or half: {self.lost}. Duplicated: {self.duplicated}. Stuck: {self.stuck}. Answers that did not say "
            f"why: {self.unexplained}.",
        ]
