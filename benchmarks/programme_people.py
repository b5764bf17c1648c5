"""The authorities, teams and people of a made-up programme."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.keys import OrganisationKey, current_key, opened_key
from models.many_rows import put_rows, row
from models.organisation import OrganisationKind, Team
from models.person import Discipline, Person, Role, RoleGrant, TeamMembership
from models.sign_in import make_organisation

SITES = ("Harbour House", "Station Road", "The Quay", "")
DISCIPLINES = (
    *[Discipline.CHILDRENS_SOCIAL_WORKER] * 9, *[Discipline.CHILDRENS_PRACTITIONER] * 3,
    *[Discipline.RECOVERY_WORKER] * 2, *[Discipline.ADULT_MENTAL_HEALTH] * 2, *[Discipline.DOMESTIC_ABUSE] * 2,
    Discipline.PROBATION_OFFICER, Discipline.PERPETRATOR_WORKER, None,
)  # fmt: skip
_BETWEEN_TEAMS, _BETWEEN_PEOPLE = 0.35, 0.6
_LEAVES = 0.04


@dataclass(frozen=True)
class Practitioner:
    """`skill` is how skilled they began, 0 for the middling; `often` how often they are recorded beside others."""

    id: UUID
    team: UUID
    skill: float
    often: float


@dataclass(frozen=True)
class MadeAuthority:
    """`coaches` by team. `wraps` is the key that wraps keys of sessions."""

    id: UUID
    wraps: OrganisationKey
    key: bytes
    lead: UUID
    coaches: dict[UUID, UUID]
    practitioners: tuple[Practitioner, ...]


@dataclass
class Ids:
    """Those of version 7, as the application makes them, but as of any time and the same for the same seed."""

    dice: random.Random = field(default_factory=lambda: random.Random(20261126))

    def at(self, when: datetime) -> UUID:
        value = int(when.timestamp() * 1000) << 80 | self.dice.getrandbits(76)
        value = value & ~(0xF << 76) | 0x7 << 76
        return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def make_authority(
    session: Session, name: str, *, teams: int, people: int, ids: Ids, today: date
) -> MadeAuthority:  # fmt: skip
    """A lead who administers too, a coach for each team, and the rest who practise."""
    dice = ids.dice
    organisation = make_organisation(session, name=name)
    organisation.evaluation_opt_in = True
    session.add(organisation)
    session.flush()
    wraps = current_key(session, organisation.id)
    began = _noon(today - timedelta(days=1600))
    rows: dict[type, list[dict[str, Any]]] = {Team: [], Person: [], RoleGrant: [], TeamMembership: []}

    def person(shown: str, discipline: Discipline | None, *roles: tuple[Role, UUID | None]) -> UUID:
        id_ = ids.at(began)
        rows[Person].append(
            row(
                id=id_, organisation_id=organisation.id, name=shown, email=f"{id_.hex}@example.org", password_hash="",
                discipline=discipline, created_at=began,
            )
        )  # fmt: skip
        rows[RoleGrant].extend(
            row(id=ids.at(began), person_id=id_, role=role, team_id=team, started_at=began) for role, team in roles
        )
        return id_

    def member(id_: UUID, team: UUID, since: date, until: date | None = None) -> None:
        rows[TeamMembership].append(
            row(id=ids.at(began), person_id=id_, team_id=team, started_on=since, ended_on=until)
        )

    lead = person(f"Lead of {name}", Discipline.MANAGER, (Role.LEAD, None), (Role.ADMINISTRATOR, None))
    coaches, practitioners = {}, []
    made = [ids.at(began) for _ in range(teams)]
    for number, team in enumerate(made):
        site = SITES[number % len(SITES)]
        rows[Team].append(row(id=team, organisation_id=organisation.id, name=f"Team {number + 1}", site=site))
        coaches[team] = person(f"Coach {number + 1}", Discipline.MANAGER, (Role.COACH, team))
        member(coaches[team], team, began.date())
    better = {team: dice.gauss(0, _BETWEEN_TEAMS) for team in made}
    for number in range(people - teams - 1):
        team = made[number % teams]
        id_ = person(f"Practitioner {number + 1}", dice.choice(DISCIPLINES), (Role.TRAINEE, team))
        since = today - timedelta(days=dice.randrange(100, 1500))
        gone = dice.random() < _LEAVES
        member(id_, team, since, today - timedelta(days=dice.randrange(1, 90)) if gone else None)
        often = 0.0 if dice.random() < 0.1 else dice.uniform(0.5, 1.5)
        practitioners.append(Practitioner(id_, team, dice.gauss(better[team], _BETWEEN_PEOPLE), often))
    for table, found in rows.items():
        put_rows(session, table, found)
    session.flush()
    return MadeAuthority(organisation.id, wraps, opened_key(session, wraps), lead, coaches, tuple(practitioners))


def make_centre(session: Session, *, ids: Ids, today: date) -> UUID:
    """An evaluation centre; the id of its evaluator."""
    centre = make_organisation(session, name="Evaluation centre", kind=OrganisationKind.EVALUATION)
    at = _noon(today - timedelta(days=1600))
    evaluator = Person(
        id=ids.at(at), organisation_id=centre.id, name="Evaluator", email="evaluator@example.org", password_hash=""
    )
    session.add(evaluator)
    session.flush()
    session.add(RoleGrant(person_id=evaluator.id, role=Role.EVALUATOR, started_at=at))
    session.flush()
    return evaluator.id


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
