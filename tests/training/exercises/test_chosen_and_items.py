"""What is chosen, scored; and the figures of exercises, worked out a second time by other means."""

from collections import defaultdict
from random import Random
from uuid import UUID, uuid4

import numpy as np
import pytest
from scipy.stats import binomtest, kendalltau, pointbiserialr

from coding.scheme.codes import Behaviour, ClientTalk
from models.exercise import Outcome
from training.exercises.chosen import (
    ChoiceMissing,
    kendall_tau,
    nearness,
    out_of_place,
    outcome_of,
    pieces_heard,
    read_choice,
    shown_order,
)
from training.exercises.format import HearTheChangeTalk, OrderTheSummary, SpotTheCode, TalkPiece
from training.exercises.items import FEWEST, FEWEST_TO_COMPARE, FirstTry, items
from training.skills import Skill

HEAD = {"id": "x", "prompt": "P", "setting": "S", "explain": "E", "skill": Skill.HEARING_CODES}
SPOT = SpotTheCode(
    kind="spot_the_code", line="You care.", options=[Behaviour.AF, Behaviour.CR, Behaviour.NC], answer=Behaviour.AF,
    apart={Behaviour.AF: 3, Behaviour.CR: 1}, **HEAD,
)  # fmt: skip
HEAR = HearTheChangeTalk(
    kind="hear_the_change_talk", goal="Less",
    pieces=[TalkPiece(text=str(at), code=code) for at, code in enumerate(("CT", "ST", "FN"))], **HEAD,
)  # fmt: skip
ORDER = OrderTheSummary(kind="order_the_summary", pieces=["a", "b", "c", "d"], also=[[2, 1, 3, 4]], **HEAD)


def test_a_code_that_others_gave_too_is_no_mistake() -> None:
    assert outcome_of(SPOT, "AF") is Outcome.MET
    assert outcome_of(SPOT, "CR") is Outcome.PARTLY
    assert outcome_of(SPOT, "NC") is Outcome.NOT_YET
    with pytest.raises(ChoiceMissing):
        read_choice(SPOT, {"choice": "Q"})


def test_pieces_are_heard_one_by_one() -> None:
    sent = {"piece-0": "CT", "piece-1": "ST", "piece-2": "ST"}
    choice = read_choice(HEAR, sent)
    assert choice == "CT,ST,ST"
    assert outcome_of(HEAR, choice) is Outcome.PARTLY
    assert [one.same for one in pieces_heard(HEAR, choice)] == [True, True, False]
    assert pieces_heard(HEAR, choice)[2].code is ClientTalk.FN
    assert outcome_of(HEAR, "CT,ST,FN") is Outcome.MET
    assert outcome_of(HEAR, "ST,CT,ST") is Outcome.NOT_YET
    with pytest.raises(ChoiceMissing) as told:
        read_choice(HEAR, sent | {"piece-1": ""})
    assert set(told.value.fields) == {"piece-1"}


def test_an_order_is_near_the_nearest_good_one() -> None:
    assert read_choice(ORDER, {"piece-0": "2", "piece-1": "1", "piece-2": "3", "piece-3": "4"}) == "2,1,3,4"
    assert outcome_of(ORDER, "1,2,3,4") is outcome_of(ORDER, "2,1,3,4") is Outcome.MET
    assert outcome_of(ORDER, "1,2,4,3") is Outcome.PARTLY
    assert out_of_place(ORDER, [1, 2, 4, 3]) == [(4, 3)]
    assert outcome_of(ORDER, "4,3,2,1") is Outcome.NOT_YET
    assert nearness(ORDER, [2, 1, 4, 3]) == pytest.approx(4 / 6)
    for twice in ({"piece-0": "1", "piece-1": "1", "piece-2": "3", "piece-3": "4"}, {}):
        with pytest.raises(ChoiceMissing):
            read_choice(ORDER, twice)


def test_what_is_shown_is_no_good_order_and_always_the_same() -> None:
    assert shown_order(ORDER) == shown_order(ORDER)
    assert outcome_of(ORDER, ",".join(str(one + 1) for one in shown_order(ORDER))) is not Outcome.MET


def test_nearness_is_kendalls_tau() -> None:
    chance = Random(7)
    for _ in range(50):
        order = list(range(1, 8))
        chance.shuffle(order)
        assert kendall_tau(order, range(1, 8)) == pytest.approx(
            kendalltau(range(7), np.argsort(np.argsort(order))).statistic
        )


def made_up(people: int, exercises: int) -> list[FirstTry]:
    """Some are better than others, some exercises harder, and not everybody has done all."""
    chance = Random(3)
    ids = [UUID(int=number) for number in range(people)]
    return [
        FirstTry(
            who, f"e{at}", chance.random() < (place + 1) / (people + 1) * (1 - at / exercises / 2),
            chance.choice(["AF", "CR"]), chance.randrange(10, 300),
        )
        for place, who in enumerate(ids) for at in range(exercises) if chance.random() < 0.8
    ]  # fmt: skip


def test_figures_of_exercises_are_what_other_means_give() -> None:
    tries = made_up(40, 9)
    found = items(tries, {"e0": [True, False, False]})
    assert (found["e0"].objections, found["e0"].upheld) == (3, 1)
    by_person = defaultdict(dict)
    for one in tries:
        by_person[one.person_id][one.exercise] = one
    for name, item in found.items():
        mine = [own[name] for own in by_person.values() if name in own]
        met = [one.met for one in mine]
        assert item.people == len(mine)
        assert item.met == pytest.approx(np.mean(met))
        low, high = binomtest(sum(met), len(met)).proportion_ci(0.9, method="wilson")
        assert (item.low, item.high) == (pytest.approx(low), pytest.approx(high))
        assert item.seconds == pytest.approx(np.median([one.seconds for one in mine]))
        rest = [
            (own[name].met, np.mean([one.met for other, one in own.items() if other != name]))
            for own in by_person.values() if name in own and len(own) > 3
        ]  # fmt: skip
        assert item.compared == len(rest)
        expected = pointbiserialr([one for one, _ in rest], [other for _, other in rest]).statistic
        assert item.discrimination == pytest.approx(expected)
        wrong = [one.choice for one in mine if not one.met]
        assert dict(item.wrong) == {choice: wrong.count(choice) for choice in set(wrong)}


def test_of_few_people_nothing_is_shown() -> None:
    tries = [FirstTry(uuid4(), "e", True, None, 20) for _ in range(FEWEST - 1)]
    few = items(tries, {"e": [True]})["e"]
    assert (few.shown, few.people, few.met, few.seconds, few.objections, few.wrong) == (False, 4, None, None, 0, ())
    more = items([*tries, FirstTry(uuid4(), "e", False, None, None)], {})["e"]
    assert more.shown
    assert more.discrimination is None, f"it needs {FEWEST_TO_COMPARE} people who did others too"
