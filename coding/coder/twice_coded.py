"""One conversation coded by two coders, row for row, beside the gold codes that its file may carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coding.coder.result import Coder
from coding.pipeline import CodedConversation, code_conversation, turns_of_parsed
from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, Speaker, parse_code
from coding.scheme.counts import BehaviourCounts, count
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.roles import practitioner_labels
from models.errors import EvokeError

CODES: dict[Speaker, tuple[Code, ...]] = {
    Speaker.PRACTITIONER: tuple(Behaviour),
    Speaker.CLIENT: tuple(ClientTalk),
}


class GoldUnreadable(EvokeError):
    code = "gold_unreadable"


@dataclass(frozen=True)
class TwiceCoded:
    """One utterance. `gold` is None where the file has no code for it."""

    speaker: Speaker
    first: Code
    second: Code
    gold: Code | None


@dataclass(frozen=True)
class TwiceCodedConversation:
    """`drawn` says that the first coder drew the utterances, since the file did not. `gold` is None unless every
    utterance of the practitioner has a gold code. `unplaced_gold` says that the file has codes, but of whole turns;
    `coded_by_machine` that its columns are those that `evoke code` writes."""

    utterances: tuple[TwiceCoded, ...]
    first: BehaviourCounts
    second: BehaviourCounts
    gold: BehaviourCounts | None
    drawn: bool
    unplaced_gold: bool
    coded_by_machine: bool


def code_with_both(
    parsed: ParsedTranscript, *, first: Coder, second: Coder, change_goal: str = ""
) -> TwiceCodedConversation:
    """Where the file draws no utterances the first coder does, for both, so that their rows are the same."""
    once = code_conversation(
        turns_of_parsed(parsed), coder=first, change_goal=change_goal,
        practitioner_labels=practitioner_labels(parsed),
    )  # fmt: skip
    again = code_conversation(
        [turn for turn in once.turns if turn.utterances], coder=second, change_goal=change_goal,
        practitioner_labels=once.practitioner_labels,
    )  # fmt: skip
    cells = [columns for turn in parsed.turns for columns in turn.columns]
    gold = _gold_of(parsed, once) if parsed.utterances_given else [None] * len(once.utterances)
    return TwiceCodedConversation(
        utterances=tuple(
            TwiceCoded(a.utterance.speaker, a.estimate.code, b.estimate.code, right)
            for a, b, right in zip(once.utterances, again.utterances, gold, strict=True)
        ),
        first=once.counts,
        second=again.counts,
        gold=_gold_counts(once, gold),
        drawn=not parsed.utterances_given,
        unplaced_gold=not parsed.utterances_given and any(_cell(columns, "code") for columns in cells),
        coded_by_machine=any(gold) and any(_cell(one, "confidence") and _cell(one, "unsure") for one in cells),
    )


def _gold_of(parsed: ParsedTranscript, coded: CodedConversation) -> list[Code | None]:
    """Raises GoldUnreadable."""
    gold: list[Code | None] = []
    for item in coded.utterances:
        turn = parsed.turns[item.utterance.turn]
        cell = _cell(turn.columns[item.utterance.utterance], "code") if turn.columns else ""
        try:
            gold.append(parse_code(item.utterance.speaker, cell) if cell else None)
        except ValueError:
            role = item.utterance.speaker
            raise GoldUnreadable(
                f"Transcript {parsed.transcript_id}, turn {turn.turn}: the column code says “{cell}”, and the codes of "
                f"a {role.value} are {', '.join(code.value for code in CODES[role])}. Correct the code; or, if "
                f"{turn.speaker_label} is not the {role.value}, call the speakers practitioner and client in the file."
            ) from None
    return gold


def _cell(columns: Mapping[str, str], name: str) -> str:
    return next((cell.strip() for heading, cell in columns.items() if heading.strip().casefold() == name), "")


def _gold_counts(coded: CodedConversation, gold: Sequence[Code | None]) -> BehaviourCounts | None:
    said = [item.utterance for item in coded.utterances]
    if any(one.speaker is Speaker.PRACTITIONER and right is None for one, right in zip(said, gold, strict=True)):
        return None
    return count(
        [
            CodedUtterance(one.turn, one.utterance, one.speaker, one.text, right)
            for one, right in zip(said, gold, strict=True)
        ]
    )
