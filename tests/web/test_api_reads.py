"""Pages by cursor, tags, what is left of the rate, and the parts of a session."""

import pytest

from api.pages import cursor_of
from models.columns import new_id
from tests.coding.review.conftest import Bench, bench
from tests.conftest import CONVERSATION, People, work_off
from tests.web.conftest import Client
from web.worker import Worker

__all__ = ["bench"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def add(one, title: str) -> str:  # type: ignore[no-untyped-def]
    sent = {"kind": "role_play", "agreement_confirmed": "yes", "title": title}
    return str(one.post("/api/v1/sessions", data=sent, files={"file": ("t.txt", CONVERSATION.encode())}).json()["id"])


def test_pages_stay_true_while_sessions_are_added(client: Client, people: People) -> None:
    one = client(people.owner)
    made = [add(one, f"Talk {number}") for number in range(5)]
    page = one.get("/api/v1/sessions", params={"limit": 2})
    assert page.headers["link"] == f'<{page.json()["next"]}>; rel="next"'
    add(one, "Later")
    seen = [row["id"] for row in page.json()["sessions"]]
    while (further := page.json()["next"]) is not None:
        page = one.get(further)
        seen += [row["id"] for row in page.json()["sessions"]]
    assert seen == made[::-1]
    assert not page.json()["cut"]
    assert "link" not in page.headers
    old = one.get("/api/v1/sessions").json()
    assert len(old["sessions"]) == 6
    assert old["next"] is None


@pytest.mark.parametrize("cursor", ["", "x", "c2Vzc2lvbnN8MjAyNi0wMS0wMXx4", "Y29kZXN8Mg", "é"])
def test_odd_cursors_are_refused(client: Client, people: People, cursor: str) -> None:
    answer = client(people.owner).get("/api/v1/sessions", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_wrong")


def test_codes_scores_reviews_and_files(client: Client, people: People, worker: Worker) -> None:
    one = client(people.owner)
    id_ = add(one, "Talk")
    path = f"/api/v1/sessions/{id_}"
    assert one.get(f"{path}/codes").json()["lines"] == []
    assert one.get(f"{path}/scores").json()["scores"] == []
    work_off(worker)
    whole, codes, scores = one.get(path).json(), one.get(f"{path}/codes").json(), one.get(f"{path}/scores").json()
    lines = [line for turn in whole["turns"] for line in turn["utterances"]]
    assert [line["code"] for line in codes["lines"]] == [line["code"] for line in lines]
    assert codes["total"] == len(lines)
    assert codes["coded_by"] == "machine"
    assert (scores["scores"], scores["counts"]) == (whole["scores"], whole["counts"])
    assert "drinking" not in str(scores)
    page, seen = f"{path}/codes?limit=4", []
    while page:
        answer = one.get(page).json()
        seen, page = seen + answer["lines"], answer["next"]
    assert seen == codes["lines"]
    assert one.get(f"{path}/reviews").json()["reviews"] == []
    files = one.get(f"{path}/exports").json()["exports"]
    assert {file["layer"] for file in files} == {"machine"}
    assert one.get(next(file["url"] for file in files if file["format"] == "csv")).status_code == 200


def test_an_answer_that_did_not_change_is_a_304(client: Client, people: People, worker: Worker) -> None:
    one = client(people.owner)
    path = f"/api/v1/sessions/{add(one, 'Talk')}"
    for part in ("", "/progress", "/codes", "/scores", "/reviews"):
        first = one.get(path + part)
        again = one.get(path + part, headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), part
    tag = one.get(path).headers["etag"]
    work_off(worker)
    assert one.get(path, headers={"if-none-match": tag}).status_code == 200
    wrong = one.post(f"{path}/picked?picked=drawn", headers={"if-match": tag})
    assert (wrong.status_code, wrong.json()["code"]) == (412, "changed_meanwhile")
    right = one.post(f"{path}/picked?picked=drawn", headers={"if-match": one.get(path).headers["etag"]})
    assert right.json()["picked"] == "drawn"


def test_every_answer_says_what_is_left(client: Client, people: People) -> None:
    one = client(people.owner)
    left = []
    for path in ("sessions", "no-such-thing/..", "sessions/nonsense", "plan"):
        answer = one.get(f"/api/v1/{path}")
        if answer.status_code == 404 and "ratelimit" not in answer.headers:
            continue  # no route, so nobody was asked for
        assert answer.headers["ratelimit-policy"].startswith('"requests";q=')
        left.append(int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0]))
    assert len(left) >= 2
    assert left == sorted(left, reverse=True)
    assert '"network"' in client(None).get("/api/v1/sessions").headers["ratelimit-policy"]


def test_plan_and_modules(client: Client, people: People) -> None:
    one = client(people.owner)
    plan = one.get("/api/v1/plan").json()
    assert plan["skills"]
    modules = one.get("/api/v1/modules").json()
    assert modules["total"] == len(modules["modules"])
    progress = one.get(modules["modules"][0]["url"]).json()
    assert (progress["parts_read"], progress["completed_at"]) == (0, None)
    assert one.get("/api/v1/modules/no-such/progress").status_code == 404


def test_the_document_is_kept_and_tagged(client: Client) -> None:
    anybody = client(None)
    first = anybody.get("/api/v1/openapi.json")
    assert first.json()["openapi"].startswith("3.1")
    assert first.headers["content-type"] == "application/json"
    assert "ratelimit" in first.headers
    again = anybody.get("/api/v1/openapi.json", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pages_of_codes_say_what_the_whole_session_says(
    client: Client, people: People, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    one, coach = client(people.owner), client(bench.coach)
    path = f"/api/v1/sessions/{bench.practice_id}"
    review = coach.post(f"{path}/reviews").json()["url"]
    steps = [{"kind": "accept", "key": key} for key in ("0", "1")]
    steps.append({"kind": "recode", "key": "2", "code": "AF", "subtype": None})
    sent = {"expected": 0, "steps": [{"client_id": str(new_id()), "step": step} for step in steps]}
    taken = coach.post(f"{review}/steps", json=sent)
    assert taken.status_code == 200, taken.text
    for signed in (False, True):
        if signed:
            done = coach.post(f"{review}/sign-off", json={"expected": 3})
            assert done.status_code == 200, done.text
        whole = one.get(path).json()
        lines = [
            {"line": number, "id": said["id"], "turn": turn["position"], "role": turn["role"],
             "speaker_label": turn["speaker_label"], "started": turn["started"], "ended": turn["ended"],
             **{name: said[name] for name in ("text", "code", "subtype", "confidence", "unsure", "volley",
                                              "machine_code")}}
            for number, (turn, said) in enumerate(
                ((turn, said) for turn in whole["turns"] for said in turn["utterances"]), 1
            )
        ]  # fmt: skip
        codes = one.get(f"{path}/codes").json()
        assert codes["lines"] == lines
        assert (codes["coded_by"], codes["model_version"]) == (whole["coded_by"], whole["model_version"])
        assert any(line["machine_code"] for line in lines) is signed
        page, seen = f"{path}/codes?limit=3", []
        with monkeypatch.context() as no_more:
            no_more.setattr("api.session_parts.build_session_view", None)  # a page needs no whole session
            while page:
                answer = one.get(page).json()
                seen, page = seen + answer["lines"], answer["next"]
                assert answer["total"] == len(lines)
        assert seen == lines
    beyond = one.get(f"{path}/codes", params={"cursor": cursor_of("codes", 9_999)}).json()
    assert (beyond["lines"], beyond["next"]) == ([], None)
