"""How long a session is kept, in sentences: what went, what goes next and when, and whether a hold keeps it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from coding.hold import held_since
from coding.night import next_night
from coding.retention import one_counts_from, periods_of, steps_of
from models.practice import PracticeSession, Stage
from models.retention import Part, RetentionStep

_GOES = {
    Part.RECORDING: "The recording goes on {day}.",
    Part.WORDS: "What was said goes on {day}, and with it the title and the change goal. The scores stay.",
    Part.SCORES: "On {day} the session goes. Its figures stay for the authority, without a name.",
}


@dataclass(frozen=True)
class KeptView:
    """`recording_went` and `words_went` are sentences, empty while these are here; `goes` what goes next, in order.
    `held_on` is since when a legal hold keeps the session."""

    recording_went: str = ""
    words_went: str = ""
    goes: tuple[str, ...] = ()
    held_on: date | None = None


def build_kept_view(session: Session, practice: PracticeSession, *, has_recording: bool) -> KeptView:
    steps, held = steps_of(session, practice.id), held_since(session, practice.id)
    recording, words = steps.get(Part.RECORDING), steps.get(Part.WORDS)
    return KeptView(
        recording_went=f"The recording went on {_when_and_why(recording)}." if recording else "",
        words_went=f"What was said went on {_when_and_why(words)}. The scores stay." if words else "",
        goes=() if held else _goes(session, practice, {*steps} if has_recording else {*steps, Part.RECORDING}),
        held_on=held.date() if held else None,
    )


def _goes(session: Session, practice: PracticeSession, gone: set[Part]) -> tuple[str, ...]:
    """Nothing while it is worked on: the time counts from when that is done."""
    if practice.stage in Stage.working():
        return ()
    since = one_counts_from(session, practice.id)
    periods = periods_of(session, practice.organisation_id)[practice.kind]
    return tuple(
        _GOES[part].format(day=_day(goes_at(periods.over_at(part, since.at)))) for part in Part if part not in gone
    )


def goes_at(over_at: datetime) -> datetime:
    """The night in which a period that ends then, or has ended, does what it says."""
    return next_night(max(over_at, datetime.now(over_at.tzinfo)))


def _when_and_why(step: RetentionStep) -> str:
    return f"{_day(step.at)}, {step.period} after the session was {'coded' if step.since_coded else 'added'}"


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"
