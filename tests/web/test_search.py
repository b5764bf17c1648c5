"""Search over what was said: by whom, in what, in which order, and how far back."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from models.keys import shred_session_key
from tests.conftest import People, work_off
from tests.web.conftest import Client, PageClient
from web.worker import Worker

TALK = """\
Worker: What is on your mind about the {}?
Parent: I don’t want to go on drinking at weekends, the children notice.
Worker: You see that it's getting to the children. Drink is not worth that.
Parent: Yes, <b>that</b> is it.
"""


def add(one: PageClient, day: str, about: str = "weekend", **details: str) -> str:
    data = {"kind": "role_play", "agreement_confirmed": "yes", "held_on": day, "title": f"Of {day}", **details}
    answer = one.post("/api/v1/sessions", data=data, files={"file": ("a.txt", TALK.format(about).encode())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def find(one: PageClient, q: str, before: str = "") -> dict[str, Any]:
    answer = one.get("/api/v1/search", params={"q": q, "before": before})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def said(found: dict[str, Any]) -> list[str]:
    return ["".join(p["text"] for p in line["pieces"]) for one in found["sessions"] for line in one["lines"]]


def marked(found: dict[str, Any]) -> list[str]:
    return [p["text"] for one in found["sessions"] for line in one["lines"] for p in line["pieces"] if p["found"]]


def test_who_may_read_finds_and_nobody_else(client: Client, people: People, worker: Worker, house: House) -> None:
    ours = add(client(people.owner), "2026-01-05")
    theirs = add(client(people.stranger), "2026-02-05")
    work_off(worker)
    for who, sessions in (
        (people.owner, [ours]), (people.colleague, [ours]), (people.teammate, []), (people.lead, []),
        (people.stranger, [theirs]), (people.stranger_coach, [theirs]),
    ):  # fmt: skip
        found = find(client(who), "drinking")
        assert [one["id"] for one in found["sessions"]] == sessions, who.name
        assert found["looked_at"] == len(sessions)
    assert client(None).get("/api/v1/search", params={"q": "drinking"}).status_code == 401
    with house.database.read() as session:
        seen = session.exec(select(AuditEvent).where(AuditEvent.action == "session_seen")).all()
        assert {(event.actor_id, str(event.subject_id)) for event in seen} == {
            (people.owner.person_id, ours), (people.colleague.person_id, ours),
            (people.stranger.person_id, theirs), (people.stranger_coach.person_id, theirs),
        }  # fmt: skip
        assert not any("drink" in str(event.details) for event in session.exec(select(AuditEvent)))


@pytest.mark.parametrize(
    ("q", "lines", "marks"),
    [
        ("drink", 2, ["drink", "Drink"]), ("DRINKING", 1, ["drinking"]), ("rink", 0, []),
        ("don't want", 1, ["don’t", "want"]), ("children getting", 1, ["getting", "children"]),
        ('"the children notice"', 1, ["the children notice"]), ('"children the"', 0, []),
        ("<b>that</b>", 1, ["<b>that</b>"]), ("100%_", 0, []), ("it's", 1, ["it's"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_which_lines_are_found(
    client: Client, people: People, worker: Worker, q: str, lines: int, marks: list[str]
) -> None:
    owner = client(people.owner)
    session_id = add(owner, "2026-01-05")
    work_off(worker)
    found = find(owner, q)
    assert found["lines"] == lines
    assert [mark for mark in marked(found) if mark in marks] == marks
    page = owner.get("/search", params={"q": q})
    assert page.status_code == 200
    assert (f"/sessions/{session_id}#u" in page.text) == bool(lines)
    if lines:
        place = page.text.partition(f"/sessions/{session_id}#")[2].partition('"')[0]
        assert f'id="{place}"' in owner.get(f"/sessions/{session_id}").text
    else:
        assert "Nobody said that in the 1 session" in page.text


def test_the_newest_come_first_and_one_can_look_further_back(
    client: Client, people: People, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    made = [add(owner, day) for day in ("2026-01-05", "2026-03-05", "2026-02-05", "2026-03-05")]
    work_off(worker)
    monkeypatch.setattr("training.search.SESSIONS", 3)
    monkeypatch.setattr("training.search._BATCH", 2)
    first = find(owner, "drinking")
    second = find(owner, "drinking", first["further"])
    assert [one["id"] for one in first["sessions"]] == [made[3], made[1], made[2]]
    assert [one["id"] for one in second["sessions"]] == [made[0]]
    assert (second["looked_at"], second["further"]) == (1, "")
    assert "Look further back" in owner.get("/search", params={"q": "drinking"}).text
    monkeypatch.setattr("training.search.LINES", 1)
    assert len(find(owner, "drinking")["sessions"]) == 1
    for wrong in ("x", "2026-01-05_x", "2026-13-05_" + made[0]):
        answer = owner.get("/api/v1/search", params={"q": "drinking", "before": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "search_wrong")


def test_what_is_deleted_or_not_coded_yet_is_not_found(
    client: Client, people: People, worker: Worker, house: House
) -> None:
    owner = client(people.owner)
    gone, _ = add(owner, "2026-01-05"), add(owner, "2026-01-06")
    work_off(worker)
    add(owner, "2026-01-07")
    assert find(owner, "drinking")["looked_at"] == 2
    with house.database.write() as session:
        shred_session_key(session, UUID(gone))
    assert gone not in {one["id"] for one in find(owner, "drinking")["sessions"]}
    assert len(said(find(owner, "drinking"))) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_cannot_be_searched_for_is_told(client: Client, people: People) -> None:
    owner = client(people.owner)
    assert "no coded session to look through yet" in owner.get("/search", params={"q": "drinking"}).text
    for q in ("x", '"" "', "?!", "y" * 101):
        page = owner.get("/search", params={"q": q})
        assert page.status_code == 422
        assert 'id="q-error"' in page.text
    assert 'id="q-error"' not in owner.get("/search").text
    assert owner.get("/search?q=%00%0b").status_code == 200
