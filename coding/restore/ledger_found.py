"""Where a restore learns what was deleted since the backup was made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.backup.sets import Manifest
from models.deletion_ledger import FOLDER, Entry, copied_until, entries_since, kept_up, known_id, ledger_places
from models.errors import EvokeError
from models.places import Place, open_place
from models.settings import Settings

_MARGIN = timedelta(days=1)
"""A transaction may note its time before a backup's moment and end after it, so a little too much is asked for; what
the backup has already is told by its audit trail."""


class LedgerNotFound(EvokeError):
    status = 409
    code = "ledger_not_found"


@dataclass(frozen=True)
class LedgerFound:
    """`since` the backup; `until` is None where the ledger is whole. `places` are empty where there is none at all.

    Where there are two, each may lack what could not be written there once: what is in either counts. `lacking` are
    places that should have it and do not; then `sure_until` is when another was last found to have everything, None
    where nobody knows."""

    places: tuple[Place, ...]
    since: tuple[Entry, ...]
    until: datetime | None = None
    lacking: tuple[str, ...] = ()
    sure_until: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return bool(self.places) and self.until is None

    @property
    def said(self) -> str:
        if not self.is_whole:
            return "not whole"
        return "one of two places" if self.lacking else "whole"

    def everything(self) -> list[Entry]:
        return _in_any(self.places, datetime.min.replace(tzinfo=UTC))


def find_ledger(
    settings: Settings, place: Place, manifest: Manifest, *, given: str | None, without: bool
) -> LedgerFound:  # fmt: skip
    """The one `given`, else that of this installation's own places, else the copy beside the backups.

    Raises LedgerNotFound where none is whole, unless `without`; SettingsWrong.
    """
    places = [_given(given, settings)] if given else ledger_places(settings)
    theirs = [(one, copied_until(one)) for one in (*places, place) if known_id(one) == manifest.ledger]
    whole = tuple(one for one, until in theirs if until is None)
    last = max((until for _, until in theirs if until is not None), default=None)
    if not whole and not without:
        raise LedgerNotFound(_sentence(manifest, last, given))
    found = whole or tuple(one for one, _ in theirs)
    begins = manifest.made_at - _MARGIN
    since = tuple(one for one in _in_any(found, begins) if one.at >= begins)
    lacking = tuple(one.shown for one in places if known_id(one) != manifest.ledger) if whole else ()
    sure = max((until for one in whole if (until := kept_up(one)) is not None), default=None)
    return LedgerFound(found, since, None if whole else last or manifest.made_at, lacking, sure)


def _in_any(places: Iterable[Place], since: datetime) -> list[Entry]:
    return list({one.id: one for place in places for one in entries_since(place, since)}.values())


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
