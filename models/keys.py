"""Keys: the master key wraps one of each organisation's, and that wraps one of each session's.

Everything people said in a session, or that names them, lies sealed under the session's own key. Whoever destroys that
key destroys all of it at once; whoever destroys an organisation's keys, all of its sessions.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint, bindparam, delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.cipher import KeyDoesNotFit, SealBroken, derived_key, new_key, open_sealed, seal
from models.columns import UtcDateTime, new_id, utc_now
from models.errors import EvokeError
from models.master_key import MasterKeys

MASTERS = "master keys"
"""What of a database session's `info` opens keys; see `models.database`."""
_OPENED = "opened session keys"


class WordsGone(EvokeError):
    status = 410
    code = "words_gone"

    def __init__(self) -> None:
        super().__init__("What was said in this session was deleted for good: its key is destroyed.")


class OrganisationGone(EvokeError):
    status = 410
    code = "organisation_gone"

    def __init__(self) -> None:
        super().__init__(
            "The keys of this organisation were destroyed, so nothing can be added to it any more. If that was not "
            "meant to be, ask your operator whether there is a backup from before."
        )


class OrganisationKey(SQLModel, table=True):
    """`wrapped` is the key under the master key. The one of the highest `version` wraps new keys of sessions; the
    others are retired, and go once they wrap none."""

    __tablename__ = "organisation_key"
    __table_args__ = (UniqueConstraint("organisation_id", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    version: int
    wrapped: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionKey(SQLModel, table=True):
    """`wrapped` is the key of a session under the organisation's; empty once it is destroyed. There is no foreign key
    to the session, which comes later: an upload is sealed as it arrives, and a recording in progress has the id of the
    session it becomes."""

    __tablename__ = "session_key"
    __table_args__ = (
        CheckConstraint("(wrapped IS NULL) = (shredded_at IS NOT NULL)", name="key_or_when_shredded"),
        CheckConstraint("(wrapped IS NULL) = (organisation_key_id IS NULL)", name="wrapped_says_by_what"),
    )

    session_id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    organisation_key_id: UUID | None = Field(default=None, foreign_key="organisation_key.id", index=True)
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    shredded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True)
class OpenedKey:
    """`file` seals the session's sound, `words` what lies in rows."""

    file: bytes
    words: bytes


def make_organisation_key(session: Session, organisation_id: UUID, *, version: int = 1) -> OrganisationKey:
    made = OrganisationKey(
        organisation_id=organisation_id, version=version,
        wrapped=masters_of(session).wrap(new_key(), organisation_id.bytes),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def make_session_key(session: Session, *, organisation_id: UUID, session_id: UUID) -> OpenedKey:
    """Raises OrganisationGone."""
    wraps = current_key(session, organisation_id)
    key = new_key()
    session.add(
        SessionKey(
            session_id=session_id, organisation_id=organisation_id, organisation_key_id=wraps.id,
            wrapped=seal(opened_key(session, wraps), key, session_id.bytes),
        )
    )  # fmt: skip
    session.flush()
    return _remember(session, session_id, key)


def open_session_key(session: Session, session_id: UUID) -> OpenedKey:
    """Raises WordsGone, KeyDoesNotFit."""
    opened = _cache(session)
    if session_id not in opened:
        open_session_keys(session, [session_id])
    if session_id not in opened:
        raise WordsGone
    return opened[session_id]


# Both keys in one statement: a rotation may take the wrapping one away between two.
_BOTH_KEYS = (
    select(SessionKey.session_id, SessionKey.wrapped, OrganisationKey)
    .join(OrganisationKey, col(OrganisationKey.id) == col(SessionKey.organisation_key_id))
    .where(col(SessionKey.session_id).in_(bindparam("sessions", expanding=True)))
)


def open_session_keys(session: Session, session_ids: Collection[UUID]) -> None:
    """In one query, for whoever is about to read from many sessions. Those that are destroyed stay closed."""
    wanted = [one for one in session_ids if one not in _cache(session)]
    if not wanted:
        return
    for session_id, wrapped, wraps in session.exec(_BOTH_KEYS, params={"sessions": wanted}):
        try:
            _remember(session, session_id, open_sealed(opened_key(session, wraps), wrapped or b"", session_id.bytes))
        except SealBroken as error:
            raise KeyDoesNotFit("the organisation's key does not fit this session's") from error


def renew_session_key(session: Session, session_id: UUID) -> None:
    """Destroys the key and makes another in its place: from the commit on only what is sealed anew can be opened.

    Raises WordsGone where it is destroyed already.
    """
    locked = select(SessionKey).where(col(SessionKey.session_id) == session_id).with_for_update()
    kept = session.exec(locked).first()
    if kept is None or kept.wrapped is None:
        raise WordsGone
    wraps = current_key(session, kept.organisation_id)
    key = new_key()
    kept.wrapped, kept.organisation_key_id = seal(opened_key(session, wraps), key, session_id.bytes), wraps.id
    session.add(kept)
    session.flush()
    _remember(session, session_id, key)


def shred_session_key(session: Session, session_id: UUID) -> None:
    """From the commit on nothing of the session can be opened. The caller writes why into the audit trail. Destroying
    it twice is not an error."""
    _cache(session).pop(session_id, None)
    kept = session.get(SessionKey, session_id)
    if kept is not None and kept.wrapped is not None:
        kept.wrapped, kept.organisation_key_id, kept.shredded_at = None, None, utc_now()
        session.add(kept)
        session.flush()


def forget_key(session: Session, session_id: UUID) -> None:
    """Of what never became a session. Forgetting it twice is not an error."""
    _cache(session).pop(session_id, None)
    session.exec(delete(SessionKey).where(col(SessionKey.session_id) == session_id))


def masters_of(session: Session) -> MasterKeys:
    found = session.info.get(MASTERS)
    assert isinstance(found, MasterKeys), "this database was opened without keys: Database.of(settings)"
    return found


def current_key(session: Session, organisation_id: UUID) -> OrganisationKey:
    """Locked, so that a rotation does not take it away before it has wrapped."""
    keys = select(OrganisationKey).where(col(OrganisationKey.organisation_id) == organisation_id)
    newest = keys.order_by(col(OrganisationKey.version).desc()).limit(1).with_for_update(read=True)
    found = session.exec(newest).first()
    if found is None:
        raise OrganisationGone
    return found


def opened_key(session: Session, wraps: OrganisationKey) -> bytes:
    known: dict[UUID, bytes] = session.info.setdefault("opened organisation keys", {})
    if wraps.id not in known:
        known[wraps.id] = masters_of(session).unwrap(wraps.wrapped, wraps.organisation_id.bytes)
    return known[wraps.id]


def _cache(session: Session) -> dict[UUID, OpenedKey]:
    """For as long as the database session lasts, which is one request or one stage of a job."""
    opened: dict[UUID, OpenedKey] = session.info.setdefault(_OPENED, {})
    return opened


def _remember(session: Session, session_id: UUID, key: bytes) -> OpenedKey:
    opened = OpenedKey(file=key, words=derived_key(key, purpose="words", record_id=session_id))
    _cache(session)[session_id] = opened
    return opened
