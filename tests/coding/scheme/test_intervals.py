import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, QuestionType
from coding.scheme.counts import BehaviourCounts, count, longest_question_run
from coding.scheme.intervals import Intervals, Uncertain, intervals
from coding.scheme.summary import Figure, ScoreName, count_scores
from coding.scheme.volleys import volley_indices
from tests.coding.scheme.conversations import C, P, conversations

B, T, S = Behaviour, ClientTalk, ScoreName


def uncertain(conversation: list[CodedUtterance], sure: float = 1.0) -> list[Uncertain]:
    doubtful = []
    for utterance, volley in zip(conversation, volley_indices(conversation), strict=True):
        codes: list[Code] = list(B) if utterance.speaker is P else list(T)
        rest = (1 - sure) / (len(codes) - 1)
        shares = {code: sure if code is utterance.code else rest for code in codes}
        is_open = utterance.subtype is QuestionType.OPEN
        doubtful.append(Uncertain(utterance.speaker, volley, shares, sure if is_open else 1 - sure))
    return doubtful


def figures(conversation: list[CodedUtterance]) -> tuple[Figure, ...]:
    return count_scores(count(conversation), questions_in_a_row=longest_question_run(conversation))


@given(conversations)
def test_without_doubt_an_interval_is_its_value(conversation: list[CodedUtterance]) -> None:
    counts = count(conversation)
    found = intervals(uncertain(conversation), draws=20)
    assert found.counts == {code: (counts[code], counts[code]) for code in (*B.counted(), *T)}
    for figure in figures(conversation):
        if figure.name is not S.TALK_SHARE:  # no code moves it
            assert found.scores.get(figure.name) == (None if figure.value is None else (figure.value, figure.value))


@given(conversations, st.floats(0.3, 1))
def test_an_interval_holds_its_value(conversation: list[CodedUtterance], sure: float) -> None:
    found = intervals(uncertain(conversation, sure), draws=50)
    for figure in map(found.around, figures(conversation)):
        if figure.low is not None and figure.high is not None:
            assert figure.value is not None
            assert figure.low <= figure.value <= figure.high
    counts = count(conversation)
    for code, (low, high) in found.around_counts(counts).items():
        assert low <= counts[code] <= high


def test_the_likeliest_codes_can_lie_outside_the_draws() -> None:
    found = intervals([Uncertain(P, i, {B.Q: 0.55, B.NC: 0.45}) for i in range(40)])
    low, high = found.counts[B.Q]
    assert low < 22 < high < 40
    assert found.around_counts(BehaviourCounts(40, {B.Q: 40}))[B.Q] == (low, 40)
    assert found.around_counts(BehaviourCounts(40, {B.NC: 40}))[B.Q] == (0, high)


def test_an_interval_is_widened_to_its_value_and_no_further() -> None:
    found = Intervals(counts={}, scores={S.PERCENT_COMPLEX: (30.0, 40.0)})
    for value, expected in ((20.0, (20.0, 40.0)), (35.0, (30.0, 40.0)), (60.0, (30.0, 60.0))):
        around = found.around(Figure(S.PERCENT_COMPLEX, value))
        assert (around.low, around.high) == expected


@pytest.mark.parametrize(("part", "whole"), [(7, 25), (29, 100)])
def test_a_sure_percentage_has_no_rounding_error(part: int, whole: int) -> None:
    sure: list[dict[Code, float]] = [{B.CR if i < part else B.SR: 1.0} for i in range(whole)]
    found = intervals([Uncertain(P, i, shares) for i, shares in enumerate(sure)], draws=10)
    assert found.scores[S.PERCENT_COMPLEX] == (100 * part / whole,) * 2


def test_the_slots_hold_in_every_draw() -> None:
    """Two utterances, each simple or complex: always one reflection, complex in 3 of 4 draws; so too persuasion."""
    either: dict[Code, float] = {B.SR: 0.5, B.CR: 0.5}
    push: dict[Code, float] = {B.PERSUADE: 0.5, B.PWP: 0.5}
    found = intervals([Uncertain(P, i // 2, either) for i in range(400)], draws=1000)
    assert found.counts[B.CR][0] < 150 < found.counts[B.CR][1]
    assert found.counts[B.SR][0] < 50 < found.counts[B.SR][1]
    assert found.counts[B.SR][1] < 75
    assert intervals([Uncertain(P, 0, push)] * 60).counts[B.PERSUADE] == (0, 0)


def test_no_interval_where_most_draws_cannot_be_scored() -> None:
    """One utterance is a question with the given probability, otherwise there is nothing to divide by."""
    for asked, known in ((0.3, False), (0.7, True)):
        found = intervals([Uncertain(P, 0, {B.Q: asked, B.NC: 1 - asked}), Uncertain(P, 1, {B.SR: 1.0})])
        assert (S.REFLECTION_TO_QUESTION in found.scores) is known
        figure = Figure(S.REFLECTION_TO_QUESTION, None, note="No questions were asked.")
        assert found.around(figure) == figure


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="probability"):
        intervals([Uncertain(C, None, {B.Q: 1.0})])
    with pytest.raises(ValueError, match="volley"):
        intervals([Uncertain(P, None, {B.Q: 1.0})])
    with pytest.raises(ValueError, match="volley"):
        intervals([Uncertain(P, 1, {B.Q: 1.0}), Uncertain(P, 0, {B.Q: 1.0})])


def test_nothing_said_gives_counts_of_nothing() -> None:
    found = intervals([])
    assert set(found.counts.values()) == {(0, 0)}
    assert S.REFLECTION_TO_QUESTION not in found.scores


def test_more_doubt_is_a_wider_interval() -> None:
    conversation = [
        CodedUtterance(i, 0, P if i % 2 else C, "Some words here.", B.Q if i % 4 == 1 else B.SR if i % 2 else T.CT)
        for i in range(80)
    ]
    widths = []
    for sure in (0.95, 0.6):
        found: Intervals = intervals(uncertain(conversation, sure))
        low, high = found.scores[S.REFLECTION_TO_QUESTION]
        widths.append(high - low)
    assert 0 < widths[0] < widths[1]
    assert intervals(uncertain(conversation, 0.6)) == intervals(uncertain(conversation, 0.6))


def test_the_interval_agrees_with_the_binomial() -> None:
    """40 client utterances, each change talk with probability .5: the middle 90 % of Binomial(40, .5) is 15 to 25."""
    shares: dict[Code, float] = {T.CT: 0.5, T.FN: 0.5}
    found = intervals([Uncertain(C, None, shares)] * 40, draws=4000)
    assert found.counts[T.CT] == (15, 25)
