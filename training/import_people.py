"""A list of people taken in: what would become of each row, then the same for good.

Both go through one plan. What a row asks for and is so already is nothing to do, so a list that is sent twice changes
nothing the second time.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from coding.output import harmless
from models.columns import utc_now
from models.organisation import Organisation, OrganisationKind, Team
from models.people.joining import add_and_invite, change_person, person_at, read_discipline
from models.people.places import give_role, join_team, memberships, move_team
from models.people.teams import read_site, set_team_site, team_called
from models.person import Discipline, Person, PersonState, Role
from models.settings import Settings
from models.sign_in import (
    DetailsWrong,
    current_grants,
    roles_in,
    what_is_wrong_with_email,
    what_is_wrong_with_name,
)
from training.people_file import COLUMNS, FileRow
from training.people_lists import WIDE_ROLES

ROLE_WORDS = {"admin": Role.ADMINISTRATOR} | {words: role for role, words in WIDE_ROLES.items()}
"""What people write for a role, beside its own word."""


class Fate(StrEnum):
    INVITE = "will be invited"
    CHANGE = "changes"
    SAME = "is here already"
    MISTAKE = "mistake"


@dataclass(frozen=True)
class Line:
    """What becomes of a row. `words` say what changes, or what is wrong and what to do."""

    row: FileRow
    fate: Fate
    words: str = ""


Step = Callable[[Person], object]


@dataclass
class _Plan:
    """`person` is None for somebody new; `words` and `steps` go together."""

    person: Person | None
    discipline: Discipline | None
    words: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def add(self, words: str, step: Step) -> None:
        self.words.append(words)
        self.steps.append(step)


class _Mistake(Exception):
    """Holds a sentence that says what to do."""


def preview_people(session: Session, rows: Iterable[FileRow], *, organisation_id: UUID) -> list[Line]:
    """Writes nothing."""
    organisation, rows = session.get_one(Organisation, organisation_id), list(rows)
    sites = _sites(rows)
    return [_told(session, row, organisation, sites, by=None)[0] for row in rows]


def import_people(
    session: Session, rows: Iterable[FileRow], *, organisation_id: UUID, settings: Settings, by: UUID | None
) -> list[Line]:
    """Invites and changes; rows with a mistake are left out."""
    organisation, rows = session.get_one(Organisation, organisation_id), list(rows)
    sites = _sites(rows)
    lines = []
    for row in rows:
        line, plan = _told(session, row, organisation, sites, by=by)
        lines.append(line)
        if plan is None:
            continue
        person = plan.person or add_and_invite(
            session, organisation_id=organisation_id, name=row.name, email=row.email, discipline=plan.discipline,
            settings=settings, by=by,
        )  # fmt: skip
        for step in plan.steps:
            step(person)
    return lines


def report_csv(lines: Sequence[Line]) -> str:
    """For a spreadsheet: what came, and what became of it. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["line", *COLUMNS, "result", "details"])
    for line in lines:
        row = line.row
        cells = (row.name, row.email, row.discipline, row.team, row.role, row.site, line.fate.value, line.words)
        writer.writerow([str(row.line), *map(harmless, cells)])
    return "\ufeff" + out.getvalue()  # so that Excel reads it as UTF-8


def _told(
    session: Session, row: FileRow, organisation: Organisation, sites: Mapping[str, FileRow], *, by: UUID | None
) -> tuple[Line, _Plan | None]:  # fmt: skip
    try:
        plan = _plan(session, row, organisation, sites, by)
    except _Mistake as mistake:
        return Line(row, Fate.MISTAKE, str(mistake)), None
    words = "; ".join(plan.words)
    if plan.person is None:
        return Line(row, Fate.INVITE, words), plan
    return Line(row, Fate.CHANGE if plan.steps else Fate.SAME, words), plan


def _plan(
    session: Session, row: FileRow, organisation: Organisation, sites: Mapping[str, FileRow], by: UUID | None
) -> _Plan:  # fmt: skip
    """Raises _Mistake."""
    mistake = what_is_wrong_with_name(row.name, whose="their") or what_is_wrong_with_email(row.email)
    if mistake:
        raise _Mistake(mistake)
    if row.repeats:
        raise _Mistake(
            f"The address is in line {row.repeats} already. Leave this line out; further teams are given on the page."
        )
    person = _person(session, row, organisation)
    plan = _Plan(person, _discipline(row))
    if person is not None:
        _plan_details(session, plan, person, row, by)
    team, role = _team(session, row, organisation), _role(row, organisation)
    if role is Role.TRAINEE and team is not None:
        _plan_place(session, plan, team, by)
    elif role is not Role.TRAINEE:
        _plan_role(session, plan, role, team, by)
    if row.site:
        _plan_site(session, plan, team, row, sites[_key(row)], by)
    return plan


def _key(row: FileRow) -> str:
    return " ".join(row.team.lower().split())


def _sites(rows: Iterable[FileRow]) -> dict[str, FileRow]:
    """By team, the first row that says where it works: that one sets it, and the others have to agree."""
    found: dict[str, FileRow] = {}
    for row in rows:
        if row.site:
            found.setdefault(_key(row), row)
    return found


def _person(session: Session, row: FileRow, organisation: Organisation) -> Person | None:
    person = person_at(session, row.email)
    if person is None:
        return None
    if person.organisation_id != organisation.id:
        raise _Mistake("This address cannot be used here. Take another, or ask whoever runs Evoke.")
    if person.state is PersonState.LEFT:
        raise _Mistake(f"{person.name} has left. Open their page and let them return, then send the list again.")
    return person


def _discipline(row: FileRow) -> Discipline | None:
    try:
        return read_discipline(" ".join(row.discipline.split()))
    except DetailsWrong:
        known = ", ".join(Discipline)
        raise _Mistake(
            f"There is no discipline “{row.discipline[:60]}”. Leave it empty, or write one of: {known}."
        ) from None


def _team(session: Session, row: FileRow, organisation: Organisation) -> Team | None:
    if not row.team:
        return None
    if organisation.kind is not OrganisationKind.AUTHORITY:
        raise _Mistake("There are no teams here. Leave the team empty.")
    team = team_called(session, organisation.id, " ".join(row.team.split()))
    if team is None:
        raise _Mistake(
            f"There is no team “{row.team[:60]}”. Correct the name, or add the team, then send the list again."
        )
    if team.closed_at is not None:
        raise _Mistake(f"{team.name} is closed. Choose another team, or open it again, then send the list again.")
    return team


def _role(row: FileRow, organisation: Organisation) -> Role:
    text = " ".join(row.role.lower().split())
    possible = [role for role in roles_in(organisation.kind) if role in Role.of_people()]
    own_word = text.replace(" ", "_")
    role = ROLE_WORDS.get(text) or next((one for one in possible if one.value == own_word), None)
    if not text:
        role = Role.TRAINEE
    elif role not in possible:
        known = ", ".join(one.value.replace("_", " ") for one in possible)
        raise _Mistake(f"There is no role “{row.role[:60]}”. Leave it empty, or write one of: {known}.")
    assert role is not None
    if role is Role.COACH and not row.team:
        raise _Mistake("A coach coaches a team. Name it, or leave the role empty.")
    if role in WIDE_ROLES and row.team:
        raise _Mistake(
            f"The role of {WIDE_ROLES[role]} is for the whole organisation. Leave the team empty, or the role."
        )
    return role


def _plan_details(session: Session, plan: _Plan, person: Person, row: FileRow, by: UUID | None) -> None:
    name = " ".join(row.name.split())
    discipline = plan.discipline or person.discipline
    words = []
    if name != person.name:
        words.append(f"the name from {person.name}")
    if discipline is not person.discipline:
        words.append(f"the discipline to {discipline}")
    if words:
        plan.add(
            " and ".join(words),
            lambda one: change_person(session, person=one, name=name, email=one.email, discipline=discipline, by=by),
        )


def _plan_place(session: Session, plan: _Plan, team: Team, by: UUID | None) -> None:
    """Somebody who is in one other team moves; somebody in several joins this one too."""
    today = utc_now().date()
    places = memberships(session, plan.person, since=today) if plan.person else []
    if any(place.team_id == team.id for place in places):
        return
    if len(places) == 1 and places[0].started_on <= today:
        old, place = session.get_one(Team, places[0].team_id), places[0]
        plan.add(
            f"moves from {old.name} to {team.name} today",
            lambda one: move_team(session, person=one, membership=place, team=team, on=today, by=by),
        )
        return
    plan.add(
        f"trainee in {team.name}",
        lambda one: join_team(session, person=one, team=team, role=Role.TRAINEE, on=today, by=by),
    )


def _plan_site(
    session: Session, plan: _Plan, team: Team | None, row: FileRow, first: FileRow, by: UUID | None
) -> None:  # fmt: skip
    if team is None:
        raise _Mistake("A site is where a team works. Name the team, or leave the site empty.")
    try:
        site = read_site(row.site)
    except DetailsWrong as error:
        raise _Mistake(f"The site is too long. {error.message}") from None
    if first.site.split() != row.site.split():
        raise _Mistake(f"Line {first.line} says that {team.name} works somewhere else. Write the same site in both.")
    if first is row and team.site != site:
        plan.add(f"{team.name} works at {site}", lambda _: set_team_site(session, team=team, site=site, by=by))


def _plan_role(session: Session, plan: _Plan, role: Role, team: Team | None, by: UUID | None) -> None:
    team_id = team.id if team else None
    held = current_grants(session, plan.person) if plan.person else []
    if any(grant.role is role and grant.team_id == team_id for grant in held):
        return
    words = f"coach of {team.name}" if team else WIDE_ROLES[role]
    plan.add(words, lambda one: give_role(session, person=one, role=role, team=team, by=by))
