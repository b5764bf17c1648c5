"""Where a restore learns what was deleted since the backup was made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.backup.sets import Manifest
from models.deletion_ledger import FOLDER, Entry, copied_until, entries_since, known_id, ledger_places
from models.errors import EvokeError
from models.places import Place, open_place
from models.settings import Settings

_MARGIN = timedelta(days=1)
"""Doing again what the backup has already changes nothing, so a little too much is asked for."""


class LedgerNotFound(EvokeError):
    status = 409
    code = "ledger_not_found"


@dataclass(frozen=True)
class LedgerFound:
    """`since` the backup; `until` is None where the ledger is whole. `place` is None where there is none at all."""

    place: Place | None
    since: tuple[Entry, ...]
    until: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return self.place is not None and self.until is None

    def everything(self) -> Iterable[Entry]:
        return entries_since(self.place, datetime.min.replace(tzinfo=UTC)) if self.place else ()


def find_ledger(
    settings: Settings, place: Place, manifest: Manifest, *, given: str | None, without: bool
) -> LedgerFound:  # fmt: skip
    """The one `given`, else that of this installation's own places, else the copy beside the backups.

    Raises LedgerNotFound where none is whole, unless `without`; SettingsWrong.
    """
    places = [_given(given, settings)] if given else ledger_places(settings)
    copies = []
    for one in (*places, place):
        if known_id(one) == manifest.ledger:
            until = copied_until(one)
            if until is None:
                return LedgerFound(one, _since(one, manifest))
            copies.append((until, one))
    if not without:
        raise LedgerNotFound(_sentence(manifest, copies[0][0] if copies else None, given))
    if not copies:
        return LedgerFound(None, (), manifest.made_at)
    until, newest = max(copies, key=lambda found: found[0])
    return LedgerFound(newest, _since(newest, manifest), until)


def _since(place: Place, manifest: Manifest) -> tuple[Entry, ...]:
    begins = manifest.made_at - _MARGIN
    return tuple(one for one in entries_since(place, begins) if one.at >= begins)


def _given(where: str, settings: Settings) -> Place:
    """The place in which the ledger lies, or the ledger's own folder."""
    path = Path(where)
    if "://" not in where and path.name == FOLDER and (path / "ledger.json").is_file():
        where = str(path.parent)
    return open_place(where, settings, named="--ledger", make=False)


def _sentence(manifest: Manifest, until: datetime | None, given: str | None) -> str:
    where = f"in {given}" if given else "beside the stored files, nor in the place of EVOKE_LEDGER_URL"
    copy = f" The copy beside the backups ends at {_moment(until)}, with the last backup." if until else ""
    return (
        f"The ledger of deletions that belongs to this set is not {where}, so nothing was restored.{copy} Without it, "
        f"what was deleted, withdrawn or taken back after {_moment(until or manifest.made_at)} would be back, sessions "
        "of people who took their agreement back among it. Say where the ledger is with --ledger. If it is lost, "
        "--without-ledger restores all the same; then tell your data protection officer, and ask teams what they "
        "deleted since."
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
