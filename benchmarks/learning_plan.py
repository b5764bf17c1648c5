"""The practice plan: that no mastered skill comes before a weak one, that it says why in a sentence, and its page."""

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from uuid import UUID

from fastapi.testclient import TestClient
from sqlmodel import Session

from api.access import COOKIE
from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_least, at_most
from coding.corpus.load import AuthoredConversation, Quality, load_corpus
from models.browser_sign_in import start_sign_in
from models.coding import CodedBy, CodeRow, Coding
from models.columns import utc_now
from models.database import Database
from models.keys import make_session_key
from models.migrations import upgrade
from models.organisation import Team
from models.person import Person, Role, RoleGrant, TeamMembership
from models.practice import PracticeSession, SessionKind, Stage
from models.session_words import SessionWords, keep_session_words
from models.settings import Settings
from models.sign_in import make_organisation
from models.transcript import TranscriptSource, TranscriptVersion, UtteranceRow
from training.modules.load import shipped_library
from training.plan.measures import MEASURES
from training.plan.plan import Plan, make_plan
from training.plan.say import LONGEST
from training.plan.standing import KINDS
from training.plan.values import Attempt, By, History, PastSession, PlanExercise, Share, State, Wish
from training.skills import Skill

HISTORIES, PAGES = 5_000, 60
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def measure() -> Iterator[Figure | NotMeasured]:
    yield from _promises()
    yield from _pages()


def _promises() -> list[Figure]:
    """Of random histories, most of which know both something weak and something mastered."""
    dice, library = random.Random(20261124), _library()
    broken = could_break = longest = 0
    several = 0
    for _ in range(HISTORIES):
        plan = make_plan(_history(dice, library), library, now=NOW)
        states = {one.state for one in plan.standing.values()}
        could_break += {State.WEAK, State.MASTERED} <= states
        broken += _repeats_a_mastered_one(plan)
        longest = max(longest, len(plan.choice.reason.split()))
        several += not plan.choice.reason.endswith(".") or ". " in plan.choice.reason
    return [
        at_most(f"plan: a mastered skill before a weak one, of {HISTORIES:,} histories", broken, 0),
        at_least("plan: histories with both a weak and a mastered skill", could_break, HISTORIES / 4),
        at_most("plan: reasons that are not one sentence", several, 0),
        at_most("plan: words of the longest reason", longest, LONGEST),
    ]


def _repeats_a_mastered_one(plan: Plan) -> bool:
    waits = any(one.state is State.WEAK for one in plan.standing.values())
    practised = {one.skill for one in plan.today} | ({plan.choice.skill} if plan.choice.skill else set())
    return waits and any(plan.standing[skill].state is State.MASTERED for skill in practised)


def _library() -> tuple[PlanExercise, ...]:
    return tuple(
        PlanExercise(one.exercise.id, one.module.slug, one.exercise.skill, one.exercise.level, one.exercise.kind)
        for one in shipped_library().exercises.values()
    )


def _history(dice: random.Random, library: tuple[PlanExercise, ...]) -> History:
    """Everybody is better at some skills than at others, in talk and in exercises."""
    talent = {skill: dice.random() for skill in Skill}
    sessions = tuple(_session(dice, talent, number) for number in range(dice.randrange(5)))
    attempts = []
    for one in dice.sample(library, dice.randrange(len(library))):
        for _ in range(dice.randrange(1, 4)):
            met = None if dice.random() < 0.1 else dice.random() < talent[one.skill]
            at = NOW - timedelta(days=dice.randrange(200), minutes=dice.randrange(1440))
            attempts.append(Attempt(one.id, one.skill, one.level, met, at))
    noted = dice.choice([None, None, *Skill])
    wishes = [Wish(dice.choice([*Skill]), dice.choice([By.TRAINEE, By.COACH]), NOW) for _ in range(dice.randrange(2))]
    return History(sessions, tuple(attempts), noted, tuple(wishes))


def _session(dice: random.Random, talent: dict[Skill, float], number: int) -> PastSession:
    shares = {}
    for skill in MEASURES:
        chances = dice.randrange(1, 80)
        used = sum(dice.random() < talent[skill] for _ in range(chances))
        shares[skill] = Share(used, chances, dice.random() / 4)
    held = (NOW - timedelta(days=dice.randrange(400))).date()
    return PastSession(str(number), held, dice.choice(KINDS), dice.random() < 0.5, shares)


def _pages() -> list[Figure]:
    from web.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), database_url="")  # type: ignore[call-arg]
        database = Database.of(settings)
        upgrade(database)
        with database.write() as session:
            coach, trainee = _team(session)
            cookies = [
                start_sign_in(session, session.get_one(Person, one), settings=settings) for one in (trainee, coach)
            ]
        app = create_app(settings)
        own = _p95(app, cookies[0], "/plan")
        team = _p95(app, cookies[1], "/plan/team")
        app.state.house.database.close()
        database.close()
    return [
        at_most("plan page, 95th percentile", own * 1000, 300, "ms"),
        at_most("what each of 8 people needs next, 95th percentile", team * 1000, 1000, "ms"),
    ]


def _p95(app: object, cookie: str, path: str) -> float:
    took = []
    with TestClient(app, base_url="http://evoke.test") as browser:  # type: ignore[arg-type]
        browser.cookies.set(COOKIE, cookie)
        for _ in range(PAGES + 2):
            began = time.perf_counter()
            assert browser.get(path).status_code == 200
            took.append(time.perf_counter() - began)
    return quantiles(took[2:], n=20)[-1]


def _team(session: Session) -> tuple[UUID, UUID]:
    """A coach and eight people with four signed-off conversations each; the ids of the coach and of one of them."""
    organisation = make_organisation(session, name="Ferndale Council")
    team = Team(organisation_id=organisation.id, name="North")
    session.add(team)
    session.flush()

    def add(name: str, role: Role) -> Person:
        person = Person(
            organisation_id=organisation.id, name=name, email=f"{name.lower()}@example.org", password_hash=""
        )
        session.add(person)
        session.flush()
        session.add(RoleGrant(person_id=person.id, role=role, team_id=team.id))
        session.add(TeamMembership(person_id=person.id, team_id=team.id, started_on=utc_now().date()))
        return person

    coach, people = add("Coach", Role.COACH), [add(f"Trainee{number}", Role.TRAINEE) for number in range(8)]
    talks = [one for one in load_corpus() if one.quality is Quality.MIXED][:4]
    for person in people:
        for number, talk in enumerate(talks):
            _add_session(session, person, team, coach, talk, days_ago=30 * number)
    return coach.id, people[0].id


def _add_session(
    session: Session, person: Person, team: Team, coach: Person, talk: AuthoredConversation, *, days_ago: int
) -> None:
    practice = PracticeSession(
        organisation_id=person.organisation_id, team_id=team.id, practitioner_id=person.id, added_by_id=person.id,
        kind=SessionKind.ROLE_PLAY, held_on=utc_now().date() - timedelta(days=days_ago), agreement_confirmed=True,
        stage=Stage.READY, progress=100,
    )  # fmt: skip
    make_session_key(session, organisation_id=practice.organisation_id, session_id=practice.id)
    keep_session_words(session, practice, SessionWords("", "", "", ""))
    session.add(practice)
    session.flush()
    version = TranscriptVersion(
        session_id=practice.id, version=1, source=TranscriptSource.FILE, method="import", utterances_given=True
    )
    session.add(version)
    session.flush()
    coding = Coding(transcript_id=version.id, coded_by=CodedBy.PERSON, person_id=coach.id)
    rows = [
        UtteranceRow(transcript_id=version.id, turn_position=at, position=0, sequence=at)
        for at in range(len(talk.utterances))
    ]
    session.add_all([coding, *rows])
    session.flush()
    session.add_all(
        CodeRow(
            coding_id=coding.id, utterance_id=row.id or 0, code=one.code.value,
            subtype=one.subtype.value if one.subtype else None,
        )
        for row, one in zip(rows, talk.utterances, strict=True)
        if one.code is not None
    )  # fmt: skip
