"""Motivational interviewing in an authority over time: as it was worked out last, or now."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from coding.retention import periods_of as kept_by
from models.coding import CodedBy
from models.columns import utc_now
from models.figures import FigureSnapshot
from models.practice import Picked, SessionKind
from training.adoption.mi_series import INSIDE, OUTSIDE, YEARS, MiPeriod, Series, mi_series
from training.figures.measures import Measure
from training.figures.rates import Estimate
from training.figures.rows import Slice, figure_rows

NAME = "adoption"
"""Of the finished tables, one for each fewest number."""


def series_of(session: Session, organisation_id: UUID, *, today: date, least: int = OUTSIDE) -> Series:
    """What was worked out this month where there is something, so that the page reads no session; else anew."""
    kept = session.get(FigureSnapshot, (organisation_id, f"{NAME}:{least}"))
    if kept is not None and kept.body.get("month") == today.replace(day=1).isoformat():
        return _from_body(kept.body)
    return work_out(session, organisation_id, today=today, least=least)


def work_out(session: Session, organisation_id: UUID, *, today: date, least: int = OUTSIDE) -> Series:
    kept = {kind: one.score_months for kind, one in kept_by(session, organisation_id).items()}
    since, before = date(today.year - YEARS + 1, 1, 1), today.replace(day=1)
    rows = figure_rows(session, organisation_id, since=since, before=before)
    return mi_series(rows, today=today, least=least, kept_months=kept)


def keep_series(session: Session, organisation_id: UUID, *, today: date) -> None:
    """For a job, at night: what is deleted is then out of it too."""
    for least in (OUTSIDE, INSIDE):
        name, body = f"{NAME}:{least}", _as_body(work_out(session, organisation_id, today=today, least=least), today)
        kept = session.get(FigureSnapshot, (organisation_id, name))
        kept = kept or FigureSnapshot(organisation_id=organisation_id, name=name, body=body)
        kept.body, kept.made_at = body, utc_now()
        session.add(kept)


def _as_body(series: Series, today: date) -> dict[str, Any]:
    return {
        "month": today.replace(day=1).isoformat(),
        "slices": [
            {
                "slice": [one.kind.value, one.picked.value, one.coded_by.value],
                "periods": [
                    {
                        "first": period.first.isoformat(), "last": period.last.isoformat(), "sessions": period.sessions,
                        "measures": {name.value: asdict(found) for name, found in period.measures.items()},
                    }
                    for period in periods
                ],
            }
            for one, periods in series.items()
        ],
    }  # fmt: skip


def _from_body(body: dict[str, Any]) -> Series:
    found: Series = {}
    for row in body["slices"]:
        kind, picked, coded_by = row["slice"]
        found[Slice(SessionKind(kind), Picked(picked), CodedBy(coded_by))] = [
            MiPeriod(
                date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["sessions"],
                {Measure(name): Estimate(**values) for name, values in one["measures"].items()},
            )
            for one in row["periods"]
        ]  # fmt: skip
    return found
