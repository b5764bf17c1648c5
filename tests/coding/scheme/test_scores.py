import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.authority import AuthorityRatings, SampleSupport, sample_support
from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, QuestionType
from coding.scheme.counts import BehaviourCounts, count
from coding.scheme.glossary import CODES, HUMAN_AGREEMENT, SCORES, SUBTYPES, show, thresholds_shown
from coding.scheme.intervals import Intervals, Uncertain, intervals
from coding.scheme.summary import THRESHOLDS, Band, Figure, Globals, ScoreName, band_of, count_scores, global_scores
from coding.scheme.volleys import volley_indices
from tests.coding.scheme.conversations import C, P, conversations

B, T, S = Behaviour, ClientTalk, ScoreName


def scores(**counts: int) -> dict[ScoreName, Figure]:
    practitioner = {b: counts[b.value] for b in B if b.value in counts}
    client = {t: counts[t.value] for t in T if t.value in counts}
    return {f.name: f for f in count_scores(BehaviourCounts(20, practitioner, client))}


def test_scores_by_hand() -> None:
    found = scores(SR=6, CR=4, Q=5, AF=2, Seek=1, Emphasize=1, Confront=1, Persuade=2, GI=9, PWP=3, CT=3, ST=1, FN=8)
    assert found[S.REFLECTION_TO_QUESTION].value == 2
    assert found[S.REFLECTION_TO_QUESTION].band is Band.GOOD
    assert found[S.PERCENT_COMPLEX].value == 40
    assert found[S.PERCENT_COMPLEX].band is Band.FAIR
    assert found[S.MI_ADHERENT].value == 4
    assert found[S.MI_NON_ADHERENT].value == 3
    assert found[S.MI_ADHERENT].band is None
    assert found[S.PERCENT_CHANGE_TALK].value == 75


def test_nothing_to_divide_by_is_said_and_never_zero() -> None:
    found = scores()
    for name in (S.REFLECTION_TO_QUESTION, S.PERCENT_COMPLEX, S.PERCENT_CHANGE_TALK, S.PERCENT_OPEN, S.TALK_SHARE):
        assert found[name].value is None
        assert found[name].band is None
        assert found[name].note
    assert found[S.MI_ADHERENT].value == 0
    assert scores(Q=3)[S.REFLECTION_TO_QUESTION].value == 0


@pytest.mark.parametrize("name", list(THRESHOLDS))
def test_a_threshold_itself_is_reached(name: ScoreName) -> None:
    fair, good = THRESHOLDS[name]
    assert [band_of(name, v) for v in (fair - 0.01, fair, good - 0.01, good)] == [
        Band.BELOW_FAIR, Band.FAIR, Band.FAIR, Band.GOOD,
    ]  # fmt: skip


def test_globals_are_means_and_need_a_goal() -> None:
    technical, relational = global_scores(Globals(4, 5, 3, 4))
    assert (technical.value, technical.band) == (3.5, Band.FAIR)
    assert (relational.value, relational.band) == (4.5, Band.GOOD)
    without = global_scores(Globals(3, 3))[0]
    assert without.value is None
    assert without.note
    for wrong in ((0, 3), (3, 6)):
        with pytest.raises(ValueError, match="1 to 5"):
            Globals(*wrong)
    with pytest.raises(ValueError, match="1 to 5"):
        AuthorityRatings(child_focus=9)


def test_what_a_sample_supports() -> None:
    found = [sample_support(m) for m in (4.9, 5, 9.9, 10, 20)]
    weak = SampleSupport.WEAK_GLOBALS
    assert found == [SampleSupport.COUNTS_ONLY, weak, weak, SampleSupport.FULL, SampleSupport.FULL]


def uncertain(conversation: list[CodedUtterance], sure: float = 1.0) -> list[Uncertain]:
    doubtful = []
    for utterance, volley in zip(conversation, volley_indices(conversation), strict=True):
        codes: list[Code] = list(B) if utterance.speaker is P else list(T)
        rest = (1 - sure) / (len(codes) - 1)
        shares = {code: sure if code is utterance.code else rest for code in codes}
        is_open = utterance.subtype is QuestionType.OPEN
        doubtful.append(Uncertain(utterance.speaker, volley, shares, sure if is_open else 1 - sure))
    return doubtful


@given(conversations)
def test_without_doubt_an_interval_is_its_value(conversation: list[CodedUtterance]) -> None:
    counts = count(conversation)
    found = intervals(uncertain(conversation), draws=20)
    for code, (low, high) in found.counts.items():
        assert low == high == counts[code]
    for figure in count_scores(counts):
        around = found.around(figure)
        if figure.value is None:
            assert figure.name not in found.scores
        elif figure.name in found.scores:
            assert around.low == pytest.approx(figure.value)
            assert around.high == pytest.approx(figure.value)


@given(conversations, st.floats(0.3, 1))
def test_an_interval_holds_its_value(conversation: list[CodedUtterance], sure: float) -> None:
    found = intervals(uncertain(conversation, sure), draws=50)
    for figure in map(found.around, count_scores(count(conversation))):
        if figure.low is not None and figure.high is not None:
            assert figure.value is not None
            assert figure.low <= figure.value <= figure.high


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


def test_everything_is_explained() -> None:
    assert set(CODES) == {*B, *T}
    assert set(SCORES) == set(HUMAN_AGREEMENT) == set(S)
    assert all(e.one_line.endswith(".") for e in [*CODES.values(), *SCORES.values()])
    assert len(SUBTYPES) == 9
    assert thresholds_shown(S.REFLECTION_TO_QUESTION) == "fair from 1 : 1, good from 2 : 1"
    assert thresholds_shown(S.PERCENT_COMPLEX) == "fair from 40 %, good from 50 %"
    assert thresholds_shown(S.MI_ADHERENT) == ""
    assert show(S.REFLECTION_TO_QUESTION, 1.26) == "1.3 : 1"
