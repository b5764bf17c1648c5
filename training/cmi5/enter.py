"""A person comes from a learning system by cmi5: whether they may, the launch proved, and what stands on the pages."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.cmi5 import Cmi5End, Cmi5Mode, Cmi5Sending, Cmi5Session, Cmi5State, Cmi5Statement, Cmi5System
from models.cmi5 import Cmi5Verb as Verb
from models.cmi5_launches import Launched, claim_launch, launched_before, open_session, refuse_launch
from models.cmi5_sessions import hold_completions, module_completed
from models.cmi5_systems import LinkRefused, link, link_for, origin_of, system_at
from models.columns import utc_now
from models.database import Database
from models.errors import NotFound
from models.permissions import Actor
from models.settings import Settings
from training.cmi5.launch import LaunchRefused, Reason, prove
from training.modules.progress import progress_of

SHOWN_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Ready:
    """A launch that may be tried. `linked`: the two accounts belong together already. `done`: it was opened before."""

    system: Cmi5System
    linked: bool
    done: bool


def look(session: Session, launch: Launched, *, by: Actor) -> Ready:
    """Asks nobody outside. Raises LaunchRefused, LinkRefused."""
    system = system_at(session, by.organisation_id, launch.endpoint)
    if system is None:
        raise LaunchRefused(Reason.NOT_CONNECTED)
    if origin_of(launch.fetch) not in (system.origin, origin_of(system.endpoint)):
        raise LaunchRefused(Reason.ANOTHER_ORIGIN)
    linked = link_for(session, system=system, home_page=launch.home_page, account=launch.account, by=by)
    before = launched_before(session, launch)
    if before is not None and before.person_id != by.person_id:
        raise LaunchRefused(Reason.USED)
    return Ready(system, linked is not None, before is not None and before.state in (Cmi5State.OPEN, Cmi5State.OVER))


def enter(database: Database, *, module: str, launch: Launched, settings: Settings, by: Actor) -> None:
    """The person said that both accounts are theirs. While the system is asked no transaction is open; of two presses
    of the button one asks. A process that dies over it leaves the launch to be tried again after a minute, which then
    says that its token is spent. Raises LaunchRefused, LinkRefused."""
    with database.write() as session:
        system = look(session, launch, by=by).system
        claimed = claim_launch(session, system=system, module=module, launch=launch, by=by)
        if claimed is None:
            if look(session, launch, by=by).done:
                return
            raise LaunchRefused(Reason.UNDER_WAY)
        claim, endpoint = claimed.id, system.endpoint
    try:
        proved = prove(launch, endpoint=endpoint, module=module, settings=settings)
        with database.write() as session:
            row, kept = session.get(Cmi5Session, claim), system_at(session, by.organisation_id, endpoint)
            if row is None or kept is None or row.state is not Cmi5State.OPENING:
                raise LaunchRefused(Reason.NOT_CONNECTED)  # it was disconnected this moment
            theirs = link(session, system=kept, home_page=launch.home_page, account=launch.account, by=by)
            open_session(session, row, proved=proved, link=theirs, by=by)
            hold_completions(session, by.person_id)
            progress = progress_of(session, by.person_id).get(module)
            if progress is not None and progress.completed_at is not None:
                module_completed(session, module=module, person_id=by.person_id)
    except (LaunchRefused, LinkRefused) as error:
        with database.write() as session:
            reason = error.reason if isinstance(error, LaunchRefused) else Reason.LINK
            refuse_launch(session, claim, reason=reason.value)
        raise


@dataclass(frozen=True)
class LaunchedNow:
    """For the pages of a module: the system that opened it for this person last, within a day. `open`: it still
    hears. `told`: that it is completed is said to it, or on its way."""

    id: UUID
    system: str
    open: bool
    hears: bool
    told: bool
    replaced: bool
    return_url: str


def launched_now(session: Session, *, module: str, by: Actor) -> LaunchedNow | None:
    rows = select(Cmi5Session).where(
        col(Cmi5Session.person_id) == by.person_id, col(Cmi5Session.module) == module,
        col(Cmi5Session.link_id).is_not(None), col(Cmi5Session.at) > utc_now() - SHOWN_FOR,
    )  # fmt: skip
    row = session.exec(rows.order_by(col(Cmi5Session.at).desc()).limit(1)).first()
    return _now(session, row) if row is not None else None


def own_launch(session: Session, session_id: UUID, *, by: Actor) -> Cmi5Session:
    """Raises NotFound, also where it is somebody else's."""
    row = session.get(Cmi5Session, session_id)
    if row is None or row.person_id != by.person_id or row.link_id is None:
        raise NotFound("There is no such launch. Open the module from your learning system again.")
    return row


def now_of(session: Session, session_id: UUID, *, by: Actor) -> tuple[str, LaunchedNow]:
    """Its module, and how it stands. Raises NotFound."""
    row = own_launch(session, session_id, by=by)
    return row.module, _now(session, row)


def _now(session: Session, row: Cmi5Session) -> LaunchedNow:
    completed = select(Cmi5Statement).where(
        col(Cmi5Statement.launch_id) == row.id, col(Cmi5Statement.verb) == Verb.COMPLETED,
        col(Cmi5Statement.state).in_((Cmi5Sending.WAITING, Cmi5Sending.SENT)),
    )  # fmt: skip
    return LaunchedNow(
        row.id, session.get_one(Cmi5System, row.system_id).name, row.state is Cmi5State.OPEN,
        row.mode is Cmi5Mode.NORMAL, session.exec(completed).first() is not None, row.ended is Cmi5End.REPLACED,
        row.return_url,
    )  # fmt: skip
