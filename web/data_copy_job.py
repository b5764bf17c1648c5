"""The job that makes a copy of what is held about somebody: a JSON file, and the same as a PDF."""

import json
import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from coding.context import JobContext
from models.columns import utc_now
from models.consent import Participant
from models.data_copy import KEPT, CopyForm, DataCopy, keep_copy_file
from models.errors import EvokeError
from models.person import Person
from web.paper import PdfLibrariesMissing, as_pdf
from web.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("evoke.worker")
READ, JSON_DONE, PDF_DONE = 50, 60, 95
"""How far it is when everything is read, and when each file is made."""


def make_data_copy(context: JobContext, *, copy_id: str) -> None:
    """Nothing for a copy that was ended meanwhile. Run again, it makes it anew."""
    wanted = UUID(copy_id)
    data = _read(context, wanted)
    files: dict[CopyForm, bytes] = {}
    if data is not None:
        files[CopyForm.JSON] = json.dumps(data, ensure_ascii=False, indent=1).encode()
        _report(context, wanted, JSON_DONE)
        if (pdf := _pdf(data)) is not None:
            files[CopyForm.PDF] = pdf
        _report(context, wanted, PDF_DONE)
    with context.write() as session:
        copy = session.get(DataCopy, wanted, with_for_update=True)
        if copy is not None:
            for form, clear in files.items():
                keep_copy_file(session, copy, form, clear)
            copy.made_at = utc_now()
            copy.expires_at, copy.progress, copy.problem = copy.made_at + KEPT, 100, None
            session.add(copy)
        context.finish(session)


def data_copy_stopped(session: Session, error: EvokeError, *, copy_id: str) -> None:
    copy = session.get(DataCopy, UUID(copy_id))
    if copy is not None:
        copy.problem = error.message
        session.add(copy)


def _read(context: JobContext, copy_id: UUID) -> dict[str, Any] | None:
    from training.data_copies import labels_of
    from training.own_data import own_data, participants_data

    with context.workshop.database.read() as session:
        copy = session.get(DataCopy, copy_id)
        if copy is None:
            return None
        if copy.participant_id is not None:
            participant = session.get_one(Participant, copy.participant_id)
            return participants_data(session, participant, labels=labels_of(session, copy))
        assert copy.person_id is not None
        person = session.get_one(Person, copy.person_id)
        return own_data(session, person, told=_by_steps(lambda percent: _report(context, copy_id, percent)))


def _by_steps(report: "Callable[[int], None]") -> "Callable[[float], None]":
    """At most ten reports, however many sessions there are."""
    last = 0

    def told(share: float) -> None:
        nonlocal last
        if (percent := int(share * READ)) >= last + READ // 10:
            last = percent
            report(percent)

    return told


def _report(context: JobContext, copy_id: UUID, percent: int) -> None:
    with context.write() as session:
        further = col(DataCopy.progress) < percent
        session.exec(update(DataCopy).where(col(DataCopy.id) == copy_id, further).values(progress=percent))


def _pdf(data: dict[str, Any]) -> bytes | None:
    """None where the machine cannot make any: the JSON holds the same."""
    try:
        return as_pdf(render("data_paper.html", nonce="", person=None, data=data))
    except PdfLibrariesMissing as error:
        log.error("%s", error.message)
        return None
