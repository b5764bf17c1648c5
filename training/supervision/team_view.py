"""One team as its coach sees it: who waits, whose feedback is due, who moved, what each needs next. Never a ranking.

It is loaded in a fixed number of queries, and from the newest sessions of each person alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, func
from sqlmodel import Session, col, select

from coding.scheme.glossary import SCORES, show
from coding.scheme.summary import ScoreName
from models.coding import Score
from models.columns import utc_now
from models.organisation import Team
from models.permissions import Actor
from models.practice import Picked, PracticeSession, SessionKind
from training.next_best import due_shown
from training.planning.many import Newest, load_newest
from training.planning.newest import NewSession
from training.planning.team import PersonPlan, people_of, person_plans
from training.progress.view import difference_shown
from training.session_lists import KIND_SHOWN
from training.supervision.drift import LOOKED_AT, Coded, Drift, Move, compared, drift_of
from training.waits_for_review import review_days, to_review

LATELY = timedelta(days=91)


class Turn(IntEnum):
    """Why somebody stands where they stand on the page, the first first."""

    OVERDUE = 0
    WAITS = 1
    FEEDBACK_DUE = 2
    NOTHING_WAITS = 3


@dataclass(frozen=True)
class Waiting:
    """Sessions of one person that wait for a review; `session_id` is the one due first, `due` in words."""

    count: int
    session_id: UUID
    due: str
    overdue: bool


@dataclass(frozen=True)
class LastSession:
    """`coded` says by whom, in words: signed off by a coach, the machine's first draft, or not coded yet."""

    id: UUID
    held_on: date
    kind: str
    coded: str


@dataclass(frozen=True)
class PersonRow:
    """`last` is None where there is no session that the reader may see; `only_simulated` where each is a talk with a
    simulated parent. `drift` are sentences, `moved_away` whether one of them tells of less MI than before; `compared`
    has the sessions they are of."""

    plan: PersonPlan
    turn: Turn
    waiting: Waiting | None
    last: LastSession | None
    only_simulated: bool
    drift: tuple[str, ...]
    moved_away: bool
    compared: Drift


@dataclass(frozen=True)
class TeamView:
    """`lately` people have a role play or real session of the last three months, `never` have none at all."""

    id: UUID
    name: str
    rows: tuple[PersonRow, ...]
    waiting: int
    overdue: int
    due: int
    lately: int
    never: int
    moved_away: int


def build_team_view(session: Session, team: Team, *, reader: Actor) -> TeamView:
    members = people_of(session, reader, team_id=team.id)
    ids = [person.id for person, _ in members]
    newest = load_newest(session, ids, reader=reader)
    plans = person_plans(session, members, newest, reader=reader)
    waiting, drifts = _waiting(session, ids, reader), _drifts(session, ids, newest)
    sessions_of: dict[UUID, list[NewSession]] = {}
    for one in newest.sessions:
        sessions_of.setdefault(one.person_id, []).append(one)
    rows = [_row(plan, newest, sessions_of.get(plan.id, []), waiting.get(plan.id), drifts[plan.id]) for plan in plans]
    since = utc_now().date() - LATELY
    talks = [one for one in newest.sessions if one.kind is not SessionKind.SIMULATED]
    return TeamView(
        id=team.id, name=team.name, rows=tuple(sorted(rows, key=_order)),
        waiting=sum(one.waiting.count for one in rows if one.waiting),
        overdue=sum(one.turn is Turn.OVERDUE for one in rows), due=sum(one.plan.dose.fading for one in rows),
        lately=len({one.person_id for one in talks if one.held_on >= since}),
        never=len(set(ids) - {one.person_id for one in talks}),
        moved_away=sum(one.moved_away for one in rows),
    )  # fmt: skip


def _order(row: PersonRow) -> tuple[int, date, str, str]:
    """Of those who wait the one who waits longest; nothing of how skilled anybody is."""
    at = row.plan.dose.due_on if row.turn is Turn.FEEDBACK_DUE else date.min
    return row.turn, at, row.plan.name, str(row.plan.id)


def _row(
    plan: PersonPlan, newest: Newest, own: Sequence[NewSession], waiting: Waiting | None, drift: Drift
) -> PersonRow:  # fmt: skip
    """`own` are the person's newest sessions, the newest first."""
    talks = [one for one in own if one.kind is not SessionKind.SIMULATED]
    last = next(iter(talks or own), None)
    turn = Turn.FEEDBACK_DUE if plan.dose.fading else Turn.NOTHING_WAITS
    if waiting is not None:
        turn = Turn.OVERDUE if waiting.overdue else Turn.WAITS
    return PersonRow(
        plan, turn, waiting, _last(last, newest) if last else None, bool(own) and not talks,
        tuple(move_shown(one, drift) for one in drift.moves), drift.away, drift,
    )  # fmt: skip


def _last(one: NewSession, newest: Newest) -> LastSession:
    coded = "not coded yet"
    if one.id in newest.hidden:
        coded = "waits for you to code it blind"
    elif one.signed_off:
        coded = "signed off by a coach"
    elif one.ready:
        coded = "the machine’s first draft"
    return LastSession(one.id, one.held_on, KIND_SHOWN[one.kind].lower(), coded)


def move_shown(move: Move, drift: Drift) -> str:
    """ "Reflections to questions fell from 1.4 : 1 to 0.8 : 1 (−0.9 to −0.3): the newest 3 role plays against the 5
    before, coded by a coach." """
    kind = {"real_practice": "real sessions", "role_play": "role plays", "simulated": "simulated talks"}[drift.kind]
    between = f"{difference_shown(move.name, move.change.low)} to {difference_shown(move.name, move.change.high)}"
    kind += " drawn by lot" if drift.drawn else ""
    by = "signed off by a coach" if drift.by_coach else "coded by the machine alone"
    return (
        f"{SCORES[move.name].name} {'rose' if move.change.rise > 0 else 'fell'} from {show_mean(move.name, move.was)} "
        f"to {show_mean(move.name, move.now)} ({between}): the newest {move.after} {kind} against the {move.before} "
        f"before, {by}."
    )


def show_mean(name: ScoreName, value: float) -> str:
    """Of a number of times, a mean is no whole number."""
    return f"{value:.1f}" if name is ScoreName.MI_NON_ADHERENT else show(name, value)


def _waiting(session: Session, people: Sequence[UUID], reader: Actor) -> dict[UUID, Waiting]:
    days, today = review_days(session, reader.organisation_id), utc_now().date()
    found = {}
    for person_id, session_id, at, waiting in session.exec(_first_waiting(reader), params={"people": people}):
        due = at.date() + timedelta(days=days)
        found[person_id] = Waiting(waiting, session_id, due_shown(due, today), due < today)
    return found


@lru_cache(maxsize=128)
def _first_waiting(reader: Actor) -> Any:
    practice = PracticeSession
    place = func.row_number().over(
        partition_by=col(practice.practitioner_id), order_by=[col(practice.created_at), col(practice.id)]
    )
    count = func.count().over(partition_by=col(practice.practitioner_id))
    rows: Any = (
        select(  # type: ignore[call-overload]
            col(practice.practitioner_id).label("person_id"), col(practice.id).label("id"),
            col(practice.created_at).label("at"), count.label("count"), place.label("place"),
        )
        .where(to_review(reader), col(practice.practitioner_id).in_(bindparam("people", expanding=True)))
        .subquery()
    )  # fmt: skip
    return select(rows.c.person_id, rows.c.id, rows.c.at, rows.c.count).where(rows.c.place == 1)


def _drifts(session: Session, people: Sequence[UUID], newest: Newest) -> dict[UUID, Drift]:
    """Figures are read of the sessions that are compared, and of no others."""
    coding_of: dict[str, UUID] = {}
    looked_at: dict[UUID, list[Coded]] = {}
    for person_id in people:
        own = newest.coded_of(person_id)
        coded = [
            Coded(str(one.id), one.held_on, one.kind.value, coding.by_person, one.picked is Picked.DRAWN)
            for one, coding in own
        ]
        coding_of |= {one.id: coding.id for one, (_, coding) in zip(coded, own, strict=True)}
        looked_at[person_id] = compared(coded)
    scores = _scores(session, [coding_of[one.id] for own in looked_at.values() for one in own])
    return {
        person_id: drift_of([replace(one, scores=scores.get(coding_of[one.id], {})) for one in own])
        for person_id, own in looked_at.items()
    }


def _scores(session: Session, codings: Sequence[UUID]) -> Mapping[UUID, dict[ScoreName, float]]:
    found: dict[UUID, dict[ScoreName, float]] = {}
    for coding_id, *values in session.exec(_SCORES, params={"codings": codings}):
        found[coding_id] = {name: value for name, value in zip(LOOKED_AT, values, strict=True) if value is not None}
    return found


_SCORES: Any = (
    select(
        Score.coding_id,
        *(func.max(case((col(Score.name) == name.value, col(Score.value)))) for name in LOOKED_AT),
    )
    .where(
        col(Score.coding_id).in_(bindparam("codings", expanding=True)),
        col(Score.name).in_([one.value for one in LOOKED_AT]),
    )
    .group_by(col(Score.coding_id))
)
