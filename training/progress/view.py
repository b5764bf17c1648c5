"""The page of one's own progress: a small chart for each figure, with a sentence that says what is seen."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coding.scheme.glossary import HUMAN_AGREEMENT, SCORES, show, thresholds_shown
from coding.scheme.summary import THRESHOLDS, ScoreName
from models.practice import SessionKind
from training.progress.alike import Alike, alike
from training.progress.points import SessionPoint, Value
from training.progress.trend import FEWEST, Change, TooEarly, change_over, too_early
from training.session_lists import KIND_SHOWN

MEASURES = (
    ScoreName.REFLECTION_TO_QUESTION, ScoreName.PERCENT_COMPLEX, ScoreName.PERCENT_OPEN, ScoreName.MI_ADHERENT,
    ScoreName.MI_NON_ADHERENT, ScoreName.PERCENT_CHANGE_TALK, ScoreName.TECHNICAL_GLOBAL, ScoreName.RELATIONAL_GLOBAL,
)  # fmt: skip
PERCENT = (ScoreName.PERCENT_COMPLEX, ScoreName.PERCENT_OPEN, ScoreName.PERCENT_CHANGE_TALK)
GLOBALS = (ScoreName.TECHNICAL_GLOBAL, ScoreName.RELATIONAL_GLOBAL)
TOTALS = (ScoreName.MI_ADHERENT, ScoreName.MI_NON_ADHERENT)
WIDTH, HEIGHT = 300, 110
"""Units of a chart inside its margins."""
NAME_HEIGHT = 13
"""Units that the name of a line takes."""
_MINUS = "−"


@dataclass(frozen=True)
class Dot:
    """One session in the drawing; `y_low` and `y_high` None where it has no interval. `beyond`: the value lies above
    the drawing, and its dot at the upper edge."""

    session_id: UUID
    held_on: date
    checked: bool
    drawn: bool
    shown: str
    interval_shown: str
    x: float
    y: float
    y_low: float | None
    y_high: float | None
    beyond: bool


@dataclass(frozen=True)
class Line:
    """Where fair or good begins. Its name stands at `name_y`, clear of the other's."""

    name: str
    y: float
    name_y: float


@dataclass(frozen=True)
class Measure:
    """`notch` is the value of the upper edge in words, `foot` of the lower."""

    name: str
    title: str
    explanation: str
    sentence: str
    direction: int
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    notch: str
    foot: str
    bands: str
    human_agreement: str
    outside_miti: bool


@dataclass(frozen=True)
class KindTab:
    kind: SessionKind
    shown: str
    sessions: int


@dataclass(frozen=True)
class ProgressView:
    """Of one kind of session only: others have their own. `kind` is None where there is no session at all. `compared`
    says what the sentences are of where that is not all that is drawn, else it is empty."""

    kind: SessionKind | None
    tabs: tuple[KindTab, ...]
    sessions: int
    checked: int
    first_on: date | None
    last_on: date | None
    sentence: str
    measures: tuple[Measure, ...]
    compared: str = ""


def build_progress(points: Sequence[SessionPoint], *, kind: SessionKind | None = None) -> ProgressView:
    """`kind` None, or one without sessions: the one with the most sessions, which say the most."""
    tabs = tuple(
        KindTab(one, KIND_SHOWN[one], sum(point.kind is one for point in points))
        for one in SessionKind
        if any(point.kind is one for point in points)
    )
    if not points:
        return ProgressView(None, (), 0, 0, None, None, "", ())
    if kind not in [tab.kind for tab in tabs]:
        counts = Counter(point.kind for point in reversed(points))  # of as many, that of the newest session
        kind = counts.most_common(1)[0][0]
    own = [point for point in points if point.kind is kind]
    first, last = own[0].held_on, own[-1].held_on
    like = alike(own, lambda some: too_early([one.held_on for one in some]) is None)
    measures = tuple(
        _measure(name, own, like, first, last) for name in MEASURES if any(name in point.scores for point in own)
    )
    return ProgressView(
        kind, tabs, len(own), sum(point.checked for point in own), first, last, _overall(measures, like), measures,
        f"{len(like.points)} {like.what(len(like.points))}" if like.mixed else "",
    )  # fmt: skip


def difference_shown(name: ScoreName, value: float) -> str:
    """A difference of two values: "+18 points", "−0.6"."""
    sign = _MINUS if value < 0 else "+"
    size = abs(value)
    if name in PERCENT:
        return f"{sign}{size:.0f} {'point' if round(size) == 1 else 'points'}"
    return f"{sign}{size:.1f}"


def _measure(name: ScoreName, points: Sequence[SessionPoint], like: Alike, first: date, last: date) -> Measure:
    own = [(point, point.scores[name]) for point in points if name in point.scores]
    bottom, top = scale(name, [value for _, value in own])
    said = [(point.held_on, point.scores[name].value) for point in like.points if name in point.scores]
    found = change_over(said)
    dots = tuple(_dot(name, point, value, bottom, top, x=_x(point.held_on, first, last)) for point, value in own)
    lines = _band_lines(name, bottom, top)
    return Measure(
        name=name.value, title=SCORES[name].name, explanation=SCORES[name].one_line,
        sentence=sentence_of(name, found, len(said), like),
        direction=found.direction if isinstance(found, Change) else 0, dots=dots, lines=lines,
        notch=_edge(name, top), foot=_edge(name, bottom), bands=thresholds_shown(name),
        human_agreement=HUMAN_AGREEMENT[name], outside_miti=name in ScoreName.outside_miti(),
    )  # fmt: skip


def sentence_of(name: ScoreName, found: Change | TooEarly, sessions: int, like: Alike) -> str:
    """Of as many sessions of `like`."""
    early = "Too few to compare" if like.mixed else "Too early to say whether it changes"
    if found is TooEarly.FEW_SESSIONS:
        have = "there is one" if sessions == 1 else f"there are {sessions or 'none'}"
        return f"{early}: that takes {FEWEST} {like.what()}, and {have}."
    if found is TooEarly.SHORT_TIME:
        return f"Too early to say whether it changes: the {like.what()} lie within two weeks."
    assert isinstance(found, Change)
    between = f"{difference_shown(name, found.low)} to {difference_shown(name, found.high)}"
    if found.direction == 0:
        return f"No change that could not be chance ({between} over {sessions} {like.what()})."
    return f"It {'rose' if found.direction > 0 else 'fell'} by about {difference_shown(name, abs(found.rise))[1:]} " \
           f"over {sessions} {like.what()} ({between})."  # fmt: skip


def _overall(measures: Sequence[Measure], like: Alike) -> str:
    early = too_early([one.held_on for one in like.points])
    if early is TooEarly.FEW_SESSIONS:
        more = FEWEST - len(like.points)
        what = like.what(more) if like.mixed else f"{'session' if more == 1 else 'sessions'} of this kind"
        few = "Too few sessions are alike to compare. " if like.mixed else ""
        return f"{few}With {more} more {what}, Evoke can say what changes and what is chance."
    if early is TooEarly.SHORT_TIME:
        return f"Too early to say what changes: the {like.what()} lie within two weeks."
    moved = [one for one in measures if one.direction]
    over = f"Over {len(like.points)} {like.what()}"
    if not moved:
        return f"{over} nothing changed by more than chance could do. That is common: skills move over months."
    parts = [f"{one.title.lower()} {'rose' if one.direction > 0 else 'fell'}" for one in moved]
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    others = "" if len(moved) == len(measures) else " Of the others nothing can be said yet."
    return f"{over}, {said}.{others}"


def scale(name: ScoreName, values: Sequence[Value]) -> tuple[float, float]:
    """The lower and upper edge of the drawing: the same for all shares, and for both ratings."""
    if name in PERCENT:
        return 0.0, 100.0
    if name in GLOBALS:
        return 1.0, 5.0
    most = max((value.value for value in values), default=0.0)
    if name in TOTALS:
        return 0.0, max(10.0, 5.0 * math.ceil(most / 5))
    return 0.0, min(6.0, max(3.0, float(math.ceil(most))))


def _x(day: date, first: date, last: date) -> float:
    return _round(WIDTH * (day - first).days / (last - first).days) if last > first else WIDTH / 2


def _band_lines(name: ScoreName, bottom: float, top: float) -> tuple[Line, ...]:
    """Fair, then good, which lies above."""
    places = [_y(at, bottom, top) for at in THRESHOLDS.get(name, ())]
    apart = max(0.0, NAME_HEIGHT - (places[0] - places[1])) / 2 if places else 0.0
    return tuple(
        Line(word, place, _round(place + push))
        for word, place, push in zip(("fair", "good"), places, (apart, -apart), strict=False)
    )


def _dot(name: ScoreName, point: SessionPoint, value: Value, bottom: float, top: float, *, x: float) -> Dot:
    low, high = value.low, value.high
    interval = "" if low is None or high is None else f"{show(name, low)} to {show(name, high)}"
    return Dot(
        point.session_id, point.held_on, point.checked, point.drawn, show(name, value.value), interval, x,
        _y(value.value, bottom, top), None if low is None else _y(low, bottom, top),
        None if high is None else _y(high, bottom, top), value.value > top,
    )  # fmt: skip


def _y(value: float, bottom: float, top: float) -> float:
    return _round(HEIGHT * (1 - (min(max(value, bottom), top) - bottom) / (top - bottom)))


def _round(place: float) -> float:
    return round(place, 1)


def _edge(name: ScoreName, value: float) -> str:
    return f"{value:.0f} %" if name in PERCENT else f"{value:.0f}"
