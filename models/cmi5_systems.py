"""Learning systems that may launch modules by cmi5, and who is who there: connected, linked, unlinked, forgotten."""

from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.cmi5 import Cmi5Link, Cmi5Session, Cmi5System
from models.cmi5_sessions import forget_sessions
from models.errors import EvokeError, NotFound
from models.lock import hold_lock
from models.outgoing import AddressWrong, check_address
from models.permissions import Actor
from models.person import Person
from models.settings import Settings


class SystemWrong(EvokeError):
    code = "cmi5_system_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class LinkRefused(EvokeError):
    """Somebody else here is known by this account there (`taken`), or the person by another one."""

    status = 409
    code = "cmi5_link_refused"

    def __init__(self, *, taken: bool, system: str) -> None:
        account = "Your account there" if taken else "Your account here"
        other = "somebody else here" if taken else "another account there"
        super().__init__(
            f"{account} is linked to {other}, so {system} cannot open this for you. Check that you are signed in as "
            "yourself in both, or ask an administrator of Evoke to undo the link."
        )


def store_address(endpoint: str) -> str:
    """As it is compared: with its scheme and host in lower case, and no slash at its end."""
    parts = urlsplit(endpoint.strip())
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl().rstrip("/")


def origin_of(address: str) -> str:
    parts = urlsplit(address.strip())
    return f"{parts.scheme}://{parts.netloc}".lower()


def connect_system(
    session: Session, *, name: str, endpoint: str, address: str, settings: Settings, by: Actor
) -> Cmi5System:
    """`address` is of the system itself, where it gives tokens: any page of it will do; empty where its store stands at
    the same host. The caller has checked that `by` may. Raises SystemWrong."""
    name, wrong = name.strip(), dict[str, str]()
    if not name or len(name) > 100:
        wrong["name"] = "Enter what your people call the system, in 100 characters or fewer."
    for field, value in (("endpoint", endpoint), ("address", address)):
        if field == "address" and not value:
            continue
        try:
            check_address(value, settings=settings)
            if field == "endpoint" and "?" in value:
                raise AddressWrong("Take the question mark and what follows it out of the address.")
        except AddressWrong as error:
            wrong[field] = error.message
    if wrong:
        raise SystemWrong(wrong)
    hold_lock(session, f"cmi5 systems of {by.organisation_id}")
    kept = store_address(endpoint)
    row = system_at(session, by.organisation_id, kept)
    row = row or Cmi5System(organisation_id=by.organisation_id, name=name, endpoint=kept, origin="")
    row.name, row.origin = name, origin_of(address or endpoint)
    session.add(row)
    session.flush()
    record_audit(
        session, action="cmi5_system_connected", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        name=row.name, address=row.endpoint,
    )  # fmt: skip
    return row


def systems_of(session: Session, organisation_id: UUID) -> list[Cmi5System]:
    rows = select(Cmi5System).where(col(Cmi5System.organisation_id) == organisation_id)
    return list(session.exec(rows.order_by(col(Cmi5System.name), col(Cmi5System.id))))


def system_at(session: Session, organisation_id: UUID, endpoint: str) -> Cmi5System | None:
    """The one whose store has this address, of this organisation alone."""
    ours = col(Cmi5System.organisation_id) == organisation_id
    return session.exec(select(Cmi5System).where(ours, col(Cmi5System.endpoint) == store_address(endpoint))).first()


def require_system(session: Session, system_id: UUID, *, by: Actor) -> Cmi5System:
    """Raises NotFound."""
    row = session.get(Cmi5System, system_id)
    if row is None or row.organisation_id != by.organisation_id:
        raise NotFound("There is no such learning system. It may have been disconnected.")
    return row


def end_system(session: Session, *, system: Cmi5System, by: Actor) -> None:
    """It launches nothing any more; its links, launches, tokens and what waited are forgotten."""
    record_audit(
        session, action="cmi5_system_ended", subject=system, organisation_id=system.organisation_id, by=by.person_id,
        name=system.name, address=system.endpoint,
    )  # fmt: skip
    forget_sessions(session, col(Cmi5Session.system_id) == system.id)
    session.exec(delete(Cmi5Link).where(col(Cmi5Link.system_id) == system.id))
    session.delete(system)
    session.flush()


def links_of(session: Session, organisation_id: UUID) -> list[tuple[Cmi5Link, Cmi5System, Person]]:
    """By system, then by name."""
    rows = (
        select(Cmi5Link, Cmi5System, Person)
        .join(Cmi5System, col(Cmi5System.id) == col(Cmi5Link.system_id))
        .join(Person, col(Person.id) == col(Cmi5Link.person_id))
        .where(col(Cmi5System.organisation_id) == organisation_id)
    )
    return list(session.exec(rows.order_by(col(Cmi5System.name), col(Person.name), col(Cmi5Link.id))))


def link_for(session: Session, *, system: Cmi5System, home_page: str, account: str, by: Actor) -> Cmi5Link | None:
    """The link of this account and this person; None where neither has one yet. Raises LinkRefused."""
    ours = select(Cmi5Link).where(col(Cmi5Link.system_id) == system.id)
    there = session.exec(ours.where(
        col(Cmi5Link.home_page) == home_page, col(Cmi5Link.account) == account
    )).first()  # fmt: skip
    if there is not None and there.person_id != by.person_id:
        raise LinkRefused(taken=True, system=system.name)
    if there is None and session.exec(ours.where(col(Cmi5Link.person_id) == by.person_id)).first() is not None:
        raise LinkRefused(taken=False, system=system.name)
    return there


def link(session: Session, *, system: Cmi5System, home_page: str, account: str, by: Actor) -> Cmi5Link:
    """The launch was proved, and `by` said that this is them. Raises LinkRefused."""
    hold_lock(session, f"cmi5 links of {system.id}")
    row = link_for(session, system=system, home_page=home_page, account=account, by=by)
    if row is None:
        row = Cmi5Link(system_id=system.id, home_page=home_page, account=account, person_id=by.person_id)
        session.add(row)
        session.flush()
        record_audit(
            session, action="cmi5_linked", subject=row, organisation_id=system.organisation_id, by=by.person_id,
            person_id=str(by.person_id), system=system.name,
        )  # fmt: skip
    return row


def unlink(session: Session, *, link_id: UUID, by: Actor) -> None:
    """With it go its launches and what waited. Raises NotFound."""
    row = session.get(Cmi5Link, link_id)
    if row is None:
        raise NotFound("There is no such link any more.")
    system = require_system(session, row.system_id, by=by)
    record_audit(
        session, action="cmi5_unlinked", subject=row, organisation_id=system.organisation_id, by=by.person_id,
        person_id=str(row.person_id), system=system.name,
    )  # fmt: skip
    forget_sessions(session, col(Cmi5Session.link_id) == row.id)
    session.delete(row)
    session.flush()
