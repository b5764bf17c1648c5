"""What an authority's uploads come to: of each line what the newest upload says that was not taken back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from models.adoption import AdoptionUpload, AuthorityAdoption, OutcomeMonth, TeamPosts, UploadKind, WorkbookMonth
from models.organisation import Team
from models.person import Discipline, Person, TeamMembership
from training.adoption.lines import Key, OutcomeLine, PostsLine, Value, WorkbookLine, key_of


@dataclass(frozen=True)
class Place:
    """Somebody in a team, from a day to a last day, None where it goes on."""

    person_id: UUID
    team_id: UUID
    discipline: Discipline | None
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class Sources:
    """What the legs of teams and of the workbook are made from. `teams` are closed ones too, by name."""

    teams: tuple[Team, ...]
    posts: tuple[PostsLine, ...]
    places: tuple[Place, ...]
    workbook: tuple[WorkbookLine, ...]


def sources_of(session: Session, organisation_ids: Collection[UUID]) -> dict[UUID, Sources]:
    """By organisation, in as many queries for many as for one."""
    teams: dict[UUID, list[Team]] = {one: [] for one in organisation_ids}
    rows = select(Team).where(col(Team.organisation_id).in_(organisation_ids)).order_by(col(Team.name))
    for team in session.exec(rows):
        teams[team.organisation_id].append(team)
    home = {team.id: id_ for id_, own in teams.items() for team in own}
    places: dict[UUID, list[Place]] = {one: [] for one in organisation_ids}
    for place in places_of(session, list(home)):
        places[home[place.team_id]].append(place)
    posts, books = (_values(session, organisation_ids, kind) for kind in (UploadKind.POSTS, UploadKind.WORKBOOK))
    return {
        one: Sources(
            tuple(teams[one]), tuple(_posts(posts[one].values(), teams[one])), tuple(places[one]),
            tuple(line for line in books[one].values() if isinstance(line, WorkbookLine)),
        )
        for one in organisation_ids
    }  # fmt: skip


def values_of(session: Session, organisation_id: UUID, kind: UploadKind) -> dict[Key, Value]:
    """By what they are about."""
    return _values(session, [organisation_id], kind)[organisation_id]


def _values(session: Session, organisation_ids: Collection[UUID], kind: UploadKind) -> dict[UUID, dict[Key, Value]]:
    found: dict[UUID, dict[Key, Value]] = {one: {} for one in organisation_ids}
    for organisation_id, value in _rows(session, organisation_ids, kind):
        found[organisation_id][key_of(value)] = value
    return found


def posts_of(session: Session, organisation_id: UUID) -> list[PostsLine]:
    return _posts(
        values_of(session, organisation_id, UploadKind.POSTS).values(), teams_of(session, organisation_id)
    )  # fmt: skip


def _posts(found: Iterable[Value], teams: Iterable[Team]) -> list[PostsLine]:
    """A team that is closed has none from that day on."""
    closed = {one.id: one.closed_at.date() for one in teams if one.closed_at is not None}
    lines = [
        one
        for one in found
        if isinstance(one, PostsLine) and (one.team_id not in closed or one.from_on < closed[one.team_id])
    ]
    ended = {(one.team_id, one.discipline) for one in lines if one.team_id in closed}
    return [*lines, *(PostsLine(team, discipline, closed[team], 0.0) for team, discipline in ended)]


def outcomes_of(session: Session, organisation_id: UUID) -> list[OutcomeLine]:
    """The earliest month first; the name of a series as it was written last."""
    found = [
        one for one in values_of(session, organisation_id, UploadKind.OUTCOMES).values() if isinstance(one, OutcomeLine)
    ]
    return sorted(found, key=lambda one: (one.series.casefold(), one.month))


def places_of(session: Session, team_ids: Collection[UUID]) -> list[Place]:
    place = TeamMembership
    rows = session.exec(
        select(place.person_id, place.team_id, Person.discipline, place.started_on, place.ended_on)  # type: ignore[call-overload]
        .join(Person, col(Person.id) == col(place.person_id))
        .where(col(place.team_id).in_(team_ids))
    )
    return [
        Place(person_id, team_id, Discipline(named) if named else None, began, ended)
        for person_id, team_id, named, began, ended in rows
    ]


def teams_of(session: Session, organisation_id: UUID) -> Sequence[Team]:
    """Closed ones too, by name."""
    return session.exec(select(Team).where(col(Team.organisation_id) == organisation_id).order_by(col(Team.name))).all()


def adoption_of(session: Session, organisation_id: UUID) -> AuthorityAdoption:
    """A blank one that is in no database where nobody set anything yet."""
    found = session.get(AuthorityAdoption, organisation_id)
    return found or AuthorityAdoption(organisation_id=organisation_id)


def _rows(session: Session, organisation_ids: Collection[UUID], kind: UploadKind) -> list[tuple[UUID, Value]]:
    """With whose they are; those of later uploads after those of earlier ones."""
    counting = select(AdoptionUpload.id, AdoptionUpload.organisation_id).where(
        col(AdoptionUpload.organisation_id).in_(organisation_ids), col(AdoptionUpload.kind) == kind,
        col(AdoptionUpload.taken_back_at).is_(None),
    )  # fmt: skip
    uploads = session.exec(counting.order_by(col(AdoptionUpload.at), col(AdoptionUpload.id))).all()
    ids, whose = [upload_id for upload_id, _ in uploads], [organisation_id for _, organisation_id in uploads]
    order = {upload_id: number for number, upload_id in enumerate(ids)}
    found: list[tuple[int, Value]] = []
    match kind:
        case UploadKind.POSTS:
            for row in session.exec(select(TeamPosts).where(col(TeamPosts.upload_id).in_(ids))):
                posts = PostsLine(row.team_id, row.discipline, row.from_on, row.posts)
                found.append((order[row.upload_id], posts))
        case UploadKind.WORKBOOK:
            for month in session.exec(select(WorkbookMonth).where(col(WorkbookMonth.upload_id).in_(ids))):
                counts = (month.families_open, month.with_workbook, month.updated)
                found.append((order[month.upload_id], WorkbookLine(month.team_id, month.month, *counts)))
        case UploadKind.OUTCOMES:
            for one in session.exec(select(OutcomeMonth).where(col(OutcomeMonth.upload_id).in_(ids))):
                outcome = OutcomeLine(one.series, one.month, one.count, one.out_of)
                found.append((order[one.upload_id], outcome))
    return [(whose[number], value) for number, value in sorted(found, key=lambda pair: pair[0])]
