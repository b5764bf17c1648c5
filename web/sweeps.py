"""What a worker sweeps beside its jobs: what nobody will come back for, and what the night is asked for."""

import logging
import time

from coding.nightly import ensure_nightly
from coding.without_words import without_words
from models.backup.drill_folder import sweep_drills
from models.database import Database
from models.deletion_ledger import LONG_AGO, keep_up
from models.origin import Channel, acting
from models.settings import Settings
from models.sweep import sweep_conversations, sweep_files, sweep_in_progress, sweep_keys
from models.sweep_spoken import sweep_spoken_answers
from training.planning.hour import ensure_practice_mails

log = logging.getLogger("evoke.worker")
SWEEP_SECONDS = 24 * 3600
SWEEP_AGAIN_SECONDS = 3600
SPOKEN_SECONDS = 5 * 60
"""Between two looks for spoken answers whose hour is over, also while a long recording is heard."""


class Sweeps:
    """Of one worker."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.swept = self.swept_spoken = 0.0

    def due(self) -> None:
        """What is due of it."""
        if time.monotonic() - self.swept > SWEEP_SECONDS:
            self.all()
        self.spoken()

    def all(self) -> None:
        """Recordings that expired first: their files are then nobody's. Where files cannot be reached keys go all the
        same, and the night's work is asked for; what failed is tried again in an hour."""
        self.swept = time.monotonic()
        for step in (
            lambda: sweep_in_progress(self.database, self.settings),
            lambda: sweep_conversations(self.database, self.settings),
            lambda: sweep_files(self.database, self.settings),
            lambda: sweep_keys(self.database),
            lambda: sweep_drills(self.settings),
            lambda: keep_up(self.database, self.settings, back=LONG_AGO),
            lambda: ensure_nightly(self.database),
            lambda: ensure_practice_mails(self.database),
        ):
            try:
                with acting(Channel.WORKER):
                    step()
            except Exception as error:
                self.swept = min(self.swept, time.monotonic() - SWEEP_SECONDS + SWEEP_AGAIN_SECONDS)
                log.error("a part of the sweep failed; it is tried again later\n%s", without_words(error))

    def spoken(self) -> None:
        """Beside the lease too, whose keeper has a thread of its own."""
        if self.swept_spoken and time.monotonic() - self.swept_spoken < SPOKEN_SECONDS:
            return
        self.swept_spoken = time.monotonic()
        try:
            with acting(Channel.WORKER):
                sweep_spoken_answers(self.database, self.settings)
                keep_up(self.database, self.settings)
        except Exception as error:
            log.error("spoken answers are not swept; it is tried again later\n%s", without_words(error))
