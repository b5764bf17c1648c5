"""The audit trail for those who look after it: who did, saw and took away what."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.audit import record_audit
from models.organisation import Organisation
from models.permissions import Actor, Permission, require
from training.audit_files import as_csv, as_json
from training.audit_list import (
    AuditFilter,
    AuditFilterWrong,
    AuditPage,
    audit_choices,
    audit_export,
    audit_page,
    read_filter,
)
from web.pages.visitor import Member, SignedInMember

router = APIRouter(include_in_schema=False)
_FIELDS = ("person", "session", "action", "since", "until")


def _auditor(member: SignedInMember) -> Member:
    require(member.actor, Permission.SEE_AUDIT)
    return member


Auditor = Annotated[Member, Depends(_auditor)]


def _given(request: Request) -> dict[str, str]:
    """The filter's fields that are filled in."""
    given = {name: without_control_characters(request.query_params.get(name, "")).strip() for name in _FIELDS}
    return {name: value for name, value in given.items() if value}


@router.get("/audit")
def audit(
    request: Request, house: TheHouse, auditor: Auditor, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None
) -> Response:
    given = _given(request)
    errors: dict[str, str] = {}
    page = AuditPage([], None)
    with house.database.read() as session:
        try:
            page = audit_page(session, auditor.actor.organisation_id, read_filter(given), before=before)
        except AuditFilterWrong as error:
            errors = error.fields
        people, actions = audit_choices(session, auditor.actor.organisation_id)
    return auditor.page(
        "audit.html", status=422 if errors else 200, rows=page.rows, older=page.older, before=before, errors=errors,
        values=given, people=people, actions=actions, query=urlencode(given),
    )  # fmt: skip


@router.get("/audit.csv")
def audit_csv(request: Request, house: TheHouse, auditor: Auditor) -> Response:
    """Cells that a spreadsheet would run as formulas are made harmless; `details` is JSON."""
    return _file(as_csv(_rows(house, auditor.actor, _given(request), "csv")), "text/csv; charset=utf-8", "csv")


@router.get("/audit.json")
def audit_json(request: Request, house: TheHouse, auditor: Auditor) -> Response:
    """A list of rows that `evoke audit check --against` takes."""
    return _file(as_json(_rows(house, auditor.actor, _given(request), "json")), "application/json", "json")


def _rows(house: House, actor: Actor, given: dict[str, str], form: str) -> Iterator[dict[str, object]]:
    """Notes the export first, so that it is in the trail that is taken away. Raises AuditFilterWrong."""
    wanted = read_filter(given)
    with house.database.write() as session:
        organisation = session.get_one(Organisation, actor.organisation_id)
        record_audit(
            session, action="audit_exported", subject=organisation, organisation_id=organisation.id,
            by=actor.person_id, form=form, wanted=urlencode(given),
        )  # fmt: skip
    return _read(house, actor.organisation_id, wanted)


def _read(house: House, organisation_id: UUID, wanted: AuditFilter) -> Iterator[dict[str, object]]:
    with house.database.read() as session:
        yield from audit_export(session, organisation_id, wanted)


def _file(body: Iterator[str], media_type: str, ending: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="evoke-audit.{ending}"'}
    return StreamingResponse(body, media_type=media_type, headers=headers)
