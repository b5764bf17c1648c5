"""The way of a transcript: added, coded, read, downloaded; and who may do which."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from api.house import House
from coding.coder.load import load_coder
from coding.pipeline import TurnToCode, code_conversation
from models.audit import AuditEvent
from models.organisation import Team
from models.person import TeamMembership
from models.practice import PracticeSession
from tests.conftest import LINEAR_CODER, People
from tests.web.conftest import CONVERSATION, Client, work_off
from web.worker import Worker

DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "stop drinking at weekends"}


def add(client, text: str = CONVERSATION, name: str = "role play.txt", **changes: str) -> str:  # type: ignore[no-untyped-def]
    answer = client.post("/api/v1/sessions", data=DETAILS | changes, files={"file": (name, text.encode())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_transcript_becomes_a_coded_session(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    answer = owner.post("/sessions", data=DETAILS, files={"file": ("role play.txt", CONVERSATION.encode())})
    assert answer.status_code == 200  # followed to the session's page
    assert "<h1" in answer.text
    path = answer.url.path
    assert owner.get(f"{path}/progress").json()["stage"] == "queued"
    assert work_off(worker) == 1
    assert owner.get(f"{path}/progress").json() == {"stage": "ready", "progress": 100, "problem": ""}
    page = owner.get(path).text
    assert "stop drinking at weekends" in page
    assert "What would you like us to talk about today?" in page
    read = owner.get(f"/api/v1{path}").json()
    assert [turn["role"] for turn in read["turns"]] == ["practitioner", "client"] * 3
    first = read["turns"][0]["utterances"][0]
    assert first["code"] in ("Q", "Seek")
    assert first["reason"]
    assert sum(p for _, p in first["probabilities"]) == pytest.approx(1, abs=0.01)
    change = read["turns"][1]["utterances"][0]
    assert change["code"] == "CT"
    assert {"percent_change_talk", "reflection_to_question"} <= {s["name"] for s in read["scores"]}
    for score in read["scores"]:
        assert score["human_agreement"]
        if score["value"] is None:
            assert score["note"]
        elif score["low"] is not None:
            assert score["low"] <= score["value"] <= score["high"]


def test_the_codes_come_as_csv(client: Client, people: People, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    assert owner.get(f"/sessions/{session_id}/codes.csv").status_code == 404
    work_off(worker)
    rows = list(csv.DictReader(io.StringIO(owner.get(f"/sessions/{session_id}/codes.csv").text)))
    assert {"turn", "utterance", "speaker", "text", "code", "subtype", "confidence", "unsure"} <= set(rows[0])
    assert " ".join(r["text"] for r in rows if r["turn"] == "1") == "What would you like us to talk about today?"


@pytest.mark.parametrize("path", ["/sessions/{id}", "/api/v1/sessions/{id}", "/sessions/{id}/codes.csv",
                                  "/sessions/{id}/progress", "/api/v1/sessions/{id}/progress"])  # fmt: skip
def test_who_may_read_a_session(client: Client, people: People, worker: Worker, path: str) -> None:
    session_id = add(client(people.owner))
    work_off(worker)
    where = path.format(id=session_id)
    assert client(people.owner).get(where).status_code == 200
    assert client(people.colleague).get(where).status_code == 200
    for stranger in (people.teammate, people.lead, people.stranger, people.stranger_coach):
        answer = client(stranger).get(where)
        assert answer.status_code == 404
        assert "talk about today" not in answer.text
    nobody = client(None).get(where, follow_redirects=False)
    assert nobody.status_code in (303, 401)


LONG = "\n".join(
    f"Worker: What do you make of that, would it be okay to look at number {n} together?\n"
    f"Parent: I want to stop, it is time for reason {n}."
    for n in range(16)
)


def test_suggested_globals_are_shown_to_the_owner_and_the_coach_alone(
    client: Client, people: People, worker: Worker
) -> None:
    session_id = add(client(people.owner), LONG)
    work_off(worker)
    for who in (people.owner, people.colleague):
        read = client(who).get(f"/api/v1/sessions/{session_id}").json()["globals"]
        assert [one["title"] for one in read] == [
            "Cultivating change talk", "Softening sustain talk", "Partnership", "Empathy",
        ]  # fmt: skip
        page = client(who).get(f"/sessions/{session_id}").text
        assert "Global ratings: suggestions for the coach" in page
        for one in read:
            assert 1 <= one["low"] < one["high"] <= 5
            assert one["shown"] == f"{one['low']} to {one['high']}"
            assert one["reason"].startswith("It leans ")
            assert "The coach’s rating is the rating" in one["suggestion"]
            assert f">{one['shown']}<" in page
            assert one["reason"] in page
    for stranger in (people.teammate, people.lead, people.stranger, people.stranger_coach):
        for path in (f"/sessions/{session_id}", f"/api/v1/sessions/{session_id}"):
            answer = client(stranger).get(path)
            assert answer.status_code == 404
            assert read[0]["reason"] not in answer.text


def test_who_may_change_a_session(client: Client, people: People, worker: Worker) -> None:
    session_id = add(client(people.owner))
    work_off(worker)
    for stranger in (people.teammate, people.lead, people.stranger, people.stranger_coach):
        one = client(stranger)
        assert one.post(f"/sessions/{session_id}/practitioner", data={"label": "Parent"}).status_code == 404
        assert one.post(f"/sessions/{session_id}/retry").status_code == 404
    assert work_off(worker) == 0
    coach = client(people.colleague)
    assert coach.post(f"/sessions/{session_id}/practitioner", data={"label": "Parent"}).status_code == 200
    assert work_off(worker) == 1
    read = coach.get(f"/api/v1/sessions/{session_id}").json()
    assert [t["role"] for t in read["turns"]] == ["client", "practitioner"] * 3
    assert coach.post(f"/sessions/{session_id}/practitioner", data={"label": "Nobody"}).status_code == 422
    assert coach.post(f"/sessions/{session_id}/retry").status_code == 409


def test_a_list_shows_what_its_reader_may_see(client: Client, people: People) -> None:
    add(client(people.owner), title="Tuesday practice")
    for who, sees in (
        (people.owner, True),
        (people.colleague, True),
        (people.teammate, False),
        (people.stranger_coach, False),
    ):
        one = client(who)
        assert ("Tuesday practice" in one.get("/").text) is sees
        assert bool(one.get("/api/v1/sessions").json()["sessions"]) is sees
    lead = client(people.lead).get("/").text
    assert "Family Safeguarding North" in lead
    assert "Tuesday practice" not in lead


def test_a_coach_adds_for_the_team_and_nobody_for_a_stranger(client: Client, people: People) -> None:
    theirs = str(people.owner.person_id)
    assert add(client(people.colleague), practitioner=theirs)
    for who in (people.teammate, people.lead, people.stranger_coach):
        answer = client(who).post(
            "/api/v1/sessions",
            data=DETAILS | {"practitioner": theirs},
            files={"file": ("a.txt", CONVERSATION.encode())},
        )
        assert answer.status_code == 422
        assert "practitioner" in answer.json()["fields"]


def test_many_conversations_in_one_csv_become_many_sessions(client: Client, people: People, worker: Worker) -> None:
    rows = ["transcript_id,turn,speaker,text"]
    for name in "xy":
        rows += [f"{name},1,practitioner,What brings you here?", f"{name},2,client,I want to change."]
    answer = client(people.owner).post(
        "/api/v1/sessions", data=DETAILS, files={"file": ("two.csv", "\n".join(rows).encode())}
    )
    assert len(answer.json()["sessions"]) == 2
    assert work_off(worker) == 2


def test_json_turns_are_taken(client: Client, people: People, worker: Worker) -> None:
    turns = [{"speaker": s, "text": t} for s, t in (line.split(": ", 1) for line in CONVERSATION.splitlines())]
    body = {"agreement_confirmed": True, "title": "From the LMS", "turns": turns}
    answer = client(people.owner).post("/api/v1/sessions", json=body)
    assert answer.status_code == 201, answer.text
    work_off(worker)
    assert client(people.owner).get(answer.json()["url"]).json()["title"] == "From the LMS"
    for bad in ({"turns": "no"}, ["x"], {"agreement_confirmed": True, "turns": []}):
        refused = client(people.owner).post("/api/v1/sessions", json=bad)
        assert refused.status_code in (400, 422), bad
        assert refused.json()["detail"]
    broken = client(people.owner).post("/api/v1/sessions", content=b"{", headers={"content-type": "application/json"})
    assert broken.json()["code"] == "upload_broken"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"agreement_confirmed": ""}, "agreement_confirmed"), ({"kind": "gossip"}, "kind"),
     ({"held_on": "yesterday"}, "held_on"), ({"held_on": "2999-01-01"}, "held_on"),
     ({"practitioner": "x"}, "practitioner"), ({"title": "x" * 201}, "title")],
)  # fmt: skip
def test_a_mistake_in_the_form_is_named_and_nothing_is_kept(
    client: Client,
    people: People,
    house,
    changes: dict[str, str],
    field: str,  # type: ignore[no-untyped-def]
) -> None:
    sent = {"data": DETAILS | changes, "files": {"file": ("a.txt", CONVERSATION.encode())}}
    answer = client(people.owner).post("/api/v1/sessions", **sent)
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {field}
    page = client(people.owner).post("/sessions", **sent)
    assert page.status_code == 422
    assert answer.json()["fields"][field] in page.text.replace("&#39;", "'")
    with house.database.read() as session:
        assert session.exec(select(PracticeSession)).all() == []


def test_a_request_from_another_site_does_nothing(client: Client, people: People, house) -> None:  # type: ignore[no-untyped-def]
    owner = client(people.owner)
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.test"}):
        answer = owner.post(
            "/api/v1/sessions", data=DETAILS, files={"file": ("a.txt", CONVERSATION.encode())}, headers=headers
        )
        assert answer.json()["code"] == "came_from_elsewhere"
        assert owner.post("/sign-out", headers=headers).status_code == 403
    assert owner.get("/").status_code == 200
    with house.database.read() as session:
        assert session.exec(select(PracticeSession)).all() == []


def test_without_its_audit_row_nothing_changes(
    client: Client,
    people: People,
    house,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    def broken(self: AuditEvent, **_: object) -> None:
        raise RuntimeError("the audit cannot be written")

    owner = client(people.owner)
    session_id = add(owner)
    with monkeypatch.context() as patch:
        patch.setattr(AuditEvent, "__init__", broken)
        for path, data in (
            ("/api/v1/sessions", DETAILS),
            (f"/sessions/{session_id}/practitioner", {"label": "Parent"}),
        ):
            file = {"file": ("a.txt", CONVERSATION.encode())} if data is DETAILS else None
            assert owner.post(path, data=data, files=file).status_code == 500
    with house.database.read() as session:
        assert len(session.exec(select(PracticeSession)).all()) == 1
        assert "practitioner_decided" not in [e.action for e in session.exec(select(AuditEvent))]


def test_an_address_that_is_nothing_is_a_page_or_a_problem(client: Client, people: People) -> None:
    owner = client(people.owner)
    for path in ("/nothing", "/sessions/not-an-id", "/sessions/0190a000-0000-7000-8000-000000000000"):
        assert owner.get(path).status_code == 404
        assert "<h1" in owner.get(path).text
        assert json.loads(owner.get(f"/api/v1{path}").text)["code"] == "not_found"


def test_a_mistake_in_pasted_words_is_shown_where_they_were_pasted(client: Client, people: People) -> None:
    pasted = "Worker: Nobody answers me."
    form = {name: (None, value) for name, value in (DETAILS | {"transcript": pasted}).items()}
    answer = client(people.owner).post("/api/v1/sessions", files=form)
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"transcript"}
    page = client(people.owner).post("/sessions", files=form)
    assert "transcript-error" in page.text
    assert pasted in page.text


UNNAMED = (
    """\
Sam: You felt alone with it. You have kept the kids safe all along.
Alex: I want to stop drinking. But I can't do it on my own, I've tried. What would you do?
"""
    * 3
)


def test_another_practitioner_means_other_utterances(client: Client, people: People, worker: Worker) -> None:
    """Who speaks decides where a turn is parsed, so the corrected session equals one that was right from the start."""
    owner = client(people.owner)
    session_id = add(owner, UNNAMED)
    work_off(worker)
    shown = owner.get(f"/api/v1/sessions/{session_id}").json()["speaker_labels"]
    called = dict(zip(("Sam", "Alex"), shown, strict=True))
    for label in ("Alex", "Sam", "Alex"):
        chosen = {"label": called[label]}  # they are names, so the speakers are called [person 1] and [person 2]
        assert owner.post(f"/sessions/{session_id}/practitioner", data=chosen).status_code == 200
        work_off(worker)
        turns = [TurnToCode(*line.split(": ", 1)) for line in UNNAMED.splitlines()]
        fresh = code_conversation(turns, coder=load_coder(Path(LINEAR_CODER)), practitioner_labels=(label,))
        read = owner.get(f"/api/v1/sessions/{session_id}").json()
        assert [[u["text"] for u in t["utterances"]] for t in read["turns"]] == [
            list(t.utterances) for t in fresh.turns
        ]
        shown = [u["code"] for t in read["turns"] for u in t["utterances"]]
        assert shown == [item.estimate.code.value for item in fresh.utterances]


def test_a_session_goes_to_the_team_of_the_coach_who_adds_it(client: Client, people: People, house: House) -> None:
    with house.database.write() as session:
        other = Team(organisation_id=people.team.organisation_id, name="Recovery")
        session.add(other)
        session.flush()
        session.add(TeamMembership(person_id=people.owner.person_id, team_id=other.id, started_on=date(2026, 1, 1)))
    theirs = add(client(people.colleague), practitioner=str(people.owner.person_id))
    assert client(people.colleague).get(f"/sessions/{theirs}").status_code == 200
    own = add(client(people.owner))
    with house.database.read() as session:
        teams = {str(one.id): one.team_id for one in session.exec(select(PracticeSession))}
    assert teams == {theirs: people.team.id, own: other.id}
