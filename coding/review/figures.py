"""What a draft counts to: its volleys, counts, summary scores, and how far a person has come with it."""

from dataclasses import dataclass

from coding.review.draft import Draft
from coding.scheme.codes import Behaviour, CodedUtterance
from coding.scheme.counts import BehaviourCounts, codes_of_volley, count, longest_question_run
from coding.scheme.summary import Figure, GlobalRating, Globals, ScoreName, count_scores, global_scores
from coding.scheme.volleys import volley_indices, volleys


@dataclass(frozen=True)
class DraftFigures:
    """`volley_of` gives for the key of each scored line its 0-based volley, None for the client's. `volley_codes` are
    the codes each volley counts. `scores` are in the order of ScoreName, without intervals: a person's have none.
    `uncoded` lines are still to be coded, `looked_at` were accepted or recoded, both of `lines` that are scored."""

    volley_of: dict[str, int | None]
    volley_codes: tuple[tuple[int, Behaviour], ...]
    counts: BehaviourCounts
    scores: tuple[Figure, ...]
    lines: int
    uncoded: int
    looked_at: int


def coded_utterances(draft: Draft) -> list[CodedUtterance]:
    """The lines that are scored. A turn is a run of lines of one speaker."""
    scored = {line.key for line in draft.scored_lines()}
    return [
        CodedUtterance(turn, number, line.role, line.text, line.code, line.subtype)
        for turn, lines in enumerate(draft.turns())
        for number, line in enumerate(lines)
        if line.key in scored
    ]


def figures_of(draft: Draft) -> DraftFigures:
    scored = draft.scored_lines()
    coded = coded_utterances(draft)
    counts = count(coded)
    ratings = Globals(**{one.value: draft.ratings.get(one.value) for one in GlobalRating})
    figures = (
        *global_scores(ratings),
        *count_scores(counts, questions_in_a_row=longest_question_run(coded)),
    )
    order = list(ScoreName)
    return DraftFigures(
        volley_of={line.key: volley for line, volley in zip(scored, volley_indices(coded), strict=True)},
        volley_codes=tuple(
            (volley.index, code) for volley in volleys(coded) for code in Behaviour if code in codes_of_volley(volley)
        ),
        counts=counts,
        scores=tuple(sorted(figures, key=lambda figure: order.index(figure.name))),
        lines=len(scored),
        uncoded=sum(line.code is None for line in scored),
        looked_at=sum(line.accepted for line in scored),
    )
