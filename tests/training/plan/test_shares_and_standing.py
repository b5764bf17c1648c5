"""What the codes of a conversation come to, and from when on a skill is weak, growing or mastered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from coding.corpus.load import Quality, load_corpus
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker
from training.feedback.rules import TRIES
from training.plan.dose import dose_of
from training.plan.measures import MEASURES, NOTED
from training.plan.plan import make_plan
from training.plan.shares import CodedLine, shares_of
from training.plan.spacing import due_at, levels
from training.plan.standing import pooled, sessions_used, standings
from training.plan.values import Attempt, By, History, PastSession, PlanExercise, Share, State, Sure, Wish
from training.skills import Skill

B, C = Behaviour, ClientTalk
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LIBRARY = tuple(PlanExercise(f"{one.value}-{n}", one.value, one, n % 3 + 1) for one in Skill for n in range(6))
TALK = [
    CodedLine(B.Q, open_question=True), CodedLine(C.CT), CodedLine(B.CR), CodedLine(C.ST), CodedLine(B.CONFRONT),
    CodedLine(B.Q), CodedLine(C.CT), CodedLine(C.CT), CodedLine(B.GI), CodedLine(C.FN), CodedLine(B.PERSUADE),
]  # fmt: skip


def test_each_skill_is_a_share_of_its_chances() -> None:
    found = shares_of(TALK)
    assert found[Skill.OPEN_QUESTIONS] == Share(1, 2)
    assert found[Skill.REFLECTIONS] == Share(1, 3)
    assert found[Skill.COMPLEX_REFLECTIONS] == Share(1, 1)
    assert found[Skill.EVOKING] == Share(1, 2)  # two turns of change talk, the first reflected
    assert found[Skill.SUSTAIN_TALK] == Share(0, 1)
    assert found[Skill.PERMISSION] == Share(0, 1)
    assert found[Skill.CLEAR_CONCERNS] == Share(4, 5)
    assert found[Skill.AFFIRMING] == Share(0, 5)
    assert Skill.SUMMARIES not in found
    assert shares_of([]) == {}


def test_what_the_coder_is_unsure_of_widens_the_interval() -> None:
    unsure = [replace(one, confidence=0.6) for one in TALK]
    doubted = shares_of(unsure, ends={B.AF: (0, 2)})
    assert doubted[Skill.OPEN_QUESTIONS].doubt > 0
    assert doubted[Skill.AFFIRMING].doubt == pytest.approx(0.2)
    sure, wide = pooled([(1, Share(10, 20))]), pooled([(1, Share(10, 20, 0.2))])
    assert sure[0] == wide[0] == 0.5
    assert wide[1] < sure[1] < 0.5 < sure[2] < wide[2]
    few = pooled([(0.5, Share(10, 20))])
    assert few[2] - few[1] > sure[2] - sure[1]


def test_the_lines_part_good_conversations_from_poor_ones() -> None:
    """Each measure on the authored corpus: good ones at or above fair, poor ones below it."""
    for quality, above in ((Quality.GOOD, True), (Quality.POOR, False)):
        pools: dict[Skill, list[tuple[float, Share]]] = {}
        for one in load_corpus():
            if one.quality is not quality:
                continue
            lines = [
                CodedLine(u.code, u.subtype is QuestionType.OPEN)
                for u in one.utterances if u.code is not None and not (u.code is B.NC and u.speaker is Speaker.CLIENT)
            ]  # fmt: skip
            for skill, share in shares_of(lines).items():
                pools.setdefault(skill, []).append((1.0, share))
        for skill, measure in MEASURES.items():
            assert (pooled(pools[skill])[0] >= measure.fair) is above, (skill, quality, pooled(pools[skill]))


def session(id_: str, days_ago: int, share: Share, *, kind: str = "role_play", signed: bool = True) -> PastSession:
    held = TODAY - timedelta(days=days_ago)
    return PastSession(id_, held, kind, signed, {Skill.OPEN_QUESTIONS: share})


def test_kinds_are_never_mixed_and_the_newest_count() -> None:
    past = [session(str(n), n, Share(1, 10)) for n in range(5)]
    assert [one.id for one in sessions_used(past, today=TODAY)] == ["0", "1", "2"]
    real = session("real", 3, Share(9, 10), kind="real_practice")
    assert {one.kind for one in sessions_used([*past, real], today=TODAY)} == {"role_play"}
    both = [*past, real, replace(real, id="more")]
    assert {one.kind for one in sessions_used(both, today=TODAY)} == {"real_practice"}
    made = [session("sim", 1, Share(1, 10), kind="simulated")]
    assert sessions_used(made, today=TODAY)[0].kind == "simulated"
    assert sessions_used([session("old", 400, Share(1, 10))], today=TODAY) == ()


@pytest.mark.parametrize(
    ("share", "signed", "state", "sure"),
    [
        (Share(2, 40), True, State.WEAK, Sure.QUITE),
        (Share(18, 40), True, State.WEAK, Sure.FAIRLY),
        (Share(3, 7), True, State.WEAK, Sure.NOT_YET),
        (Share(24, 40), True, State.GROWING, Sure.NOT_YET),
        (Share(32, 40), True, State.MASTERED, Sure.FAIRLY),
        (Share(39, 40), True, State.MASTERED, Sure.QUITE),
        (Share(6, 8), True, State.GROWING, Sure.NOT_YET),
        (Share(1, 5), True, State.UNKNOWN, Sure.NOT_YET),
    ],
)
def test_states(share: Share, signed: bool, state: State, sure: Sure) -> None:
    one = standings([session("a", 1, share, signed=signed)], [], today=TODAY)[Skill.OPEN_QUESTIONS]
    assert (one.state, one.sure) == (state, sure)


def test_a_coachs_word_weighs_more_than_the_machines() -> None:
    mixed = [session("a", 1, Share(20, 20)), session("b", 2, Share(0, 20), signed=False)]
    measured = standings(mixed, [], today=TODAY)[Skill.OPEN_QUESTIONS].measured
    assert measured is not None
    assert measured.value == pytest.approx(2 / 3)
    assert (measured.sessions, measured.signed_off) == (2, 1)


def tries(skill: Skill, outcomes: str, *, level: int = 2, days_ago: int = 0) -> list[Attempt]:
    return [
        Attempt(f"{skill.value}-{n}", skill, level, met == "+", NOW - timedelta(days=days_ago, hours=8 - n))
        for n, met in enumerate(outcomes)
    ]


def test_exercises_move_a_skill_without_making_it_quite_sure() -> None:
    weak = [session("a", 1, Share(2, 40))]
    skill = Skill.OPEN_QUESTIONS
    state = lambda sessions, outcomes: standings(sessions, tries(skill, outcomes), today=TODAY)[skill].state  # noqa: E731
    assert state(weak, "++++") is State.WEAK
    assert state(weak, "++++++") is State.GROWING
    assert state([session("a", 1, Share(39, 40))], "-----+") is State.GROWING
    assert state([], "--") is State.UNKNOWN
    assert state([], "---+") is State.WEAK
    assert state([], "++++++") is State.MASTERED
    assert standings([], tries(skill, "+" * 8), today=TODAY)[skill].sure is Sure.FAIRLY
    before_the_session = tries(skill, "++++++", days_ago=5)
    assert standings(weak, before_the_session, today=TODAY)[skill].state is State.WEAK


def test_every_thing_to_try_names_a_skill() -> None:
    assert set(NOTED) == {one.name for one in TRIES}


def test_who_chooses_what() -> None:
    weak = (session("a", 1, Share(2, 40)),)
    plan = lambda **more: make_plan(History(weak, **more), LIBRARY, now=NOW).choice  # noqa: E731
    assert plan().reason == (
        "In your last role play 5\u00a0% of your questions were open (likely 2 to 14\u00a0%), and half or more is fair."
    )
    noted = plan(noted=Skill.AFFIRMING)
    assert (noted.skill, noted.reason) == (
        Skill.AFFIRMING, "Your coach’s last feedback gave you this to try: affirming."
    )  # fmt: skip
    coach = Wish(Skill.PERMISSION, By.COACH, NOW - timedelta(days=2))
    own = Wish(Skill.AUTONOMY, By.TRAINEE, NOW - timedelta(days=1))
    assert plan(wishes=(coach,)).reason == "Your coach suggests that you practise giving advice with permission."
    assert plan(wishes=(coach, own)).reason == "You chose to practise emphasising choice."
    mastered = tuple(tries(Skill.AUTONOMY, "++++++++"))
    assert plan(wishes=(own,), attempts=mastered).skill is Skill.OPEN_QUESTIONS  # it has done its work


def test_with_nothing_known_the_day_shows_where_somebody_stands() -> None:
    plan = make_plan(History(), LIBRARY, now=NOW)
    assert plan.baseline
    assert [one.skill for one in plan.today] == [Skill.OPEN_QUESTIONS, Skill.REFLECTIONS, Skill.AFFIRMING]
    assert {one.level for one in plan.today} == {1}
    assert "no conversation shows yet" in plan.choice.reason.lower()
    assert make_plan(History(), (), now=NOW).today == ()
    first = plan.today[0]
    after = make_plan(History((), (Attempt(first.id, first.skill, 1, False, NOW),)), LIBRARY, now=NOW)
    assert after.baseline  # until the day is over
    assert after.today == plan.today[1:]
    tomorrow = make_plan(History((), (Attempt(first.id, first.skill, 1, False, NOW),)), LIBRARY, now=NOW + timedelta(1))
    assert not tomorrow.baseline


def test_two_of_the_skill_and_one_that_is_due() -> None:
    growing = tries(Skill.EVOKING, "+-+", level=1, days_ago=30)
    plan = make_plan(History((session("a", 1, Share(2, 40)),), tuple(growing)), LIBRARY, now=NOW)
    assert [one.skill for one in plan.today] == [Skill.OPEN_QUESTIONS, Skill.OPEN_QUESTIONS, Skill.EVOKING]


def test_after_todays_there_is_a_next_day() -> None:
    done = make_plan(History(), LIBRARY, now=NOW).today
    attempts = tuple(Attempt(one.id, one.skill, one.level, True, NOW) for one in done)
    after = make_plan(History((), attempts), LIBRARY, now=NOW)
    assert (after.today, after.done) == ((), tuple(one for one in LIBRARY if one in done))
    assert after.next_on == TODAY + timedelta(days=1)


def test_levels_go_up_and_down() -> None:
    skill = Skill.AFFIRMING
    attempts = [Attempt(str(n), skill, level, met, NOW + timedelta(minutes=n)) for n, (level, met) in enumerate(
        [(1, True), (1, True), (2, True), (2, True), (3, False), (3, False)]
    )]  # fmt: skip
    seen = [levels(attempts[:n])[skill] for n in range(7)]
    assert seen == [1, 1, 2, 2, 3, 3, 2]
    again = [Attempt("0", skill, 1, True, NOW + timedelta(minutes=n)) for n in range(5)]
    assert levels(again)[skill] == 1  # the same one over and over shows little


def test_what_was_missed_comes_back_sooner() -> None:
    missed, met = tries(Skill.AFFIRMING, "-"), tries(Skill.AFFIRMING, "+")
    id_ = missed[0].exercise
    assert due_at(missed)[id_] - missed[0].at == timedelta(days=1)
    late = [*missed, replace(met[0], at=missed[0].at + timedelta(minutes=5))]
    assert due_at(missed)[id_] <= due_at(late)[id_] < due_at(met)[id_]
    twice = [*met, replace(met[0], at=due_at(met)[id_])]
    assert due_at(twice)[id_] - twice[1].at > due_at(met)[id_] - met[0].at


def test_the_dose() -> None:
    began = TODAY - timedelta(days=300)
    days = [TODAY - timedelta(days=one) for one in (200, 170, 90, 61)]
    dose = dose_of(days, began_on=began, days=60, today=TODAY)
    assert (dose.had, dose.last_on, dose.fading) == (3, days[-1], True)
    assert not dose_of([*days, TODAY], began_on=began, days=60, today=TODAY).fading
    new = dose_of([], began_on=TODAY - timedelta(days=10), days=60, today=TODAY)
    assert (new.had, new.last_on, new.fading, new.due_on) == (0, None, False, TODAY + timedelta(days=50))
