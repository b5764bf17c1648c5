"""The pages of blind double coding: what the second coach is shown, and who says how many are drawn."""

import pytest
from sqlmodel import select

from models.double_coding import DoubleCoding, DoubleCodingRule
from models.permissions import Actor
from tests.coding.double.conftest import Twice, bench, twice
from tests.conftest import People
from tests.web.conftest import Client, admin, client

__all__ = ["admin", "bench", "client", "twice"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_until_they_sign_off_the_second_sees_no_code_of_others(twice: Twice, client: Client, people: People) -> None:
    twice.sign(twice.coach)
    second, paths = client(twice.second), [f"/sessions/{twice.practice_id}", f"/api/v1/sessions/{twice.practice_id}"]
    home = second.get("/").text
    assert f'href="/sessions/{twice.practice_id}"' in home
    assert "To code blind" in home
    page = second.get(paths[0])
    assert "Code this session blind" in page.text
    assert f"/sessions/{twice.practice_id}/bench" in page.text
    for sign in ("evoke-chip", "Cass Coach", "evoke-score", "Reflection"):
        assert sign not in page.text
    told = second.get(paths[1])
    assert (told.status_code, told.json()["code"]) == (409, "coded_blind")
    assert told.json()["session"] == str(twice.practice_id)
    for path in (f"{paths[0]}/codes.csv", f"{paths[0]}/export", f"{paths[0]}/export/json", f"{paths[1]}/export"):
        assert second.get(path).status_code == 409
    for other in (client(people.owner), client(twice.coach)):
        assert "To code blind" not in other.get("/").text
        assert "Cass Coach" in other.get(paths[0]).text
    assert client(people.teammate).get(paths[0]).status_code == 404

    bench_page = second.post(f"{paths[0]}/bench").text
    assert "You code this blind" in bench_page
    assert "What the machine suggests" not in bench_page
    assert 'class="evoke-bench__machine">–</td>' in bench_page
    begun = second.post(f"{paths[1]}/reviews").json()
    lines = second.get(begun["url"]).json()["draft"]["lines"]
    assert {(line["code"], line["machine"]) for line in lines} == {(None, None)}
    refused = second.post(f"{begun['url']}/sign-off", json={"expected": 0}).json()
    assert refused["code"] == "cannot_sign_off_yet"
    twice.sign_blind()
    shown = second.get(paths[0]).text
    assert "Checked and signed by Cass Coach" in shown
    assert "To code blind" not in second.get("/").text


def test_who_cannot_code_it_hands_it_back_and_another_takes_it(twice: Twice, client: Client, people: People) -> None:
    twice.sign(twice.coach)
    path = f"/double-codings/{twice.task().id}"
    for actor, status in ((people.owner, 403), (people.stranger_coach, 404), (twice.coach, 404)):
        assert client(actor).post(f"{path}/hand-back").status_code == status
    second = client(twice.second)
    assert second.post(f"{path}/hand-back", follow_redirects=False).headers["location"] == "/"
    assert twice.task().second_id is None
    assert "Waiting for a second coach" in second.get("/").text
    assert "Waiting for a second coach" not in client(twice.coach).get("/").text
    taken = second.post(f"{path}/take", follow_redirects=False)
    assert taken.headers["location"] == f"/sessions/{twice.practice_id}"
    assert client(twice.coach).post(f"{path}/take").status_code == 409


def test_leads_and_administrators_say_how_many_are_drawn(
    twice: Twice, client: Client, people: People, admin: Actor
) -> None:
    for actor in (people.owner, people.colleague, people.stranger):
        assert client(actor).get("/double-coding").status_code == 404
        assert client(actor).post("/double-coding", data={"percent": "50"}).status_code == 404
    for number, actor in enumerate((people.lead, admin)):
        page = client(actor)
        saved = page.post("/double-coding", data={"percent": f" {20 + number} ", "shows_machine": "yes"})
        assert "Saved." in saved.text
        assert f'value="{20 + number}"' in saved.text
        for wrong in ("", "ten", "-1", "101", "1.5", "²"):
            refused = page.post("/double-coding", data={"percent": wrong})
            assert (refused.status_code, "from 0 to 100" in refused.text) == (422, True)
    with twice.house.database.read() as session:
        rule = session.exec(select(DoubleCodingRule)).one()
        assert (rule.percent, rule.shows_machine) == (21, True)
        assert session.exec(select(DoubleCoding)).first() is None
