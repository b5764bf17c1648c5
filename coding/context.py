"""What a job gets to work with: the database, storage, its lease, and the tools that are slow to load."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from coding.coder.result import Coder
from coding.speech.hearing_process import HearingProcess
from coding.transcript.identifiers.find import More
from models import queue
from models.database import Database
from models.practice import PracticeSession, Stage
from models.queue import Claim, LeaseLost
from models.settings import Settings
from models.storage import Storage


@dataclass
class Workshop:
    """One worker's tools, each loaded once when first needed and kept for the next job."""

    settings: Settings
    database: Database
    storage: Storage

    @property
    def coder(self) -> Coder:
        """The one chosen at this moment, so that `evoke model use` needs no restart. A job asks for it once: what it
        writes must name the coder that coded."""
        from coding.coder.in_use import coder_in_use
        from coding.coder.shelf import coder_in

        return coder_in(coder_in_use(self.settings))

    @cached_property
    def name_finders(self) -> tuple[More, ...]:
        """What looks for names beside the rules. Raises NameModelUnusable."""
        from coding.transcript.identifiers.name_model import load_name_model

        return (load_name_model(self.settings.name_model),) if self.settings.name_model else ()

    @cached_property
    def hearing(self) -> HearingProcess:
        """The process that holds the speech model; it starts with its first recording."""
        return HearingProcess(self.settings.as_environment(), device=self.settings.whisper_device)

    def tend(self) -> None:
        """For a worker that has nothing to do just now."""
        if "hearing" in vars(self):
            self.hearing.tend()

    def close(self) -> None:
        if "hearing" in vars(self):
            self.hearing.end()


@dataclass
class JobContext:
    """A job writes through `write()`, which first proves that the job is still this worker's, and ends with
    `finish(session)` inside its last write, so that the work and its end are one transaction."""

    workshop: Workshop
    claim: Claim
    finished: bool = field(default=False, init=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Raises LeaseLost, and writes nothing, when another worker has taken the job over."""
        with self.workshop.database.write() as session:
            queue.renew(session, self.claim, lease_seconds=self.workshop.settings.job_lease_seconds)
            yield session

    def check(self) -> None:
        """For long work that writes seldom. Raises LeaseLost when the job is no longer this worker's."""
        with self.workshop.database.read() as session:
            if not queue.is_held(session, self.claim):
                raise LeaseLost(self.claim.name)

    def finish(self, session: Session) -> None:
        queue.finish(session, self.claim)
        self.finished = True

    def report(self, session: Session, practice_id: UUID, stage: Stage, progress: float) -> None:
        """`progress` is 0–100 over the whole session; a smaller one than already shown is not written."""
        session.exec(
            update(PracticeSession)
            .where(col(PracticeSession.id) == practice_id)
            .values(stage=stage, problem_code=None, problem=None)
        )
        session.exec(
            update(PracticeSession)
            .where(col(PracticeSession.id) == practice_id, col(PracticeSession.progress) < int(progress))
            .values(progress=int(progress))
        )
