"""Does again, to what a backup brought back, what was deleted, withdrawn or ended since: by the same verbs as the first
time, so that the audit trail tells of each and everything that hangs on it goes too."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session

from coding.restore import again_people, again_sessions, again_unfinished
from coding.restore.again import Again
from coding.restore.again_unfinished import NotYetASession
from models.audit import AuditEvent
from models.deletion_ledger import Entry
from models.ledger_actions import REAPPLIED
from models.people.places import LastAdministrator

_AGAIN: dict[str, Again] = {**again_sessions.AGAIN, **again_unfinished.AGAIN, **again_people.AGAIN}
assert _AGAIN.keys() == REAPPLIED


@dataclass
class Reapplied:
    """`done` and `already` count by action: what was done again, and what the backup had already, or never had. `told`
    are entries that a person has to see to."""

    done: Counter[str] = field(default_factory=Counter)
    already: Counter[str] = field(default_factory=Counter)
    told: list[Entry] = field(default_factory=list)


def reapply(session: Session, entries: Iterable[Entry]) -> Reapplied:
    """In the caller's transaction, in the order in which it all was done. What the backup's own audit trail tells of is
    in the backup, and so is what was done after it: somebody who left may have come back. Raises what its verbs raise:
    then nothing may be kept of the restore."""
    result = Reapplied()
    for entry in sorted(entries, key=lambda one: (one.at, one.id)):
        if session.get(AuditEvent, entry.id) is not None:
            result.already[entry.action] += 1
            continue
        if entry.action not in REAPPLIED:
            result.told.append(entry)
            continue
        try:
            changed = _AGAIN[entry.action](session, entry)
        except (LastAdministrator, NotYetASession):
            result.told.append(entry)
            continue
        session.flush()
        (result.done if changed else result.already)[entry.action] += 1
    return result
