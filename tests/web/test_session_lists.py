"""Long lists: what is left out of them, and that it is said."""

import re

import pytest

from tests.conftest import People
from tests.web.conftest import Client
from tests.web.test_sessions import add


def test_a_team_pushes_no_session_of_ones_own_out_of_the_list(
    client: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.session_lists.LIST_LIMIT", 2)
    coach = client(people.colleague)
    for number in (1, 2):
        add(coach, title=f"Mine {number}", held_on="2026-01-01")
        add(client(people.owner), title=f"Theirs {number}")
    home = coach.get("/").text
    assert home.count("Mine ") == home.count("Theirs ") == 2
    assert "are shown" not in home
    assert coach.get("/api/v1/sessions").json()["cut"] is False
    add(client(people.owner), title="Theirs 3")
    home = coach.get("/").text
    assert home.count("Theirs ") == 3, "of others' sessions Home has more than two"
    listed = coach.get("/api/v1/sessions").json()
    assert [row["title"] for row in listed["sessions"]] == ["Mine 2", "Mine 1", "Theirs 3", "Theirs 2"]
    assert listed["cut"] is True


def test_home_has_the_newest_of_others_and_a_way_to_all(
    client: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.sessions.ON_HOME", 2)
    monkeypatch.setattr("web.pages.session_list.ON_A_PAGE", 2)
    coach = client(people.colleague)
    assert "There are none yet" in coach.get("/sessions").text
    for number in range(1, 6):
        add(client(people.owner), title=f"Theirs {number}")
    add(coach, title="Mine 1")
    home = coach.get("/").text
    assert ("Theirs 5" in home, "Theirs 3" in home, 'href="/sessions"' in home) == (True, False, True)

    def page(of: str) -> list[str]:
        return re.findall(r"(Theirs \d|Mine \d)</a>", coach.get(of).text)

    assert [page("/sessions"), page("/sessions?page=2"), page("/sessions?page=3"), page("/sessions?page=4")] == [
        ["Theirs 5", "Theirs 4"], ["Theirs 3", "Theirs 2"], ["Theirs 1"], [],
    ]  # fmt: skip
    first, last = coach.get("/sessions").text, coach.get("/sessions?page=3").text
    assert ('rel="prev"' in first, 'rel="next"' in first) == (False, True)
    assert ('rel="prev"' in last, 'rel="next"' in last) == (True, False)
    assert "no sessions this far back" in coach.get("/sessions?page=4").text
    for odd in ("0", "-1", "two", "99999999999999999999", "²", ""):
        assert coach.get("/sessions", params={"page": odd}).status_code == 200
    assert page("/sessions?page=0") == page("/sessions")
    assert "Theirs" not in client(people.owner).get("/sessions").text, "one's own are on Home"
    assert "Theirs" not in client(people.stranger).get("/sessions").text
