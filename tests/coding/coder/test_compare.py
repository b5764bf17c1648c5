"""Two coders on the same conversations. The scripted coder says the code that an utterance begins with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from coding.coder.compare import Comparison, NothingToCompare, SpeakerComparison, compare
from coding.coder.compare_text import lines_of
from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.coder.twice_coded import GoldUnreadable, TwiceCodedConversation, code_with_both
from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from coding.transcript.limits import Limits
from coding.transcript.read import read_transcripts
from tests.coding.scripted_coder import ScriptedCoder

B = Behaviour


@dataclass
class Contrary(ScriptedCoder):
    """Says a question where the other says a simple reflection, and draws each turn as one utterance."""

    version: str = "contrary"

    def parse(self, turn: str, speaker: Speaker) -> list[str]:
        return [turn]

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]:
        return [
            replace(estimate, code=B.Q) if estimate.code is B.SR else estimate
            for estimate in super().code(conversation, change_goal=change_goal)
        ]


def csv_of(*rows: tuple[str, str, str], heading: str = "utterance,speaker,text,code") -> str:
    return "\n".join([heading, *(f"{place},{who},{text},{code}" for place, (who, text, code) in enumerate(rows, 1))])


GOLD = csv_of(
    ("practitioner", "Q How was it?", "Q"),
    ("practitioner", "SR You are tired.", "SR"),
    ("client", "CT I want to stop.", "CT"),
    ("practitioner", "SR You want to.", "CR"),
    ("client", "FN Hm.", "CT"),
    ("practitioner", "GI It helps.", "GI"),
)


def both(text: str, name: str = "talk.csv") -> list[TwiceCodedConversation]:
    parsed = read_transcripts(name, text.encode(), limits=Limits(speakers_at_least=1))
    return [code_with_both(one, first=ScriptedCoder(), second=Contrary()) for one in parsed]


def of(found: Comparison, speaker: Speaker) -> SpeakerComparison:
    (one,) = [one for one in found.speakers if one.speaker is speaker]
    return one


def test_how_far_they_say_the_same_by_hand() -> None:
    found = compare(both(GOLD))
    said = of(found, Speaker.PRACTITIONER)
    # A: Q SR SR GI, B: Q Q Q GI. The same 2 of 4; by chance (1·3 + 1·1) / 16.
    assert (said.same, said.between.kappa) == (0.5, pytest.approx((8 - 4) / (16 - 4)))
    told = {code: (first, second) for code, first, second in said.said if first or second}
    assert told == {B.GI: (1, 1), B.Q: (1, 3), B.SR: (2, 0)}
    client = of(found, Speaker.CLIENT)
    assert (client.same, client.between.kappa) == (1, 1)
    assert (ClientTalk.CT, 1, 1) in client.said


def test_reflections_to_questions_are_of_volleys() -> None:
    """Three volleys: Q+SR, SR, GI for A; Q, Q, GI for B, whose two questions at first are one; gold Q+SR, CR, GI."""
    found = compare(both(GOLD))
    assert found.reflections_to_questions is not None
    assert (found.reflections_to_questions.first, found.reflections_to_questions.second) == (2, 0)
    assert found.gold_reflections_to_questions == 2
    swapped = [replace(talk, first=talk.second, second=talk.first) for talk in both(GOLD)]
    assert compare(swapped).reflections_to_questions == replace(found.reflections_to_questions, first=0, second=2)


def test_no_question_is_no_rate() -> None:
    text = csv_of(("practitioner", "GI It helps.", ""), ("client", "FN Hm.", ""))
    found = compare(both(text))
    assert found.reflections_to_questions is None
    assert "no rate to compare" in "\n".join(lines_of(found))


def test_against_gold_by_hand() -> None:
    against = of(compare(both(GOLD)), Speaker.PRACTITIONER).against_gold
    assert against is not None
    by_code = {one.name: (one.first, one.second) for one in against.by_code}
    # Gold Q SR CR GI. A has Q and GI right, SR once of two said; B has Q once of three said. Neither has CR.
    assert by_code == {
        "GI": (1, 1), "Q": (1, pytest.approx(1 / 2)), "SR": (pytest.approx(2 / 3), 0), "CR": (0, 0),
    }  # fmt: skip
    assert (against.macro.first, against.macro.second) == pytest.approx(((1 + 1 + 2 / 3) / 4, 1.5 / 4))
    assert all(one.interval is None for one in (against.macro, *against.by_code))
    client = of(compare(both(GOLD)), Speaker.CLIENT).against_gold
    assert client is not None
    assert client.macro.first == client.macro.second == pytest.approx(2 / 3)


def test_files_that_draw_no_utterances_are_drawn_by_the_first_for_both() -> None:
    text = "Worker: Q How was it? SR You are tired.\nParent: CT I want to stop.\n"
    (talk,) = both(text, "talk.txt")
    assert talk.drawn
    assert [(one.first, one.second) for one in talk.utterances if one.speaker is Speaker.PRACTITIONER] == [
        (B.Q, B.Q),
        (B.SR, B.Q),
    ]
    assert all(one.gold is None for one in talk.utterances)


def test_a_turn_in_which_the_first_finds_no_utterance_is_left_out_of_both() -> None:
    class Deaf(ScriptedCoder):
        def parse(self, turn: str, speaker: Speaker) -> list[str]:
            return [] if turn == "Hm." else [turn]

    (parsed,) = read_transcripts("talk.txt", b"Worker: Q How was it?\nParent: Hm.\nWorker: GI It helps.\n")
    talk = code_with_both(parsed, first=Deaf(), second=ScriptedCoder())
    assert [(one.first, one.second) for one in talk.utterances] == [(B.Q, B.Q), (B.GI, B.GI)]


def test_codes_of_whole_turns_and_of_a_machine_are_named() -> None:
    whole_turns = both("speaker,text,code\npractitioner,Q How was it? SR You are tired.,Q\nclient,CT I want to.,CT\n")
    machines = both(
        "utterance,speaker,text,code,confidence,unsure\n"
        "1,practitioner,Q How was it?,Q,0.9,no\n2,client,CT I want to.,CT,0.8,no\n"
    )
    found = compare([*whole_turns, *machines, *both(GOLD)])
    assert (found.conversations, found.drawn, found.unplaced_gold, found.coded_by_machine) == (3, 1, 1, 1)
    text = "\n".join(lines_of(found))
    assert "1 conversation with a column code but no column utterance" in text
    assert "1 conversation with the columns confidence and unsure" in text
    assert "Where the files draw no utterances (in 1 of them), A drew them" in text
    assert found.gold_reflections_to_questions is None  # two of three have gold, and a rate of two is not the others'


@pytest.mark.parametrize(("who", "code"), [("practitioner", "Advise"), ("client", "Q"), ("practitioner", "CT")])
def test_gold_that_a_speaker_cannot_have_is_named(who: str, code: str) -> None:
    text = csv_of((who, "Q How was it?", code), ("client" if who == "practitioner" else "practitioner", "Hm.", ""))
    with pytest.raises(GoldUnreadable, match=rf"talk, turn 1: .*“{code}”.* of a {who} are"):
        both(text)


def test_rows_without_gold_are_left_out_of_gold_alone() -> None:
    text = csv_of(("practitioner", "Q How?", " Q "), ("practitioner", "SR You are.", ""), ("client", "FN Hm.", ""))
    said = of(compare(both(text.replace(",code", ",Code", 1))), Speaker.PRACTITIONER)
    assert said.between.utterances == 2
    assert said.against_gold is not None
    assert said.against_gold.first.utterances == 1


def test_one_speaker_alone_and_nobody_at_all() -> None:
    found = compare(both(csv_of(("client", "CT I want to.", "CT"))))
    assert [one.speaker for one in found.speakers] == [Speaker.CLIENT]
    assert "Practitioner" not in "\n".join(lines_of(found))
    with pytest.raises(NothingToCompare):
        compare([])


def test_the_goal_reaches_both() -> None:
    first, second = ScriptedCoder(), Contrary()
    (parsed,) = read_transcripts("talk.csv", GOLD.encode())
    code_with_both(parsed, first=first, second=second, change_goal="drink less")
    assert first.goals == second.goals == ["drink less"]


def test_few_conversations_have_no_intervals_and_it_is_said() -> None:
    text = "\n".join(lines_of(compare(both(GOLD) * 9)))
    assert "Too few conversations to say how far chance goes, so no intervals" in text
    assert "cannot be told: 9 conversations with gold codes, and at least 10 are needed." in text
    assert " to +" not in text


def test_many_conversations_tell_which_is_nearer() -> None:
    found = compare(both(GOLD) * 12)
    text = "\n".join(lines_of(found))
    assert (
        "Larger than chance would make: A is nearer to gold on practitioner macro-F1, Q, SR. "
        "Any other difference in F1 may be chance." in text
    )
    assert "Reflections to questions: A 2.00, B 0.00, gold 2.00. B less A: -2.000" in text
    assert "This is larger than chance would make." in text
    practitioner = of(found, Speaker.PRACTITIONER)
    assert practitioner.same_interval is not None
    assert 0 <= practitioner.same_interval.low <= practitioner.same <= practitioner.same_interval.high <= 1


def test_the_same_coder_twice_is_no_difference() -> None:
    parsed = read_transcripts("talk.csv", GOLD.encode())
    talks = [code_with_both(one, first=ScriptedCoder(), second=ScriptedCoder()) for one in parsed * 12]
    text = "\n".join(lines_of(compare(talks)))
    assert "No difference in F1 between A and B is larger than chance would make." in text
    assert "This is larger" not in text


def test_a_code_that_gold_has_in_few_conversations_is_not_told() -> None:
    rare = GOLD.replace("GI It helps.,GI", "AF Well done.,AF")
    text = "\n".join(lines_of(compare([*both(GOLD) * 12, *both(rare) * 3])))
    assert "Cannot be told for AF: too few conversations have gold codes of that kind." in text
