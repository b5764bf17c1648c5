"""One sheet for a team's meeting: what its sessions have in common, three stretches to read, and something to practise.

Nothing of it is kept. Nobody is named on it, and no day is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, product
from uuid import UUID

from sqlmodel import Session, col, select

from coding.codings_in_order import codings_that_count
from models.columns import utc_now
from models.organisation import Team
from models.permissions import Actor
from models.person import Person, TeamMembership
from models.practice import Picked, PracticeSession, SessionKind
from training.modules.library import library_for
from training.planning.figures import coded_shares, hidden_from
from training.session_lists import KIND_SHOWN
from training.skills import SKILLS, Skill
from training.supervision.leave_out import asked_for, parts_of_names, without
from training.supervision.moments import SHOWS, Moment, moments_of
from training.supervision.pack_words import DISCUSS, DISCUSS_ANY, moment_shown, theme_shown
from training.supervision.readable import Readable, readable_sessions, signed_here
from training.supervision.themes import OfSession, Theme, themes_of

LATELY = timedelta(days=91)
MOST_SESSIONS = 60
EXCERPTS = 3
EACH = 2
"""Stretches offered of one session for one skill."""


@dataclass(frozen=True)
class Wanted:
    """What a coach chose: the key of each stretch, empty for none, and what is to be left out of each."""

    keys: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class TurnShown:
    who: str
    text: str


@dataclass(frozen=True)
class Excerpt:
    """`turns` are empty where none is chosen. `session_id` is for the coach alone."""

    key: str
    turns: tuple[TurnShown, ...]
    kind: str
    discuss: str
    left_out: str
    session_id: UUID | None


@dataclass(frozen=True)
class ThemeShown:
    title: str
    well: bool
    sentence: str


@dataclass(frozen=True)
class Practice:
    """What to do about the skill of the first theme to work on; addresses and what they are called."""

    skill: str
    module: tuple[str, str]
    exercise: tuple[str, str]


@dataclass(frozen=True)
class Pack:
    """The themes are of `sessions` signed off of `people` in the last three months, of one `kind`, and all `drawn` by
    lot or all chosen. `choices` are the stretches there are, each with its key and what it shows, from `readable`
    sessions."""

    team_id: UUID
    team: str
    sessions: int
    people: int
    kind: str
    drawn: bool
    themes: tuple[ThemeShown, ...]
    excerpts: tuple[Excerpt, ...]
    choices: tuple[tuple[str, str], ...]
    readable: int
    practice: Practice | None

    @property
    def shown(self) -> list[UUID]:
        """The sessions of which something stands on the sheet."""
        return list(dict.fromkeys(one.session_id for one in self.excerpts if one.session_id is not None))


def build_pack(session: Session, team: Team, *, reader: Actor, wanted: Wanted | None = None) -> Pack:
    """With nothing `wanted`, as Evoke would choose. A key that is not there, or not any more, chooses nothing."""
    today, hidden = utc_now().date(), hidden_from(session, reader)
    kind, drawn, sessions = _signed(session, team, reader, today, hidden)
    themes = themes_of(sessions)
    readable = readable_sessions(session, team, reader=reader, today=today, hidden=hidden)
    offered = _offered(readable, [one.skill for one in themes])
    keys = wanted.keys if wanted else _chosen(offered)
    left_out = wanted.left_out if wanted else ()
    names = parts_of_names(_names(session, team, readable))
    places = range(EXCERPTS)
    first = next((one for one in themes if not one.well), next(iter(themes), None))
    return Pack(
        team_id=team.id, team=team.name, sessions=len(sessions), people=len({one.person for one in sessions}),
        kind=KIND_SHOWN[kind].lower() if kind else "", drawn=drawn,
        themes=tuple(_theme(one) for one in themes),
        excerpts=tuple(
            _excerpt(offered, keys[at] if at < len(keys) else "", left_out[at] if at < len(left_out) else "", names)
            for at in places
        ),
        choices=tuple((key, f"{at}. {moment_shown(moment, KIND_SHOWN[of.kind])}")
                      for at, (key, (of, moment)) in enumerate(offered.items(), 1)),
        readable=len(readable),
        practice=_practice(session, team, first.skill if first else Skill.REFLECTIONS),
    )  # fmt: skip


_Offered = dict[str, tuple[Readable, Moment]]


def _signed(
    session: Session, team: Team, reader: Actor, today: date, hidden: set[UUID]
) -> tuple[SessionKind | None, bool, list[OfSession]]:
    """The newest of the kind of which most people have one, all chosen or all drawn: they are never mixed."""
    here = signed_here(session, team, reader=reader, since=today - LATELY, hidden=hidden)
    rows = session.exec(
        select(PracticeSession.id, PracticeSession.practitioner_id, PracticeSession.kind, PracticeSession.picked)
        .where(*here)  # type: ignore[arg-type]
        .order_by(col(PracticeSession.held_on).desc(), col(PracticeSession.id).desc())
        .limit(MOST_SESSIONS)
    ).all()
    slices = product(SessionKind, Picked)
    alike = {one: [row for row in rows if (row[2], row[3]) == one] for one in slices}
    (kind, picked), own = max(alike.items(), key=lambda item: (len({row[1] for row in item[1]}), len(item[1])))
    codings = codings_that_count(session, [row[0] for row in own])
    shares = coded_shares(session, [one.id for one in codings.values() if one.by_person])
    found = [
        OfSession(str(person_id), shares[codings[id_].id])
        for id_, person_id, *_ in own
        if id_ in codings and codings[id_].by_person
    ]
    return kind if found else None, picked is Picked.DRAWN, found


def _offered(readable: Sequence[Readable], first: Sequence[Skill]) -> _Offered:
    """By key: of the skills of the themes first, and in no order of people or days."""
    found: _Offered = {}
    stretches = set()
    for skill in dict.fromkeys((*first, *SHOWS)):
        for one in sorted(readable, key=lambda one: one.id.hex[::-1]):
            for moment in islice(moments_of(one.lines, skill), EACH):
                stretch = (one.id, moment.first, moment.last)
                if stretch not in stretches:
                    stretches.add(stretch)
                    found[f"{one.id}.{skill.value}.{moment.first}-{moment.last}"] = (one, moment)
    return found


def _chosen(offered: _Offered) -> tuple[str, ...]:
    """Of as many people as there are, then of as many sessions; never two that overlap."""
    chosen: list[str] = []
    while len(chosen) < EXCERPTS:
        taken = [offered[key] for key in chosen]
        left = [key for key, (of, moment) in offered.items() if key not in chosen and not _overlaps(of, moment, taken)]
        if not left:
            break
        people, sessions = {of.person_id for of, _ in taken}, {of.id for of, _ in taken}
        chosen.append(min(left, key=lambda key: (offered[key][0].person_id in people, offered[key][0].id in sessions)))
    return tuple(chosen)


def _overlaps(of: Readable, moment: Moment, taken: Sequence[tuple[Readable, Moment]]) -> bool:
    return any(
        of.id == other.id and moment.first <= one.last and one.first <= moment.last for other, one in taken
    )  # fmt: skip


def _excerpt(offered: _Offered, key: str, left_out: str, names: Sequence[str]) -> Excerpt:
    if key not in offered:
        return Excerpt("", (), "", "", left_out, None)
    of, moment = offered[key]
    words = asked_for(left_out)
    turns = tuple(
        TurnShown("Practitioner" if one.practitioner else "Parent", without(one.text, words, exact=names))
        for one in moment.turns
    )
    return Excerpt(key, turns, KIND_SHOWN[of.kind], DISCUSS.get(moment.skill, DISCUSS_ANY), left_out, of.id)


def _names(session: Session, team: Team, readable: Sequence[Readable]) -> list[str]:
    """Of everybody who is or was in the team, and of those whose sessions are read."""
    members = select(TeamMembership.person_id).where(col(TeamMembership.team_id) == team.id)
    of_these = col(Person.id).in_(members) | col(Person.id).in_([one.person_id for one in readable])
    return list(session.exec(select(Person.name).where(of_these)))


def _theme(theme: Theme) -> ThemeShown:
    return ThemeShown(SKILLS[theme.skill].name, theme.well, theme_shown(theme))


def _practice(session: Session, team: Team, skill: Skill) -> Practice | None:
    """The module that names the skill first, and an easy exercise of it."""
    library = library_for(session, team.organisation_id)
    modules = sorted(library.modules_for(skill), key=lambda one: one.head.skills.index(skill))
    exercises = sorted(library.exercises_for(skill), key=lambda one: one.exercise.level)
    if not modules or not exercises:
        return None
    placed = exercises[0]
    exercise = f"exercise {placed.number} of “{placed.module.head.title}”"
    return Practice(
        SKILLS[skill].name, (f"/learn/{modules[0].slug}", modules[0].head.title),
        (f"/learn/{placed.module.slug}/exercises/{placed.exercise.id}", exercise),
    )  # fmt: skip
