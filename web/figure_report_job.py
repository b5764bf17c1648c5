"""The job that makes the report of a month a PDF."""

from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from models.errors import EvokeError
from training.figures.report_view import build_report
from training.figures.reports import keep_report, report_of, report_stopped
from training.figures.snapshot import overview_of
from web.paper import as_pdf
from web.render import render


def make_figure_report(context: JobContext, *, authority_id: str, team_id: str = "") -> None:
    """Nothing where nobody waits for it any more. Of the tables as they are when it is kept: made anew where they were
    meanwhile. Raises PdfLibrariesMissing."""
    organisation_id, team = UUID(authority_id), UUID(team_id) if team_id else None
    while not context.finished:
        with context.workshop.database.read() as session:
            waits = report_of(session, organisation_id, team_id=team) is not None
            report = build_report(session, organisation_id, team_id=team) if waits else None
        html = render("figures_paper.html", nonce="", person=None, report=report) if report else ""
        clear = as_pdf(html) if html else b""
        with context.write() as session:
            now = overview_of(session, organisation_id)
            if clear and report and now and now.made_at != report.made_from:
                continue
            if clear:
                keep_report(session, organisation_id, team_id=team, pdf=clear)
            elif waits:
                report_stopped(session, organisation_id, team_id=team, problem="There are no figures yet.")
            context.finish(session)


def figure_report_stopped(session: Session, error: EvokeError, /, *, authority_id: str, team_id: str = "") -> None:
    team = UUID(team_id) if team_id else None
    report_stopped(session, UUID(authority_id), team_id=team, problem=error.message)
