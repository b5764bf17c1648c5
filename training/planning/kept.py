"""What is written about a plan: what Evoke, the person or their coach chose, and how the person is reminded."""

from collections.abc import Collection
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.lock import hold_lock
from models.permissions import Actor, Permission, may, require
from models.person import Person, PersonState
from models.plan import ChosenBy, PlanChoice, PlanRule, PlanSetting, PlanSource
from models.practice import PracticeSession
from models.sealed_secret import seal_secret
from models.sign_in import actor_of
from training.plan.choose import may_be_chosen
from training.plan.plan import Plan
from training.plan.values import By, History
from training.planning.history import open_wishes, rule_for
from training.skills import SKILLS, Skill

MOST_OF_A_NOTE = 400
FEEDBACK_DAYS, GAP_DAYS = range(14, 181), range(7, 91)


class PlanWrong(EvokeError):
    """`fields` says what is wrong with which field of the form."""

    status = 422
    code = "plan_wrong"

    def __init__(self, **fields: str) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


def require_plan_of(session: Session, person_id: UUID, permission: Permission, *, by: Actor) -> Person:
    """Somebody in a team the actor coaches. Raises NotFound."""
    person = session.get(Person, person_id)
    if person is not None and person.state is PersonState.ACTIVE and may_plan(session, person, permission, by=by):
        return person
    raise NotFound("There is no such person, or they are not in a team that you coach.")


def may_plan(session: Session, person: Person, permission: Permission, *, by: Actor) -> bool:
    teams: Collection[UUID | None] = actor_of(session, person).team_ids or {None}
    return any(
        may(by, permission, organisation_id=person.organisation_id, owner_id=person.id, team_id=team_id)
        for team_id in teams
    )


def keep_choice(session: Session, *, person: Person, plan: Plan, history: History) -> PlanChoice | None:
    """Writes down what Evoke chose and from which sessions, where it is not what stands there already. None where a
    person chose, nothing is new, or one of the sessions went meanwhile: then it is made anew at the next look."""
    if plan.choice.by is not By.EVOKE:
        return None
    sources = [UUID(one.id) for one in history.sessions]
    there = select(PracticeSession.id).where(
        col(PracticeSession.id).in_(sources), col(PracticeSession.withdrawn_at).is_(None)
    )
    if len(session.exec(there.with_for_update(read=True)).all()) < len(sources):
        return None
    hold_lock(session, f"plan of {person.id}")
    last, skill = evokes_choice(session, person.id), plan.choice.skill.value if plan.choice.skill else ""
    if last is not None and (last.skill, last.reason) == (skill, plan.choice.reason):
        return None
    if last is not None:
        last.ended_at = utc_now()
        session.add(last)
    row = PlanChoice(person_id=person.id, chosen_by=ChosenBy.EVOKE, skill=skill, reason=plan.choice.reason)
    session.add(row)
    session.flush()
    session.add_all(PlanSource(choice_id=row.id, session_id=one) for one in sources)
    _record(session, "plan_made", row, person, by=None, skill=skill or "none")
    return row


def evokes_choice(session: Session, person_id: UUID) -> PlanChoice | None:
    return session.exec(_EVOKES, params={"id": person_id}).first()


_EVOKES = (
    select(PlanChoice)
    .where(
        col(PlanChoice.person_id) == bindparam("id"), col(PlanChoice.chosen_by) == ChosenBy.EVOKE,
        col(PlanChoice.ended_at).is_(None),
    )
    .order_by(col(PlanChoice.made_at).desc(), col(PlanChoice.id).desc())
    .limit(1)
)  # fmt: skip


def choose_skill(session: Session, *, person: Person, skill: str, plan: Plan) -> PlanChoice:
    """The person would rather practise this. Raises PlanWrong."""
    chosen = _skill(skill, plan)
    hold_lock(session, f"plan of {person.id}")
    _end(session, person.id, ChosenBy.TRAINEE)
    row = PlanChoice(person_id=person.id, chosen_by=ChosenBy.TRAINEE, by_id=person.id, skill=chosen.value)
    session.add(row)
    _record(session, "skill_chosen", row, person, by=person.id, skill=chosen.value)
    return row


def suggest_skill(session: Session, *, person: Person, skill: str, note: str, plan: Plan, by: Actor) -> PlanChoice:
    """A coach says what to practise next, and in a sentence why. It replaces what a coach suggested before.

    Raises NotFound, PlanWrong.
    """
    require_plan_of(session, person.id, Permission.SUGGEST_SKILL, by=by)
    note = " ".join(note.split())
    if not note:
        raise PlanWrong(note="Say in a sentence why, so that they know what you have seen.")
    if (more := len(note) - MOST_OF_A_NOTE) > 0:
        raise PlanWrong(note=f"Shorten this by {more} characters: at most {MOST_OF_A_NOTE} are taken.")
    chosen = _skill(skill, plan)
    hold_lock(session, f"plan of {person.id}")
    _end(session, person.id, ChosenBy.COACH)
    row = PlanChoice(person_id=person.id, chosen_by=ChosenBy.COACH, by_id=by.person_id, skill=chosen.value)
    row.note = seal_secret(session, note, organisation_id=person.organisation_id, record_id=row.id)
    session.add(row)
    _record(session, "skill_suggested", row, person, by=by.person_id, skill=chosen.value)
    return row


def take_back_choice(session: Session, *, person: Person, by: Actor) -> None:
    """A person their own choice, a coach what coaches suggested. Nothing where there is nothing. Raises NotFound."""
    own = by.person_id == person.id
    if not own:
        require_plan_of(session, person.id, Permission.SUGGEST_SKILL, by=by)
    for row in _end(session, person.id, ChosenBy.TRAINEE if own else ChosenBy.COACH):
        _record(session, "skill_choice_taken_back", row, person, by=by.person_id)


def _end(session: Session, person_id: UUID, chosen_by: ChosenBy) -> list[PlanChoice]:
    ended = [one for one in open_wishes(session, person_id) if one.chosen_by is chosen_by]
    for one in ended:
        one.ended_at = utc_now()
        session.add(one)
    return ended


def _skill(value: str, plan: Plan) -> Skill:
    if value not in {*Skill}:
        raise PlanWrong(skill="Choose a skill from the list.")
    skill = Skill(value)
    if not may_be_chosen(skill, plan.standing):
        name = SKILLS[skill].name
        raise PlanWrong(skill=f"{name} is mastered already, and something weak waits. Choose another skill.")
    return skill


def setting_of(session: Session, person_id: UUID) -> PlanSetting:
    """Theirs, or how it is before they say anything, which is then not in the database."""
    found = session.exec(_SETTING, params={"id": person_id}).first()
    return found or PlanSetting(person_id=person_id)


_SETTING = select(PlanSetting).where(col(PlanSetting.person_id) == bindparam("id"))


def set_reminders(
    session: Session, *, person: Person, reminders: bool, nudges: bool, days: Collection[str], hour: str
) -> PlanSetting:
    """`days` are numbers of weekdays from "0", Monday. Raises PlanWrong."""
    numbers = {int(one) for one in days if one in {*"0123456"}}
    wrong = {}
    if reminders and not numbers:
        wrong["days"] = "Choose at least one day, or switch reminders off."
    if not (hour.isascii() and hour.isdigit() and int(hour) in range(24)):
        wrong["hour"] = "Choose an hour from the list."
    if wrong:
        raise PlanWrong(**wrong)
    row = own_setting(session, person)
    row.reminders, row.nudges, row.hour = reminders, nudges, int(hour)
    if numbers:
        row.days = sum(1 << one for one in numbers)
    session.add(row)
    _record(session, "reminders_set", row, person, by=person.id, reminders=_on(reminders), nudges=_on(nudges))
    return row


def set_paused(session: Session, *, person: Person, paused: bool) -> None:
    """A paused plan gives no exercises and no reminders until the person goes on with it."""
    row = own_setting(session, person)
    if paused == (row.paused_at is not None):
        return
    row.paused_at = utc_now() if paused else None
    session.add(row)
    _record(session, "plan_paused" if paused else "plan_resumed", row, person, by=person.id)


def stop_mails(session: Session, setting: PlanSetting) -> None:
    """By the link in a mail, which whoever has the mail may use without signing in."""
    setting.reminders = setting.nudges = False
    session.add(setting)
    person = session.get_one(Person, setting.person_id)
    _record(session, "reminders_set", setting, person, by=None, reminders="off", nudges="off", by_link="yes")


def own_setting(session: Session, person: Person) -> PlanSetting:
    """In the database from now on: a mail's link needs its secret."""
    hold_lock(session, f"plan of {person.id}")
    row = setting_of(session, person.id)
    session.add(row)
    session.flush()
    return row


def set_rule(session: Session, *, feedback_days: str, gap_days: str, time_zone: str, by: Actor) -> PlanRule:
    """Raises NotFound, PlanWrong."""
    require(by, Permission.MANAGE_SETTINGS)
    wrong = {}
    for name, text, span in (("feedback_days", feedback_days, FEEDBACK_DAYS), ("gap_days", gap_days, GAP_DAYS)):
        if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) in span):
            wrong[name] = f"Give a number of days from {span[0]} to {span[-1]}."
    if time_zone not in available_timezones():
        wrong["time_zone"] = "Give a time zone by its name, such as Europe/London."
    if wrong:
        raise PlanWrong(**wrong)
    hold_lock(session, f"plan rule of {by.organisation_id}")
    row = rule_for(session, by.organisation_id)
    row.feedback_days, row.nudge_gap_days, row.time_zone = int(feedback_days), int(gap_days), time_zone
    session.add(row)
    record_audit(
        session, action="plan_rule_set", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        feedback_days=feedback_days, gap_days=gap_days, time_zone=time_zone,
    )  # fmt: skip
    return row


def _on(value: bool) -> str:
    return "on" if value else "off"


def _record(
    session: Session, action: str, row: PlanChoice | PlanSetting, person: Person, *, by: UUID | None, **details: str
) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=person.organisation_id, by=by,
        person_id=str(person.id), **details,
    )  # fmt: skip
