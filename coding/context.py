"""What a job gets to work with: the database, storage, its lease, and the tools that are slow to load."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from coding.coder.result import Coder
from models import queue
from models.database import Database
from models.practice import PracticeSession, Stage
from models.queue import Claim
from models.settings import Settings
from models.storage import Storage

if TYPE_CHECKING:
    from coding.speech.transcribe import Transcriber


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
        from coding.coder.choice import coder_in_use
        from coding.coder.shelf import coder_in

        return coder_in(coder_in_use(self.settings))

    def role_log_odds(self, texts: Sequence[str]) -> list[float]:
        from coding.coder.roles import role_log_odds

        return role_log_odds(texts)

    @cached_property
    def transcriber(self) -> "Transcriber":
        from coding.speech.speech_models import default_model
        from coding.speech.transcribe import Transcriber, WhisperOptions

        settings = self.settings
        return Transcriber(
            WhisperOptions(
                model=settings.whisper_model or default_model(settings.whisper_device, settings.whisper_language),
                device=settings.whisper_device, models_folder=settings.speech_models_folder,
                compute_type=settings.whisper_compute_type, language=settings.whisper_language or None,
                allow_download=settings.whisper_download,
            )
        )  # fmt: skip


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
