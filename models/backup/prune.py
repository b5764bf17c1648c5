"""Taking older sets away, with the stored files that no kept set needs."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.backup.one_at_a_time import one_at_a_time
from models.backup.sets import FILES, SETS, Manifest, delete_set, files_of, read_manifest, set_names, unfinished_sets
from models.columns import utc_now
from models.database import Database
from models.errors import EvokeError
from models.places import Place
from models.settings import Settings


class KeepWrong(EvokeError):
    status = 400
    code = "keep_wrong"


@dataclass(frozen=True)
class Keep:
    """Either the newest so many, or those of the last so many days."""

    newest: int | None = None
    days: int | None = None

    @classmethod
    def read(cls, said: str) -> "Keep":
        """`14` or `35d`. Raises KeepWrong."""
        found = re.fullmatch(r"([1-9]\d{0,4})(d?)", said.strip())
        if found is None:
            raise KeepWrong("Say how many sets to keep, as in --keep 14, or of how many days, as in --keep 35d.")
        number = int(found[1])
        return cls(days=number) if found[2] else cls(newest=number)

    def kept(self, sets: list[Manifest], now: datetime) -> list[Manifest]:
        """The newest set always stays."""
        newest_first = sorted(sets, key=lambda one: one.made_at, reverse=True)
        if self.newest is not None:
            return newest_first[: self.newest]
        assert self.days is not None
        before = now - timedelta(days=self.days)
        return [one for place, one in enumerate(newest_first) if place == 0 or one.made_at >= before]


@dataclass(frozen=True)
class Pruned:
    sets: tuple[str, ...]
    kept: int
    files: int
    bytes: int


def prune(database: Database, settings: Settings, place: Place, keep: Keep) -> Pruned:
    """Nothing goes where a set that stays cannot be read: it would not be known what it needs.

    Raises BackupUnderWay, BackupLockLost, BackupDamaged.
    """
    with one_at_a_time(database, settings) as require_held:
        sets = [read_manifest(place, name) for name in set_names(place)]
        kept = keep.kept(sets, utc_now())
        needed = {one.blob for manifest in kept for one in files_of(place, manifest)}
        gone = [one.name for one in sets if one not in kept]
        for name in (*gone, *unfinished_sets(place)):
            require_held()  # else it may be a set that somebody is making
            delete_set(place, name)
        files = size = 0
        for one in list(place.files(FILES)):
            if one.name not in needed:
                require_held()  # else a set that was made since may need it
                place.delete(one.name)
                files, size = files + 1, size + one.size
        place.sweep_unfinished(SETS)
        place.sweep_unfinished(FILES)
        place.tidy(FILES)
    return Pruned(tuple(gone), len(kept), files, size)
