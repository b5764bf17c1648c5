from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from coding.scheme.summary import ScoreName
from models.practice import SessionKind
from training.progress.points import SessionPoint, Value
from training.progress.view import HEIGHT, NAME_HEIGHT, WIDTH, build_progress, difference_shown

START = date(2026, 1, 5)
COMPLEX = ScoreName.PERCENT_COMPLEX


def points(
    values: list[float],
    *,
    kind: SessionKind = SessionKind.ROLE_PLAY,
    checked: bool = False,
    drawn: bool = False,
    after: int = 0,
) -> list[SessionPoint]:
    """Twenty days apart, the first `after` so many days."""
    return [
        SessionPoint(
            uuid4(), START + timedelta(days=after + 20 * number), kind, checked,
            {COMPLEX: Value(value, *(() if checked else (max(0.0, value - 5), min(100.0, value + 5))))}, drawn,
        )
        for number, value in enumerate(values)
    ]  # fmt: skip


def test_kinds_are_never_mixed() -> None:
    mixed = [*points([10, 20]), *points([90, 95, 99], kind=SessionKind.SIMULATED)]
    mixed.sort(key=lambda one: one.held_on)
    view = build_progress(mixed)
    assert view.kind is SessionKind.SIMULATED  # the most
    assert [(tab.kind, tab.sessions) for tab in view.tabs] == [(SessionKind.ROLE_PLAY, 2), (SessionKind.SIMULATED, 3)]
    assert len(view.measures[0].dots) == view.sessions == 3
    role_plays = build_progress(mixed, kind=SessionKind.ROLE_PLAY)
    assert [dot.shown for dot in role_plays.measures[0].dots] == ["10\u00a0%", "20\u00a0%"]
    assert build_progress(mixed, kind=SessionKind.REAL_PRACTICE).kind is SessionKind.SIMULATED


def test_one_session_of_another_kind_does_not_hide_the_many() -> None:
    many, one = points([10, 20, 30]), points([90], kind=SessionKind.SIMULATED)
    assert build_progress([*many, *one]).kind is SessionKind.ROLE_PLAY
    assert build_progress([*many[:1], *one]).kind is SessionKind.SIMULATED  # of as many, the newest


def test_a_sentence_says_what_is_seen() -> None:
    few = build_progress(points([10, 20, 30]))
    assert few.measures[0].sentence.endswith("that takes 5 sessions that the machine alone coded, and there are 3.")
    assert few.sentence.startswith("With 2 more sessions of this kind")
    rising = build_progress(points([10, 21, 29, 41, 50, 61], checked=True))
    assert rising.measures[0].sentence.startswith(
        "It rose by about 51 points over 6 sessions that a coach has checked ("
    )
    # there is no other figure
    assert rising.sentence == "Over 6 sessions that a coach has checked, complex reflections rose."
    assert rising.compared == ""  # it is said of all
    both = [
        replace(one, scores=one.scores | {ScoreName.PERCENT_OPEN: Value(at)})
        for one, at in zip(points([10, 21, 29, 41, 50, 61]), [10, 60, 15, 55, 12, 58], strict=True)
    ]
    assert build_progress(both).sentence.endswith("complex reflections rose. Of the others nothing can be said yet.")
    shaking = build_progress(points([10, 60, 15, 55, 12, 58]))
    assert shaking.measures[0].sentence.startswith("No change that could not be chance (")
    assert shaking.sentence.startswith("Over 6 sessions that the machine alone coded nothing changed")
    soon = [replace(one, held_on=START) for one in points([10, 20, 30, 40, 50])]
    assert "lie within two weeks" in build_progress(soon).sentence


def test_nothing_falls_because_a_coach_began_to_check() -> None:
    kind_machine, strict_coach = points([60, 62, 61, 59, 60]), points([40, 41, 39, 40], checked=True, after=100)
    view = build_progress([*kind_machine, *strict_coach])
    (measure,) = view.measures
    assert (len(measure.dots), measure.direction) == (9, 0)
    assert measure.sentence.endswith("over 5 sessions that the machine alone coded).")
    assert view.compared == "5 sessions that the machine alone coded"


def test_a_coachs_codes_are_compared_where_there_are_enough() -> None:
    machine = points([70, 72, 71, 69, 70, 68, 71])
    view = build_progress([*machine, *points([10, 21, 29, 41, 50], checked=True, after=140)])
    assert view.measures[0].sentence.startswith("It rose by about 40 points over 5 sessions that a coach has checked (")
    assert view.sentence == "Over 5 sessions that a coach has checked, complex reflections rose."


def test_chosen_and_drawn_sessions_are_not_compared() -> None:
    chosen, drawn = points([60, 62, 61], checked=True), points([40, 41, 39, 40], checked=True, drawn=True, after=60)
    view = build_progress([*chosen, *drawn])
    assert view.measures[0].direction == 0
    assert view.measures[0].sentence == (
        "Too few to compare: that takes 5 drawn sessions that a coach has checked, and there are 4."
    )
    assert view.sentence == (
        "Too few sessions are alike to compare. With 1 more drawn session that a coach has checked, "
        "Evoke can say what changes and what is chance."
    )
    assert [dot.drawn for dot in view.measures[0].dots] == [False] * 3 + [True] * 4
    more = build_progress([*chosen, *points([61, 60], checked=True, after=200), *drawn])
    assert more.compared == "5 chosen sessions that a coach has checked"


def test_too_few_of_either_kind_of_codes_are_said() -> None:
    view = build_progress([*points([60, 62, 61, 60]), *points([40, 41, 39], checked=True, after=80)])
    assert view.measures[0].sentence.startswith("Too few to compare: that takes 5 sessions that the machine alone")


def test_dots_lie_inside_the_drawing() -> None:
    view = build_progress(points([0, 100, 50]))
    dots = view.measures[0].dots
    assert [(dot.x, dot.y) for dot in dots] == [(0, HEIGHT), (WIDTH / 2, 0), (WIDTH, HEIGHT / 2)]
    assert dots[0].y_low == HEIGHT
    many = SessionPoint(uuid4(), START, SessionKind.ROLE_PLAY, True, {ScoreName.REFLECTION_TO_QUESTION: Value(14.0)})
    alone = build_progress([many]).measures[0].dots[0]
    assert (alone.x, alone.y, alone.beyond) == (WIDTH / 2, 0, True)


def test_nothing_yet() -> None:
    assert build_progress([]).kind is None


def test_differences_are_shown_in_the_figures_own_unit() -> None:
    assert difference_shown(COMPLEX, 1.2) == "+1 point"
    assert difference_shown(COMPLEX, -18.4) == "−18 points"
    assert difference_shown(ScoreName.REFLECTION_TO_QUESTION, 0.61) == "+0.6"


def test_names_of_lines_stand_clear_of_each_other() -> None:
    (measure,) = build_progress(points([10, 20, 30])).measures
    fair, good = measure.lines
    assert (fair.y, good.y) == (HEIGHT * 0.6, HEIGHT * 0.5)
    assert fair.name_y - good.name_y >= NAME_HEIGHT
