"""The practice plan and the modules of the token's person."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.access import SignedIn
from api.answers.figures import ModuleProgressRead, ModulesRead, PlanRead
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute, JsonAnswer
from models.errors import NotFound
from models.permissions import Actor, Permission, require_scope
from models.person import Person
from training.modules.learn_view import ModuleView, build_learn_map, build_module_view
from training.modules.library import require_module
from training.planning.view import build_plan_view, skill_now

router = APIRouter(prefix="/api/v1", tags=["plan and learning"], route_class=ApiRoute)


def _require_person(actor: Actor) -> None:
    """A program practises nothing. Raises ScopeTooNarrow, NotFound."""
    if actor.is_program:
        require_scope(actor, Permission.SEE_PLAN)
        raise NotFound("A program has no plan. Ask with a token of a person.")


@router.get("/plan", **told("read_plan", PlanRead, headers=["ETag"]))
def read_plan(house: TheHouse, actor: SignedIn) -> JSONResponse:
    """What the token's person practises now and why, what is for today, and how each skill stands. Reading it chooses
    nothing: what Evoke would choose is written down when the page is opened."""
    _require_person(actor)
    with house.database.read() as session:
        view, _ = build_plan_view(session, session.get_one(Person, actor.person_id), reader=actor)
    return JsonAnswer(
        {
            "skill": view.skill or None, "title": view.title, "reason": view.reason,
            "chosen_by": view.plan.choice.by.value, "since": view.since,
            "paused": view.setting.paused_at is not None,
            "module": {"name": view.module.slug, "title": view.module.title, "minutes": view.module.minutes}
            if view.module else None,
            "today": [
                {"path": one.href, "kind": one.kind, "setting": one.setting, "skill": one.skill, "level": one.level,
                 "done": one.done}
                for one in view.today
            ],
            "skills": [
                {"value": one.value, "name": one.name, "state": one.state, "state_shown": one.state_shown,
                 "sure": one.sure, "from_what": one.from_what}
                for one in view.skills
            ],
            "made_from": view.made_from, "dose": view.dose_shown,
        }
    )  # fmt: skip


@router.get("/modules", **told("list_modules", ModulesRead, headers=["ETag"]))
def list_modules(house: TheHouse, actor: SignedIn) -> JSONResponse:
    """Every module there is for the token's person, in the order of the map, and how far they are."""
    _require_person(actor)
    with house.database.read() as session:
        learn = build_learn_map(session, actor, planned=skill_now(session, actor.person_id))
    rows = [_module(one) for group in learn.groups for one in group.modules]
    return JsonAnswer({"completed": learn.completed, "total": learn.total, "modules": rows})


def _module(view: ModuleView) -> dict[str, Any]:
    head = view.module.head
    return {
        "name": view.slug, "title": head.title, "task": head.task.value, "skills": [one.value for one in head.skills],
        "minutes": head.minutes, "state": view.state_shown, "started": view.started,
        "completed_at": view.completed_at, "url": f"/api/v1/modules/{view.slug}/progress",
    }  # fmt: skip


@router.get("/modules/{name}/progress", **told("read_module_progress", ModuleProgressRead, headers=["ETag"]))
def read_module_progress(name: str, house: TheHouse, actor: SignedIn) -> JSONResponse:
    """How far the token's person is with one module."""
    _require_person(actor)
    with house.database.read() as session:
        view = build_module_view(session, actor, require_module(session, actor.organisation_id, name))
    return JsonAnswer(
        {
            "name": view.slug, "title": view.module.head.title, "started": view.started, "parts": len(view.parts),
            "parts_read": view.parts_read, "read_at": view.read_at, "exercises": len(view.exercises),
            "exercises_tried": view.tried, "exercises_needed": view.needed, "check_passed": view.check_passed,
            "completed_at": view.completed_at, "state": view.state_shown,
        }
    )  # fmt: skip
