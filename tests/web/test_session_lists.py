"""Long lists: what is left out of them, and that it is said."""

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
    assert home.count("The newest 2 are shown.") == 1
    assert ("Theirs 3" in home, "Theirs 1" in home) == (True, False)
    listed = coach.get("/api/v1/sessions").json()
    assert [row["title"] for row in listed["sessions"]] == ["Mine 2", "Mine 1", "Theirs 3", "Theirs 2"]
    assert listed["cut"] is True
