"""Volleys of two codings are held against each other though they are drawn differently."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import cohen_kappa_score, f1_score

from coding.agreement.statistic import WhyNot
from coding.agreement.volleys import VolleyPair, volley_agreement, volley_pairs
from coding.scheme.codes import Behaviour, ClientTalk, CodedUtterance
from coding.scheme.counts import codes_of_volley, count
from coding.scheme.volleys import volleys
from tests.coding.scheme.conversations import C, P, conversations, said

B, T = Behaviour, ClientTalk
TALK = said(
    (P, "So you miss the kids.", B.SR), (C, "Mm.", T.FN), (P, "What would help?", B.Q), (C, "A bed, I think.", T.CT),
    (P, "That took courage.", B.AF),
)  # fmt: skip


def sets(*pairs: tuple[set[Behaviour], set[Behaviour]]) -> list[VolleyPair]:
    return [VolleyPair(frozenset(first), frozenset(second)) for first, second in pairs]


@given(conversations)
def test_of_the_same_coding_twice_the_volleys_are_those_of_miti(conversation: list[CodedUtterance]) -> None:
    own = [codes_of_volley(volley) for volley in volleys(conversation)]
    assert volley_pairs(conversation, conversation) == tuple(VolleyPair(codes, codes) for codes in own)
    found = volley_agreement([volley_pairs(conversation, conversation)])
    assert found.volleys == found.alike == count(conversation).volleys
    assert {one.code: one.both for one in found.by_code if one.both} == dict(count(conversation).practitioner)


def test_a_code_that_ends_a_volley_for_one_coder_puts_volleys_together() -> None:
    no_question = [replace(TALK[0], code=B.GI), *TALK[1:]]  # "Mm" answers a reflection, and no information
    assert len(volleys(TALK)) == 3
    assert len(volleys(no_question)) == 2
    right = (
        VolleyPair(frozenset({B.SR, B.Q}), frozenset({B.GI, B.Q}), alike=False),
        VolleyPair(frozenset({B.AF}), frozenset({B.AF})),
    )
    assert volley_pairs(TALK, no_question) == right
    assert volley_pairs(no_question, TALK) == tuple(VolleyPair(p.second, p.first, p.alike) for p in right)


def test_utterances_drawn_differently_do_not_matter() -> None:
    whole = said((P, "You miss the kids. What would help?", B.Q), (C, "A bed, I think.", T.CT))
    parts = said((P, "You miss the kids.", B.SR), (P, "What would help?", B.Q), (C, "A bed, I think.", T.CT))
    assert volley_pairs(whole, parts) == (VolleyPair(frozenset({B.Q}), frozenset({B.SR, B.Q})),)


def test_a_volley_of_one_coder_alone_is_held_against_nothing() -> None:
    given_away = [*TALK[:4], replace(TALK[4], speaker=C, code=T.CT)]
    assert volley_pairs(TALK, given_away)[-1] == VolleyPair(frozenset({B.AF}), frozenset(), alike=False)
    assert volley_pairs(given_away, TALK)[-1] == VolleyPair(frozenset(), frozenset({B.AF}), alike=False)


def test_figures_are_those_of_scikit_learn() -> None:
    draw = np.random.default_rng(8)
    for _ in range(15):
        tables = draw.random((2, int(draw.integers(2, 40)), len(B.counted()))) < draw.choice([0.05, 0.4])
        first, second = ([frozenset(np.array(B.counted())[row]) for row in table] for table in tables)
        pairs = [VolleyPair(frozenset(map(B, a)), frozenset(map(B, b))) for a, b in zip(first, second, strict=True)]
        found = volley_agreement([pairs[:2], [], pairs[2:]])
        if tables.any():
            assert found.micro_f1.value == pytest.approx(f1_score(*tables, average="micro"))
        assert found.same.value == pytest.approx((tables[0] == tables[1]).all(axis=1).mean())
        for place, one in enumerate(found.by_code):
            columns = tables[:, :, place]
            assert (one.both, one.first, one.second) == (columns.all(axis=0).sum(), *columns.sum(axis=1))
            if not columns.any():
                assert one.kappa.why is WhyNot.NEITHER_USED
            else:
                assert one.kappa.value == pytest.approx(cohen_kappa_score(*columns))


def test_where_there_is_no_figure_it_says_why() -> None:
    nothing = volley_agreement([[], ()])
    assert (nothing.volleys, nothing.micro_f1.why, nothing.same.why) == (0, *[WhyNot.NOTHING_TWICE] * 2)
    assert {one.kappa.why for one in nothing.by_code} == {WhyNot.NOTHING_TWICE}
    empty = volley_agreement([sets((set(), set()))])
    assert (empty.same.value, empty.micro_f1.value, empty.micro_f1.why) == (1.0, None, WhyNot.NO_CODES)
    always = volley_agreement([sets(({B.Q}, {B.Q}), ({B.Q, B.AF}, {B.Q}))])
    assert {one.kappa.why for one in always.by_code if one.code is B.Q} == {WhyNot.BOTH_ALWAYS}
    assert [one.kappa.value for one in always.by_code if one.code is B.AF] == [0]


def test_intervals_are_from_draws_of_sessions() -> None:
    sessions = [
        sets(({B.Q}, {B.Q}), ({B.SR}, {B.CR} if number % 3 else {B.SR}), ({B.AF}, set())) for number in range(12)
    ]
    found = volley_agreement(sessions)
    of_sessions = np.array([2 / 5 if number % 3 else 4 / 5 for number in range(12)])
    error = of_sessions.std() / math.sqrt(11)
    assert found.micro_f1.value == pytest.approx(of_sessions.mean())
    assert found.micro_f1.low == pytest.approx(of_sessions.mean() - 2.201 * error, abs=0.01)
    assert found.micro_f1.high == pytest.approx(of_sessions.mean() + 2.201 * error, abs=0.01)
    assert volley_agreement(sessions) == found
    why = {one.code: one.kappa.why for one in found.by_code}
    assert (why[B.Q], why[B.CR]) == (WhyNot.NO_MOVEMENT, WhyNot.RARE)  # 8 sessions of the 12 have a complex reflection
