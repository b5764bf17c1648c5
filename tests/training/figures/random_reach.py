"""Who practises, who got feedback and what people agreed to, by chance: what lies beside the codes of a programme by
chance, with everything that may happen to it."""

import random
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.consent import Agreement, HowGiven, Participant, Scope, Who
from models.feedback import Feedback
from models.organisation import Team
from models.person import Person, Role, RoleGrant, TeamMembership
from models.practice import AGREEMENT_MISSING, PracticeSession, SessionKind, Stage
from models.review import Review
from models.withdrawal import Why, Withdrawal
from tests.training.figures.random_programme import NOW


def add_random_reach(session: Session, dice: random.Random, organisation_id: UUID) -> None:
    people = session.exec(
        select(Person).where(col(Person.organisation_id) == organisation_id).order_by(col(Person.name))
    ).all()
    teams = session.exec(select(Team.id).where(col(Team.organisation_id) == organisation_id)).all()
    for person in people:
        _place(session, dice, person, dice.choice(teams))
    for _ in range(dice.randint(0, 40)):
        session.add(_real_session(dice, dice.choice(people)))
    session.flush()
    mine = select(PracticeSession).where(col(PracticeSession.organisation_id) == organisation_id)
    practices = session.exec(mine.order_by(col(PracticeSession.id))).all()
    likely = {scope: dice.choice([0.05, 0.5, 0.97]) for scope in Scope}
    for practice in practices:
        if practice.kind is SessionKind.REAL_PRACTICE:
            _agree(session, dice, practice, likely)
        if dice.random() < 0.08:
            session.add(
                Withdrawal(
                    organisation_id=organisation_id, session_id=practice.id, why=dice.choice(list(Why)),
                    at=NOW - timedelta(days=dice.uniform(0, 500)),
                )
            )  # fmt: skip
    ids = {practice.id for practice in practices}
    for review in session.exec(select(Review).order_by(col(Review.id))):
        if review.session_id in ids and dice.random() < 0.8:
            sent_at = NOW - timedelta(days=dice.uniform(0, 300)) if dice.random() < 0.9 else None
            session.add(
                Feedback(session_id=review.session_id, review_id=review.id, by_id=review.reviewer_id, sent_at=sent_at)
            )
    session.flush()


def _place(session: Session, dice: random.Random, person: Person, team_id: UUID) -> None:
    """Most are trainees, some not any more; some are in a second team, or left one yesterday or leave it today."""
    fate = dice.random()
    if fate < 0.95:
        ended_at = NOW - timedelta(days=3) if fate < 0.05 else None
        started_at = NOW - timedelta(days=900)
        session.add(RoleGrant(person_id=person.id, role=Role.TRAINEE, started_at=started_at, ended_at=ended_at))
    if dice.random() < 0.05:
        session.add(RoleGrant(person_id=person.id, role=Role.COACH, team_id=team_id))
    if dice.random() < 0.05:
        person.left_at = NOW - timedelta(days=9)
    elif dice.random() < 0.05:
        person.invited_at = NOW - timedelta(days=9)
    session.add(person)
    for place in session.exec(select(TeamMembership).where(col(TeamMembership.person_id) == person.id)):
        if dice.random() < 0.2:
            place.ended_on = NOW.date() - timedelta(days=dice.choice([0, 1, 200]))
            session.add(place)


def _real_session(dice: random.Random, person: Person) -> PracticeSession:
    """Of which no codes are kept."""
    at = NOW - timedelta(days=dice.uniform(0, 450))
    waits = dice.random() < 0.2
    return PracticeSession(
        organisation_id=person.organisation_id, practitioner_id=person.id, added_by_id=person.id,
        kind=SessionKind.REAL_PRACTICE, agreement_confirmed=not waits, held_on=at.date(), created_at=at,
        stage=Stage.STOPPED if waits else Stage.READY, progress=0 if waits else 100,
        problem_code=AGREEMENT_MISSING if waits else None, problem="Somebody has not agreed." if waits else None,
        withdrawn_at=NOW if dice.random() < 0.1 else None,
    )  # fmt: skip


def _agree(session: Session, dice: random.Random, practice: PracticeSession, likely: dict[Scope, float]) -> None:
    """Of nobody, or of up to three people: no word, one, or a second that counts in the place of the first."""
    for position in range(1, dice.choice([0, 1, 2, 2, 3]) + 1):
        who = Participant(session_id=practice.id, position=position, who=dice.choice(list(Who)))
        session.add(who)
        session.flush()
        for scope in Scope:
            at = practice.created_at
            for _ in range(dice.choice([0, 1, 1, 1, 1, 1, 2]) or (dice.random() < likely[scope])):
                at += timedelta(hours=dice.uniform(1, 50))
                until = dice.choice([None, None, None, None, NOW.date() + timedelta(days=dice.choice([-1, 0, 1]))])
                session.add(
                    Agreement(
                        participant_id=who.id, scope=scope, given=dice.random() < likely[scope], how=HowGiven.SAID,
                        given_on=date(2022, 1, 1), expires_on=until, recorded_by_id=practice.added_by_id,
                        created_at=at,
                    )
                )  # fmt: skip
