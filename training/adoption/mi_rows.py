"""Motivational interviewing in an authority over time: as it was worked out last, or now."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from coding.retention import periods_of as kept_by
from models.columns import utc_now
from models.figures import FigureSnapshot
from training.adoption.export_rows import streams_of
from training.adoption.legs import LEG_MEASURE
from training.adoption.mi_series import YEARS, MiPeriod, Series, mi_series
from training.adoption.suppress import Allowed, allowed
from training.figures.measures import Measure
from training.figures.rates import Estimate
from training.figures.rows import SLICES, Slice, figure_rows
from training.figures.snapshot import ADOPTION, ADOPTION_LEG, monthly_of

_MEASURES = {one.value: one for one in Measure}
"""Looked up, for there are thousands."""
_RULES = 2
"""What was kept by older rules is worked out anew. 2: figures that could be subtracted from are withheld."""


def series_of(session: Session, organisation_id: UUID, *, today: date) -> Series:
    """What was worked out this month where there is something, so that the page reads no session; else anew."""
    return _kept(session, [organisation_id], ADOPTION, today)[organisation_id]


def leg_series(session: Session, organisation_ids: Collection[UUID], *, today: date) -> dict[UUID, Series]:
    """The same of several, where no measure but LEG_MEASURE need be in it: a fraction of the whole."""
    return _kept(session, organisation_ids, ADOPTION_LEG, today)


def _kept(session: Session, organisation_ids: Collection[UUID], name: str, today: date) -> dict[UUID, Series]:
    rows = select(FigureSnapshot.organisation_id, col(FigureSnapshot.body)).where(
        col(FigureSnapshot.organisation_id).in_(organisation_ids), col(FigureSnapshot.name) == name
    )
    bodies: dict[UUID, dict[str, Any]] = dict(session.exec(rows).all())
    made = _made(today)
    return {
        one: _from_body(bodies[one])
        if made.items() <= bodies.get(one, {}).items()
        else work_out(session, one, today=today)
        for one in organisation_ids
    }


def _made(today: date) -> dict[str, Any]:
    return {"month": today.replace(day=1).isoformat(), "rules": _RULES}


def work_out(session: Session, organisation_id: UUID, *, today: date, given: Allowed | None = None) -> Series:
    """`given` is what evaluators get as rows, or would; looked up where it is not at hand."""
    kept = {kind: one.score_months for kind, one in kept_by(session, organisation_id).items()}
    since, before = date(today.year - YEARS + 1, 1, 1), today.replace(day=1)
    given = given or allowed(streams_of(session, organisation_id, before=before))
    rows = figure_rows(session, organisation_id, since=since, before=before)
    return mi_series(rows, given=given.sessions, today=today, kept_months=kept)


def keep_series(session: Session, organisation_id: UUID, *, today: date) -> None:
    """For a job, at night: what is deleted is then out of it too."""
    series = work_out(session, organisation_id, today=today)
    for name, measures in ((ADOPTION, frozenset(Measure)), (ADOPTION_LEG, frozenset({LEG_MEASURE}))):
        body = _as_body(series, today, measures)
        kept = session.get(FigureSnapshot, (organisation_id, name)) or FigureSnapshot(
            organisation_id=organisation_id, name=name, body=body
        )
        kept.body, kept.made_at = body, utc_now()
        session.add(kept)


def series_for_leads(session: Session, organisation_id: UUID) -> Series:
    """The months of the page Authority and nothing beside them, so that both pages together tell no more than one."""
    monthly = monthly_of(session, organisation_id)
    return _Kept(
        {
            one: partial(_months, monthly[one.name])
            for one in SLICES
            if one.name in monthly and monthly[one.name]["counts"]
        }
    )


def _months(kept: Mapping[str, Any]) -> list[MiPeriod]:
    found = []
    for key, (sessions, _) in sorted(kept["counts"].items()):
        month = date.fromisoformat(f"{key.partition(':')[2]}-01")
        measures = {_MEASURES[name]: Estimate(*cells[key]) for name, cells in kept["values"].items() if key in cells}
        found.append(MiPeriod(month, month, sessions, measures, rounded=False))
    return found


class _Kept(Mapping[Slice, Sequence[MiPeriod]]):
    """Read slice by slice, as asked for: a page shows one of them."""

    def __init__(self, readers: Mapping[Slice, Callable[[], list[MiPeriod]]]) -> None:
        self._readers = readers

    def __getitem__(self, one: Slice) -> Sequence[MiPeriod]:
        return self._readers[one]()

    def __iter__(self) -> Iterator[Slice]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


def _as_body(series: Series, today: date, measures: frozenset[Measure]) -> dict[str, Any]:
    return {
        **_made(today),
        "slices": [
            {
                "slice": [one.kind.value, one.picked.value, one.coded_by.value],
                "periods": [
                    {
                        "first": period.first.isoformat(), "last": period.last.isoformat(), "sessions": period.sessions,
                        "measures": {
                            name.value: asdict(found) for name, found in period.measures.items() if name in measures
                        },
                        "withheld": sorted(period.withheld & measures),
                    }
                    for period in periods
                ],
            }
            for one, periods in series.items()
        ],
    }  # fmt: skip


def _from_body(body: dict[str, Any]) -> Series:
    by_name = {tuple(row["slice"]): row["periods"] for row in body["slices"]}
    slices = {one: by_name.get((one.kind.value, one.picked.value, one.coded_by.value)) for one in SLICES}
    return _Kept({one: partial(_periods, rows) for one, rows in slices.items() if rows})


def _periods(rows: Sequence[Mapping[str, Any]]) -> list[MiPeriod]:
    return [
        MiPeriod(
            date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["sessions"],
            {_MEASURES[name]: Estimate(**values) for name, values in one["measures"].items()},
            withheld=frozenset(_MEASURES[name] for name in one["withheld"]),
        )
        for one in rows
    ]  # fmt: skip
