"""How far the demo's programme has come: a wave, posts with gaps, a year of workbook extracts and of call-outs. Through
the same action as any upload."""

from datetime import date

from sqlmodel import Session, col, select

from models.adoption import Outcome, UploadKind
from models.columns import utc_now
from models.organisation import Team
from models.person import Discipline, Person
from models.sign_in import actor_of
from training.adoption.lines import COLUMNS
from training.adoption.months import month_before
from training.adoption.uploads import as_csv, keep_upload
from training.adoption.wave import set_wave

MONTHS, LIVE_BEFORE = 12, 9
POSTS = (
    (Discipline.CHILDRENS_SOCIAL_WORKER, -LIVE_BEFORE, (1.0, 0.0, 0.0)),
    (Discipline.CHILDRENS_PRACTITIONER, -LIVE_BEFORE, (1.0, 0.0, 0.0)),
    (Discipline.DOMESTIC_ABUSE, -LIVE_BEFORE, (0.0, 1.0, 0.0)),
    (Discipline.PROBATION_OFFICER, -LIVE_BEFORE, (0.0, 1.0, 0.0)),
    (Discipline.ADULT_MENTAL_HEALTH, -LIVE_BEFORE, (0.0, 0.0, 1.0)),
    (Discipline.RECOVERY_WORKER, -LIVE_BEFORE, (0.0, 0.0, 1.0)),
    (Discipline.RECOVERY_WORKER, -3, (0.5, 0.0, 1.0)),
    (Discipline.ADULT_MENTAL_HEALTH, -3, (0.0, 0.5, 1.0)),
)
"""Of each discipline, from one of the months on, the posts of the three teams by name."""
OPEN = (31, 24, 28)
SHARES = (0.18, 0.22, 0.21, 0.30, 0.38, 0.47, 0.52, 0.60, 0.63, 0.70, 0.69, 0.74)
CALL_OUTS = (31, 27, 33, 29, 26, 30, 24, 27, 21, 25, 22, 24)


def give_demo_adoption(session: Session, *, lead: Person) -> None:
    by, today = actor_of(session, lead), utc_now().date()
    teams = session.exec(
        select(Team).where(col(Team.organisation_id) == lead.organisation_id).order_by(col(Team.name))
    ).all()
    months = _months(today)
    set_wave(session, wave="Wave 2", live_on=months[-LIVE_BEFORE].isoformat(), today=today, by=by)
    posts = [
        (team.name, discipline.value, f"{number:g}", months[since].isoformat())
        for discipline, since, numbers in POSTS
        for team, number in zip(teams, numbers, strict=True)
        if number
    ]
    extract = [
        (team.name, f"{month:%Y-%m}", *map(str, _families(at, number)))
        for at, month in enumerate(months)
        for number, team in enumerate(teams)
    ]
    call_outs = [
        (f"{month:%Y-%m}", Outcome.CALL_OUTS.value, str(count), "")
        for month, count in zip(months, CALL_OUTS, strict=True)
    ]
    for kind, rows in (
        (UploadKind.POSTS, posts), (UploadKind.WORKBOOK, extract), (UploadKind.OUTCOMES, call_outs),
    ):  # fmt: skip
        assert all(len(row) == len(COLUMNS[kind]) for row in rows)
        keep_upload(session, kind=kind, data=as_csv(kind, rows).encode(), today=today, by=by)


def _months(today: date) -> list[date]:
    """The finished ones of a year, the earliest first."""
    found = [month_before(today.replace(day=1))]
    while len(found) < MONTHS:
        found.append(month_before(found[-1]))
    return found[::-1]


def _families(at: int, team: int) -> tuple[int, int, int]:
    """Open, with a workbook, and added to in the month."""
    families = OPEN[team] + (at * (team + 2)) % 5
    having = round(families * min(0.95, SHARES[at] + (team - 1) * 0.06))
    return families, having, round(having * 0.6)
