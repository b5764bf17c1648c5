"""Themes are the team's: three people or none, with an interval that knows that people differ."""

from hypothesis import given
from hypothesis import strategies as st

from training.plan.measures import MEASURES
from training.plan.standing import pooled
from training.plan.values import Share
from training.skills import Skill
from training.supervision.themes import MOST, OfSession, team_share, themes_of

CR, OPEN, RQ = Skill.COMPLEX_REFLECTIONS, Skill.OPEN_QUESTIONS, Skill.REFLECTIONS


def of(person: str, **shares: tuple[int, int]) -> OfSession:
    return OfSession(person, {Skill(name): Share(*share) for name, share in shares.items()})


def test_three_people_stand_behind_a_theme_or_it_is_not_named() -> None:
    two = [
        of("a", complex_reflections=(2, 20)),
        of("b", complex_reflections=(2, 20)),
        of("a", complex_reflections=(1, 9)),
    ]
    assert themes_of(two) == ()
    [theme] = themes_of([*two, of("c", complex_reflections=(1, 10))])
    assert (theme.skill, theme.well, theme.people, theme.behind) == (CR, False, 3, 3)
    assert (theme.used, theme.chances) == (6, 59)
    one_is_weak = [
        of("a", complex_reflections=(0, 40)),
        of("b", complex_reflections=(9, 10)),
        of("c", complex_reflections=(9, 10)),
    ]
    assert themes_of(one_is_weak) == ()  # it would be that person's theme


def test_one_thing_goes_well_and_two_are_to_work_on() -> None:
    people = [
        of(who, open_questions=(9, 10), affirming=(5, 40), reflections=(2, 12), complex_reflections=(1, 10),
           permission=(0, 6))
        for who in "abcd"
    ]  # fmt: skip
    themes = themes_of(people)
    assert [one.well for one in themes] == [True, False, False]
    assert [one.skill for one in themes[1:]] == [Skill.PERMISSION, CR]  # the furthest from good
    assert len(themes_of([of(who, open_questions=(9, 10), affirming=(5, 40)) for who in "abc"])) == 2


def test_clear_concerns_is_not_said_twice() -> None:
    share = (20, 40)
    themes = themes_of([of(who, discord=share, clear_concerns=share) for who in "abc"])
    assert [one.skill for one in themes] == [Skill.CLEAR_CONCERNS]


def test_few_chances_say_nothing() -> None:
    least = MEASURES[CR].least
    assert themes_of([of(who, complex_reflections=(0, 1)) for who in "abc"]) == ()
    assert least > 3


counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(counts, min_size=3, max_size=12))
def test_the_interval_is_never_narrower_than_wilsons(each: list[tuple[int, int]]) -> None:
    shares = [Share(k, n) for k, n in each]
    value, low, high = team_share(shares)
    _, narrow_low, narrow_high = pooled([(1.0, one) for one in shares])
    assert 0 <= low <= narrow_low <= value <= narrow_high <= high <= 1
    assert value == sum(k for k, _ in each) / sum(n for _, n in each)


def test_people_who_differ_widen_it() -> None:
    alike, apart = [Share(20, 40)] * 4, [Share(0, 40), Share(40, 40), Share(0, 40), Share(40, 40)]
    assert team_share(alike)[1] > team_share(apart)[1]
    assert team_share(apart)[2] > 0.9


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.dictionaries(st.sampled_from([CR, OPEN, RQ, Skill.EVOKING]), counts)),
        max_size=12,
    )
)
def test_whatever_the_sessions_no_theme_is_of_fewer_than_three(
    sessions: list[tuple[str, dict[Skill, tuple[int, int]]]],
) -> None:
    themes = themes_of([OfSession(who, {skill: Share(*one) for skill, one in own.items()}) for who, own in sessions])
    assert len(themes) <= MOST
    for one in themes:
        own = [(who, shares[one.skill]) for who, shares in sessions if one.skill in shares]
        assert 3 <= one.behind <= one.people == len({who for who, _ in own})
        assert (one.used, one.chances) == (sum(k for _, (k, _) in own), sum(n for _, (_, n) in own))
