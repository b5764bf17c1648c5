"""How far an authority's coders say the same, for people: from figures that a worker worked out. Loads no numpy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from coding.agreement.statistic import WhyNot, band_of
from coding.double.compare import coded_twice
from coding.double.rule import rule_of
from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.glossary import CODES, SCORES
from coding.scheme.summary import ScoreName
from models.double_coding import AgreementFigures
from models.permissions import Actor

NEEDED = 10
"""Sessions coded twice, from which on a figure has an interval."""
NEEDED_FOR_SCORES = 2
_NAMES = {code.value: CODES[code].name for code in (*Behaviour, *ClientTalk)}
Kept = Mapping[str, Any]


@dataclass(frozen=True)
class FigureView:
    """`shown` is empty where there is no figure; `why` then says why, or why there is no interval. `band` only of a
    kappa or an ICC. `rests` says on what it rests, such as "120 lines"."""

    name: str
    shown: str
    band: str
    interval: str
    why: str
    rests: str = ""


@dataclass(frozen=True)
class ConfusionView:
    """`rows[i][j]`: lines that the first coder gave `codes[i]` and the second `codes[j]`."""

    title: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class ReportView:
    """`overall` are the figures to begin with, `codes` kappa of each code, `volleys` of what each stretch counts,
    `counts`, `scores` and `ratings` ICC over sessions."""

    sessions: int
    overall: tuple[FigureView, ...]
    codes: tuple[FigureView, ...]
    volleys: tuple[FigureView, ...]
    counts: tuple[FigureView, ...]
    scores: tuple[FigureView, ...]
    ratings: tuple[FigureView, ...]
    confusion: tuple[ConfusionView, ...]
    drawn: str


@dataclass(frozen=True)
class AgreementView:
    """`twice` sessions are signed off by both coaches; `waiting` says that figures of them are being worked out.
    `more` are those needed until figures have intervals."""

    twice: int
    more: int
    percent: int
    waiting: bool
    made_at: datetime | None
    people: ReportView | None
    machine: ReportView | None


def build_agreement_view(session: Session, actor: Actor) -> AgreementView:
    kept = kept_figures(session, actor)
    twice = coded_twice(session, actor.organisation_id)
    people, machine = (kept.figures.get(one) if kept else None for one in ("people", "machine"))
    return AgreementView(
        twice=twice,
        more=max(0, NEEDED - twice),
        percent=rule_of(session, actor.organisation_id).percent,
        waiting=twice > 0 and (kept is None or kept.sessions < twice),
        made_at=kept.made_at if kept else None,
        people=_report(people) if people else None,
        machine=_report(machine, first="machine", second="second coach") if machine else None,
    )


def kept_figures(session: Session, actor: Actor) -> AgreementFigures | None:
    found = select(AgreementFigures).where(col(AgreementFigures.organisation_id) == actor.organisation_id)
    return session.exec(found).first()


def _report(kept: Kept, *, first: str = "first", second: str = "second") -> ReportView:
    """`first` and `second` are what the two are called."""

    def who(one: int, other: int) -> str:
        return f"{first} {one}, {second} {other}"

    sides = (("practitioner", "Codes of the practitioner"), ("client", "Codes of the other person"))
    drawn = kept["drawn"]
    return ReportView(
        sessions=kept["sessions"],
        overall=(
            kappa_view("Practitioner, all codes (kappa)", kept["practitioner"]["kappa"], "lines"),
            kappa_view("Other person, all codes (kappa)", kept["client"]["kappa"], "lines"),
            share_view("Practitioner, lines with the same code", kept["practitioner"]["same"], "lines"),
            share_view("Other person, lines with the same code", kept["client"]["same"], "lines"),
        ),
        codes=tuple(
            kappa_view(_NAMES[code], one, who(*_used(kept[side], number)))
            for side, _ in sides
            for number, (code, one) in enumerate(zip(kept[side]["codes"], kept[side]["by_code"], strict=True))
        ),
        volleys=(
            share_view("Stretches in which both count exactly the same", kept["volleys"]["same"], "stretches"),
            share_view(
                "Codes counted by both, of those that either counts (F1)", kept["volleys"]["micro_f1"], "stretches"
            ),
            *(
                kappa_view(_NAMES[one["code"]], one["kappa"], who(one["first"], one["second"]))
                for one in kept["volleys"]["by_code"]
            ),
        ),
        counts=tuple(_icc(_NAMES[code], one) for code, one in kept["counts"].items()),
        scores=tuple(_icc(SCORES[ScoreName(name)].name, one) for name, one in kept["scores"].items()),
        ratings=tuple(_icc(name.replace("_", " ").capitalize(), one["icc"]) for name, one in kept["ratings"].items()),
        confusion=tuple(
            ConfusionView(
                title, tuple(kept[side]["codes"]), tuple(_NAMES[one] for one in kept[side]["codes"]),
                tuple(tuple(row) for row in kept[side]["table"]),
            )
            for side, title in sides
        ),
        drawn=f"Both drew {drawn['pairs']} lines alike. The {first} alone drew {drawn['only_first']}, the {second} "
        f"alone {drawn['only_second']}. {drawn['moved']} they gave to different speakers.",
    )  # fmt: skip


def _used(side: Kept, number: int) -> tuple[int, int]:
    return sum(side["table"][number]), sum(row[number] for row in side["table"])


def kappa_view(name: str, kept: Kept, of: str) -> FigureView:
    """`of` says what it rests on: a unit, or who gave it how often."""
    return _figure(name, kept, of if "," in of else f"{kept['items']} {of}")


def _icc(name: str, kept: Kept) -> FigureView:
    return _figure(name, kept, f"{kept['items']} {'session' if kept['items'] == 1 else 'sessions'}")


def _figure(name: str, kept: Kept, rests: str) -> FigureView:
    value, low, high = kept["value"], kept["low"], kept["high"]
    band = band_of(value)
    return FigureView(
        name, "" if value is None else _two(value), band.value if band else "",
        "" if low is None else f"{_two(low)} to {_two(high)}", _why(kept), rests,
    )  # fmt: skip


def share_view(name: str, kept: Kept, of: str) -> FigureView:
    """In percent."""
    value, low, high = kept["value"], kept["low"], kept["high"]
    return FigureView(
        name, "" if value is None else f"{100 * value:.0f}\u00a0%", "",
        "" if low is None else f"{100 * low:.0f}\u00a0% to {100 * high:.0f}\u00a0%", _why(kept),
        f"{kept['items']} {of}",
    )  # fmt: skip


def _why(kept: Kept) -> str:
    """The page says once for all of them that there are too few sessions for intervals."""
    why = kept["why"] or ""
    return "none yet" if why == WhyNot.FEW_SESSIONS and kept["value"] is not None else str(why)


def _two(value: float) -> str:
    """ "0.60" is never shown of what is not in the band from there: 0.599 is 0.59."""
    cut = int(value * 100) / 100 if band_of(round(value, 2)) is not band_of(value) else value
    return f"{cut + 0.0:.2f}".replace("-0.00", "0.00")
