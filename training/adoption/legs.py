"""The three legs of an authority in small sentences: what is seen now, at first, and since when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.coding import CodedBy
from models.person import Discipline
from models.practice import Picked, SessionKind
from training.adoption.chart import Point, baseline_of, latest_of
from training.adoption.mi_series import MiPeriod, Series, shown
from training.adoption.team_leg import Composition, DisciplineThere
from training.adoption.workbook_leg import WorkbookUse
from training.figures.measures import MEASURES, Measure
from training.figures.rows import Slice
from training.session_lists import KIND_SHOWN

LEAST = 5
FEWER = "fewer than 5"
WITHHELD = "not shown, so that a few sessions cannot be worked out"
KIND_ORDER = (SessionKind.REAL_PRACTICE, SessionKind.ROLE_PLAY, SessionKind.SIMULATED)
LEG_MEASURE = Measure.REFLECTION_TO_QUESTION
"""What the leg of motivational interviewing is told by."""
_NO_BREAK = "\u00a0"


def slice_shown(one: Slice) -> str:
    picked = "drawn by chance" if one.picked is Picked.DRAWN else "chosen by practitioners"
    coded = "coded by a coach" if one.coded_by is CodedBy.PERSON else "coded by machine"
    return f"{KIND_SHOWN[one.kind]}, {picked}, {coded}"


@dataclass(frozen=True)
class Leg:
    """`now` is empty where there is nothing yet, and `missing` says what to do. `then` is the baseline, empty where
    there is no earlier period. `since` is the first month that is known."""

    title: str
    now: str
    then: str
    since: str
    missing: str = ""
    note: str = ""


def mi_leg(series: Series, live_on: date | None, *, missing: str) -> Leg:
    """Of the first slice that can be shown: real practice before role play, drawn before chosen, machine before
    person, because machines code every session."""
    title = "Motivational interviewing"
    for one in sorted(series, key=order_of):
        points = mi_points(series[one], LEG_MEASURE)
        now, then = latest_of(points), baseline_of(points, live_on)
        if now is not None:
            return Leg(
                title, f"{now.with_interval} reflections to each question, {now.months}",
                f"{then.with_interval}, {then.months}" if then is not None and then is not now else "",
                f"{next(point.first for point in points if point.value is not None):%B %Y}",
                note=f"{slice_shown(one)}; {now.more}",
            )  # fmt: skip
    withheld = any(LEG_MEASURE in period.withheld for periods in series.values() for period in periods)
    return Leg(title, "", "", "", missing=f"{WITHHELD.capitalize()}." if withheld else missing)


def order_of(one: Slice) -> tuple[int, bool, bool]:
    return KIND_ORDER.index(one.kind), one.picked is not Picked.DRAWN, one.coded_by is CodedBy.PERSON


def mi_points(periods: Sequence[MiPeriod], name: Measure) -> tuple[Point, ...]:
    """In the unit of `shown`: shares are from 0 to 100."""
    found = []
    for period in periods:
        if name in period.withheld:
            found.append(Point(period.first, period.last, None, WITHHELD))
        if (one := period.measures.get(name)) is None:
            continue
        times = 100 if MEASURES[name].percent else 1
        found.append(
            Point(
                period.first, period.last, times * one.value, shown(name, one.value), times * one.low,
                times * one.high, f"{shown(name, one.low)} to {shown(name, one.high)}",
                f"{'about ' if period.rounded else ''}{period.sessions} sessions", {"sessions": period.sessions},
            )
        )  # fmt: skip
    return tuple(found)


def team_leg(found: Sequence[Composition], live_on: date | None, *, small_hidden: bool) -> Leg:
    title = "Teams of several disciplines"
    points = team_points(found, small_hidden=small_hidden)
    now, then = latest_of(points), baseline_of(points, live_on)
    if now is None:
        missing = "Nobody has said yet how many posts teams have." if not found else "Too few people to show."
        return Leg(title, "", "", "", missing=missing)
    last = next(one for one in found if one.month == now.first)
    return Leg(
        title, f"{now.shown} of {last.posts:g} posts filled at the end of {now.months}",
        f"{then.shown} at the end of {then.months}" if then is not None and then is not now else "",
        f"{points[0].first:%B %Y}", note=missing_disciplines(last.disciplines),
    )  # fmt: skip


def team_points(found: Sequence[Composition], *, small_hidden: bool) -> tuple[Point, ...]:
    """`small_hidden`: no month in which fewer than 5 people were in posts, whom the share and the posts would count."""
    rows = []
    for one in found:
        more = f"{one.posts:g} posts in {one.teams} {'team' if one.teams == 1 else 'teams'}"
        behind = {"posts": one.posts, "teams": one.teams}
        if small_hidden and one.people < LEAST:
            rows.append(Point(one.month, one.month, None, "too few people to show", more=more, behind=behind))
        else:
            rows.append(Point(one.month, one.month, one.share, percent(one.share), more=more, behind=behind))
    return tuple(rows)


def missing_disciplines(rows: Sequence[DisciplineThere]) -> str:
    """ "Nobody in post: recovery worker in 2 of 3 teams." Of teams that have posts for the discipline."""
    gaps = [
        f"{row.discipline.value} in {row.teams_without} of {row.teams} {'team' if row.teams == 1 else 'teams'}"
        for row in rows
        if row.teams_without
    ]
    return f"Nobody in post: {', '.join(gaps)}" if gaps else "Every discipline with posts has somebody in every team"


def workbook_leg(found: Sequence[WorkbookUse], live_on: date | None, *, small_hidden: bool) -> Leg:
    title = "Workbook"
    points = workbook_points(found, small_hidden=small_hidden)
    now, then = latest_of(points), baseline_of(points, live_on)
    if now is None:
        missing = "No month’s extract of the case system is here yet." if not found else "Too few families to show."
        return Leg(title, "", "", "", missing=missing)
    return Leg(
        title, f"{now.shown} of open families have a workbook, {now.months}",
        f"{then.shown}, {then.months}" if then is not None and then is not now else "",
        f"{points[0].first:%B %Y}", note=now.more,
    )  # fmt: skip


def workbook_points(found: Sequence[WorkbookUse], *, small_hidden: bool) -> tuple[Point, ...]:
    """`small_hidden`: no month in which fewer than 5 families were open, had a workbook, or had none."""
    rows = []
    for one in found:
        having, lacking = one.with_workbook, one.families_open - one.with_workbook
        teams, behind = f"{one.teams} {'team' if one.teams == 1 else 'teams'}", {"teams": one.teams}
        if one.share is None or (small_hidden and (0 < having < LEAST or 0 < lacking < LEAST)):
            rows.append(Point(one.month, one.month, None, "too few families to show" if one.share is not None
                              else "no open family", more=teams, behind=behind))  # fmt: skip
            continue
        behind |= {"families_open": one.families_open, "with_workbook": having}
        more = f"{having} of {one.families_open} families in {teams}"
        if not small_hidden or not 0 < one.updated < LEAST:
            behind["added_to"], more = one.updated, f"{more}; {one.updated} added to in the month"
        rows.append(Point(one.month, one.month, one.share, percent(one.share), more=more, behind=behind))
    return tuple(rows)


def percent(value: float) -> str:
    """Rounding never makes all of nearly all, nor none of a few."""
    whole = round(value)
    if whole == 100 and value < 100:
        return f"over{_NO_BREAK}99{_NO_BREAK}%"
    if whole == 0 and value > 0:
        return f"under{_NO_BREAK}1{_NO_BREAK}%"
    return f"{whole}{_NO_BREAK}%"


@dataclass(frozen=True)
class DisciplineRow:
    """`people` and `filled` are "fewer than 5" or "not shown" where they are hidden. `teams_without` of `teams` that
    have posts for it have nobody in them."""

    discipline: Discipline
    posts: str
    people: str
    filled: str
    teams_without: int
    teams: int

    @property
    def counted(self) -> int | None:
        """People; None where they are hidden."""
        return int(self.people) if self.people.isdigit() else None

    @property
    def gaps(self) -> str:
        return f"{self.teams_without} of {self.teams}"


def discipline_rows(rows: Sequence[DisciplineThere], *, small_hidden: bool) -> tuple[DisciplineRow, ...]:
    """With `small_hidden` no count of fewer than 5 people is told. Beside one that is hidden, the next smallest is too,
    so that it cannot be worked out of the share of all posts that are filled."""
    hidden: set[Discipline] = set()
    if small_hidden:
        hidden = {row.discipline for row in rows if row.people < LEAST}
        others = sorted((row for row in rows if row.discipline not in hidden), key=lambda row: row.people)
        together = sum(row.people for row in rows if row.discipline in hidden)
        if hidden and others and (len(hidden) == 1 or together < LEAST):
            hidden.add(others[0].discipline)
    return tuple(
        DisciplineRow(
            row.discipline, f"{row.posts:g}",
            str(row.people) if row.discipline not in hidden else FEWER if row.people < LEAST else "not shown",
            percent(100 * row.filled / row.posts) if row.discipline not in hidden else "not shown",
            row.teams_without, row.teams,
        )
        for row in rows
    )  # fmt: skip
