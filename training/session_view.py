"""What a person reads about one coded session: the read-model behind the page and its JSON."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from training.checked_view import CheckedView
from training.kept_view import KeptView
from training.score_view import ScoreView

WORTH_NAMING = 0.05
"""A share from which a code is named that the machine did not choose."""


@dataclass(frozen=True)
class UtteranceView:
    """`name` is the code in words, `subtype_shown` its subtype in words, `probabilities` each code's share, largest
    first. `doubts` say in plain words why the machine does not trust what it heard here. `machine_code` is the
    machine's where a person gave another. `code` is empty where a person scored only another stretch."""

    id: int
    text: str
    code: str
    name: str
    subtype: str
    subtype_shown: str
    confidence: float | None
    unsure: bool
    reason: str
    volley: int | None
    probabilities: tuple[tuple[str, float], ...]
    doubts: tuple[str, ...] = ()
    machine_code: str = ""

    @property
    def others(self) -> list[tuple[str, float]]:
        """What else it could be, at most three, the likeliest first."""
        # Four may be the first, for one of them may be the code itself.
        return [one for one in self.probabilities[:4] if one[1] >= WORTH_NAMING and one[0] != self.code][:3]


@dataclass(frozen=True)
class TurnView:
    """`role` is practitioner or client; times are seconds."""

    position: int
    role: str
    speaker_label: str
    started: float | None
    ended: float | None
    utterances: tuple[UtteranceView, ...]


@dataclass(frozen=True)
class CountView:
    """How many volleys (practitioner) or utterances (client) carry a code; `utterance_ids` are the ones counted."""

    code: str
    name: str
    explanation: str
    count: int
    low: int | None
    high: int | None
    utterance_ids: tuple[int, ...]


@dataclass(frozen=True)
class GlobalView:
    """What the machine suggests for one global rating. `shown` is the range for people ("3 to 4"), empty where it
    suggests nothing; `reason` says what moved it, or why there is none. `suggestion` says whose rating counts."""

    name: str
    title: str
    explanation: str
    low: int | None
    high: int | None
    shown: str
    reason: str
    suggestion: str
    model_version: str


@dataclass(frozen=True)
class SessionView:
    """`scores` are the MITI summary scores and client talk, `extras` the training figures outside MITI 4, `globals` the
    ranges that the machine suggests to a coach (empty for a session coded before there were any).

    `cannot_judge` lists in plain sentences what the machine does not score; `notes` are remarks on the transcript or
    recording (missing minutes, guessed speakers). `practitioner_confidence` is set when the role was guessed.
    `doubtful_share` (0–1) is how much of the speech was doubtful to the machine that wrote it down, None where a person
    did; `doubtful_count` is how many lines are marked for it. `replaced_count` is how many words or numbers have a
    placeholder in their place, for they may tell who somebody is; `names_to_check` says that nobody has looked yet,
    `bleeping` whether the tone over names in the recording is being put there ("working") or failed ("failed").
    `title_for_others` is the title with placeholders, where the reader sees it without.
    `kept` says what went of the session and what goes next. `checked` is set where a person signed a coding off: then
    everything here is of that coding.
    """

    id: UUID
    title: str
    kind: str
    kind_shown: str
    picked: str
    picked_shown: str
    stage: str
    progress: int
    problem_code: str
    problem: str
    practitioner: str
    team: str
    change_goal: str
    held_on: date
    created_at: datetime
    has_recording: bool
    coded_by: str
    model_version: str
    practitioner_labels: tuple[str, ...]
    practitioner_confidence: float | None
    speaker_labels: tuple[str, ...]
    turns: tuple[TurnView, ...]
    scores: tuple[ScoreView, ...]
    extras: tuple[ScoreView, ...]
    counts: tuple[CountView, ...]
    globals: tuple[GlobalView, ...]
    unsure_count: int
    cannot_judge: tuple[str, ...]
    notes: tuple[str, ...]
    doubtful_share: float | None = None
    doubtful_count: int = 0
    replaced_count: int = 0
    names_to_check: bool = False
    bleeping: str = ""
    title_for_others: str = ""
    kept: KeptView = field(default_factory=KeptView)
    checked: CheckedView | None = None


@dataclass(frozen=True)
class SessionRow:
    """A line of a list of sessions. `reviewed`: a coach has signed it off."""

    id: UUID
    title: str
    kind_shown: str
    practitioner: str
    practitioner_id: UUID
    team: str
    held_on: date
    stage: str
    progress: int
    problem: str
    reviewed: bool = False


@dataclass(frozen=True)
class TeamFigures:
    """How many sessions a team has; for those who see figures but not what was said. `simulated` are counted apart, and
    in neither of the others. None where it is not told, or not counted yet."""

    team: str
    sessions: int | None
    ready: int | None
    simulated: int | None = 0
