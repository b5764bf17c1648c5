from datetime import date, timedelta
from uuid import uuid4

from coding.scheme.summary import ScoreName
from models.practice import SessionKind
from training.progress.points import SessionPoint, Value
from training.progress.since import MEASURE_OF, since_module
from training.skills import Skill

DAY = date(2026, 6, 1)


def point(day: date, value: float, *, checked: bool = True, drawn: bool = False) -> SessionPoint:
    return SessionPoint(
        uuid4(), day, SessionKind.ROLE_PLAY, checked, {ScoreName.PERCENT_OPEN: Value(value)}, drawn
    )  # fmt: skip


def test_sessions_before_and_since_are_compared() -> None:
    before = [point(DAY - timedelta(days=days), value) for days, value in ((60, 30), (30, 34), (0, 32))]
    after = [point(DAY + timedelta(days=days), value) for days, value in ((1, 60), (20, 64), (40, 62))]
    (found,) = since_module([*before, *after], [Skill.OPEN_QUESTIONS], completed_on=DAY)
    assert found.title == "Open questions"
    assert found.sentence == (
        "32\u00a0% before, 62\u00a0% since in sessions that a coach has checked (+27 points to +33 points)."
    )


def test_codes_of_a_coach_are_not_held_against_the_machines() -> None:
    before = [point(DAY - timedelta(days=days), 60 + days / 10, checked=False) for days in (60, 30, 10)]
    after = [point(DAY + timedelta(days=days), 40 + days / 10) for days in (1, 20, 40)]
    (found,) = since_module([*before, *after], [Skill.OPEN_QUESTIONS], completed_on=DAY)
    assert found.sentence.startswith("Three sessions that a coach has checked before and three since are needed")
    assert found.sentence.endswith("there are 0 and 3.")
    machine = [point(DAY + timedelta(days=days), 61 + days / 10, checked=False) for days in (2, 21, 41)]
    (found,) = since_module([*before, *machine, *after], [Skill.OPEN_QUESTIONS], completed_on=DAY)
    assert found.sentence.startswith("63\u00a0% before, 63\u00a0% since in sessions that the machine alone coded (")


def test_chosen_sessions_are_not_held_against_drawn_ones() -> None:
    before = [point(DAY - timedelta(days=days), 60 + days / 10) for days in (60, 30, 10)]
    after = [point(DAY + timedelta(days=days), 40 + days / 10, drawn=True) for days in (1, 20, 40)]
    (found,) = since_module([*before, *after], [Skill.OPEN_QUESTIONS], completed_on=DAY)
    assert "drawn sessions" in found.sentence
    assert found.sentence.endswith("there are 0 and 3.")


def test_too_few_are_said_and_old_ones_left_out() -> None:
    old = [point(DAY - timedelta(days=400), 10)] * 3
    (found,) = since_module([*old, point(DAY + timedelta(days=3), 60)], [Skill.OPEN_QUESTIONS], completed_on=DAY)
    assert found.sentence.endswith("there are 0 and 1.")


def test_a_change_that_can_be_chance_is_called_so() -> None:
    days = [point(DAY - timedelta(days=9), value) for value in (10, 70, 40)]
    days += [point(DAY + timedelta(days=9), value) for value in (20, 80, 50)]
    (found,) = since_module(days, [Skill.OPEN_QUESTIONS], completed_on=DAY)
    assert found.sentence.endswith("which can be chance.")


def test_figures_of_several_skills_stand_once() -> None:
    found = since_module([], [Skill.AFFIRMING, Skill.AUTONOMY, Skill.SUMMARIES], completed_on=DAY)
    assert [one.title for one in found] == ["MI-adherent"]
    assert {*MEASURE_OF} == {*Skill} - {Skill.SUMMARIES, Skill.HEARING_CODES}
