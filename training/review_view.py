"""A review for whoever works on it: its draft, what changed with a step, and what it counts to."""

from typing import Any

from coding.review.actions import Stepped
from coding.review.draft import Draft, draft_as_json, line_as_json
from coding.review.figures import DraftFigures, figures_of
from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.glossary import SCORES, show
from models.audit_hash import plain
from models.review import Review
from training.stretch_view import stretch_view

Data = dict[str, Any]


def review_state(review: Review, stepped: Stepped) -> Data:
    """All of it. `figures.volley_of` gives the 0-based volley by key, null for the client's lines."""
    figures = figures_of(stepped.now)
    return {
        **_facts(review, stepped),
        "session_id": str(review.session_id),
        "begun_at": plain(review.created_at),
        "draft": draft_as_json(stepped.now),
        "stretch": stretch_view(stepped.now, seed=review.session_id),
        "figures": {**figures_as_json(figures), "volley_of": figures.volley_of},
    }


def review_changes(review: Review, stepped: Stepped) -> Data:
    """What is not as it was: the lines that changed or are new, and `keys`, the order of all lines, null where it is
    the same. Everything beside the lines comes whole."""
    before = {line.key: line for line in stepped.before.lines}
    beside = draft_as_json(Draft((), *_beside(stepped.now)))
    del beside["lines"]
    return {
        **_facts(review, stepped),
        "lines": [line_as_json(line) for line in stepped.now.lines if before.get(line.key) != line],
        "keys": _keys_if_other(stepped),
        **beside,
        "stretch": stretch_view(stepped.now, seed=review.session_id),
        "figures": figures_as_json(figures_of(stepped.now)),
    }


def _facts(review: Review, stepped: Stepped) -> Data:
    return {
        "id": str(review.id), "state": review.state.value, "steps": review.steps, "last": stepped.last,
        "redo": stepped.redo,
    }  # fmt: skip


def _beside(draft: Draft) -> tuple[Any, ...]:
    return draft.speakers, draft.ratings, draft.evidence, draft.segment, draft.skipped


def _keys_if_other(stepped: Stepped) -> list[str] | None:
    keys = [line.key for line in stepped.now.lines]
    return None if keys == [line.key for line in stepped.before.lines] else keys


def figures_as_json(found: DraftFigures) -> Data:
    return {
        "volleys": found.counts.volleys,
        "counts": {code.value: found.counts[code] for code in (*Behaviour.counted(), *ClientTalk)},
        "open_questions": found.counts.open_questions,
        "closed_questions": found.counts.closed_questions,
        "scores": [
            {
                "name": one.name.value, "title": SCORES[one.name].name, "value": one.value,
                "shown": "" if one.value is None else show(one.name, one.value),
                "band": one.band.value if one.band else None, "note": one.note,
            }
            for one in found.scores
        ],
        "lines": found.lines,
        "uncoded": found.uncoded,
        "looked_at": found.looked_at,
    }  # fmt: skip
