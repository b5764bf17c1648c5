"""The codings of made-up sessions, of a machine and of a coach: scores, figures, codes, ratings and feedback."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from benchmarks.programme_made import Made, Poured, Rows, sealed
from benchmarks.programme_people import Ids
from benchmarks.programme_talks import CLIENT, SUBTYPES, Codes, Talks, counts_of
from benchmarks.programme_words import PRACTITIONER_LABEL
from coding.coding_words import CodingWords
from coding.feedback.point import FeedbackWords, Point
from coding.scheme.summary import Figure, Globals, count_scores, global_scores
from models.coding import CODES, CodedBy, Coding, SuggestedGlobal
from models.feedback import Feedback
from models.figures import COUNTS, SessionFigure
from models.many_rows import row
from models.review import RATED, Rating, Review, ReviewState

MODEL = "made-up-1"


def add_coding(
    made: Made, rows: Rows, poured: Poured, ids: Ids, number: int, codes: Codes, lengths: Any,
    *, by: UUID | None = None, at: datetime | None = None, ratings: dict[str, int] | None = None,
) -> UUID:  # fmt: skip
    """By a machine ten minutes after the session, or by a person. With its scores and its row of figures."""
    at = at or made.at + timedelta(minutes=10)
    id_, held = ids.at(at), made.held
    stream = CodedBy.PERSON if by else CodedBy.MACHINE
    talk, counts = made.spoken, dict(zip(CODES, codes.counts[number].tolist(), strict=True))
    words, intervals = CodingWords((PRACTITIONER_LABEL,), talk.reasons, talk.of_globals), {}
    if by:
        words = CodingWords((PRACTITIONER_LABEL,), ("",) * len(talk.texts))
    elif talk.texts:
        intervals = {one: [many - many // 5, many + 2] for one, many in counts.items() if one != "NC"}
    rows[Coding].append(
        row(
            id=id_, transcript_id=made.transcript_id, coded_by=stream, model_version=None if by else MODEL,
            person_id=by, created_at=at, count_intervals=intervals,
            sealed=sealed(made, f"coding.sealed {id_}", asdict(words)),
        )
    )  # fmt: skip
    rows[SuggestedGlobal].extend(
        row(coding_id=id_, name=name, low=2, high=4, model_version=MODEL) for name in words.global_reasons
    )
    open_, closed = codes.open_closed[number].tolist()
    words_of_each = int(lengths[number]) * 5
    figures: list[Figure] = list(count_scores(counts_of(codes, number, (words_of_each, words_of_each))))
    if ratings is not None:
        given = {name: ratings[name] for name in RATED if name in Globals.__dataclass_fields__ and name in ratings}
        figures.extend(global_scores(Globals(**given)))
    poured["score"].extend(
        (
            id_.hex, one.name.value, one.value, *_around(one.value, known=by is not None),
            one.band.value if one.band else None, one.note,
        )
        for one in figures
    )  # fmt: skip
    rows[SessionFigure].append(
        row(
            session_id=made.id, coded_by=stream, coding_id=id_, organisation_id=held.authority.id,
            team_id=held.who.team, practitioner_id=held.who.id, kind=held.kind, picked=held.picked,
            model_version=None if by else MODEL, held_on=held.on, counted_on=at.date(), open_questions=open_,
            closed_questions=closed, **{column: counts[code] for column, code in COUNTS.items()},
            **{name: (ratings or {}).get(name) for name in RATED},
        )
    )  # fmt: skip
    return id_


def _around(value: float | None, *, known: bool) -> tuple[float | None, float | None]:
    return (None, None) if value is None or known else (round(value * 0.85, 4), round(value * 1.15, 4))


def add_review(
    made: Made, coding_id: UUID, rows: Rows, poured: Poured, ids: Ids, number: int, codes: Codes, lengths: Any,
    today: date,
) -> UUID | None:  # fmt: skip
    """A coach's coding with ratings, and feedback on it; None where nobody signed it off."""
    at = made.at + timedelta(hours=ids.dice.uniform(10, 500))
    if not made.held.signed or at.date() >= today:
        return None
    coach = made.held.authority.coaches[made.held.who.team]
    ratings = _ratings(made.held.who.skill, ids)
    id_ = add_coding(made, rows, poured, ids, number, codes, lengths, by=coach, at=at, ratings=ratings)
    review_id, feedback_id = ids.at(at), ids.at(at)
    rows[Review].append(
        row(
            id=review_id, session_id=made.id, transcript_id=made.transcript_id, coding_id=coding_id, reviewer_id=coach,
            state=ReviewState.SIGNED_OFF, blind=False, created_at=at - timedelta(hours=1), closed_at=at,
            made_coding_id=id_,
        )
    )  # fmt: skip
    for name, value in ratings.items():
        rating = ids.at(at)
        rows[Rating].append(
            row(
                id=rating, coding_id=id_, name=name, value=value,
                evidence=sealed(made, f"rating.evidence {rating}", []),
            )
        )  # fmt: skip
    words = FeedbackWords((Point("You gave back what mattered."),), Point("Ask a little less."))
    rows[Feedback].append(
        row(
            id=feedback_id, session_id=made.id, review_id=review_id, by_id=coach, changed_at=at, sent_at=at, read_at=at,
            sealed=sealed(made, f"feedback.sealed {feedback_id}", asdict(words)),
        )
    )  # fmt: skip
    return id_


def _ratings(skill: float, ids: Ids) -> dict[str, int]:
    """Most sessions have all; a change goal is missing from some, and what is the authority's own from others."""
    found = {name: min(5, max(1, round(ids.dice.gauss(3 + 0.6 * skill, 0.8)))) for name in RATED}
    if ids.dice.random() < 0.1:
        del found["cultivating_change_talk"], found["softening_sustain_talk"]
    if ids.dice.random() < 0.3:
        del found["child_focus"]
    return found


def pour_codes(
    poured: Poured, said: Talks, codes: Codes, coding_of: Sequence[str | None], first_id: int, sure: list[float] | None,
    *, shares: bool = False,
) -> None:  # fmt: skip
    """Of the sessions that have a coding. A machine says how sure it is, and with `shares` of each code."""
    certain: Sequence[float | None] = sure or [None] * len(said)
    poured["code"].extend(
        (coding_of[at], number, CODES[code], SUBTYPES[subtype], share, share is not None and share < 0.5,
         volley if volley >= 0 else None, _shares(CODES[code], share) if shares and share is not None else None)
        for number, at, code, subtype, share, volley in zip(
            range(first_id, first_id + len(said)), said.session.tolist(), codes.code.tolist(), codes.subtype.tolist(),
            certain, said.volley.tolist(), strict=True,
        )
        if coding_of[at] is not None
    )  # fmt: skip
    poured["volley_count"].extend(
        (coding_of[at], volley, CODES[code]) for at, volley, code in codes.volleys.tolist() if coding_of[at] is not None
    )


@cache
def _shares(code: str, share: float) -> str:
    """As `code.probabilities` keeps them: the rest is spread over the other codes of that speaker."""
    possible = CLIENT if code in CLIENT else [one for one in CODES if one not in CLIENT]
    rest = round((1 - share) / (len(possible) - 1), 4)
    return json.dumps({one: share if one == code else rest for one in possible})
