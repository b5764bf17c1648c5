"""The document against the site: every check that schemathesis has, and none fails."""

import os

import pytest

from api.house import House
from models.api_token import make_api_token
from models.person import Person
from models.settings import Settings
from tests.conftest import People
from tests.contract.conftest import Everybody, written_exercise
from tests.contract.every_check import Site, run_every_check
from tests.contract.rule import ADMINISTRATOR, COACH, LEAD, OWNER
from tests.contract.test_who_may import Record
from tests.live_server import served

pytestmark = [pytest.mark.parametrize("database_kind", ["sqlite"]), pytest.mark.slow]
WHO = {
    **dict.fromkeys(
        ("read_review", "put_review_away", "redo_step", "undo_step", "sign_off_review", "take_steps", "begin_review",
         "write_feedback", "take_feedback_back", "decide_contest", "read_agreement", "find_practitioner",
         "add_coded_session"), "coach"
    ),
    **dict.fromkeys(("read_machine_agreement", "read_authority", "read_authority_slice", "read_adoption"), "lead"),
    **dict.fromkeys(
        ("list_webhooks", "add_webhook", "delete_webhook", "list_webhook_deliveries", "send_webhook_deliveries_again",
         "list_people", "read_person", "list_teams", "read_team"),
        "administrator",
    ),
}  # fmt: skip
SELDOM = {
    **dict.fromkeys(
        ("add_coded_session", "begin_recording", "contest_code", "decide_contest", "find_practitioner", "finish_upload",
         "send_recording", "send_upload_piece", "set_practitioner", "take_steps", "write_feedback"),
        "what is sent has to fit what is there",
    ),
    **dict.fromkeys(
        ("begin_review", "delete_recording", "delete_webhook", "read_recording_part", "read_workbook_note", "redo_step",
         "retry_session", "sign_off_review", "stop_session", "take_contest_back", "take_feedback_back",
         "take_message_back", "undo_step", "write_message"),
        "only as things stand, and other requests change that",
    ),
    **dict.fromkeys(("make_sound_ready", "read_peaks", "read_sound"), "the sessions have no sound"),
    "issue_token": "it asks for a program's secret",
    "read_authority_slice": "there are too few sessions for figures",
}  # fmt: skip
"""Operation → why it may come about that no request succeeds; of each other one some request does."""
FEW = 5
"""Of an operation in each phase; `make bench NAME=lms` draws more."""


def test_no_check_fails(
    settings: Settings, house: House, people: People, everybody: Everybody, record_property: Record
) -> None:
    tokens = {}
    with house.database.write() as session:
        for who, actor in (("owner", OWNER), ("coach", COACH), ("lead", LEAD), ("administrator", ADMINISTRATOR)):
            person = session.get_one(Person, everybody.actors[actor].person_id)  # type: ignore[union-attr]
            tokens[who] = make_api_token(session, person=person, name="checks")
    known = {
        "session": {"session_id": str(everybody.session_id)},
        "signed": {name: str(getattr(everybody.signed, name)) for name in ("session_id", "contest_id", "message_id")},
        "recording": {"recording_id": str(everybody.new_recording())},
        "review": {"review_id": str(everybody.new_review())},
        "webhook": {"webhook_id": str(everybody.webhook())},
        "upload": {"resumable_id": str(everybody.new_resumable())},
        "person": {"person_id": str(people.owner.person_id)},
        "team": {"team_id": str(people.team.id), "team": str(people.team.id)},
        "module": {"name": written_exercise().module.slug},
    }
    unlimited = settings.model_copy(update={"requests_per_minute": 0, "uploads_per_hour": 0})
    examples = int(os.environ.get("EVERY_CHECK_EXAMPLES", FEW))
    with served(unlimited) as address:
        outcome = run_every_check(Site(address, tokens, WHO, known), examples=examples)
    record_property("cases", outcome.cases)
    record_property("failures", len(outcome.failures))
    assert outcome.cases > 1000
    assert outcome.failures == ()
    assert outcome.never - set(SELDOM) == set()
