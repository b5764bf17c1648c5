"""One conversation from turns to scores: the same for a session in the database and for `evoke code`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coding.coder.globals import suggest_globals
from coding.coder.result import CodeEstimate, Coder, UtteranceToCode
from coding.scheme.codes import Behaviour, Code, QuestionType, Speaker
from coding.scheme.counts import BehaviourCounts, codes_of_volley, count, longest_question_run
from coding.scheme.intervals import Uncertain, intervals
from coding.scheme.summary import Figure, GlobalSuggestion, count_scores
from coding.scheme.volleys import volley_indices, volleys
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.roles import roles_of


@dataclass(frozen=True)
class TurnToCode:
    """`utterances` is empty when the turn still has to be parsed into them. Times are seconds."""

    speaker_label: str
    text: str
    utterances: tuple[str, ...] = ()
    started: float | None = None
    ended: float | None = None


@dataclass(frozen=True)
class CodedItem:
    """An utterance with its estimate and the volley it counts in (None for the client)."""

    utterance: UtteranceToCode
    estimate: CodeEstimate
    volley: int | None


@dataclass(frozen=True)
class CodedConversation:
    """`turns` hold their utterances; `roles` gives each turn's speaker. `practitioner_confidence` (0–1) is set when
    the practitioner was guessed from the words. `intervals_of` are 90 % intervals that hold the counts. `globals` are
    suggestions for a coach, one for each rating, and enter no score."""

    turns: tuple[TurnToCode, ...]
    roles: tuple[Speaker, ...]
    utterances: tuple[CodedItem, ...]
    volley_codes: tuple[tuple[int, Behaviour], ...]
    counts: BehaviourCounts
    intervals_of: dict[Code, tuple[int, int]]
    figures: tuple[Figure, ...]
    globals: tuple[GlobalSuggestion, ...]
    practitioner_labels: tuple[str, ...]
    practitioner_confidence: float | None


def turns_of_parsed(parsed: ParsedTranscript) -> list[TurnToCode]:
    return [
        TurnToCode(t.speaker_label, t.text, t.utterances if parsed.utterances_given else (), t.start, t.end)
        for t in parsed.turns
    ]


def code_conversation(
    turns: Sequence[TurnToCode], *, coder: Coder, change_goal: str = "", practitioner_labels: Sequence[str] = ()
) -> CodedConversation:
    """Finds the practitioner where `practitioner_labels` is empty, parses what is not parsed, codes and scores."""
    labels, confidence = tuple(practitioner_labels), None
    if not labels:
        labels, confidence = _guess_practitioner(turns)
    roles = tuple(Speaker.PRACTITIONER if t.speaker_label in labels else Speaker.CLIENT for t in turns)
    whole = tuple(
        turn if turn.utterances else replace(turn, utterances=tuple(coder.parse(turn.text, role)))
        for turn, role in zip(turns, roles, strict=True)
    )
    to_code = [
        UtteranceToCode(position, number, role, text)
        for position, (turn, role) in enumerate(zip(whole, roles, strict=True))
        for number, text in enumerate(turn.utterances)
    ]
    estimates = coder.code(to_code, change_goal=change_goal)
    coded = [estimate.of(utterance) for utterance, estimate in zip(to_code, estimates, strict=True)]
    in_volley = volley_indices(coded)
    doubt = intervals(
        [
            Uncertain(u.speaker, volley, e.probabilities, _open_share(e))
            for u, e, volley in zip(to_code, estimates, in_volley, strict=True)
        ]
    )
    counts = count(coded)
    return CodedConversation(
        turns=whole,
        roles=roles,
        utterances=tuple(CodedItem(u, e, volley) for u, e, volley in zip(to_code, estimates, in_volley, strict=True)),
        volley_codes=tuple(
            (volley.index, code) for volley in volleys(coded) for code in Behaviour if code in codes_of_volley(volley)
        ),
        counts=counts,
        intervals_of=doubt.around_counts(counts),
        figures=tuple(
            doubt.around(figure) for figure in count_scores(counts, questions_in_a_row=longest_question_run(coded))
        ),
        globals=suggest_globals(coded, has_change_goal=bool(change_goal.strip())),
        practitioner_labels=labels,
        practitioner_confidence=confidence,
    )


def _open_share(estimate: CodeEstimate) -> float:
    """The subtype carries no probability of its own yet, so the best one stands for certain."""
    if estimate.subtype is None:
        return 0.5
    return 1.0 if estimate.subtype is QuestionType.OPEN else 0.0


def _guess_practitioner(turns: Sequence[TurnToCode]) -> tuple[tuple[str, ...], float | None]:
    """One of the speakers whose labels do not say that they are clients; nobody when all of them say so."""
    from coding.coder.roles import who_is_practitioner

    roles = roles_of(dict.fromkeys(turn.speaker_label for turn in turns))
    said = [(t.speaker_label, t.text) for t in turns if roles[t.speaker_label] is not Speaker.CLIENT]
    if not said:
        return (), None
    guess = who_is_practitioner(said)
    return (guess.label,), guess.confidence
