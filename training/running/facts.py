"""How an installation runs, as facts: read once, and told by the page, by `evoke doctor` and by the metrics alike.

Of the whole installation, whichever authorities it serves, and without a name of any. All but disks, and the
coder that is chosen, is read from the database, and so is the same in every process of every machine.
"""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from coding.coder.now import coder_now
from models.audit import AuditEvent
from models.audit_hash import SYSTEM
from models.backup.noted import Noted, last_noted
from models.columns import utc_now
from models.organisation import Organisation
from models.practice import PracticeSession
from models.settings import Settings
from models.webhook_kept import Webhook, WebhookState
from models.worker_beat import is_alive, known_workers
from training.running.job_facts import Failed, Pace, Standing, Took, failed_lately, pace, standings, took_lately
from training.waits_for_review import waits

FAILING_AFTER = timedelta(hours=1)
AUDIT_CHECKED = "audit_checked"
REVIEWS_LOOK_BACK = timedelta(days=90)
"""What was added before and never reviewed is not late: nobody will review it."""


@dataclass(frozen=True)
class WorkerFacts:
    name: str
    takes: tuple[str, ...]
    alive: bool
    stopping: bool
    coder: str
    speech_ready: bool | None
    speech_problem: str
    seen_at: datetime


@dataclass(frozen=True)
class Reviews:
    """Coded sessions that nobody has signed off; when the one that waits longest was added."""

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True)
class Disk:
    """`of` says what lies there; both in bytes."""

    of: str
    free: int
    total: int


@dataclass(frozen=True)
class LastRun:
    """Of a backup, a restore drill or a check of the audit trail; `at` is None where there was none."""

    at: datetime | None
    ok: bool = True


@dataclass(frozen=True)
class Facts:
    """`clock_ahead` is by how many seconds the database's clock, or a row that it holds, is ahead of this machine's.
    `webhooks` are those that fail: whose, and since when. `young`: the installation is not
    a week old. `authorities`: how many it serves."""

    at: datetime
    jobs: tuple[Standing, ...]
    failed: tuple[Failed, ...]
    took: tuple[Took, ...]
    pace: Pace
    reviews: Reviews
    workers: tuple[WorkerFacts, ...]
    webhooks: tuple[tuple[UUID, datetime | None], ...]
    disks: tuple[Disk, ...]
    clock_ahead: float
    backup: LastRun
    drill: LastRun
    audit: LastRun
    coder: str
    young: bool
    authorities: int

    @property
    def alive(self) -> tuple[WorkerFacts, ...]:
        return tuple(one for one in self.workers if one.alive)


def read_facts(session: Session, settings: Settings) -> Facts:
    now = utc_now()
    coder = coder_now(settings)
    authorities, first = session.exec(
        select(func.count(), func.min(Organisation.created_at)).select_from(Organisation)
    ).one()
    return Facts(
        at=now, jobs=standings(session, now=now), failed=failed_lately(session, now=now),
        took=took_lately(session, now=now), pace=pace(session, now=now), reviews=_reviews(session, now),
        workers=_workers(session, now), webhooks=_webhooks(session, now), disks=disks(settings),
        clock_ahead=_clock_ahead(session, now), backup=_last(session, Noted.BACKUP),
        drill=_last(session, Noted.DRILL), audit=_audit(session), coder=coder.version,
        young=first is None or first > now - timedelta(days=7), authorities=authorities,
    )  # fmt: skip


def _reviews(session: Session, now: datetime) -> Reviews:
    lately = col(PracticeSession.created_at) > now - REVIEWS_LOOK_BACK
    waiting = select(func.count(), func.min(PracticeSession.created_at)).select_from(PracticeSession)
    count, oldest = session.exec(waiting.where(waits(), lately, col(PracticeSession.withdrawn_at).is_(None))).one()
    return Reviews(count, oldest)


def _workers(session: Session, now: datetime) -> tuple[WorkerFacts, ...]:
    return tuple(
        WorkerFacts(
            one.name, tuple(one.takes.split(",")), is_alive(one, now=now), one.stopping, one.coder, one.speech_ready,
            one.speech_problem, one.seen_at,
        )
        for one in known_workers(session)
        if is_alive(one, now=now) or not one.stopping  # it was told to end, and did
    )  # fmt: skip


def _webhooks(session: Session, now: datetime) -> tuple[tuple[UUID, datetime | None], ...]:
    failing = select(Webhook.organisation_id, Webhook.failing_since).where(
        (col(Webhook.state) == WebhookState.FAILING)
        | ((col(Webhook.state) == WebhookState.ACTIVE) & (col(Webhook.failing_since) < now - FAILING_AFTER))
    )
    return tuple(session.exec(failing).all())


def disks(settings: Settings) -> tuple[Disk, ...]:
    """Of the data folder and of the temporary one, where that is on another disk."""
    found: dict[int, Disk] = {}
    for what, folder in (("the data folder", settings.data_dir), ("temporary files", Path(tempfile.gettempdir()))):
        try:
            device, usage = folder.stat().st_dev, shutil.disk_usage(folder)
        except OSError:
            continue
        found.setdefault(device, Disk(what, usage.free, usage.total))
    return tuple(found.values())


def _clock_ahead(session: Session, now: datetime) -> float:
    """On SQLite the database has no clock of its own; there, and beside it, what was noted in the future tells that
    the clock was set back."""
    noted = session.exec(select(func.max(AuditEvent.at))).one()
    ahead = (noted - now).total_seconds() if noted is not None else 0.0
    if session.get_bind().dialect.name == "postgresql":
        theirs = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        difference = (theirs - utc_now()).total_seconds()
        return float(difference if abs(difference) > ahead else ahead)
    return max(0.0, ahead)


def _last(session: Session, what: Noted) -> LastRun:
    last = last_noted(session, what)
    return LastRun(*last) if last else LastRun(None)


def _audit(session: Session) -> LastRun:
    checks = select(AuditEvent.at, AuditEvent.details).where(
        col(AuditEvent.subject_type) == "AuditHead", col(AuditEvent.subject_id) == SYSTEM,
        col(AuditEvent.action) == AUDIT_CHECKED,
    )  # fmt: skip
    found = session.exec(checks.order_by(col(AuditEvent.at).desc()).limit(1)).first()
    return LastRun(found[0], found[1].get("whole") == "yes") if found else LastRun(None)
