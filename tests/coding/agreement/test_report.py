"""One call compares whole codings; each part is the part's own figure."""

import json
from dataclasses import replace

import numpy as np
import pytest

from coding.agreement.compared import OneCoding, compare, compared_as_json, compared_from_json
from coding.agreement.icc import icc
from coding.agreement.kappa import Weights, weighted_kappa
from coding.agreement.report import AgreementReport, agreement_report, report_of
from coding.agreement.statistic import Statistic, WhyNot
from coding.agreement.volleys import volley_agreement, volley_pairs
from coding.scheme.codes import Behaviour, ClientTalk, CodedUtterance
from coding.scheme.counts import count
from coding.scheme.summary import ScoreName
from tests.coding.scheme.conversations import C, P, said

B, T = Behaviour, ClientTalk


def talk(number: int, *, second: bool) -> list[CodedUtterance]:
    """The second coder hears a complex reflection in every third talk, and divides the practitioner's last turn."""
    last = "Well done for that, it took courage. Shall we look at Fridays?"
    ends = [(P, last[:36], B.AF), (P, last[37:], B.SEEK)] if second else [(P, last, B.AF)]
    reflection = B.CR if second and number % 3 == 0 else B.SR
    return said(
        (P, f"You miss the {number} of them.", reflection), (C, "I do miss them.", T.FN),
        *[(P, f"What else, then, number {ask}?", B.Q) for ask in range(number % 4)],
        (C, "I might ring her.", T.CT), (P, "It is up to you.", B.EMPHASIZE), (C, "I know, I know.", T.FN), *ends,
    )  # fmt: skip


def sessions(count: int) -> list[tuple[OneCoding, OneCoding]]:
    return [
        (
            OneCoding(talk(number, second=False), {"empathy": 1 + number % 5, "partnership": 3}),
            OneCoding(talk(number, second=True), {"empathy": min(5, 2 + number % 5) if number % 4 else None}),
        )
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def report() -> AgreementReport:
    return agreement_report(sessions(12), ratings=["empathy", "partnership"])


def test_codes_are_compared_on_utterances_that_both_drew(report: AgreementReport) -> None:
    questions = sum(number % 4 for number in range(12))
    place = report.practitioner.codes.index
    table = report.practitioner.table
    assert (table[place(B.SR)][place(B.CR)], table[place(B.SR)][place(B.SR)], table[place(B.Q)][place(B.Q)]) == (
        4, 8, questions,
    )  # fmt: skip
    assert report.drawn.pairs == 12 * 6 + questions
    assert (report.drawn.only_first, report.drawn.only_second, report.drawn.moved) == (0, 12, 0)
    assert report.client.same.value == 1
    # Between questions, and where none is asked between the two things that the client says in one turn.
    both = sum(max(0, number % 4 - 1) + (number % 4 == 0) for number in range(12))
    assert report.drawn.boundaries.value == pytest.approx(2 * both / (both + both + 12))


def test_volleys_counts_scores_and_ratings_are_those_of_their_own_functions(report: AgreementReport) -> None:
    both = [(first.utterances, second.utterances) for first, second in sessions(12)]
    assert report.volleys == volley_agreement([volley_pairs(*pair) for pair in both])
    counts = [[count(one) for one in pair] for pair in both]
    for code, found in report.counts.items():
        assert found == icc([[one[code] for one in pair] for pair in counts])
    assert set(report.counts) == {*B.counted(), *T}
    assert report.scores[ScoreName.REFLECTION_TO_QUESTION].items == 9  # three asked nothing
    assert report.counts[B.SEEK].value == pytest.approx(0)
    rated = [(a.ratings["empathy"], b.ratings["empathy"]) for a, b in sessions(12)]
    assert report.ratings["empathy"].icc == icc(rated)
    assert report.ratings["empathy"].icc.items == 9
    assert report.ratings["empathy"].kappa == weighted_kappa([[one] for one in rated], range(1, 6), Weights.QUADRATIC)
    assert report.ratings["partnership"].icc.why is WhyNot.NOTHING_TWICE


def test_a_line_given_to_the_other_speaker_is_in_no_table() -> None:
    first = talk(0, second=False)
    second = [replace(one, speaker=P, code=B.NC) if place == 1 else one for place, one in enumerate(first)]
    found = agreement_report([(OneCoding(first), OneCoding(second))])
    assert (found.drawn.moved, found.client.kappa.items) == (1, 2)


def test_of_nothing_every_figure_says_so() -> None:
    found = agreement_report([], ratings=["empathy"])
    statistics: list[Statistic] = [
        found.practitioner.kappa, found.client.same, found.drawn.boundaries, found.volleys.micro_f1,
        *found.counts.values(), *found.scores.values(), found.ratings["empathy"].icc, found.ratings["empathy"].kappa,
    ]  # fmt: skip
    assert {one.value for one in statistics} == {None}
    assert {one.why for one in statistics} == {WhyNot.NOTHING_TWICE}
    quiet = agreement_report([(OneCoding([]), OneCoding([]))])
    assert quiet.drawn.boundaries.why is WhyNot.NOTHING_DRAWN


def test_what_no_person_may_give_is_refused() -> None:
    with pytest.raises(ValueError, match="9 is not among"):
        agreement_report([(OneCoding([], {"empathy": 9}), OneCoding([], {"empathy": 3}))], ratings=["empathy"])
    wrong = [CodedUtterance(0, 0, P, "I might ring her.", T.CT)]
    with pytest.raises(ValueError, match="not among"):
        agreement_report([(OneCoding(wrong), OneCoding(wrong))])


def test_no_figure_is_ever_not_a_number() -> None:
    draw = np.random.default_rng(3)
    for number in range(12):
        some = sessions(int(draw.integers(0, 4)))
        found = repr(agreement_report(some[number % 2 :], ratings=["empathy"], draws=20))
        assert "nan" not in found
        assert "inf" not in found


def test_a_report_of_what_was_kept_is_the_same_to_the_last_digit() -> None:
    twice = sessions(12)
    kept = [json.loads(json.dumps(compared_as_json(compare(*both)))) for both in twice]
    assert "miss" not in json.dumps(kept)  # a word of it
    ratings = ["empathy", "partnership"]
    again = report_of([compared_from_json(one) for one in kept], ratings=ratings)
    assert repr(again) == repr(agreement_report(twice, ratings=ratings))
    one = compare(*twice[3])
    assert (one.lines, one.differ) == (one.pairs, 1)
