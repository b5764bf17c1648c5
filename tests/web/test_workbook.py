"""The note of a session and of a plan: written, taken away, and never with more than the consent allows."""

import io

import pytest
from docx import Document
from jsonschema_rs import validator_for
from sqlmodel import col, select

from coding.withdraw import withdraw_further_uses
from models.columns import utc_now
from models.name_check import NameCheck
from models.permissions import Actor
from models.plan import ChosenBy, PlanChoice
from models.practice import PracticeSession, SessionKind
from models.workbook import note_of, note_words
from tests.coding.feedback.conftest import Signed, signed
from tests.coding.review.conftest import bench
from tests.conftest import People
from tests.web.conftest import Client, client
from tests.web.workbook_note import (
    FORM,
    SCHEMA,
    SISTER,
    WANT,
    actions,
    agree,
    api_of,
    goes_out,
    json_of,
    line_ids,
    make_real,
    path_of,
)
from training.workbook.material import NAMES_NOT_CHECKED, NOT_AGREED

__all__ = ["bench", "client", "signed"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


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
