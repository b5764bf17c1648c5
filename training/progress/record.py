"""A person's own record of learning: what they wrote about what they learned, for a professional portfolio.

Social Work England asks for two pieces of learning a year, one of them talked over with a peer; other regulators ask
for the like. So an entry says what it was, what was taken from it, what changed, and with whom it was talked over.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.certificate import LearningEntry, LearningKind
from models.certificate_kept import make_record_key, record_key
from models.columns import new_id, utc_now
from models.errors import EvokeError, NotFound
from models.permissions import Actor
from models.sealed import open_from, seal_into

LONGEST = 3000
SHORTEST_DAY = date(2000, 1, 1)


class EntryWrong(EvokeError):
    code = "learning_entry_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("This entry cannot be kept yet.")
        self.fields = fields


@dataclass(frozen=True)
class EntryWords:
    """`peer` is with whom it was talked over, in their own words ("a colleague in my team"); empty for nobody."""

    what: str
    learned: str
    changed: str = ""
    peer: str = ""


@dataclass(frozen=True)
class Entry:
    id: UUID
    kind: LearningKind
    about: str
    on: date
    minutes: int
    words: EntryWords


def entries_of(
    session: Session, person_id: UUID, *, since: date | None = None, until: date | None = None
) -> list[Entry]:
    """The newest first; `since` and `until` are both within. Raises WordsGone."""
    rows = select(LearningEntry).where(col(LearningEntry.person_id) == person_id)
    if since is not None:
        rows = rows.where(col(LearningEntry.on) >= since)
    if until is not None:
        rows = rows.where(col(LearningEntry.on) <= until)
    kept = session.exec(rows.order_by(col(LearningEntry.on).desc(), col(LearningEntry.id).desc()))
    return [_entry(session, row) for row in kept]


def own_entry(session: Session, entry_id: UUID, *, by: Actor) -> Entry:
    """Raises NotFound."""
    return _entry(session, _own_row(session, entry_id, by))


def write_entry(
    session: Session, *, entry_id: UUID | None, kind: LearningKind, about: str, on: date | None, minutes: int | None,
    words: EntryWords, by: Actor,
) -> UUID:  # fmt: skip
    """A new one where `entry_id` is None. Raises EntryWrong, NotFound."""
    if wrong := _wrong(on, minutes, words):
        raise EntryWrong(wrong)
    assert on is not None
    assert minutes is not None
    if entry_id is None:
        row = LearningEntry(
            id=new_id(), organisation_id=by.organisation_id, person_id=by.person_id, kind=kind, about=about, on=on,
            minutes=minutes,
        )  # fmt: skip
    else:
        row = _own_row(session, entry_id, by)
    row.on, row.minutes, row.with_peer, row.changed_at = on, minutes, bool(words.peer), utc_now()
    _seal(session, row, words)
    session.add(row)
    session.flush()
    record_audit(
        session, action="learning_entry_written", subject=row, organisation_id=row.organisation_id, by=by.person_id
    )
    return row.id


def delete_entry(session: Session, entry_id: UUID, *, by: Actor) -> None:
    """Raises NotFound."""
    row = _own_row(session, entry_id, by)
    record_audit(
        session, action="learning_entry_deleted", subject=row, organisation_id=row.organisation_id, by=by.person_id
    )
    session.delete(row)
    session.flush()


def _wrong(on: date | None, minutes: int | None, words: EntryWords) -> dict[str, str]:
    wrong = {}
    if not words.what.strip():
        wrong["what"] = "Say in a few words what it was."
    if not words.learned.strip():
        wrong["learned"] = "Write what you took from it, in a sentence or more."
    for name, text in (("what", words.what), ("learned", words.learned), ("changed", words.changed)):
        if len(text) > (300 if name == "what" else LONGEST):
            wrong[name] = f"This is too long. Keep it under {300 if name == 'what' else LONGEST} letters."
    if on is None or on < SHORTEST_DAY or on > utc_now().date():
        wrong["on"] = "Give the day on which you learned it, today or before."
    if minutes is None or not 1 <= minutes <= 6000:
        wrong["minutes"] = "Give the time it took, in minutes, from 1 to 6000."
    if len(words.peer) > 300:
        wrong["peer"] = "Keep this under 300 letters."
    return wrong


def _own_row(session: Session, entry_id: UUID, by: Actor) -> LearningEntry:
    row = session.get(LearningEntry, entry_id)
    if row is None or row.person_id != by.person_id:
        raise NotFound("There is no such entry, or it is not yours.")
    return row


def _seal(session: Session, row: LearningEntry, words: EntryWords) -> None:
    key_id = make_record_key(session, person_id=row.person_id, organisation_id=row.organisation_id)
    seal_into(session, row, [words.what, words.learned, words.changed, words.peer], session_id=key_id)


def _entry(session: Session, row: LearningEntry) -> Entry:
    what, learned, changed, peer = open_from(session, row, session_id=record_key(row.person_id))
    return Entry(row.id, row.kind, row.about, row.on, row.minutes, EntryWords(what, learned, changed, peer))
