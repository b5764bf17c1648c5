"""The ZIP of an evaluator's file: rows, legs, codebook, report, and the checksum of each."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from coding.output import harmless
from models.adoption import AuthorityAdoption
from models.organisation import Organisation, OrganisationKind
from training.adoption.codebook import AUTHORITIES, COUNTED, FORMAT, HEADER, LEGS, SESSIONS, codebook
from training.adoption.current import adoption_of
from training.adoption.export_rows import LongRow, Pseudonyms, bounds_of, long_rows, streams_of
from training.adoption.leg_rows import LegRow, leg_figures, leg_rows
from training.adoption.report import Row, report_figures
from training.adoption.suppress import Allowed, allowed, period_of
from training.figures.rows import NUMBERS

README = """\
A file for the evaluation of Family Safeguarding, made by Evoke.

sessions.csv     a row for each measure of each session and stream of codes
counts.csv       all counts of each session and stream
legs.csv         the three legs of each authority by month, and outcomes it uploaded
authorities.csv  wave, first month and unit of time of each authority
report.json      the printed report: every figure can be made again from the files above, by the codebook
codebook.csv     every column and code, with its definition and unit, the rules of what is left out, and all formulas
SHA256SUMS       checksums: sha256sum -c SHA256SUMS

Rows are pseudonymous, not anonymous. They are about persons: keep them as your agreement with the authorities says.
"""


@dataclass
class Told:
    """What went into a file: the authorities, those with rows among them, and the sessions."""

    authorities: list[UUID] = field(default_factory=list)
    with_rows: list[UUID] = field(default_factory=list)


def authorities_now(session: Session) -> tuple[list[UUID], list[UUID]]:
    """Those that opted in, and of these those that allow rows."""
    opted = select(Organisation.id).where(
        col(Organisation.evaluation_opt_in).is_(True), col(Organisation.kind) == OrganisationKind.AUTHORITY
    )
    ids = list(session.exec(opted.order_by(col(Organisation.id))))
    rows = select(AuthorityAdoption.organisation_id).where(col(AuthorityAdoption.rows_for_evaluators).is_(True))
    return ids, [one for one in ids if one in set(session.exec(rows))]


def make_file(session: Session, out: io.BytesIO, *, key: bytes, today: date, report: Callable[[int], None]) -> Told:
    """`session` sees one moment throughout. `report` hears percent."""
    names = Pseudonyms(key)
    ids, with_rows = authorities_now(session)
    legs: list[LegRow] = []
    authorities: list[tuple[str, ...]] = []
    figures: list[dict[str, Any]] = []
    leg_report: list[dict[str, Any]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        files = _Files(archive, today)
        counts = io.StringIO()
        counted = csv.writer(counts, lineterminator="\n")
        counted.writerow([*COUNTED, *NUMBERS])
        with files.open("sessions.csv") as write:
            write(SESSIONS)
            for at, organisation_id in enumerate(ids):
                name, adoption = names.of("authority", organisation_id), adoption_of(session, organisation_id)
                told = allowed(streams_of(session, organisation_id, before=today.replace(day=1)))
                own_legs = leg_rows(session, organisation_id, name=name, today=today, given=told)
                legs += own_legs
                live = f"{adoption.live_on:%Y-%m}" if adoption.live_on else ""
                leg_report += leg_figures(own_legs, live=live)
                unit = live_period = ""
                if organisation_id in with_rows:
                    unit = told.unit
                    live_period = period_of(adoption.live_on, unit) if adoption.live_on else ""
                    found = _written(long_rows(told, bounds_of(session, organisation_id), names), name, write)
                    figures += [asdict(one) for one in report_figures(found, live={name: live_period})]
                    _count(told, counted.writerow, name, names)
                authorities.append(
                    (name, adoption.wave, live, "yes" if organisation_id in with_rows else "no", unit, live_period)
                )
                report(10 + 80 * (at + 1) // len(ids))
        files.add("counts.csv", counts.getvalue())
        files.table("legs.csv", LEGS, (one.cells for one in legs))
        files.table("authorities.csv", AUTHORITIES, authorities)
        files.table("codebook.csv", HEADER, (tuple(asdict(one).values()) for one in codebook()))
        body = {"format": FORMAT, "before": today.replace(day=1).isoformat(), "figures": figures, "legs": leg_report}
        files.add("report.json", json.dumps(body, ensure_ascii=False, indent=1) + "\n")
        files.add("README.txt", README)
        files.sums()
    return Told(ids, with_rows)


def _written(rows: Iterable[LongRow], authority: str, write: Callable[[Sequence[str]], None]) -> Iterator[Row]:
    """Each row on its way into the file, as the report takes it: from what is written and nothing else."""
    for one in rows:
        part = one.stream.slice
        numerator, denominator = f"{one.numerator:.6g}", f"{one.denominator:.6g}"
        value = f"{float(numerator) / float(denominator):.6f}" if one.denominator else ""
        low, high = ("" if end is None else f"{end:.6f}" for end in (one.low, one.high))
        write((
            authority, one.team, one.person, one.session, one.discipline, part.kind.value, part.picked.value,
            part.coded_by.value, one.stream.coder, one.period, one.measure.value, value, low, high, numerator,
            denominator,
        ))  # fmt: skip
        name = (authority, part.kind.value, part.picked.value, part.coded_by.value)
        yield Row(name, one.person, one.session, one.period, one.measure, float(numerator), float(denominator))


def _count(told: Allowed, write: Callable[[Sequence[object]], object], authority: str, names: Pseudonyms) -> None:
    for one in told.streams:
        about = (authority, names.of("session", one.session_id), one.slice.coded_by.value)
        write([*about, *(one.counts[name] for name in NUMBERS)])


class _Files:
    """Files of an archive as they are written, each with its checksum. Text of the authorities' own is no formula."""

    def __init__(self, archive: zipfile.ZipFile, day: date) -> None:
        self._archive, self._moment = archive, (day.year, day.month, day.day, 0, 0, 0)
        self._sums: dict[str, str] = {}

    def open(self, name: str) -> "_Table":
        return _Table(self._archive, self._info(name), lambda digest: self._sums.update({name: digest}))

    def add(self, name: str, text: str) -> None:
        data = text.encode()
        self._archive.writestr(self._info(name), data)
        self._sums[name] = hashlib.sha256(data).hexdigest()

    def table(self, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        with self.open(name) as write:
            write(header)
            for row in rows:
                write([harmless(cell) for cell in row])

    def sums(self) -> None:
        self.add("SHA256SUMS", "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items())))

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._moment)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info


class _Table:
    """One file, row by row, so that many rows need little memory."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, done: Callable[[str], None]) -> None:
        self._out, self._done, self._digest = archive.open(info, "w"), done, hashlib.sha256()
        self._line = io.StringIO()
        self._writer = csv.writer(self._line, lineterminator="\n")

    def __enter__(self) -> Callable[[Sequence[str]], None]:
        return self._write

    def __exit__(self, *_: object) -> None:
        self._out.close()
        self._done(self._digest.hexdigest())

    def _write(self, row: Sequence[str]) -> None:
        self._writer.writerow(row)
        data = self._line.getvalue().encode()
        self._line.seek(0)
        self._line.truncate()
        self._digest.update(data)
        self._out.write(data)
