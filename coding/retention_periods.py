"""How long things are kept, as values: periods, their limits, and when one is over. No database here."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.errors import EvokeError
from models.retention import Part

_NAMED = {"recording_days": "Recordings", "transcript_months": "What was said", "score_months": "Scores"}
LIMITS = {"recording_days": (1, 365), "transcript_months": (1, 60), "score_months": (1, 120)}
"""Shortest and longest, by the field of the form."""
_DAYS_OF_A_MONTH = 28
"""Of the shortest, so that a recording never outlasts its transcript."""
_MONTHS_DIFFER = timedelta(days=4)
"""More than the days that a month can have before another, as 31 January and 28 February are a month apart."""


class PeriodsWrong(EvokeError):
    code = "periods_wrong"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


@dataclass(frozen=True)
class Periods:
    """All count from the same moment (see `coding.retention.counts_from`)."""

    recording_days: int = 30
    transcript_months: int = 12
    score_months: int = 24

    def over_at(self, part: Part, since: datetime) -> datetime:
        if part is Part.RECORDING:
            return since + timedelta(days=self.recording_days)
        return months_after(since, self.transcript_months if part is Part.WORDS else self.score_months)

    def latest_start(self, part: Part, until: datetime) -> datetime:
        """Whatever is over by then began at this moment or before it; not all that did is over."""
        if part is Part.RECORDING:
            return until - timedelta(days=self.recording_days)
        months = self.transcript_months if part is Part.WORDS else self.score_months
        return months_after(until, -months) + _MONTHS_DIFFER

    def shown(self, part: Part) -> str:
        """ "30 days", "1 month"."""
        if part is Part.RECORDING:
            return _counted(self.recording_days, "day")
        return _counted(self.transcript_months if part is Part.WORDS else self.score_months, "month")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def months_after(moment: datetime, months: int) -> datetime:
    """The same day and time, or the month's last day where it has no such day. Below zero are months before."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def read_periods(fields: Mapping[str, str]) -> Periods:
    """A form's text, all its mistakes at once. Raises PeriodsWrong."""
    wrong: dict[str, str] = {}
    read: dict[str, int] = {}
    for name, (least, most) in LIMITS.items():
        unit = name.partition("_")[2]
        text = fields.get(name, "").strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        read[name] = number
        if not least <= number <= most:
            wrong[name] = f"{_NAMED[name]}: enter a whole number of {unit} from {least} to {most}."
    if not wrong and read["recording_days"] > read["transcript_months"] * _DAYS_OF_A_MONTH:
        wrong["transcript_months"] = "Keep what was said at least as long as recordings: it comes from them."
    if not wrong and read["transcript_months"] > read["score_months"]:
        wrong["score_months"] = "Keep scores at least as long as what was said: when their time ends, all goes."
    if wrong:
        raise PeriodsWrong(wrong)
    return Periods(**read)
