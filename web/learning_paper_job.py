"""The job that makes somebody's record of learning a PDF."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from models.certificate import LearningPaper
from models.errors import EvokeError
from models.organisation import Organisation
from models.person import Person
from training.progress.certificates import certificates_of
from training.progress.papers import keep_paper
from training.progress.record import entries_of
from web.paper import as_pdf
from web.render import render


def make_learning_paper(context: JobContext, *, paper_id: str) -> None:
    """Nothing for one that was asked for anew meanwhile. Run again, it makes it anew. Raises PdfLibrariesMissing."""
    wanted = UUID(paper_id)
    with context.workshop.database.read() as session:
        paper = session.get(LearningPaper, wanted)
        html = _html(session, paper) if paper is not None else ""
    clear = as_pdf(html) if html else b""
    with context.write() as session:
        if clear:
            keep_paper(session, wanted, clear)
        context.finish(session)


def learning_paper_stopped(session: Session, error: EvokeError, *, paper_id: str) -> None:
    paper = session.get(LearningPaper, UUID(paper_id))
    if paper is not None:
        paper.problem = error.message
        session.add(paper)


def _html(session: Session, paper: LearningPaper) -> str:
    person = session.get_one(Person, paper.person_id)
    entries = entries_of(session, person.id, since=paper.since, until=paper.until)
    held = [one for one in certificates_of(session, person.id) if _within(one.completed_on, paper)]
    return render(
        "learning_paper.html", nonce="", person=None, paper=paper, name=person.name,
        discipline=person.discipline.value if person.discipline else "",
        authority=session.get_one(Organisation, person.organisation_id).name, entries=entries,
        certificates=[one for one in held if one.revoked_at is None], minutes=sum(one.minutes for one in entries),
        with_peer=sum(bool(one.words.peer) for one in entries),
    )  # fmt: skip


def _within(day: date, paper: LearningPaper) -> bool:
    return paper.since <= day <= paper.until
