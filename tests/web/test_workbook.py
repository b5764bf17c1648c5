"""The note of a session and of a plan: written, taken away, and never with more than the consent allows."""

import io
import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from docx import Document
from jsonschema_rs import validator_for
from sqlmodel import col, select

from coding.consent import participants_of
from coding.double.rule import rule_of
from coding.forget_words import forget_words
from coding.hold import lift_hold, place_hold
from coding.withdraw import withdraw_further_uses, withdraw_session
from models.audit import AuditEvent
from models.columns import utc_now
from models.consent import Agreement, HowGiven, LawfulBasis, RealPracticeSwitch, Scope, SessionBasis, Who
from models.double_coding import DoubleCoding
from models.name_check import NameCheck
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Person, Role
from models.plan import ChosenBy, PlanChoice
from models.practice import PracticeSession, SessionKind
from models.retention import Part, RetentionStep
from models.withdrawal import Why
from models.workbook import WorkbookNote, note_of, note_words
from tests.coding.feedback.conftest import Signed, signed
from tests.coding.review.conftest import bench
from tests.conftest import People, add_person
from tests.web.conftest import Client, PageClient, client
from training.own_data import own_data
from training.workbook.material import NAMES_NOT_CHECKED, NOT_AGREED

__all__ = ["bench", "client", "signed"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
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


def test_from_the_sessions_page_to_a_word_document(signed: Signed, client: Client) -> None:
    owner = client(signed.owner)
    assert "Write a practice note" in owner.get(f"/sessions/{signed.practice_id}").text
    assert "practice note" not in client(signed.coach).get(f"/sessions/{signed.practice_id}").text
    page = owner.get(path_of(signed)).text
    assert "We talked about this change: drink less at weekends" in page
    assert "spoke in favour of change twice" in page
    assert "must not go into a family’s record" in page
    assert NOT_AGREED in page
    assert line_ids(page) == []
    assert WANT not in page

    kept = owner.post(path_of(signed), data=FORM).text
    assert "The note is kept." in kept
    assert "She rings her sister.\nWe meet on Friday." in goes_out(kept)
    assert "What I will practise next" not in goes_out(kept)
    assert "Go on with your practice note" in owner.get(f"/sessions/{signed.practice_id}").text

    away = owner.post(path_of(signed), data={**FORM, "then": "docx"}, follow_redirects=False)
    assert away.headers["location"] == f"{path_of(signed)}/note.docx"
    answer = owner.get(away.headers["location"])
    assert "practice-note-" in answer.headers["content-disposition"]
    document = Document(io.BytesIO(answer.content))
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 1"] == ["Practice note"]
    heads = [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    assert heads[0] == "What the conversation was about"
    assert len(heads) == 4
    texts = [one.text for one in document.paragraphs]
    assert "We meet on Friday." in texts
    assert "This is not about a real family" in texts[1]
    assert document.core_properties.author == "Olu Owner"
    assert document.core_properties.language == "en-GB"
    assert actions(signed) == ["workbook_note_made", "workbook_note_taken"]


def test_with_everybodys_agreement_lines_are_quoted_and_without_it_at_once_not(signed: Signed, client: Client) -> None:
    make_real(signed)
    owner = client(signed.owner)
    agree(signed, only_first=True)
    assert line_ids(owner.get(path_of(signed)).text) == []
    agree(signed)
    page = owner.get(path_of(signed)).text
    assert "Note for the family’s workbook" in page
    assert "Your scores stay out of it" in page
    _want, _doubt, sister = sorted(line_ids(page), key=int)
    assert f"“{WANT}”" in goes_out(page)
    typed = {**FORM, "for_change": f"She said: {WANT}"}
    kept = owner.post(path_of(signed), data={**typed, "quote": [sister, "999999", "x"]}).text
    assert f"“{SISTER}”" in goes_out(kept)
    assert "“ST I don't know" not in goes_out(kept)
    sent = json_of(owner, signed)
    assert sent["about_a_real_family"] is True
    assert sent["warning"] is None
    assert sent["source"] == {
        "session_id": str(signed.practice_id), "kind": "real_practice", "held_on": utc_now().date().isoformat(),
    }  # fmt: skip
    assert sent["headings"][1]["quotations"] == [SISTER]  # type: ignore[index]
    quotes = [p for p in Document(io.BytesIO(owner.get(f"{path_of(signed)}/note.docx").content)).paragraphs
              if p.style.name == "Quote"]  # fmt: skip
    assert [one.text for one in quotes] == [f"“{SISTER}”"]

    with signed.write() as (session, practice):
        withdraw_further_uses(session, practice=practice, positions=[2], by=signed.owner)
    after = owner.get(path_of(signed)).text
    assert line_ids(after) == []
    for text in (goes_out(after), owner.get(api_of(signed)).text):
        assert SISTER not in text
        assert WANT not in text
    assert "has words of the other person in it" in after
    file = Document(io.BytesIO(owner.get(f"{path_of(signed)}/note.docx").content))
    assert not any("weekends, the kids" in one.text or SISTER in one.text for one in file.paragraphs)
    agree(signed, expired=True)
    assert SISTER not in goes_out(owner.get(path_of(signed)).text)


def test_names_that_nobody_checked_hold_quotations_back(signed: Signed, client: Client) -> None:
    agree(signed)
    with signed.write() as (session, practice):
        check = session.exec(select(NameCheck).where(col(NameCheck.session_id) == practice.id)).one()
        check.checked_at, check.checked_by_id, check.said = None, None, b"sealed"
    page = client(signed.owner).get(path_of(signed)).text
    assert NAMES_NOT_CHECKED in page
    assert WANT not in goes_out(page)


def test_the_script_keeps_and_copies_and_hears_what_is_wrong(signed: Signed, client: Client) -> None:
    owner, accept = client(signed.owner), {"accept": "application/json"}
    answer = owner.post(path_of(signed), data=FORM, headers=accept)
    assert "She rings her sister." in answer.json()["text"]
    again = owner.post(path_of(signed), data={**FORM, "then": "copy"}, headers=accept)
    assert again.json() == answer.json()
    owner.post(path_of(signed), data={**FORM, "next": "I will wait."}, headers=accept)
    assert actions(signed) == ["workbook_note_made", "workbook_note_taken", "workbook_note_changed"]
    long = {**FORM, "agreed": "x" * 4001}
    refused = owner.post(path_of(signed), data=long, headers=accept)
    assert refused.status_code == 422
    assert "Shorten this by 1 character:" in refused.text
    page = owner.post(path_of(signed), data=long)
    assert page.status_code == 422
    assert 'href="#agreed"' in page.text
    assert "x" * 4001 in page.text
    odd = owner.post(path_of(signed), data={"about": "\x00<b>&\x0b</b>", "quote": ["-1", "٣", "9" * 40]})
    assert "&lt;b&gt;" in odd.text
    with signed.house.database.read() as session:
        row = note_of(session, signed.practice_id)
        assert row is not None
        assert "agreed" in note_words(session, row).texts
    assert owner.get(f"{path_of(signed)}/note.docx").status_code == 200
    assert owner.get(f"{path_of(signed)}/note.pdf").status_code == 404
    assert "This is the draft again" in owner.post(f"{path_of(signed)}/delete").text
    assert "drink less at weekends" in owner.get(path_of(signed)).text


def test_a_coach_reads_it_and_nobody_else_sees_it(signed: Signed, client: Client, people: People) -> None:
    coach, owner = client(signed.coach), client(signed.owner)
    assert "Olu Owner has not written a note" in said(coach.get(path_of(signed)).text)
    owner.post(path_of(signed), data=FORM)
    page = coach.get(path_of(signed)).text
    assert "She rings her sister." in goes_out(page)
    assert "<textarea" not in page
    assert "Read the practice note" in coach.get(f"/sessions/{signed.practice_id}").text
    for who in (signed.coach, people.stranger, people.lead, people.teammate):
        wanted = 403 if who is signed.coach else 404
        one = client(who)
        assert one.post(path_of(signed), data=FORM).status_code == wanted
        assert one.post(f"{path_of(signed)}/delete").status_code == wanted
        assert one.get(f"{path_of(signed)}/note.docx").status_code == wanted
        assert one.get(api_of(signed)).status_code == wanted
        if who is not signed.coach:
            assert one.get(path_of(signed)).status_code == 404
    with signed.write() as (session, practice):
        assert session.exec(select(WorkbookNote)).one().by_id == practice.practitioner_id


def test_who_codes_it_blind_hears_nothing_of_it(signed: Signed, client: Client) -> None:
    client(signed.owner).post(path_of(signed), data=FORM)
    with signed.write() as (session, practice):
        assert rule_of(session, practice.organisation_id) is not None
        session.add(
            DoubleCoding(
                organisation_id=practice.organisation_id, session_id=practice.id, first_review_id=signed.review_id,
                second_id=signed.second.person_id, percent=100,
            )
        )  # fmt: skip
    answer = client(signed.second).get(path_of(signed))
    assert answer.status_code == 409
    assert "She rings" not in answer.text
    assert "practice note" not in client(signed.second).get(f"/sessions/{signed.practice_id}").text


def test_not_signed_off_under_hold_withdrawn_and_gone(
    signed: Signed, client: Client, people: People
) -> None:  # fmt: skip
    owner = client(signed.owner)
    owner.post(path_of(signed), data=FORM)
    with signed.write() as (session, practice):
        home = session.get_one(Organisation, practice.organisation_id)
        admin = add_person(session, home, "Addy Admin", role=Role.ADMINISTRATOR)
        place_hold(session, practice=practice, reason="A court asked for it.", by=admin)
    page = owner.get(path_of(signed)).text
    assert "under a legal hold" in page
    assert ">Save<" not in page
    held = owner.post(path_of(signed), data={**FORM, "next": "Changed."})
    assert held.status_code == 409
    assert "Changed." in held.text
    assert owner.post(f"{path_of(signed)}/delete").status_code == 409
    assert owner.post(path_of(signed), data={**FORM, "then": "docx"}).status_code == 200
    with signed.write() as (session, practice):
        lift_hold(session, practice=practice, by=admin)
        forget_words(session, practice)
        session.add(
            RetentionStep(
                organisation_id=practice.organisation_id, session_id=practice.id, kind=practice.kind, part=Part.WORDS,
                since=utc_now(), since_coded=True, period="a year",
            )
        )  # fmt: skip
    gone = owner.get(path_of(signed))
    assert gone.status_code == 410
    assert "What was said in this session is gone" in gone.text
    assert "practice note" not in owner.get(f"/sessions/{signed.practice_id}").text
    with signed.house.database.read() as session:
        assert session.exec(select(WorkbookNote)).all() == []


def test_a_withdrawn_session_takes_its_note_with_it(signed: Signed, client: Client, worker: object) -> None:
    from tests.conftest import work_off

    owner = client(signed.owner)
    owner.post(path_of(signed), data=FORM)
    with signed.write() as (session, practice):
        withdraw_session(session, practice=practice, why=Why.ASKED, by=signed.owner)
    assert owner.get(path_of(signed)).status_code == 404
    work_off(worker)  # type: ignore[arg-type]
    with signed.house.database.read() as session:
        assert session.exec(select(WorkbookNote)).all() == []


def test_an_agreement_that_ended_and_a_session_nobody_signed(signed: Signed, client: Client) -> None:
    owner = client(signed.owner)
    agree(signed, Scope.SUPERVISION, expired=True)
    ended = owner.get(path_of(signed))
    assert ended.status_code == 409
    assert "Ask again" in ended.text


def test_unsigned(bench: object, client: Client, people: People) -> None:
    practice_id: UUID = bench.practice_id  # type: ignore[attr-defined]
    answer = client(people.owner).get(f"/sessions/{practice_id}/workbook")
    assert answer.status_code == 409
    assert "No coach has signed this session off yet" in answer.text
    assert "workbook" not in client(people.owner).get(f"/sessions/{practice_id}").text


def test_it_is_in_the_practitioners_copy_without_the_words_of_others(signed: Signed, client: Client) -> None:
    agree(signed)
    owner = client(signed.owner)
    ids = line_ids(owner.get(path_of(signed)).text)
    owner.post(path_of(signed), data={**FORM, "quote": ids})
    with signed.house.database.read() as session:
        person = session.get_one(Person, signed.owner.person_id)
        (held,) = own_data(session, person)["sessions"]
    assert held["workbook_note"]["headings"][3]["text"] == "She rings her sister.\nWe meet on Friday."
    assert held["workbook_note"]["headings"][1]["lines"] == [2, 7]
    assert WANT not in json.dumps(held["workbook_note"])
    assert "1 note that you wrote" in said(owner.get("/your-data").text)


def test_a_plan_is_taken_away_and_not_kept(client: Client, people: People, signed: Signed) -> None:
    owner = client(people.owner)
    assert "/plan/note" in owner.get("/plan").text
    with signed.house.database.write() as session:
        for choice in session.exec(select(PlanChoice)):
            choice.ended_at = utc_now()
        session.add(
            PlanChoice(person_id=people.owner.person_id, chosen_by=ChosenBy.TRAINEE, by_id=people.owner.person_id,
                       skill="reflections")
        )  # fmt: skip
    page = owner.get("/plan/note").text
    assert "I am practising reflecting before you ask." in page
    assert "Evoke keeps nothing of this note" in page
    sent = {"skill": "Waiting", "how": "<i>", "feedback": "In May", "help": ""}
    shown = owner.post("/plan/note", data={**sent, "then": "copy"}).text
    assert "Waiting" in goes_out(shown)
    assert "What would help me" not in goes_out(shown)
    file = owner.post("/plan/note", data={**sent, "then": "json"})
    validator_for(SCHEMA).validate(file.json())
    assert file.json()["source"] is None
    assert file.json()["kind"] == "plan"
    document = Document(io.BytesIO(owner.post("/plan/note", data={**sent, "then": "docx"}).content))
    assert "It is not about a family" in document.paragraphs[1].text
    text = owner.post("/plan/note", data={**sent, "then": "copy"}, headers={"accept": "application/json"}).json()
    assert "In May" in text["text"]
    assert owner.post("/plan/note", data={"skill": "x" * 5000, "then": "docx"}).status_code == 422
    assert actions(signed) == ["plan_note_taken"] * 4
    assert isinstance(people.stranger, Actor)


def test_a_talk_with_evokes_own_parent_may_be_quoted(signed: Signed, client: Client) -> None:
    """Its words are a scenario's, and nobody's."""
    from models.conversation import Conversation, ConversationState

    with signed.write() as (session, practice):
        practice.kind = SessionKind.SIMULATED
        session.add(
            Conversation(
                id=practice.id, organisation_id=practice.organisation_id, person_id=practice.practitioner_id,
                scenario="wine-at-night", scenario_version=1, seed="1", state=ConversationState.FINISHED,
                finished_at=utc_now(),
            )
        )  # fmt: skip
    page = client(signed.owner).get(path_of(signed)).text
    assert f"“{WANT}”" in goes_out(page)
    assert "must not go into a family’s record" in page
    with signed.write() as (session, _):
        assert session.get(PracticeSession, signed.practice_id) is not None
