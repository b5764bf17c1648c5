"""The simulated parents to choose from, and what one reads before a talk."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.conversation import Conversation, ConversationState
from models.errors import NotFound
from models.permissions import Actor
from models.practice import PracticeSession
from training.simulated.format import Discipline, Scenario, Topic
from training.simulated.shelf import scenarios

DISCIPLINE_SHOWN = {
    Discipline.SOCIAL_WORK: "Children’s social work",
    Discipline.DOMESTIC_ABUSE: "Domestic abuse",
    Discipline.SUBSTANCE_USE: "Substance use",
    Discipline.MENTAL_HEALTH: "Adult mental health",
    Discipline.PROBATION: "Probation",
    Discipline.FAMILY_SUPPORT: "Family support",
}
TOPIC_SHOWN = {
    Topic.ALCOHOL: "Alcohol",
    Topic.DRUGS: "Drugs",
    Topic.DOMESTIC_ABUSE: "Domestic abuse",
    Topic.MENTAL_HEALTH: "Mental health",
    Topic.PARENTING: "Parenting",
    Topic.HOME: "Home and safety",
    Topic.SCHOOL: "School",
    Topic.OFFENDING: "Offending",
}
LEVEL_SHOWN = {1: "First steps", 2: "Some practice", 3: "Hard"}


@dataclass(frozen=True)
class ParentRow:
    slug: str
    scenario: Scenario
    met: int
    under_way: UUID | None

    @property
    def discipline(self) -> str:
        return DISCIPLINE_SHOWN[self.scenario.discipline]

    @property
    def topic(self) -> str:
        return TOPIC_SHOWN[self.scenario.topic]

    @property
    def level(self) -> str:
        return LEVEL_SHOWN[self.scenario.level]


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty means all. `met` is "yes" or "no"."""

    discipline: str = ""
    topic: str = ""
    level: str = ""
    met: str = ""

    def fits(self, row: ParentRow) -> bool:
        one = row.scenario
        return (
            self.discipline in ("", one.discipline.value)
            and self.topic in ("", one.topic.value)
            and self.level in ("", str(one.level))
            and self.met in ("", "yes" if row.met else "no")
        )


@dataclass(frozen=True)
class ParentsView:
    """`rows` are those that fit; `under_way` all talks that wait to be gone on with, in the whole list."""

    rows: tuple[ParentRow, ...]
    under_way: tuple[ParentRow, ...]
    all: int
    wanted: Wanted
    choices: dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Past:
    """A finished talk whose session can be seen."""

    conversation_id: UUID
    finished_at: datetime


def parents_view(session: Session, *, wanted: Wanted, by: Actor) -> ParentsView:
    own = _own(session, by)
    met = Counter(one.scenario for one in own if one.state is ConversationState.FINISHED)
    open_ones = {one.scenario: one.id for one in own if one.state is not ConversationState.FINISHED}
    rows = [ParentRow(slug, one, met[slug], open_ones.get(slug)) for slug, one in scenarios().items()]
    return ParentsView(
        rows=tuple(row for row in rows if wanted.fits(row)),
        under_way=tuple(row for row in rows if row.under_way),
        all=len(rows),
        wanted=wanted,
        choices=_choices(rows),
    )


def require_scenario(slug: str) -> Scenario:
    """Raises NotFound."""
    if (found := scenarios().get(slug)) is None:
        raise NotFound("There is no such simulated parent. Choose one from the list.")
    return found


def past_talks(session: Session, slug: str, *, by: Actor) -> list[Past]:
    """The newest first."""
    done = [one for one in _own(session, by) if one.scenario == slug and one.finished_at is not None]
    here = select(PracticeSession.id).where(
        col(PracticeSession.id).in_([one.id for one in done]), col(PracticeSession.withdrawn_at).is_(None)
    )
    shown = set(session.exec(here))
    return [Past(one.id, one.finished_at) for one in reversed(done) if one.id in shown and one.finished_at]


def open_talk(session: Session, slug: str, *, by: Actor) -> UUID | None:
    return next(
        (one.id for one in _own(session, by) if one.scenario == slug and one.state is not ConversationState.FINISHED),
        None,
    )


def _own(session: Session, by: Actor) -> Sequence[Conversation]:
    mine = select(Conversation).where(col(Conversation.person_id) == by.person_id)
    return session.exec(mine.order_by(col(Conversation.begun_at), col(Conversation.id))).all()


def _choices(rows: Sequence[ParentRow]) -> dict[str, list[tuple[str, str]]]:
    """Only what would find somebody."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        found["discipline"][row.scenario.discipline.value] = row.discipline
        found["topic"][row.scenario.topic.value] = row.topic
        found["level"][str(row.scenario.level)] = row.level
    found["met"] = {"no": "Not met yet", "yes": "Met before"}
    return {
        name: [("", "All"), *sorted(values.items(), key=lambda one: one[0] if name == "level" else one[1])]
        for name, values in found.items()
    }
