"""A made-up programme of any size in an empty database: authorities, teams, people, and sessions with all their codes.

The same seed makes the same programme, but for keys. Nobody in it is or was anybody.
"""

import gc
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import text

from benchmarks.bulk import rules_kept_for_the_end
from benchmarks.programme_made import Held
from benchmarks.programme_people import Ids, MadeAuthority, Practitioner, make_authority, make_centre
from benchmarks.programme_sessions import BIG, make_sessions
from models.columns import utc_now
from models.consent import RealPracticeSwitch
from models.database import Database
from models.practice import Picked, SessionKind
from training.simulated.shelf import SHIPPED

NAMES = ("Ferndale", "Harbour", "Northmoor", "Westbrook", "Ashdown", "Kingsley")
_AT_ONCE = 400
_KINDS = (SessionKind.SIMULATED, SessionKind.ROLE_PLAY, SessionKind.REAL_PRACTICE)
_OFTEN = (0.45, 0.33, 0.22)
_DRAWN = {SessionKind.SIMULATED: 0.0, SessionKind.ROLE_PLAY: 0.2, SessionKind.REAL_PRACTICE: 0.3}
_SIGNED_OFF = 0.62
"""Of role plays and real practice; so a third of all."""
DAYS_A_MONTH = 30.44


@dataclass(frozen=True)
class Size:
    """`teams`, `people` and `sessions` of all authorities together; a session has `utterances` on average, and with
    `words` what was said in them, a recording half as many again."""

    authorities: int = 6
    teams: int = 120
    people: int = 2_500
    sessions: int = 40_000
    utterances: int = 250
    months: int = 30
    words: bool = False


LARGE = Size()
SMALL = Size(authorities=1, teams=6, people=125, sessions=2_000)


@dataclass
class Programme:
    """`utterances` is how many there are so far."""

    database: Database
    size: Size
    seed: int = 20261126
    today: date = field(default_factory=lambda: utc_now().date())
    authorities: list[MadeAuthority] = field(default_factory=list)
    evaluator: UUID | None = None
    utterances: int = 0

    def __post_init__(self) -> None:
        self._ids = Ids(random.Random(self.seed))
        self._dice = np.random.default_rng(self.seed)

    def make_people(self) -> None:
        size = self.size
        for number in range(size.authorities):
            with self.database.write() as session:
                made = make_authority(
                    session, f"{NAMES[number % len(NAMES)]} Council {number // len(NAMES) + 1}",
                    teams=_part(size.teams, number, size.authorities),
                    people=_part(size.people, number, size.authorities), ids=self._ids, today=self.today,
                )  # fmt: skip
                if size.words:  # or nothing of real practice would be read in a team
                    session.add(RealPracticeSwitch(organisation_id=made.id, is_on=True, switched_by_id=made.lead))
            self.authorities.append(made)
        with self.database.write() as session:
            self.evaluator = make_centre(session, ids=self._ids, today=self.today)

    def make_sessions(self, authorities: Sequence[MadeAuthority], count: int) -> None:
        """So many, spread over the people of these authorities."""
        people = [(one, who) for one in authorities for who in one.practitioners]
        held = [self._held(*one) for one in self._ids.dice.choices(people, [who.often for _, who in people], k=count)]
        held.sort(key=lambda one: one.on)
        scenario = min(path.stem for path in SHIPPED.glob("*.yaml"))
        gc.disable()  # there are no circles among millions of rows, and looking for some takes half of the time
        with rules_kept_for_the_end(self.database, *BIG):
            for begin in range(0, count, _AT_ONCE):
                with self.database.write() as session:
                    self.utterances += make_sessions(
                        session, held[begin : begin + _AT_ONCE], ids=self._ids, dice=self._dice,
                        utterances=self.size.utterances, first_id=self.utterances + 1, today=self.today,
                        scenario=scenario, words=self.size.words,
                    )  # fmt: skip
        gc.enable()
        self._tidy()

    def _held(self, authority: MadeAuthority, who: Practitioner) -> Held:
        dice = self._ids.dice
        kind = dice.choices(_KINDS, _OFTEN)[0]
        picked = Picked.DRAWN if dice.random() < _DRAWN[kind] else Picked.CHOSEN
        on = self.today - timedelta(days=1 + dice.randrange(round(self.size.months * DAYS_A_MONTH)))
        signed = kind is not SessionKind.SIMULATED and dice.random() < _SIGNED_OFF
        return Held(authority, who, kind, picked, on, signed)

    def _tidy(self) -> None:
        """What a database that has been in use for months has done by itself."""
        if self.database.is_sqlite:
            with self.database.write_engine.begin() as connection:
                connection.execute(text("ANALYZE"))
            return
        engine = self.database.write_engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("SELECT setval(pg_get_serial_sequence('utterance', 'id'), max(id)) FROM utterance"))
            connection.execute(text("VACUUM ANALYZE"))


def fill(database: Database, size: Size) -> Programme:
    """The database is migrated and empty."""
    programme = Programme(database, size)
    programme.make_people()
    programme.make_sessions(programme.authorities, size.sessions)
    return programme


def _part(whole: int, number: int, of: int) -> int:
    """As even as can be; the parts of all numbers are the whole."""
    return whole // of + (number < whole % of)
