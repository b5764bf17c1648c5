"""A gentle mail about a pathway: when a trainer asks for it, to who has something left, and to nobody twice a week."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from coding.context import JobContext
from models.audit import record_audit
from models.cohort import Cohort, PathwayReminder
from models.columns import utc_now
from models.errors import EvokeError
from models.lock import hold_lock
from models.mail import Mail, send_mail
from models.permissions import Actor
from models.person import Person, PersonState
from models.plan import PlanSetting
from models.queue import enqueue
from models.settings import Settings
from training.cohorts.view import lines_of, members_of
from training.planning.kept import own_setting
from training.planning.mails import stop_token

JOB = "send_pathway_reminder"
APART = timedelta(days=7)
SUBJECT = "Your pathway in Evoke"
WORDS = """\
Hello {name},

there is something left in the pathway that your team learns from. Each part takes ten to twenty minutes, and you can
go on where you were:

{link}

To stop mails about practice, open this link. You need not sign in:

{stop}
"""


class PathwayOver(EvokeError):
    status = 409
    code = "pathway_over"

    def __init__(self) -> None:
        super().__init__("This pathway has ended for the team, so nobody is reminded of it.")


def remind(session: Session, *, cohort: Cohort, by: Actor) -> int:
    """How many are reminded: those with something left whose day has passed, or with anything left where nothing has a
    day, who were not reminded in the last week. Raises PathwayOver."""
    if cohort.ended_on is not None:
        raise PathwayOver
    hold_lock(session, f"reminders of {cohort.organisation_id}")
    reminded = 0
    people = members_of(session, cohort.team_id)
    by_id = {one.id: one for one in people}
    for line in lines_of(session, cohort, people):
        left = [one for one in line.steps if one.done_on is None]
        late = line.overdue or not any(one.due_on for one in line.steps)
        if left and late and _remind_one(session, cohort, by_id[line.person_id]):
            reminded += 1
    record_audit(
        session, action="pathway_reminded", subject=cohort, organisation_id=cohort.organisation_id, by=by.person_id,
        people=str(reminded),
    )  # fmt: skip
    return reminded


def _remind_one(session: Session, cohort: Cohort, person: Person) -> bool:
    if not own_setting(session, person).nudges:
        return False
    last = session.get(PathwayReminder, person.id)
    if last is not None and last.at > utc_now() - APART:
        return False
    if last is None:
        last = PathwayReminder(person_id=person.id, cohort_id=cohort.id)
    last.cohort_id, last.at = cohort.id, utc_now()
    session.add(last)
    enqueue(session, JOB, organisation_id=cohort.organisation_id, person_id=person.id, cohort_id=cohort.id)
    return True


def send_pathway_reminder(context: JobContext, *, person_id: str, cohort_id: str) -> None:
    """Nothing where they left, or stopped such mails, or the pathway ended meanwhile."""
    settings = context.workshop.settings
    with context.workshop.database.read() as session:
        mail = _mail(session, UUID(person_id), UUID(cohort_id), settings)
    if mail is not None:
        send_mail(mail, settings)
    with context.write() as session:
        context.finish(session)


def pathway_reminder_stopped(session: Session, error: EvokeError, /, *, person_id: str, cohort_id: str) -> None:
    """The pathway stands on their pages all the same; why the mail failed is in the worker's log."""


def _mail(session: Session, person_id: UUID, cohort_id: UUID, settings: Settings) -> Mail | None:
    person, cohort = session.get_one(Person, person_id), session.get_one(Cohort, cohort_id)
    setting = session.exec(select(PlanSetting).where(col(PlanSetting.person_id) == person_id)).first()
    reminder = session.get(PathwayReminder, person_id)
    if person.state is not PersonState.ACTIVE or cohort.ended_on is not None or reminder is None:
        return None
    if setting is None or not setting.nudges:
        return None
    stop = f"{settings.site}/plan/stop-mails/{stop_token(setting)}"
    text = WORDS.format(name=person.name, link=f"{settings.site}/cohorts/{cohort.id}", stop=stop)
    name = f"pathway-{cohort.id}-{person.id}-{reminder.at:%Y%m%d}"
    return Mail(name, person.email, SUBJECT, text, unsubscribe=stop)
