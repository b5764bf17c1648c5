"""Who comes, and to what: a filled installation with a learning platform, and a line of JSON for each who asks."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from benchmarks.dashboards import make_tables
from benchmarks.load.options import LOAD, SHARES
from benchmarks.programme import SMALL, Programme, fill
from models.api_client import make_api_client
from models.api_token import add_short_token, make_api_token
from models.browser_sign_in import start_sign_in
from models.columns import new_id, utc_now
from models.database import Database
from models.lti import LtiMatch
from models.lti_keys import key_set
from models.lti_platforms import PlatformDetails, keep_platform
from models.migrations import upgrade
from models.organisation import Organisation
from models.permissions import Permission
from models.person import Person, Role, RoleGrant
from models.settings import Settings
from models.sign_in import actor_of
from tests.lti_platform import CLIENT, DEPLOYMENT, FakePlatform
from training.modules.load import shipped_library

Line = dict[str, str]
SCOPES = (Permission.READ_PEOPLE, Permission.ADD_SESSION, Permission.FOLLOW_SESSION)
DOMAIN = "example.org"
"""Of everybody in a made-up programme."""


def let_come(settings: Settings, readers: Path, platform: FakePlatform) -> str:
    """Fills the installation and writes who comes. Returns the cookie of who uploads recordings."""
    settings.data_dir.mkdir()
    database = Database.of(settings)
    upgrade(database)
    programme = fill(database, replace(SMALL, sessions=LOAD.sessions, months=11, words=True))
    list(make_tables(settings, programme))
    with database.write() as session:
        connect(session, platform, settings, administrator=programme.authorities[0].lead)
        lines = [_platform(platform), *_everybody(session, programme, settings)]
        recorder = _cookie(session, programme.authorities[0].lead, settings)
    readers.write_text("\n".join(map(json.dumps, lines)))
    database.close()
    return recorder


def connect(session: Session, platform: FakePlatform, settings: Settings, *, administrator: UUID) -> None:
    """As an administrator enters it. People are known by their addresses."""
    here = platform.issuer
    details = PlatformDetails(
        name="Learning platform", issuer=here, client_id=CLIENT, deployments=DEPLOYMENT,
        authorization_endpoint=f"{here}/authorize", token_endpoint=f"{here}/token", jwks_uri=f"{here}/keys",
        match=LtiMatch.EMAIL, domains=DOMAIN,
    )  # fmt: skip
    by = actor_of(session, session.get_one(Person, administrator))
    keep_platform(session, details=details, settings=settings, by=by)
    platform.tool_keys = {"keys": key_set(session, by.organisation_id)}
    platform.login_path = f"/lti/login/{by.organisation_id}"


def _platform(platform: FakePlatform) -> Line:
    """With its private key: who asks signs the launches, as a platform's browser does not, but the platform would."""
    private, public = platform.pair
    return {
        "role": "platform", "issuer": platform.issuer, "login_path": platform.login_path, "private": private,
        "public": public,
    }  # fmt: skip


def _everybody(session: Session, programme: Programme, settings: Settings) -> Iterator[Line]:
    """Each lead, administrator and program is a person of their own, as the limit of requests is one person's."""
    one = programme.authorities[0]
    team = str(next(iter(one.coaches)))
    trainees = [(who.id, str(who.team)) for who in one.practitioners]
    coaches = [(coach, str(of)) for of, coach in one.coaches.items()]
    module = shipped_library().modules[0].slug

    def who_practises(person: UUID, of: str) -> Line:
        return {"cookie": _cookie(session, person, settings), "team": of}

    def lead(_: UUID, __: str) -> Line:
        return {"cookie": _cookie(session, _another_lead(session, one.id), settings), "team": team}

    def sent_by_a_course(person: UUID, _: str) -> Line:
        who = session.get_one(Person, person)
        return {"user": person.hex, "name": who.name, "email": who.email, "target": f"module:{module}"}

    def program(person: UUID, _: str) -> Line:
        return _program(session, one.id, session.get_one(Person, person))

    made: dict[str, tuple[list[tuple[UUID, str]], Callable[[UUID, str], Line]]] = {
        "trainee": (trainees, who_practises), "coach": (coaches, who_practises), "lead": (trainees, lead),
        "administrator": (trainees, lead), "course": (trainees, sent_by_a_course), "program": (trainees, program),
    }  # fmt: skip
    for role in SHARES:
        people, line = made[role]
        for person, of in islice(cycle(people), LOAD.count(role)):
            yield {"role": role, **line(person, of)}


def _cookie(session: Session, person: UUID, settings: Settings) -> str:
    return start_sign_in(session, session.get_one(Person, person), settings=settings)


def _program(session: Session, organisation_id: UUID, whose: Person) -> Line:
    """A platform's program hands in for `whose`; what came of it no such program may read, so that one reads it which
    has a token of theirs."""
    organisation = session.get_one(Organisation, organisation_id)
    client, _ = make_api_client(
        session, organisation=organisation, name="Learning platform", scopes=SCOPES, days=90, by=None
    )
    until = utc_now() + timedelta(days=1)
    token = add_short_token(session, person_id=client.id, scopes=client.scopes, expires_at=until)
    own = make_api_token(session, person=whose, name="A program of their own", days=90)
    return {"token": token, "email": whose.email, "own": own}


def _another_lead(session: Session, organisation_id: UUID) -> UUID:
    """Who administers too."""
    id_ = new_id()
    session.add(
        Person(
            id=id_, organisation_id=organisation_id, name="Lead", email=f"{id_.hex}@{DOMAIN}", password_hash=""
        )
    )  # fmt: skip
    session.flush()
    session.add_all(
        RoleGrant(person_id=id_, role=role, started_at=utc_now()) for role in (Role.LEAD, Role.ADMINISTRATOR)
    )
    session.flush()
    return id_
