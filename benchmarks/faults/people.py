"""Those who add sessions in a campaign, and what they add."""

from dataclasses import dataclass

from api.house import House
from models.api_token import add_short_token
from models.columns import utc_now
from models.organisation import Team
from models.person import Role
from models.sign_in import make_organisation
from tests.conftest import CONVERSATION, PASSWORD, add_person
from tests.fixtures.role_play import MONO

SCOPES = "add_session follow_session"
TURNS = CONVERSATION.splitlines()


@dataclass(frozen=True)
class Practitioner:
    """One of an authority each; `token` is for the API, email and password for the pages."""

    email: str
    password: str
    token: str


def make_practitioners(house: House, number: int) -> list[Practitioner]:
    made = []
    now = utc_now()
    with house.database.write() as session:
        for one in range(number):
            home = make_organisation(session, name=f"Authority {one}")
            team = Team(organisation_id=home.id, name="North")
            session.add(team)
            session.flush()
            name = f"Olu Owner {one}"
            owner = add_person(session, home, name, team=team, role=Role.TRAINEE, role_team=team)
            token = add_short_token(
                session, person_id=owner.person_id, scopes=SCOPES, expires_at=now.replace(year=now.year + 2)
            )
            made.append(Practitioner(f"{name.lower().replace(' ', '.')}@example.org", PASSWORD, token))
    return made


def file_of(number: int, *, recording: bool) -> tuple[str, bytes]:
    """A recording of half a minute, or a talk of a few turns; each talk is another."""
    if recording:
        return f"{number}.ogg", MONO.read_bytes()
    talk = [TURNS[(number + turn) % len(TURNS)] for turn in range(4 + number % 5)]
    return f"{number}.txt", "\n".join(["Worker: How have you been?", "Parent: Fine.", *talk]).encode()
