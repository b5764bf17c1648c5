"""Teams: added, renamed, placed, closed, opened again."""

from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.lock import hold_lock
from models.organisation import Team
from models.people.places import members_of
from models.sign_in import LONGEST_NAME, DetailsWrong


class TeamNotEmpty(EvokeError):
    status = 409
    code = "team_not_empty"


LONGEST_SITE = 100


def add_team(session: Session, *, organisation_id: UUID, name: str, site: str = "", by: UUID | None) -> Team:
    """`site` is where it works. Raises DetailsWrong."""
    team = Team(
        organisation_id=organisation_id, name=_free_name(session, organisation_id, name), site=read_site(site)
    )  # fmt: skip
    session.add(team)
    session.flush()
    record_audit(session, action="team_added", subject=team, organisation_id=organisation_id, by=by)
    return team


def rename_team(session: Session, *, team: Team, name: str, by: UUID | None) -> None:
    """Raises DetailsWrong."""
    if team.name == name.strip():
        return
    team.name = _free_name(session, team.organisation_id, name, but=team)
    session.add(team)
    record_audit(session, action="team_renamed", subject=team, organisation_id=team.organisation_id, by=by)


def set_team_site(session: Session, *, team: Team, site: str, by: UUID | None) -> None:
    """Where it works; empty where nobody says. Raises DetailsWrong."""
    site = read_site(site)
    if team.site == site:
        return
    team.site = site
    session.add(team)
    record_audit(
        session, action="team_site_changed", subject=team, organisation_id=team.organisation_id, by=by, site=site
    )


def close_team(session: Session, *, team: Team, by: UUID | None) -> None:
    """Its coaches can still read what it did. Raises TeamNotEmpty."""
    if team.closed_at is not None:
        return
    if there := members_of(session, team):
        people = "1 person is" if there == 1 else f"{there} people are"
        raise TeamNotEmpty(f"{people} still in {team.name}. Move them to another team first, then close it.")
    team.closed_at = utc_now()
    session.add(team)
    record_audit(session, action="team_closed", subject=team, organisation_id=team.organisation_id, by=by)


def reopen_team(session: Session, *, team: Team, by: UUID | None) -> None:
    if team.closed_at is None:
        return
    team.closed_at = None
    session.add(team)
    record_audit(session, action="team_reopened", subject=team, organisation_id=team.organisation_id, by=by)


def team_called(session: Session, organisation_id: UUID, name: str) -> Team | None:
    """Capitals and spaces at the ends do not matter: people type names as they come."""
    same = func.lower(col(Team.name)) == name.strip().lower()
    return session.exec(select(Team).where(col(Team.organisation_id) == organisation_id, same)).first()


def read_site(site: str) -> str:
    """Raises DetailsWrong."""
    site = " ".join(site.split())
    if len(site) > LONGEST_SITE:
        raise DetailsWrong({"team_site": f"Shorten this to {LONGEST_SITE} characters or fewer."})
    return site


def _free_name(session: Session, organisation_id: UUID, name: str, *, but: Team | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise DetailsWrong({"team_name": "Enter a name for the team."})
    if len(name) > LONGEST_NAME:
        raise DetailsWrong({"team_name": f"Shorten this to {LONGEST_NAME} characters or fewer."})
    hold_lock(session, f"team names of {organisation_id}")
    there = team_called(session, organisation_id, name)
    if there is not None and there is not but:
        closed = ", which is closed. You can open it again" if there.closed_at else ""
        raise DetailsWrong({"team_name": f"There is a team called {there.name} already{closed}."})
    return name
