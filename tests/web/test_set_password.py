"""The operator's command for a lost password."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from tests.conftest import PASSWORD, People
from tests.web.conftest import Client
from web import set_password
from web.cli import main

NEW = "three other words"


@pytest.fixture
def typed(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says what will be typed in, one line after the other. The command works in the test's house."""
    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)

    def typed(*lines: str) -> None:
        left = list(lines)
        monkeypatch.setattr(set_password.getpass, "getpass", lambda _prompt: left.pop(0))

    typed()
    return typed


def test_a_typed_password_signs_in_and_ends_what_was(
    client: Client, people: People, typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    owner, coach = client(people.owner), client(people.colleague)
    typed(NEW, NEW)
    assert main(["password", " Olu.Owner@example.org"]) == 0
    out, told = capsys.readouterr()
    assert "Olu Owner" in told
    assert NEW not in out + told
    assert owner.get("/").url.path == "/sign-in"
    assert coach.get("/").url.path == "/"
    old = {"email": "olu.owner@example.org", "password": PASSWORD}
    assert owner.post("/sign-in", data=old).status_code == 401
    assert owner.post("/sign-in", data=old | {"password": NEW}).url.path == "/"


def test_a_made_password_is_printed_alone_and_no_two_are_the_same(
    client: Client, people: People, typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    made = []
    for _ in range(2):
        assert main(["password", "olu.owner@example.org", "--generate"]) == 0
        made.append(capsys.readouterr().out.strip())
    assert made[0] != made[1]
    assert all(len(password) == 23 for password in made)
    form = {"email": "olu.owner@example.org", "password": made[1]}
    assert client(None).post("/sign-in", data=form).url.path == "/"


@pytest.mark.parametrize(
    ("email", "lines", "says"),
    [
        ("olu.owner@example.org", (NEW, NEW + "!"), "not the same"),
        ("olu.owner@example.org", ("short",), "10 to 200 characters"),
        ("nobody@example.org", (), "Nobody here"),
    ],
)
def test_a_mistake_changes_nothing(
    house: House, people: People, typed: Callable[..., None], capsys: pytest.CaptureFixture[str], email: str,
    lines: tuple[str, ...], says: str,
) -> None:  # fmt: skip
    typed(*lines)
    assert main(["password", email]) == 2
    assert says in capsys.readouterr().err
    with house.database.read() as session:
        assert not session.exec(select(AuditEvent).where(AuditEvent.action == "password_set")).all()
