"""What a campaign is to do, and the faults that there are."""

from dataclasses import dataclass

from benchmarks.faults.disk_faults import FullDatabaseDisk, FullDisk, ReadOnlyDisk
from benchmarks.faults.fault import Fault
from benchmarks.faults.kills import EVERY
from benchmarks.faults.migration_fault import HalfMigration
from benchmarks.faults.model_fault import CorruptedModel
from benchmarks.faults.network_faults import NetworkCut, NetworkSilent
from benchmarks.faults.s3_faults import FailingS3, SlowS3
from benchmarks.faults.site import EMBEDDED
from benchmarks.faults.worker_faults import Clock, PausedWorker, Twice

FAULTS: dict[str, type[Fault]] = {
    one.name: one
    for one in (
        FullDisk, FullDatabaseDisk, ReadOnlyDisk, SlowS3, FailingS3, NetworkCut, NetworkSilent, PausedWorker, Twice,
        Clock, CorruptedModel, HalfMigration,
    )
}  # fmt: skip
"""By name; kill -9 has a number of its own."""


@dataclass(frozen=True)
class Plan:
    """`seed` gives who is killed when, and in what order faults come; how processes take turns, nobody can give.
    `every` are seconds between two kills in the mean, besides those until all is up; without kills the faults come one
    after another. `patience` is how long it may take, in seconds, until all is at its end once the faults are over."""

    profile: str = EMBEDDED
    kills: int = 100
    sessions: int = 30
    recordings: int = 2
    seed: int = 1
    faults: tuple[str, ...] = ()
    every: float = EVERY
    lease_seconds: int = 15
    patience: float = 900

    @property
    def limit(self) -> float:
        """Seconds: longer than this no job may stand still."""
        return self.lease_seconds + 60.0
