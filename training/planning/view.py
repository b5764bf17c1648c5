"""The plan on its one screen."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from models.keys import WordsGone
from models.permissions import Actor
from models.person import Person
from models.plan import ChosenBy, PlanChoice, PlanSetting
from models.sealed_secret import open_secret
from training.modules.learn_view import KINDS, LEVELS
from training.modules.library import library_for
from training.modules.load import Library
from training.plan.choose import may_be_chosen
from training.plan.dose import LEAST, MOST, Dose
from training.plan.measures import MEASURES
from training.plan.plan import Plan
from training.plan.say import day_shown, figure_shown, talks_shown
from training.plan.values import By, History, PlanExercise, Standing, State, Sure
from training.planning.history import dose_for, now_for, open_wishes, plan_of, rule_for
from training.planning.kept import evokes_choice, setting_of
from training.skills import SKILLS, Skill

STATES_SHOWN = {
    State.WEAK: "Needs practice",
    State.GROWING: "Growing",
    State.MASTERED: "Mastered",
    State.UNKNOWN: "Not known yet",
}
SURE_SHOWN = {Sure.QUITE: "quite sure", Sure.FAIRLY: "fairly sure", Sure.NOT_YET: "not sure yet"}


@dataclass(frozen=True)
class SkillLine:
    """`from_what` says what it rests on, `may_choose` whether it can be practised instead."""

    value: str
    name: str
    state: str
    state_shown: str
    sure: str
    from_what: str
    may_choose: bool


@dataclass(frozen=True)
class TodayLine:
    href: str
    kind: str
    setting: str
    skill: str
    level: str
    done: bool


@dataclass(frozen=True)
class ModuleLink:
    slug: str
    title: str
    minutes: int


@dataclass(frozen=True)
class Suggestion:
    """What a coach suggested, whether or not it is what is practised now."""

    by: str
    on: date
    skill: str
    name: str
    note: str


@dataclass(frozen=True)
class PlanView:
    """`since` is when this skill was chosen; `is_new` says that this is still to be written
    down. `made_from` says which conversations, and how many a coach signed off."""

    plan: Plan
    skill: str
    title: str
    one_line: str
    reason: str
    since: date | None
    own_choice: bool
    suggestion: Suggestion | None
    suggestion_now: bool
    module: ModuleLink | None
    next_on: str
    made_from: str
    skills: tuple[SkillLine, ...]
    dose: Dose
    dose_shown: str
    setting: PlanSetting
    time_zone: str
    is_new: bool
    today: tuple[TodayLine, ...]


def build_plan_view(session: Session, person: Person, *, reader: Actor) -> tuple[PlanView, History]:
    """And what it was made from, to be kept with the choice."""
    rule = rule_for(session, person.organisation_id)
    now = now_for(rule)
    plan, history = plan_of(session, person, reader=reader, now=now)
    skill, dose = plan.choice.skill, dose_for(session, person, rule=rule, now=now)
    wishes, kept = open_wishes(session, person.id), evokes_choice(session, person.id)
    by_evoke = plan.choice.by is By.EVOKE
    stands = next(iter([kept] if by_evoke else [one for one in wishes if one.chosen_by.value == plan.choice.by]), None)
    suggested = next((one for one in wishes if one.chosen_by is ChosenBy.COACH), None)
    return PlanView(
        plan=plan, skill=skill.value if skill else "",
        title=SKILLS[skill].name if skill else "Nothing waits", one_line=SKILLS[skill].one_line if skill else "",
        reason=plan.choice.reason, since=stands.made_at.date() if stands else None,
        own_choice=plan.choice.by is By.TRAINEE,
        suggestion=_suggestion(session, suggested) if suggested else None,
        suggestion_now=plan.choice.by is By.COACH,
        module=module_for(session, person, skill) if skill else None,
        next_on=day_shown(plan.next_on) if plan.next_on else "", made_from=made_from(history),
        skills=tuple(_line(one, plan) for one in plan.standing.values()), dose=dose, dose_shown=dose_shown(dose),
        setting=setting_of(session, person.id), time_zone=rule.time_zone,
        is_new=by_evoke and (kept is None or (kept.skill, kept.reason) != (skill or "", plan.choice.reason)),
        today=todays_lines(library_for(session, person.organisation_id), plan),
    ), history  # fmt: skip


@dataclass(frozen=True)
class PlanLine:
    """`title` is the skill that is practised now, as last shown; empty before the plan was ever opened."""

    title: str
    paused: bool
    dose: Dose


def build_plan_line(session: Session, person: Person) -> PlanLine:
    """For the home page, without making the plan anew."""
    rule = rule_for(session, person.organisation_id)
    now = skill_now(session, person.id)
    return PlanLine(
        SKILLS[now].name if now else "",
        setting_of(session, person.id).paused_at is not None,
        dose_for(session, person, rule=rule, now=now_for(rule)),
    )


def skill_now(session: Session, person_id: UUID) -> Skill | None:
    """What is practised now, as last shown; None before the plan was ever opened, or when nothing waits."""
    now = next(iter(open_wishes(session, person_id)), None) or evokes_choice(session, person_id)
    return Skill(now.skill) if now is not None and now.skill else None


def module_for(session: Session, person: Person, skill: Skill) -> ModuleLink | None:
    """The first on the map that names it first, else the first that has it."""
    modules = library_for(session, person.organisation_id).modules_for(skill)
    found = sorted(modules, key=lambda one: one.head.skills.index(skill))
    return ModuleLink(found[0].slug, found[0].head.title, found[0].head.minutes) if found else None


def dose_shown(dose: Dose) -> str:
    had = "no session" if not dose.had else "1 session" if dose.had == 1 else f"{dose.had} sessions"
    keeps = f"{LEAST} to {MOST} keep a skill alive"
    return f"{had[0].upper()}{had[1:]} with a coach’s feedback in the last six months; {keeps}."


def made_from(history: History) -> str:
    if not history.sessions:
        return "No coded conversation yet."
    signed = sum(one.signed_off for one in history.sessions)
    kinds = {"role_play": "role play", "real_practice": "real session", "simulated": "simulated talk"}
    kind, count = kinds[history.sessions[0].kind], len(history.sessions)
    if count == 1:
        told = "a coach signed it off" if signed else "only the machine coded it, so it counts half"
        return f"Your last {kind}: {told}."
    if signed == count:
        told = "a coach signed all of them off"
    elif not signed:
        told = "only the machine coded them, so they count half"
    else:
        told = f"a coach signed {signed} of them off; what only the machine coded counts half"
    return f"Your last {count} {kind}s: {told}."


def _suggestion(session: Session, row: PlanChoice) -> Suggestion:
    by = session.get_one(Person, row.by_id).name
    try:
        note = open_secret(session, row.note, record_id=row.id)
    except WordsGone:
        note = ""
    return Suggestion(by, row.made_at.date(), row.skill, SKILLS[Skill(row.skill)].name, note)


def todays_lines(library: Library, plan: Plan) -> tuple[TodayLine, ...]:
    """What is done first, then what is still to do."""
    done = [_today(library, one, done=True) for one in plan.done]
    return (*done, *(_today(library, one, done=False) for one in plan.today))


def _today(library: Library, one: PlanExercise, *, done: bool) -> TodayLine:
    href, placed = f"/learn/{one.module}/exercises/{one.id}", library.exercise(one.id)
    setting = placed.exercise.setting if placed else ""
    return TodayLine(href, KINDS.get(one.kind, one.kind), setting, SKILLS[one.skill].name, LEVELS[one.level], done)


def _line(one: Standing, plan: Plan) -> SkillLine:
    return SkillLine(
        one.skill.value, SKILLS[one.skill].name, one.state.value, STATES_SHOWN[one.state],
        "" if one.state is State.UNKNOWN else SURE_SHOWN[one.sure], _from_what(one),
        one.skill is not plan.choice.skill and may_be_chosen(one.skill, plan.standing),
    )  # fmt: skip


def _from_what(one: Standing) -> str:
    parts = []
    if one.measured is not None:
        parts.append(f"In your {talks_shown(one.measured)} {figure_shown(one.skill, one.measured)}.")
    if one.tried.of:
        parts.append(f"{one.tried.met} of the last {one.tried.of} exercises met.")
    if not parts:
        parts.append("Only exercises tell of it." if one.skill not in MEASURES else "No conversation shows it yet.")
    return " ".join(parts)
