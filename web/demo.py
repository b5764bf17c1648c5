"""A small made-up authority to try Evoke with: three teams, two coaches, a lead, six trainees, two dozen role plays,
most of them reviewed, and somebody who is invited and somebody who has left."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlmodel import Session, col, select

from coding.actions import add_transcript_session
from coding.corpus.load import AuthoredConversation, demo_teams, load_corpus
from coding.details import SessionDetails
from coding.double.rule import Rule, set_rule
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from models.columns import utc_now
from models.database import Database
from models.errors import EvokeError
from models.organisation import Organisation, Team
from models.password import hash_password
from models.people.joining import add_and_invite
from models.people.leaving import mark_as_left
from models.people.places import join_team
from models.person import Discipline, Person, Role, RoleGrant, TeamMembership
from models.practice import PracticeSession, SessionKind
from models.settings import Settings
from models.sign_in import actor_of, is_empty, make_organisation
from web.demo_adoption import give_demo_adoption
from web.demo_learning import give_demo_pathway, learn_later
from web.demo_reviews import review_later

AUTHORITY = "Ferndale Council (demo)"
DEMO_PASSWORD = "small steps count"  # noqa: S105  printed for everybody who starts the demo
DOMAIN = "ferndale.example"


class NotEmpty(EvokeError):
    status = 409
    code = "not_empty"


@dataclass(frozen=True)
class Trainee:
    name: str
    discipline: Discipline


COACH, SECOND_COACH, LEAD = "Marian Okoro", "Joseph Mensah", "David Lindqvist"
TRAINEES: dict[str, tuple[Trainee, Trainee]] = {
    "Children's social work": (
        Trainee("Priya Nair", Discipline.CHILDRENS_SOCIAL_WORKER),
        Trainee("Tom Ashworth", Discipline.CHILDRENS_PRACTITIONER),
    ),
    "Domestic abuse and probation": (
        Trainee("Ruth Adeyemi", Discipline.DOMESTIC_ABUSE),
        Trainee("Callum Reid", Discipline.PROBATION_OFFICER),
    ),
    "Recovery and adult mental health": (
        Trainee("Siobhan Kelly", Discipline.RECOVERY_WORKER),
        Trainee("Imran Hussain", Discipline.ADULT_MENTAL_HEALTH),
    ),
}
"""By team, as in the corpus's list for the demo. All are fictional."""
INVITED = Trainee("Grace Boateng", Discipline.PERPETRATOR_WORKER)
LEFT = Trainee("Neil Fraser", Discipline.PROBATION_OFFICER)
DEMO_TRAINEE_EMAIL = f"priya.nair@{DOMAIN}"


def plant_demo(database: Database, settings: Settings) -> list[str]:
    """Fills an empty Evoke, once; gives the lines that tell how to sign in. Raises NotEmpty for a real installation."""
    with database.write() as session:
        planted = session.exec(select(Organisation).where(col(Organisation.is_demo).is_(True))).first()
        if planted is None:
            if not is_empty(session):
                raise NotEmpty("This Evoke is in use, and the demo goes into an empty one only. Leave out --demo.")
            _plant(session, settings)
    who = (
        ("trainee", TRAINEES["Children's social work"][0].name),
        ("coach", COACH),
        ("second", SECOND_COACH),
        ("lead", LEAD),
    )
    return [
        "Sign in as",
        *(f"  {role:<8} {_email(name):<34} password: {DEMO_PASSWORD}" for role, name in who),
        "All people and conversations in it are made up.",
    ]


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def _plant(session: Session, settings: Settings) -> None:
    organisation = make_organisation(session, name=AUTHORITY, is_demo=True)
    password_hash = hash_password(DEMO_PASSWORD)

    def add(name: str, discipline: Discipline) -> Person:
        person = Person(
            organisation_id=organisation.id, name=name, email=_email(name), password_hash=password_hash,
            discipline=discipline,
        )  # fmt: skip
        session.add(person)
        session.flush()
        return person

    coach, second, lead = (
        add(COACH, Discipline.TRAINER),
        add(SECOND_COACH, Discipline.TRAINER),
        add(LEAD, Discipline.MANAGER),
    )
    session.add(RoleGrant(person_id=lead.id, role=Role.LEAD))
    session.add(RoleGrant(person_id=lead.id, role=Role.ADMINISTRATOR))
    set_rule(session, organisation_id=organisation.id, rule=Rule(percent=40), by=actor_of(session, lead))
    conversations = {one.transcript_id: one for one in load_corpus()}
    for name, ids in demo_teams().items():
        team = Team(organisation_id=organisation.id, name=name)
        session.add(team)
        session.flush()
        session.add_all(RoleGrant(person_id=one.id, role=Role.COACH, team_id=team.id) for one in (coach, second))
        people = [add(trainee.name, trainee.discipline) for trainee in TRAINEES[name]]
        for person in people:
            session.add(RoleGrant(person_id=person.id, role=Role.TRAINEE, team_id=team.id))
            session.add(TeamMembership(person_id=person.id, team_id=team.id, started_on=_weeks_ago(40)))
        session.flush()
        for number, transcript_id in enumerate(ids):
            weeks_ago = 2 + number // 2 * 5
            practice = _add_session(session, people[number % 2], conversations[transcript_id], weeks_ago=weeks_ago)
            if number != 1:  # one newest session of each team waits for its names to be looked at
                review_later(session, practice, transcript_id=transcript_id, coach=coach, second=second)
        if any(person.email == DEMO_TRAINEE_EMAIL for person in people):
            give_demo_pathway(session, team, lead=lead)
            learn_later(session, people[0])
    _add_joiner_and_leaver(session, team, settings, by=lead)
    give_demo_adoption(session, lead=lead)


def _add_joiner_and_leaver(session: Session, team: Team, settings: Settings, *, by: Person) -> None:
    for one, since in ((INVITED, 0), (LEFT, 60)):
        person = add_and_invite(
            session, organisation_id=team.organisation_id, name=one.name, email=_email(one.name),
            discipline=one.discipline, settings=settings, by=by.id,
        )  # fmt: skip
        join_team(session, person=person, team=team, role=Role.TRAINEE, on=_weeks_ago(since), by=by.id)
    mark_as_left(session, person=person, by=by.id)


def _add_session(
    session: Session, person: Person, conversation: AuthoredConversation, *, weeks_ago: int
) -> PracticeSession:
    """As the trainee would: through the same action, its audit row and its job."""
    first = ", ".join(conversation.context.split(", ")[:2])
    details = SessionDetails(
        practitioner_id=person.id, kind=SessionKind.ROLE_PLAY, held_on=_weeks_ago(weeks_ago), agreement_confirmed=True,
        title=first[0].upper() + first[1:], change_goal=conversation.goal,
    )  # fmt: skip
    return add_transcript_session(
        session, details=details, parsed=as_transcript(conversation), name=conversation.transcript_id,
        by=actor_of(session, person),
    )  # fmt: skip


def as_transcript(conversation: AuthoredConversation) -> ParsedTranscript:
    """The words alone: Evoke draws the utterances and gives the codes itself, as for any upload."""
    turns = [
        ParsedTurn(
            turn=str(number), speaker_label=speaker.value.capitalize(),
            utterances=(" ".join(u.text for u in said),), role=speaker,
        )
        for (number, speaker), said in groupby(conversation.utterances, key=lambda u: (u.turn, u.speaker))
    ]  # fmt: skip
    return ParsedTranscript(conversation.transcript_id, tuple(turns))


def _weeks_ago(weeks: int) -> date:
    return utc_now().date() - timedelta(weeks=weeks)
