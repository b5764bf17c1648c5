"""Home, adding a session, watching it, and reading it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from api.errors import problem
from api.house import House, TheHouse
from api.uploads import take_upload
from coding.actions import retry_session, say_who_is_practitioner
from coding.consent import real_practice_is_on
from coding.details import SPEAKERS, read_picked
from coding.double.agree import is_coded_twice
from coding.double.blind import blind_task, require_not_blind
from coding.double.rule import rule_of
from coding.excerpts import let_team_read
from coding.feedback.thread import note_read
from coding.how_picked import say_how_picked
from coding.ledger_form import LEDGER_FIELDS
from coding.output import coded_session_csv
from coding.recordings import open_recordings
from coding.requests import requests_about, waiting_requests
from coding.retention import WordsWent
from coding.review.kept import open_review_of
from coding.stop_action import stop_working
from coding.transcript.encoding import without_control_characters
from models.columns import utc_now
from models.errors import EvokeError, NotFound, TooMany
from models.permissions import Permission, may_evaluate, may_in_some_team
from models.person import Person, Role
from models.practice import PracticeSession, Stage
from models.seen import note_exported, note_seen
from models.session_permissions import may_on, require_session
from training.blind_list import build_blind_list
from training.build_session_view import build_session_view
from training.cohorts.view import own_pathways
from training.exercises.objections import objections_waiting
from training.feedback_view import build_feedback_card
from training.feedback_waiting import waiting_feedback
from training.figures.added import team_figures
from training.imported_view import build_imported_view
from training.ledger_view import build_ledger_view
from training.modules.learn_view import next_to_learn
from training.people_lists import headcount
from training.planning.view import build_plan_line
from training.session_lists import ON_HOME, kinds_for, others_sessions, own_sessions, practitioners_for
from training.supervision.team_reads import build_team_reads
from training.waits_for_review import waiting_count
from training.workbook.view import build_note_card
from web.navigation import duties
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        own = own_sessions(session, member.actor)
        others = others_sessions(session, member.actor, limit=ON_HOME)
        figures = team_figures(session, member.actor)
        open_people = headcount(session, member.actor)
        requests = waiting_requests(session, member.actor)
        waiting = waiting_count(session, member.actor)
        to_code_blind = build_blind_list(session, member.actor)
        feedback = waiting_feedback(session, member.actor)
        learn = next_to_learn(session, member.actor)
        objections = objections_waiting(session, member.actor)
        pathways = own_pathways(session, member.actor)
        unsent = sum(one.chunks > 0 for one in open_recordings(session, member.actor))
        practises = member.actor.has_role(Role.TRAINEE)
        plan = build_plan_line(session, session.get_one(Person, member.actor.person_id)) if practises else None
    can_see_team = bool(member.actor.teams_with(Permission.SEE_SESSION)[0])
    return member.page(
        "home.html",
        own=own,
        others=others,
        can_see_team=can_see_team,
        team_figures=figures,
        unsent=unsent,
        open_people=open_people,
        requests=requests,
        to_code_blind=to_code_blind,
        feedback=feedback,
        learn=learn,
        objections=objections,
        pathways=pathways,
        trains=may_in_some_team(member.actor, Permission.ASSIGN_LEARNING),
        waiting=waiting,
        duties=duties(member.actor),
        evaluates=may_evaluate(member.actor),
        plan=plan,
        sees_plans=may_in_some_team(member.actor, Permission.SEE_PLAN),
    )


def _add_page(
    house: House, member: Member, *, status: int = 200, error: EvokeError | None = None,
    sent: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """With `error` it shows again what was `sent`: only the file has to be chosen once more."""
    values = {name: without_control_characters(text) for name, text in (sent or {}).items()}
    with house.database.read() as session:
        people = practitioners_for(session, member.actor)
        real = real_practice_is_on(session, member.actor.organisation_id)
    errors = (error.fields or {"file": error.message}) if error else {}
    headers = TooMany.headers_of(error) if error else {}
    return member.page(
        "add_session.html", status=status, headers=headers, errors=errors, values=values, people=people,
        may_bring_codes=any(member.actor.teams_with(Permission.REVIEW_SESSION)),
        today=utc_now().date().isoformat(), kinds=kinds_for(real), real_practice_on=real, speakers=SPEAKERS,
        ledger_fields=LEDGER_FIELDS, limit_mb=house.settings.upload_limit_mb,
        limit_minutes=house.settings.recording_limit_minutes,
    )  # fmt: skip


@router.get("/sessions/new")
def add_session_page(house: TheHouse, member: SignedInMember) -> Response:
    return _add_page(house, member)


@router.post("/sessions")
async def add_session(request: Request, house: TheHouse, member: SignedInMember) -> Response:
    """Answers JSON to the page's own script, a page to a browser without it."""
    for_script = "application/json" in request.headers.get("accept", "")
    sent: dict[str, str] = {}
    try:
        added = await take_upload(request, house, member.actor, sent=sent, file_is_last=True)
    except EvokeError as error:
        if for_script:
            return problem(error)
        return await run_in_threadpool(_add_page, house, member, status=error.status, error=error, sent=sent)
    path = f"/sessions/{added[0].id}" if len(added) == 1 else "/"
    return JSONResponse({"location": path}, status_code=201) if for_script else see_other(path)


@router.get("/sessions/{session_id}")
def session_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        if (task := blind_task(session, practice.id, member.actor.person_id)) is not None:
            shows = rule_of(session, practice.organisation_id).shows_machine
            return member.page("coded_blind.html", session_id=practice.id, task_id=task.id, shows_machine=shows)
        view, ledger = build_session_view(session, practice, reader=member.actor), build_ledger_view(session, practice)
        requests = requests_about(session, practice, by=member.actor)
        reviewing = open_review_of(session, practice.id, member.actor.person_id) is not None
        feedback = build_feedback_card(session, practice, reader=member.actor)
        imported = build_imported_view(session, practice, reader=member.actor)
        twice = is_coded_twice(session, practice.id)
        note = build_note_card(session, practice, reader=member.actor)
        team_reads = build_team_reads(session, practice, reader=member.actor)
    note_seen(house.database, practice, by=member.actor)
    note_read(house.database, practice, by=member.actor, messages=False)
    may_check = may_on(member.actor, Permission.CHECK_NAMES, practice)
    template = "session.html" if view.stage == Stage.READY else "session_progress.html"
    return member.page(
        template, session=view, ledger=ledger, may_check=may_check, requests=requests, feedback=feedback,
        imported=imported, coded_twice=twice, note=note, team_reads=team_reads,
        is_practitioner=practice.practitioner_id == member.actor.person_id,
        may_hold=may_on(member.actor, Permission.HOLD_SESSION, practice),
        may_change=may_on(member.actor, Permission.CHANGE_SESSION, practice),
        may_review=may_on(member.actor, Permission.REVIEW_SESSION, practice), reviewing=reviewing,
        may_contest=view.checked is not None and may_on(member.actor, Permission.CONTEST_CODE, practice),
    )  # fmt: skip


@router.get("/sessions/{session_id}/progress")
def progress(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        return JSONResponse(
            {"stage": practice.stage.value, "progress": practice.progress, "problem": practice.problem or ""}
        )


@router.post("/sessions/{session_id}/retry")
def retry(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        retry_session(session, practice=practice, by=member.actor)
    return see_other(f"/sessions/{session_id}")


@router.post("/sessions/{session_id}/stop")
def stop(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        stop_working(session, practice=practice, by=member.actor)
    return see_other(f"/sessions/{session_id}")


@router.post("/sessions/{session_id}/practitioner")
def set_practitioner(
    session_id: UUID, house: TheHouse, member: SignedInMember, label: Annotated[str, Form()] = ""
) -> Response:
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        say_who_is_practitioner(session, practice=practice, label=label, by=member.actor)
    return see_other(f"/sessions/{session_id}")


@router.post("/sessions/{session_id}/picked")
def set_picked(
    session_id: UUID, house: TheHouse, member: SignedInMember, picked: Annotated[str, Form()] = ""
) -> Response:
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.CHANGE_SESSION, session.get(PracticeSession, session_id))
        say_how_picked(session, practice=practice, picked=read_picked(picked), by=member.actor)
    return see_other(f"/sessions/{session_id}")


@router.post("/sessions/{session_id}/team-reads")
def set_team_reads(
    session_id: UUID, house: TheHouse, member: SignedInMember, agreed: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        let_team_read(session, practice=practice, agreed=agreed == "yes", by=member.actor)
    return see_other(f"/sessions/{session_id}#team-reads")


@router.get("/sessions/{session_id}/codes.csv")
def codes_csv(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        practice = require_session(member.actor, Permission.SEE_SESSION, session.get(PracticeSession, session_id))
        require_not_blind(session, practice, by=member.actor)
        view = build_session_view(session, practice)
    if view.kept.words_went:
        raise WordsWent(view.kept.words_went)
    if not view.turns:
        raise NotFound("This session is not coded yet, so there is nothing to download.")
    note_exported(house.database, practice, by=member.actor, form="csv")
    name = f"evoke-{practice.held_on}-{str(practice.id)[-6:]}.csv"
    return Response(
        coded_session_csv(view), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
