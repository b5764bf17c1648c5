"""Feedback on its pages: written from a draft, sent, read on the session's page, answered, and a code contested."""

import re
from html import unescape

import pytest

from models.columns import new_id
from tests.coding.feedback.conftest import WORDS, Signed, signed
from tests.coding.review.conftest import bench
from tests.conftest import People
from tests.web.conftest import Client, PageClient, client

__all__ = ["bench", "client", "signed"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
FORM = {
    "well_1": "You gave back what it means to her.", "well_1_lines": "3, 4", "well_2": "", "well_2_lines": "",
    "to_try": "Try to ask how Friday would go.", "to_try_lines": "7", "send": "yes",
}  # fmt: skip


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def path_of(signed: Signed) -> str:
    return f"/sessions/{signed.practice_id}"


def message(one: PageClient, signed: Signed, words: str) -> str:
    sent = {"words": words, "client_id": str(new_id())}
    return said(one.post(f"{path_of(signed)}/feedback/messages", data=sent).text)


def test_from_a_draft_to_an_answer(signed: Signed, client: Client) -> None:
    path = path_of(signed)
    coach, owner = client(signed.coach), client(signed.owner)
    assert "have not sent feedback yet" in coach.get(path).text
    assert "have not sent feedback yet" not in owner.get(path).text
    assert "Cass Coach signed this session off and has not sent feedback" in said(owner.get(f"{path}/feedback").text)
    draft = coach.get(f"{path}/feedback").text
    assert "This is a draft from the codes" in draft
    assert "You asked an open question, and the answer leaned towards change." in draft
    assert "You said that the choice is theirs." in draft
    assert "evoke-quote--practitioner" in draft

    kept = coach.post(f"{path}/feedback", data={**FORM, "send": ""}).text
    assert "The draft is kept" in kept
    assert FORM["to_try"] in kept
    assert "has not sent feedback" in said(owner.get(f"{path}/feedback").text)

    assert "Not read yet" in coach.post(f"{path}/feedback", data=FORM).text
    assert "Cass Coach sent you feedback" in said(owner.get("/").text)
    shown = said(owner.get(path).text)
    for words in (
        "Feedback from Cass Coach",
        "Done well",
        FORM["well_1"],
        "To try next time",
        FORM["to_try"],
        "line 3",
    ):
        assert words in shown
    assert "sent you feedback" not in owner.get("/").text
    assert "Take it back and change it" not in coach.get(f"{path}/feedback").text

    assert "Olu Owner , today" in message(owner, signed, "Thank you. <Why> line 7?")
    assert "Olu Owner wrote about the feedback" in said(coach.get("/").text)
    answered = message(coach, signed, "She went on by herself.")
    assert "Thank you. <Why> line 7?" in answered
    assert "Take it back (message of today" in answered
    assert "New" in said(owner.get(f"{path}/feedback").text)
    assert "Olu Owner wrote" not in coach.get("/").text


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(signed: Signed, client: Client) -> None:
    coach, path = client(signed.coach), f"{path_of(signed)}/feedback"
    for field, value, sentence in (
        ("well_1", "", "Say one thing that was done well"), ("to_try", " ", "Say one thing to try"),
        ("to_try", "x" * 2001, "Shorten this by 1 character"), ("to_try_lines", "99", "lines from 1 to 7"),
        ("to_try_lines", "the last", "lines from 1 to 7"), ("well_1_lines", "1 2 3 4 5", "at most 4 lines"),
    ):  # fmt: skip
        answer = coach.post(path, data={**FORM, field: value})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'href="#{field}"' in answer.text
        for name, text in {**FORM, field: value}.items():
            assert name == "send" or text.strip() in unescape(answer.text)
    coach.post(path, data=FORM)
    again = coach.post(path, data={**FORM, "to_try": "Another thought."})
    assert again.status_code == 409
    assert "sent already" in again.text
    assert "Another thought." in again.text
    assert 'href="#words"' in client(signed.owner).post(f"{path}/messages", data={"client_id": str(new_id())}).text
    long = "so long " * 600
    too_long = client(signed.owner).post(f"{path}/messages", data={"client_id": str(new_id()), "words": long})
    assert too_long.status_code == 422
    assert long in too_long.text


def test_what_nobody_has_read_is_taken_back(signed: Signed, client: Client) -> None:
    coach, owner, path = client(signed.coach), client(signed.owner), f"{path_of(signed)}/feedback"
    coach.post(path, data=FORM)
    assert FORM["to_try"] in coach.post(f"{path}/take-back").text
    assert FORM["to_try"] not in owner.get(path).text
    coach.post(path, data=FORM)
    page = owner.post(f"{path}/messages", data={"client_id": str(new_id()), "words": "Too quick."}).text
    taken = re.search(r'action="([^"]+/messages/[^"]+/take-back)"', page)
    assert taken is not None
    assert "Nobody has written here yet" in owner.post(taken[1]).text
    assert coach.post(f"{path}/take-back").status_code == 409  # it was read meanwhile


def test_a_code_is_contested_on_its_line_and_decided_by_the_second_coach(
    signed: Signed, client: Client, people: People
) -> None:
    path, owner, second = path_of(signed), client(signed.owner), client(signed.second)
    here = f"{path}/contests/new?line={signed.line(3)}"
    assert here in owner.get(path).text
    assert here not in second.get(path).text
    form = owner.get(here).text
    assert "the line in question" in form
    assert "The line is coded as Complex reflection" in said(form)
    wrong = owner.post(f"{path}/contests", data={"line": str(signed.line(3)), "code": "CR", "reason": "Because."})
    assert wrong.status_code == 422
    assert "That is the code the line has" in wrong.text
    assert "Because." in wrong.text
    sent = owner.post(f"{path}/contests", data={"line": str(signed.line(3)), "code": "SR", "reason": "Close to hers."})
    assert "Waits for a second coach: Sid Second" in said(sent.text)

    assert "you are the second coach" in said(second.get("/").text)
    assert "you are the second coach" not in said(client(signed.coach).get("/").text)
    link = re.search(rf'href="({path}/contests/[^"]+)"', second.get(f"{path}/feedback").text)
    assert link is not None
    assert "Olu Owner thinks that Simple reflection is right" in said(second.get(link[1]).text)
    for who, status in ((signed.coach, 403), (signed.owner, 403), (people.teammate, 404), (people.stranger, 404)):
        assert client(who).get(link[1]).status_code == status
        assert client(who).post(link[1], data={"choice": "keep", "reason": "No."}).status_code == status
    for given, sentence in (
        ({"reason": "I hear it too."}, "Choose whether the code is kept"),
        ({"choice": "change", "code": "SR"}, "Say why"),
        ({"choice": "change", "code": "CR", "reason": "I hear it too."}, "Choose to keep it, or another code"),
    ):  # fmt: skip
        answer = second.post(link[1], data=given)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert given.get("reason", "") in answer.text
    decided = second.post(link[1], data={"choice": "change", "code": "SR", "reason": "I hear it too."})
    assert "The code is changed: Simple reflection. I hear it too." in said(decided.text)
    again = second.post(link[1], data={"choice": "keep", "reason": "A second thought."})
    assert again.status_code == 409
    assert "A second thought." in again.text
    assert "Sid Second decided this" in second.post(link[1], data={"reason": "Without a choice."}).text
    for who in (signed.owner, signed.coach):
        assert "I hear it too." in client(who).get(f"{path}/feedback").text
        assert "Sid Second changed one code" in client(who).get(path).text


def test_strangers_find_nothing_and_colleagues_read_only_what_was_sent(
    signed: Signed, client: Client, people: People
) -> None:
    path = f"{path_of(signed)}/feedback"
    signed.give(send=False)
    assert WORDS.to_try is not None
    assert WORDS.to_try.text not in client(signed.second).get(path).text
    signed.give()
    assert WORDS.to_try.text in client(signed.second).get(path).text
    for who in (people.teammate, people.lead, people.stranger, people.stranger_coach):
        assert client(who).get(path).status_code == 404
        assert client(who).post(path, data=FORM).status_code == 404
        sent = {"words": "Hello", "client_id": str(new_id())}
        assert client(who).post(f"{path}/messages", data=sent).status_code == 404
    assert client(signed.second).post(path, data=FORM).status_code == 403
    assert client(signed.coach).get(f"{path_of(signed)}/contests/new?line=1").status_code == 403


def test_programs_do_the_same(signed: Signed, client: Client) -> None:
    path = f"/api/v1{path_of(signed)}/feedback"
    coach, owner, second = client(signed.coach), client(signed.owner), client(signed.second)
    draft = coach.get(path).json()["draft"]
    assert draft["suggested"]
    assert "lines" not in draft
    assert owner.get(path).json()["draft"] is None
    to_try = {"text": "Try it.", "lines": [7]}
    assert coach.post(path, json={"well": [], "to_try": to_try, "send": True}).json()["fields"].keys() == {"well_1"}
    wrong = {"well": [{"text": "Good.", "lines": [0, 99]}], "to_try": to_try, "send": True}
    assert coach.post(path, json=wrong).json()["fields"].keys() == {"well_1_lines"}
    sent = coach.post(path, json={"well": [{"text": "Good.", "lines": [3]}], "to_try": to_try, "send": True})
    assert sent.json()["state"] == "sent"
    assert coach.post(f"{path}/take-back").json()["state"] == "draft"
    coach.post(path, json={"well": [{"text": "Good.", "lines": [3]}], "to_try": to_try, "send": True})
    (read,) = owner.get(path).json()["sent"]
    assert (read["by"], read["well"][0]["quotes"][0]["number"]) == ("Cass Coach", 3)
    assert coach.post(f"{path}/take-back").json()["code"] == "already_read"

    client_id = str(new_id())
    one = [owner.post(f"{path}/messages", json={"words": "Thanks.", "client_id": client_id}) for _ in range(2)]
    assert (one[0].status_code, one[0].json()) == (201, one[1].json())
    other = owner.post(f"{path}/messages", json={"words": "And more."}).json()["id"]
    assert owner.delete(f"{path}/messages/{other}").json()["state"] == "taken_back"
    assert [line["words"] for line in coach.get(path).json()["messages"]] == ["Thanks."]

    line = owner.get(f"/api/v1{path_of(signed)}").json()["turns"][2]["utterances"][0]["id"]
    asked = owner.post(f"{path}/contests", json={"line": line, "code": "SR", "reason": "Close to hers."})
    assert asked.status_code == 201
    assert owner.delete(f"{path}/contests/{asked.json()['id']}").json()["state"] == "taken_back"
    asked = owner.post(f"{path}/contests", json={"line": line, "code": "SR", "reason": "Close to hers."}).json()["id"]
    decision = {"change": True, "code": "SR", "reason": "I hear it too."}
    assert second.post(f"{path}/contests/{asked}", json=decision).json()["outcome"] == "changed"
    assert owner.get(f"/api/v1{path_of(signed)}").json()["turns"][2]["utterances"][0]["code"] == "SR"
