"""What was deleted, withdrawn or ended, noted outside the database too: so that a backup from before, when it is
restored, does not bring it back.

An entry is what the audit trail says of it, without a person's or family's word: ids, times and which scopes. It is
written when its transaction is over, one small file each, beside the stored files and, with EVOKE_LEDGER_URL, in a
second place. What a process that died in between did not write, the next one does (`keep_up`); so entries are never of
what did not happen, and writing one twice changes nothing. Nothing is ever taken out. Each place stands for itself: one
that is out of reach keeps nothing from the other, and has all that it missed made good from the audit trail.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from models.audit import AuditEvent
from models.columns import utc_now
from models.database import Database
from models.errors import EvokeError
from models.keys import MASTERS
from models.ledger_actions import KEPT_DETAILS, NOTED
from models.master_key import MasterKeys
from models.places import Place, beside_files, open_place
from models.settings import Settings, SettingsWrong
from models.storage import LEDGER

log = logging.getLogger("evoke.ledger")
FOLDER = LEDGER
NAME_FILE = f"{FOLDER}/ledger.json"
"""Says which ledger it is; the files of the entries lie in a folder for each day."""
COPY_FILE = f"{FOLDER}/copy.json"
"""Only in a copy: until when it is whole."""
KEPT_UP_FILE = f"{FOLDER}/kept_up.json"
"""Until when a place was last found to have everything that is in the audit trail."""
_AT_ONCE = 16
_FEW = 20
_LATELY = timedelta(days=2)
LONG_AGO = timedelta(days=40)
_SAID_AGAIN = timedelta(hours=1)
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """`id` and `at` are those of the audit row."""

    id: UUID
    at: datetime
    action: str
    subject_id: UUID
    organisation_id: UUID | None
    by: UUID | None
    details: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{FOLDER}/{self.at:%Y-%m-%d}/{self.id}.json"

    def as_bytes(self) -> bytes:
        values = {name: value if name == "details" else _plain(value) for name, value in asdict(self).items()}
        return json.dumps(values, sort_keys=True).encode()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Entry":
        """`row` is an audit row's `as_values`."""
        details = {name: str(row["details"][name]) for name in KEPT_DETAILS if name in row["details"]}
        return cls(
            UUID(row["id"]), datetime.fromisoformat(row["at"]), row["action"], UUID(row["subject_id"]),
            _id(row["organisation_id"]), _id(row["actor_id"]), details,
        )  # fmt: skip

    @classmethod
    def read(cls, kept: bytes) -> "Entry":
        """Raises ValueError, KeyError."""
        values = json.loads(kept)
        return cls(
            UUID(values["id"]), datetime.fromisoformat(values["at"]), values["action"], UUID(values["subject_id"]),
            _id(values["organisation_id"]), _id(values["by"]), dict(values["details"]),
        )  # fmt: skip


def ledger_places(settings: Settings) -> list[Place]:
    """Beside the stored files, and the second one where it is set. Raises SettingsWrong."""
    return [way() for _, way in _ways(settings)]


def _ways(settings: Settings) -> Iterator[tuple[str, Callable[[], Place]]]:
    """What each is called, and how it is opened, which may fail for one alone: its disk is gone, say."""
    yield "beside the stored files", lambda: beside_files(settings)
    if settings.ledger_url:
        # never made here: where its disk is not mounted, it would lie on the disk that it is a second place to
        yield settings.ledger_url, lambda: open_place(
            settings.ledger_url, settings, named="EVOKE_LEDGER_URL", make=False
        )  # fmt: skip


def check_places(settings: Settings) -> None:
    """When a process starts. A folder that is not there is only logged, as its disk may come back: what is missing is
    made good then. Raises SettingsWrong where an address can never work."""
    beside_files(settings)
    try:
        ledger_places(settings)
    except SettingsWrong as error:
        if "://" in settings.ledger_url:
            raise
        log.error("%s Make it, or mount its disk; nothing is written there until then.", error.message)


def ledger_id(places: Sequence[Place]) -> UUID:
    """Of the ledger at these places, which gets an id when it is first needed."""
    known = next((found for place in places if (found := known_id(place)) is not None), None)
    for place in places:
        if known_id(place) is None:
            wanted = known or uuid4()
            place.put_new(NAME_FILE, json.dumps({"ledger": str(wanted)}).encode())
            known = known or known_id(place)
    assert known is not None
    return known


def known_id(place: Place) -> UUID | None:
    try:
        return UUID(json.loads(place.get(NAME_FILE))["ledger"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def entries_since(place: Place, since: datetime) -> Iterator[Entry]:
    """From the day of `since` on, without an order. Raises LedgerDamaged."""
    first = f"{since.astimezone(UTC):%Y-%m-%d}"
    days = [day for day in place.folders(FOLDER) if day >= first]
    return _read(place, [one.name for day in days for one in place.files(f"{FOLDER}/{day}")])


def _read(place: Place, names: Sequence[str]) -> Iterator[Entry]:
    """Raises LedgerDamaged."""
    with ThreadPoolExecutor(_AT_ONCE, "ledger") as pool:
        for name, kept in zip(names, pool.map(place.get, names), strict=True):
            try:
                yield Entry.read(kept)
            except (ValueError, KeyError, TypeError) as error:
                raise LedgerDamaged(place, name) from error


class LedgerDamaged(EvokeError):
    status = 409
    code = "ledger_damaged"

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(
            f"{place.shown}/{name} is no entry of the ledger of deletions: it was damaged. Put it back from another "
            "copy of the ledger; what it was about would be back otherwise."
        )


def write_entries(place: Place, entries: Sequence[Entry]) -> None:
    """Those that are not there."""
    if len(entries) > _FEW:
        there = {one.name for one in place.files(FOLDER)}
        entries = [one for one in entries if one.name not in there]
    for one in entries:
        place.put_new(one.name, one.as_bytes())


def copy_ledger(places: Sequence[Place], *, to: Place, until: datetime) -> None:
    """A copy beside the backups of what is in any of the places, for where they are lost. It says until when it is
    whole. What came late into a place is of an older day, so that all names are compared. Raises LedgerDamaged."""
    if any(to.is_same_as(one) for one in places):
        return  # it is the second place of the ledger itself
    there = {one.name for one in to.files(FOLDER)}
    for place in places:
        missing = [one.name for one in place.files(FOLDER) if one.name.count("/") == 2 and one.name not in there]
        write_entries(to, list(_read(place, missing)))
        there.update(missing)
    to.put_new(NAME_FILE, places[0].get(NAME_FILE))
    to.put(COPY_FILE, json.dumps({"until": until.isoformat()}).encode())


def copied_until(place: Place) -> datetime | None:
    """None where it is no copy."""
    try:
        return datetime.fromisoformat(json.loads(place.get(COPY_FILE))["until"])
    except FileNotFoundError:
        return None


def keep_up(database: Database, settings: Settings, *, back: timedelta = _LATELY) -> int:
    """Writes what is in the audit trail and not in the ledger, of these days and of all since a place was last found to
    have everything; how many entries that were. A place that cannot be written is logged, and tried again next time."""
    now, written = utc_now(), 0
    for called, way in _ways(settings):
        try:
            written += _keep_up(database, way(), now=now, back=back)
        except Exception as error:
            log.error("the ledger of deletions in %s is behind: %s", called, type(error).__name__)
    return written


def _keep_up(database: Database, place: Place, *, now: datetime, back: timedelta) -> int:
    before = kept_up(place)  # None: then everything is compared
    since = _EVER if before is None else min(before - _LATELY, now - back)
    with database.read() as session:
        noted = select(AuditEvent).where(col(AuditEvent.action).in_(NOTED), col(AuditEvent.at) >= since)
        entries = [Entry.of(row.as_values()) for row in session.exec(noted)]
    days = {one.name.split("/")[1] for one in entries}
    there = {kept.name for day in days for kept in place.files(f"{FOLDER}/{day}")}
    missing = [one for one in entries if one.name not in there]
    write_entries(place, missing)
    if before is None or now - before > _SAID_AGAIN:
        place.put(KEPT_UP_FILE, json.dumps({"until": now.isoformat()}).encode())
    return len(missing)


def kept_up(place: Place) -> datetime | None:
    """Until when a place was last found to have everything; None where nobody knows."""
    try:
        return datetime.fromisoformat(json.loads(place.get(KEPT_UP_FILE))["until"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def note_rows(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """For audit rows of a transaction that has just been committed."""
    masters: MasterKeys | None = session.info.get(MASTERS)
    if masters is None:
        return  # a database that was opened for a look
    entries = [Entry.of(row) for row in rows]
    for called, way in _ways(masters.settings):
        try:
            write_entries(way(), entries)
        except Exception as error:  # what is done is done; the next `keep_up` writes it
            log.error("%d deletions are not in the ledger in %s yet: %s", len(entries), called, type(error).__name__)


def _plain(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
