"""Whatever somebody's history, the plan keeps its promises."""

import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from training.plan.plan import A_DAY, Plan, make_plan
from training.plan.say import LONGEST
from training.plan.spacing import due_at
from training.plan.values import Attempt, By, History, PastSession, PlanExercise, Share, State, Wish
from training.skills import Skill

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LIBRARY = tuple(
    PlanExercise(f"{skill.value}-{level}-{number}", skill.value, skill, level)
    for skill in Skill
    for level in (1, 2, 3)
    for number in range(2)
)
JARGON = re.compile(r"\b(MITI|MIA|MINA|R:Q|CR|SR|CT|ST|PWP|utterance|volley|coding|confidence|Wilson)\b")
SKILLS = st.sampled_from(Skill)
MOMENTS = st.integers(0, 400 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    n = draw(st.integers(1, 60))
    return Share(draw(st.integers(0, n)), n, draw(st.floats(0, 0.5)))


SESSIONS = st.builds(
    PastSession, id=st.uuids().map(str), held_on=MOMENTS.map(datetime.date),
    kind=st.sampled_from(["role_play", "real_practice", "simulated"]), signed_off=st.booleans(),
    shares=st.dictionaries(SKILLS.filter(lambda one: one not in (Skill.SUMMARIES, Skill.HEARING_CODES)), shares()),
)  # fmt: skip
ATTEMPTS = st.builds(
    lambda exercise, met, at: Attempt(exercise.id, exercise.skill, exercise.level, met, at),
    st.sampled_from(LIBRARY), st.sampled_from([True, False, None]), MOMENTS,
)  # fmt: skip
GOOD_RUNS = SKILLS.flatmap(
    lambda skill: st.just(
        [Attempt(one.id, skill, one.level, True, NOW - timedelta(days=9)) for one in LIBRARY if one.skill is skill]
    )
)
HISTORIES = st.builds(
    lambda sessions, attempts, runs, noted, wishes: History(
        tuple(sessions), (*attempts, *(one for run in runs for one in run)), noted, tuple(wishes)
    ),
    st.lists(SESSIONS, max_size=5), st.lists(ATTEMPTS, max_size=40), st.lists(GOOD_RUNS, max_size=8),
    st.none() | SKILLS,
    st.lists(st.builds(Wish, skill=SKILLS, by=st.sampled_from([By.TRAINEE, By.COACH]), at=MOMENTS), max_size=2),
)  # fmt: skip


def repeats_a_mastered_one(plan: Plan) -> bool:
    waits = any(one.state is State.WEAK for one in plan.standing.values())
    practised = {one.skill for one in plan.today} | ({plan.choice.skill} - {None})
    return waits and any(plan.standing[skill].state is State.MASTERED for skill in practised)


@settings(max_examples=150)
@given(HISTORIES)
def test_a_mastered_skill_never_comes_before_a_weak_one(history: History) -> None:
    assert not repeats_a_mastered_one(make_plan(history, LIBRARY, now=NOW))


@settings(max_examples=80)
@given(HISTORIES)
def test_the_reason_is_one_plain_sentence(history: History) -> None:
    reason = make_plan(history, LIBRARY, now=NOW).choice.reason
    assert reason.endswith(".")
    assert not re.search(r"[.!?](\s|$)", reason[:-1]), reason
    assert len(reason.split()) <= LONGEST, reason
    assert not JARGON.search(reason), reason
    assert reason[0].isupper()


@settings(max_examples=40)
@given(HISTORIES, st.randoms())
def test_the_same_history_gives_the_same_plan(history: History, random: object) -> None:
    mixed = list(history.attempts)
    random.shuffle(mixed)
    again = History(tuple(reversed(history.sessions)), tuple(mixed), history.noted, history.wishes)
    assert make_plan(history, LIBRARY, now=NOW) == make_plan(again, LIBRARY, now=NOW)


@settings(max_examples=80)
@given(HISTORIES)
def test_nothing_comes_back_before_it_is_due_nor_twice_a_day(history: History) -> None:
    plan, dues = make_plan(history, LIBRARY, now=NOW), due_at(history.attempts)
    assert all(one.id not in dues or dues[one.id].date() <= NOW.date() for one in plan.today)
    assert not {one.id for one in plan.today} & {one.id for one in plan.done}
    assert len(plan.today) == len({one.id for one in plan.today}) <= max(0, A_DAY - len(plan.done))
    if plan.next_on is not None:
        assert not plan.today
        assert plan.next_on > NOW.date()


@settings(max_examples=40)
@given(st.lists(ATTEMPTS, min_size=1, max_size=30))
def test_a_card_is_due_after_its_last_attempt_and_within_its_limit(attempts: list[Attempt]) -> None:
    last: dict[str, date] = {}
    for one in attempts:
        last[one.exercise] = max(one.at.date(), last.get(one.exercise, date.min))
    for exercise, due in due_at(attempts).items():
        assert timedelta(days=1) <= due.date() - last[exercise] <= timedelta(days=121)
