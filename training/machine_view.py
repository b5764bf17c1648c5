"""Which coder codes for an authority, and how far its coaches let the machine's codes stand: for people. No numpy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from coding.coder.now import Chosen, CoderNow, coder_now
from coding.corrections.groups import LEAST_COACHES, LEAST_LINES, LEAST_PRACTITIONERS, LEAST_SESSIONS
from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from coding.scheme.glossary import CODES
from models.coding import Coding
from models.machine_check import MachineFigures
from models.organisation import Team
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from models.settings import Settings
from models.transcript import TranscriptVersion
from training.agreement_view import FigureView, kappa_view, share_view

NEEDED = {
    "sessions": LEAST_SESSIONS, "practitioners": LEAST_PRACTITIONERS, "coaches_of_a_team": LEAST_COACHES,
    "lines_of_a_code": LEAST_LINES,
}  # fmt: skip
_NAMES = {code.value: CODES[code].name for code in (*Behaviour, *ClientTalk)}
_SIDES = ((Speaker.PRACTITIONER, "Practitioner"), (Speaker.CLIENT, "Other person"))
Kept = Mapping[str, Any]


@dataclass(frozen=True)
class CodeFate:
    """Lines that the `machine` gave the code, the `coach` did, `both` did, and either (`lines`), in so many `sessions`.
    `few` of them, and `kappa` has no figure."""

    machine: int
    coach: int
    both: int
    lines: int
    sessions: int
    few: bool
    kappa: FigureView


@dataclass(frozen=True)
class TeamFate:
    """Of one team, or of those too small to be shown alone."""

    name: str
    sessions: int
    figures: tuple[FigureView, ...]
    codes: tuple[CodeFate, ...]


@dataclass(frozen=True)
class VersionFate:
    """Of one version of the coder. Without figures there are too few sessions to say. `anew` lines could not be
    compared."""

    version: str
    now: bool
    sessions: int
    lines: int
    anew: int
    figures: tuple[FigureView, ...]
    codes: tuple[CodeFate, ...]
    teams: tuple[TeamFate, ...]


@dataclass(frozen=True)
class MachineView:
    """`first_coded` is when the coder in use coded a session of this authority for the first time that is still kept.
    `made_at` is None as long as nothing was worked out."""

    coder: CoderNow
    how: str
    first_coded: datetime | None
    versions: tuple[VersionFate, ...]
    made_at: datetime | None


HOW = {
    Chosen.DEFAULT: "It ships with Evoke as the default; nobody chose another.",
    Chosen.COMMAND: "Somebody who runs Evoke chose it with evoke model use.",
    Chosen.SETTING: "The setting EVOKE_CODER names it, and goes before any choice.",
}


def build_machine_view(session: Session, actor: Actor, settings: Settings) -> MachineView:
    row = kept_figures(session, actor)
    coder = coder_now(settings)
    names = _team_names(session, actor)
    versions = [_version(one, coder, names) for one in machine_figures(row, actor)]
    return MachineView(
        coder=coder,
        how=HOW[coder.chosen],
        first_coded=_first_coded(session, actor, coder.version),
        versions=tuple(sorted(versions, key=lambda one: not one.now)),
        made_at=row.made_at if row else None,
    )


def kept_figures(session: Session, actor: Actor) -> MachineFigures | None:
    found = select(MachineFigures).where(col(MachineFigures.organisation_id) == actor.organisation_id)
    return session.exec(found).first()


def machine_figures(row: MachineFigures | None, actor: Actor) -> list[dict[str, Any]]:
    """By version, as a worker kept them, of the teams that the actor may see: whoever has the permission in some teams
    alone sees these beside the authority's own, and not what the others have together."""
    teams, everywhere = actor.teams_with(Permission.SEE_MACHINE_AGREEMENT)
    seen = {str(one) for one in teams}
    return [
        {**one, "teams": [team for team in one["teams"] if everywhere or team["team_id"] in seen]}
        for one in (row.figures["versions"] if row else ())
    ]


def _team_names(session: Session, actor: Actor) -> dict[UUID, str]:
    found = select(Team.id, Team.name).where(col(Team.organisation_id) == actor.organisation_id)
    return dict(session.exec(found).all())


def _first_coded(session: Session, actor: Actor, version: str) -> datetime | None:
    found = (
        select(func.min(col(Coding.created_at)))
        .join(TranscriptVersion, col(TranscriptVersion.id) == col(Coding.transcript_id))
        .join(PracticeSession, col(PracticeSession.id) == col(TranscriptVersion.session_id))
        .where(
            col(PracticeSession.organisation_id) == actor.organisation_id, col(Coding.model_version) == version,
            col(PracticeSession.withdrawn_at).is_(None),
        )
    )  # fmt: skip
    return session.exec(found).one()


def _version(kept: Kept, coder: CoderNow, names: Mapping[UUID, str]) -> VersionFate:
    figures = kept["figures"]
    return VersionFate(
        version=kept["version"],
        now=kept["version"] == coder.version,
        sessions=kept["sessions"],
        lines=figures["lines"] if figures else 0,
        anew=figures["anew"] if figures else 0,
        figures=_overall(figures) if figures else (),
        codes=_codes(figures) if figures else (),
        teams=tuple(
            TeamFate(_team_name(one, names), one["sessions"], _overall(one["figures"]), _codes(one["figures"]))
            for one in kept["teams"]
        ),
    )


def _team_name(kept: Kept, names: Mapping[UUID, str]) -> str:
    if kept["team_id"] is None:
        return f"{kept['teams']} others together"
    return names.get(UUID(kept["team_id"]), "A team that was closed")


def _overall(figures: Kept) -> tuple[FigureView, ...]:
    found = []
    for role, who in _SIDES:
        side = figures[role.value]
        lines = sum(one["machine"] for one in side["codes"])
        rests = {"items": lines}
        found.append(share_view(f"{who}: lines whose code stood", side["same"] | rests, "lines"))
        found.append(kappa_view(f"{who}: kappa", side["kappa"] | rests, "lines"))
    return tuple(found)


def _codes(figures: Kept) -> tuple[CodeFate, ...]:
    """Those that anybody gave."""
    return tuple(_code(one) for role, _ in _SIDES for one in figures[role.value]["codes"] if one["sessions"])


def _code(kept: Kept) -> CodeFate:
    machine, coach, both = kept["machine"], kept["coach"], kept["both"]
    few = {"value": None, "low": None, "high": None, "why": f"Too few to say: fewer than {LEAST_LINES} lines."}
    lines = machine + coach - both
    kappa = kappa_view(_NAMES[kept["code"]], (kept["kappa"] or few) | {"items": lines}, "lines")
    return CodeFate(machine, coach, both, lines, kept["sessions"], kept["kappa"] is None, kappa)
