"""The codebook of an evaluator's file: every column and code, its unit, and how every figure is made. Pure."""

from dataclasses import dataclass
from math import isinf

from models.coding import CodedBy
from models.person import Discipline
from models.practice import Picked, SessionKind
from training.adoption.outcome_series import NO_CAUSE
from training.adoption.suppress import FOLDED_DISCIPLINE, FOLDED_TEAM
from training.figures.measures import MEASURES

FORMAT = "evoke evaluation file 1"
"""What a program reads first. A change that could break a reader gets the next number."""
SESSIONS = (
    "authority", "team", "person", "session", "discipline", "kind", "picked", "coded_by", "coder", "period", "measure",
    "value", "low", "high", "numerator", "denominator",
)  # fmt: skip
COUNTED = ("authority", "session", "coded_by")
"""What a row of counts is of; a column for each count follows."""
LEGS = (
    "authority", "leg", "measure", "about", "kind", "picked", "coded_by", "first", "last", "value", "low", "high",
    "numerator", "denominator", "teams", "note",
)  # fmt: skip
AUTHORITIES = ("authority", "wave", "live", "rows", "period_unit", "live_period")
HEADER = ("file", "column", "code", "meaning", "unit")


@dataclass(frozen=True)
class Entry:
    """`code` is empty for the column itself; `column` too for what is about the whole file."""

    file: str
    column: str
    code: str
    meaning: str
    unit: str = ""


RULES = (
    "Rows are of sessions of authorities that let evaluators take rows; the other authorities stand in legs.csv alone.",
    "Rows are pseudonymous, not anonymous: they are about persons. Keep them by your agreement with the authorities, "
    "do not try to find out who somebody is, and put a newer file in the place of an older one, since what was "
    "withdrawn meanwhile is not in it.",
    "Sessions are those that can be read, first coded before the month in which the file was made. Of real practice "
    "only those in which everybody agreed to research; of the others none in which somebody said no to it.",
    "A slice (kind, picked, coded_by) of fewer than 10 people or 10 sessions of an authority is left out whole.",
    "A discipline or a team of fewer than 5 people of an authority is folded with others until 5 are together: "
    f"“{FOLDED_DISCIPLINE}” and “{FOLDED_TEAM}”.",
    "Periods are months; where a slice has fewer than 5 people in one, all of the authority are quarters, and else "
    "years. A year with fewer than 5 people in a slice is left out of it.",
    "In legs.csv counts of fewer than 5 people, families or events have no value, and “note” says so.",
    "A figure of practice in legs.csv is of all sessions of its slice and months, also of those without rows. Where "
    "these others are of 1 to 4 people, they could be worked out with the rows: it has no value then, and “note” says "
    "so. The same holds where an authority gives no rows, because it may give them later.",
    "Never put slices together: kinds of session, how they were picked, and codes of machines and of people measure "
    "different things.",
    NO_CAUSE,
)
ESTIMATE = (
    "Over the rows of one authority, slice and measure in the periods: value = sum of numerator / sum of "
    "denominator. people = P = persons in these rows, sessions = rows. For each person e = sum of (numerator - "
    "value * denominator); se = sqrt(sum of e^2 * P / (P - 1)) / sum of denominator. low and high = value -/+ t *"
    " se, t the 0.95 quantile of Student's t with P - 1 degrees of freedom, cut to the measure's range. Where se "
    "<= 1e-9 * max(value, 1) the interval is Wilson's for P chances with z = 1.644853627 of the share (value - "
    "least) / (most - least); for a range without upper end of value / (1 + value), each end x given back as x / "
    "(1 - x). Rounded to 4 places. Figures of fewer than 10 people are not given."
)
WHEN = {
    "all": "Every period of the slice.",
    "baseline": "Periods of a slice, in order, make blocks: a block ends as soon as it has 10 different sessions of 10 "
    "different persons; what is left over is in none. The baseline is the last block whose last period is before "
    "live_period; where there is none (or live_period is empty) the first block.",
    "follow_up": "The last block, where it is not the baseline.",
}
LEG_WHEN = (
    "Of legs.csv, leg teams (posts_filled) and leg workbook (families_with_workbook): of the rows with a value, "
    "ordered by first, the baseline is the last whose month is before the month of “live”, else the first row; "
    "the follow-up is the last row, where it is another. value is that row’s value, rounded to 4 places."
)


def codebook() -> list[Entry]:
    return [*_about(), *_sessions(), *_counts(), *_legs(), *_authorities(), *_report()]


def _about() -> list[Entry]:
    rows = [Entry("", "", "", f"{FORMAT}. All files are CSV in UTF-8 with commas and a header, and one JSON file.")]
    rows += [Entry("", "", f"rule {number}", words) for number, words in enumerate(RULES, 1)]
    return rows


def _sessions() -> list[Entry]:
    def column(name: str, meaning: str, unit: str = "") -> Entry:
        return Entry("sessions.csv", name, "", meaning, unit)

    def code(name: str, value: str, meaning: str, unit: str = "") -> Entry:
        return Entry("sessions.csv", name, value, meaning, unit)

    rows = [
        column("", "A row for each measure of each session in each stream of codes; none where the measure says "
               "nothing of the session."),
        column("authority", "Pseudonym of the authority, the same in every file of your centre."),
        column("team", f"Pseudonym of the team in which the session was held, or “{FOLDED_TEAM}”."),
        column("person", "Pseudonym of the practitioner."),
        column("session", "Pseudonym of the session. The streams of one session have the same."),
        column("discipline", "Of the practitioner, as it is today."),
        *(code("discipline", one.value, "Folded small disciplines, or nobody said" if one is Discipline.OTHER else
               one.value[0].upper() + one.value[1:]) for one in Discipline),
        column("kind", "What the conversation is."),
        code("kind", SessionKind.REAL_PRACTICE.value, "With a family"),
        code("kind", SessionKind.ROLE_PLAY.value, "A role play between colleagues"),
        code("kind", SessionKind.SIMULATED.value, "With an actor or a simulated parent"),
        column("picked", "How the session came to be looked at."),
        code("picked", Picked.CHOSEN.value, "The practitioner chose it"),
        code("picked", Picked.DRAWN.value, "It was drawn by lot or by a rule"),
        column("coded_by", "Whose codes are counted: a stream."),
        code("coded_by", CodedBy.MACHINE.value, "The machine’s newest coding"),
        code("coded_by", CodedBy.PERSON.value, "What a coach signed off last; never a blind second coding"),
        column("coder", "Version of the machine that coded; empty for people."),
        column("period", "When the stream was first coded: 2026-03, 2026-Q1 or 2026, as authorities.csv says.", "UTC"),
        column("measure", "What is measured. Bands for fair and good are the opinion of experts (MITI 4.2.1), no pass "
               "mark."),
    ]  # fmt: skip
    for measure, made in MEASURES.items():
        bands = f" Fair from {made.fair:g}, good from {made.good:g}." if made.fair and made.good else ""
        most = "no upper end" if isinf(made.within.most) else f"{made.within.most:g}"
        unit = "share from 0 to 1" if made.percent else "number"
        meaning = f"{made.what}{bands} Of several sessions: {made.formula}. Range: {made.within.least:g} to {most}."
        rows.append(code("measure", measure.value, meaning, unit))
    rows += [
        column("value", "numerator / denominator; empty where the denominator is 0."),
        column("low", "Lower end of the 90 % interval of this session’s value: how sure the machine is of its codes. "
               "Empty for people’s codes, and for measures without one."),
        column("high", "Upper end of the same."),
        column("numerator", "What is counted above the line."),
        column("denominator", "What is counted below the line; 1 for a mean over sessions."),
    ]  # fmt: skip
    return rows


def _counts() -> list[Entry]:
    file = "counts.csv"
    return [
        Entry(file, "", "", "A row for each stream of a session: all of its counts. Join by session and coded_by."),
        *(Entry(file, name, "", "As in sessions.csv.") for name in COUNTED),
        Entry(file, "gi … confront", "", "MITI 4.2.1 codes of the practitioner, each once a volley.", "count"),
        Entry(file, "ct, st, fn", "", "Change talk, sustain talk and neutral talk, by utterance.", "count"),
        Entry(file, "open_questions, closed_questions", "", "Questions by utterance; outside MITI 4.", "count"),
    ]


def _legs() -> list[Entry]:
    def column(name: str, meaning: str, unit: str = "") -> Entry:
        return Entry("legs.csv", name, "", meaning, unit)

    def code(name: str, value: str, meaning: str, unit: str = "") -> Entry:
        return Entry("legs.csv", name, value, meaning, unit)

    return [
        column("", "The three legs of each authority that takes part, and outcomes it uploaded."),
        column("leg", "Which leg."),
        code("leg", "mi", "Motivational interviewing: rounded as the page Adoption prints it, in periods of whole "
             "months of 10 people and more; denominator is the number of sessions, rounded to 5"),
        code("leg", "teams", "Teams of several disciplines, at the end of each month"),
        code("leg", "workbook", "From the case system’s monthly extract"),
        code("leg", "outcome", "As the authority uploaded it"),
        column("measure", "For mi as in sessions.csv."),
        code("measure", "posts_filled", "Filled posts / posts. A person counts as one post, and nobody fills more "
             "posts than their team has for their discipline", "percent"),
        code("measure", "people_in_post", "People in teams that have posts for the discipline, at the last month’s end",
             "count"),
        code("measure", "teams_without", "Teams that have posts for the discipline and nobody in them", "count"),
        code("measure", "families_with_workbook", "Open families that have a workbook / open families", "percent"),
        code("measure", "count", "Of an outcome; denominator is what it is out of, where the authority said so; low "
             "and high are how far such a count moves by chance alone (90 %, Poisson by Byar’s approximation)",
             "count"),
        column("about", "The discipline, or the outcome’s name."),
        *(column(name, "For mi as in sessions.csv, else empty.") for name in ("kind", "picked", "coded_by")),
        column("first", "First month.", "year-month"),
        column("last", "Last month, itself included.", "year-month"),
        *(column(name, meaning) for name, meaning in (
            ("value", "The figure; empty where it is not told."), ("low", "Lower end of its 90 % interval."),
            ("high", "Upper end."), ("numerator", "Above the line."), ("denominator", "Below the line."),
            ("teams", "In how many teams."), ("note", "Why there is no value."),
        )),
    ]  # fmt: skip


def _authorities() -> list[Entry]:
    def column(name: str, meaning: str, unit: str = "") -> Entry:
        return Entry("authorities.csv", name, "", meaning, unit)

    return [
        column("wave", "As the authority calls it; empty where it said none."),
        column("live", "The month in which it went live.", "year-month"),
        column("rows", "yes where sessions.csv may have rows of it."),
        column("period_unit", "month, quarter or year: of its rows."),
        column("live_period", "“live” in that unit."),
    ]


def _report() -> list[Entry]:
    file = "report.json"
    return [
        Entry(file, "figures", "", f"A figure for each authority, slice, measure and when. {ESTIMATE}"),
        *(Entry(file, "when", name, words) for name, words in WHEN.items()),
        Entry(file, "legs", "", LEG_WHEN),
    ]
