"""What tests of the note of a session share."""

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

from jsonschema_rs import validator_for
from sqlmodel import col, select

from coding.consent import participants_of
from models.audit import AuditEvent
from models.columns import utc_now
from models.consent import Agreement, HowGiven, LawfulBasis, RealPracticeSwitch, Scope, SessionBasis, Who
from models.practice import SessionKind
from tests.coding.feedback.conftest import Signed
from tests.web.conftest import PageClient

WANT = "CT I want to stop drinking at weekends, the kids have noticed."
SISTER = "CT Going to my sister's on a Friday."
FORM = {
    "about": "We talked about weekends.", "for_change": "She wants weekends to change.", "for_staying": "Her mates.",
    "agreed": "She rings her sister.\r\nWe meet on Friday.", "next": "",
}  # fmt: skip
SCHEMA = json.loads(Path("docs/workbook-note.schema.json").read_text(encoding="utf-8"))


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def path_of(signed: Signed) -> str:
    return f"/sessions/{signed.practice_id}/workbook"


def api_of(signed: Signed) -> str:
    return f"/api/v1/sessions/{signed.practice_id}/workbook-note"


def goes_out(html: str) -> str:
    found = re.search(r"data-note-text[^>]*>(.*?)</div>", html, re.S)
    assert found is not None
    return unescape(re.sub(r"<[^>]+>", "", found[1]))


def agree(signed: Signed, scope: Scope = Scope.QUOTING, *, only_first: bool = False, expired: bool = False) -> None:
    """Everybody who took part says yes."""
    today = utc_now().date()
    ends = today - timedelta(days=1) if expired else None
    with signed.write() as (session, practice):
        for one in participants_of(session, practice.id)[: 1 if only_first else None]:
            session.add(
                Agreement(
                    participant_id=one.id, scope=scope, given=True, how=HowGiven.FORM,
                    given_on=today - timedelta(days=2), expires_on=ends, recorded_by_id=signed.owner.person_id,
                )
            )  # fmt: skip


def make_real(signed: Signed) -> None:
    """A talk with a family, with what that needs."""
    with signed.write() as (session, practice):
        practice.kind = SessionKind.REAL_PRACTICE
        participants_of(session, practice.id)[1].who = Who.FAMILY_MEMBER
        by = signed.owner.person_id
        session.add(SessionBasis(session_id=practice.id, basis=LawfulBasis.PUBLIC_TASK, recorded_by_id=by))
        session.add(RealPracticeSwitch(organisation_id=practice.organisation_id, is_on=True, switched_by_id=by))


def line_ids(page: str) -> list[str]:
    return re.findall(r'name="quote" type="checkbox" value="(\d+)"', page)


def actions(signed: Signed) -> list[str]:
    with signed.house.database.read() as session:
        rows = select(AuditEvent.action).where(col(AuditEvent.action).like("%note_%")).order_by(col(AuditEvent.id))
        return [one for one in session.exec(rows) if one.startswith(("workbook_", "plan_note"))]


def json_of(one: PageClient, signed: Signed) -> dict[str, object]:
    answer = one.get(api_of(signed))
    assert answer.status_code == 200
    validator_for(SCHEMA).validate(answer.json())
    return dict(answer.json())
