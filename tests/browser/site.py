"""The real site on a free port, with its people and a worker that is run by hand."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from coding.actions import add_transcript_session
from coding.details import SessionDetails
from coding.transcript.read import read_transcripts
from models.columns import utc_now
from models.organisation import OrganisationKind, Team
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, SessionKind
from models.settings import Settings
from models.sign_in import make_organisation
from tests.conftest import add_person, settings_of_tests
from tests.live_server import served
from tests.web.conftest import work_off
from web.worker import Worker

UPLOAD_LIMIT_MB = 60


@dataclass
class Site:
    """`owner` is a trainee, `coach` coaches the owner's team, `lead` sees figures only, `admin` looks after people.
    `evaluator` is of a centre outside, and the authority takes part."""

    address: str
    worker: Worker
    owner: Actor
    coach: Actor
    lead: Actor
    admin: Actor
    evaluator: Actor

    def work(self) -> int:
        return work_off(self.worker)

    def add(self, text: str, *, title: str = "Tuesday practice", change_goal: str = "") -> str:
        """A session of the owner's that waits to be coded; its path."""
        details = SessionDetails(
            practitioner_id=self.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
            agreement_confirmed=True, title=title, change_goal=change_goal,
        )  # fmt: skip
        parsed = read_transcripts("role play.txt", text.encode())[0]
        with self.worker.database.write() as session:
            added = add_transcript_session(session, details=details, parsed=parsed, name="", by=self.owner)
            return f"/sessions/{added.id}"

    def change(self, path: str, **values: object) -> None:
        """Writes to a session what a worker would write."""
        with self.worker.database.write() as session:
            practice = session.get_one(PracticeSession, UUID(path.rpartition("/")[2]))
            for name, value in values.items():
                setattr(practice, name, value)
            session.add(practice)


def _settings(data_dir: Path, migrated: Path) -> Settings:
    data_dir.mkdir()
    shutil.copy(migrated, data_dir / "evoke.sqlite3")
    return settings_of_tests(data_dir, upload_limit_mb=UPLOAD_LIMIT_MB, outgoing_allowed="127.0.0.1,::1,localhost")


@contextmanager
def empty_site(data_dir: Path, migrated: Path) -> Iterator[str]:
    """The address of a site without any account."""
    with served(_settings(data_dir, migrated)) as address:
        yield address


@contextmanager
def running_site(data_dir: Path, migrated: Path) -> Iterator[Site]:
    settings = _settings(data_dir, migrated)
    worker = Worker(settings, "browser")
    with worker.database.write() as session:
        organisation = make_organisation(session, name="Ferndale Council")
        team = Team(organisation_id=organisation.id, name="Family Safeguarding North")
        session.add(team)
        session.flush()
        owner = add_person(session, organisation, "Olu Owner", team=team, role=Role.TRAINEE, role_team=team)
        coach = add_person(session, organisation, "Cass Coach", team=team, role=Role.COACH, role_team=team)
        lead = add_person(session, organisation, "Lee Lead", role=Role.LEAD)
        admin = add_person(session, organisation, "Addy Admin", role=Role.ADMINISTRATOR)
        organisation.evaluation_opt_in = True
        centre = make_organisation(session, name="Elm University", kind=OrganisationKind.EVALUATION)
        evaluator = add_person(session, centre, "Eve Evaluator", role=Role.EVALUATOR)
    with served(settings) as address:
        yield Site(address, worker, owner, coach, lead, admin, evaluator)
    worker.database.close()
