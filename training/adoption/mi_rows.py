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
from training.adoption.mi_series import YEARS, MiPeriod, Series, mi_series
from training.figures.measures import Measure
from training.figures.rates import Estimate
from training.figures.rows import SLICES, Slice, figure_rows
from training.figures.snapshot import ADOPTION as NAME
from training.figures.snapshot import slice_view
from training.figures.tables import MONTH


def series_of(session: Session, organisation_id: UUID, *, today: date) -> Series:
    """What was worked out this month where there is something, so that the page reads no session; else anew."""
    kept = session.get(FigureSnapshot, (organisation_id, NAME))
    if kept is not None and kept.body.get("month") == today.replace(day=1).isoformat():
        return _from_body(kept.body)
    return work_out(session, organisation_id, today=today)


def work_out(session: Session, organisation_id: UUID, *, today: date) -> Series:
    kept = {kind: one.score_months for kind, one in kept_by(session, organisation_id).items()}
    since, before = date(today.year - YEARS + 1, 1, 1), today.replace(day=1)
    rows = figure_rows(session, organisation_id, since=since, before=before)
    return mi_series(rows, today=today, kept_months=kept)


def keep_series(session: Session, organisation_id: UUID, *, today: date) -> None:
    """For a job, at night: what is deleted is then out of it too."""
    body = _as_body(work_out(session, organisation_id, today=today), today)
    kept = session.get(FigureSnapshot, (organisation_id, NAME)) or FigureSnapshot(
        organisation_id=organisation_id, name=NAME, body=body
    )
    kept.body, kept.made_at = body, utc_now()
    session.add(kept)


def series_for_leads(session: Session, organisation_id: UUID) -> Series:
    """The months of the page Authority and nothing beside them, so that both pages together tell no more than one."""
    found: Series = {}
    for one in SLICES:
        if (view := slice_view(session, organisation_id, one)) is None:
            continue
        periods = []
        for key, count in sorted(view.counts.items()):
            if key.startswith(f"{MONTH}:"):
                month = date.fromisoformat(f"{key.partition(':')[2]}-01")
                measures = {name: values[key] for name, values in view.values.items() if key in values}
                periods.append(MiPeriod(month, month, count.sessions, measures, rounded=False))
        if periods:
            found[one] = periods
    return found


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
