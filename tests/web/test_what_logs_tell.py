"""No secret and no word of a conversation is in any line of the log, however things go."""

import logging
import re

import pytest
from sqlalchemy import update

from api.access import COOKIE
from api.house import House
from models.browser_sign_in import RENEWED_EVERY
from models.columns import utc_now
from models.person import SignIn
from models.settings import Settings
from tests.conftest import PASSWORD, People
from tests.web.conftest import PageClient
from web.app import create_app
from web.pages import account, sessions

SAID = "my father hid the kestrel letters"
NEW = "three other quiet words"
WRONG = "a password that is wrong"
OWNER = "olu.owner@example.org"
TALK = f"Worker: What happened?\nParent: I know that {SAID}.\n"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """All that the house and its libraries log, but for what the test's own HTTP client says."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, logger="sqlalchemy")
    for name in ("httpx", "httpx2", "httpcore"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
    return caplog


def use_every_form(one: PageClient) -> set[str]:
    """As somebody does in a week, mistakes included. The secrets that came up."""
    secrets = {PASSWORD, NEW, WRONG, SAID}
    for password in (WRONG, PASSWORD):
        one.post("/sign-in", data={"email": OWNER, "password": password, "next": "/?said=" + SAID})
    secrets.add(one.cookies[COOKIE])
    for current in (WRONG, PASSWORD):
        one.post("/account/password", data={"current": current, "new": NEW})
    secrets.add(one.cookies[COOKIE])
    made = one.post("/account/tokens", data={"name": "script"})
    (token,) = re.findall(r"evoke_[\w-]{43}", made.text)
    secrets.add(token)
    program = {"authorization": f"Bearer {token}"}
    upload = {"kind": "role_play", "agreement_confirmed": "yes", "title": SAID, "change_goal": SAID}
    for sent in ({"transcript": TALK}, {"transcript": SAID}, {"transcript": TALK, "held_on": SAID}):
        one.post("/sessions", files={name: (None, text) for name, text in (upload | sent).items()})
    for name in ("talk.txt", "talk.docx", "talk.wav", "talk.json", "talk.csv"):
        one.post("/api/v1/sessions", data=upload, files={"file": (f"{SAID}.{name}", TALK.encode())}, headers=program)
    turns = [{"speaker": "Parent", "text": SAID}]
    one.post("/api/v1/sessions", json={"agreement_confirmed": True, "turns": turns}, headers=program)
    one.post("/api/v1/sessions", content=SAID, headers=program | {"content-type": "application/json"})
    one.get("/api/v1/sessions", headers={"authorization": f"Bearer {token}x"})
    one.get("/")
    one.get(f"/sessions/{SAID}")
    one.post("/sign-out")
    return secrets


def check(lines: pytest.LogCaptureFixture, secrets: set[str]) -> None:
    told = "\n".join(logging.Formatter().format(record) for record in lines.records)
    assert "[SQL parameters hidden" in told  # the libraries are heard
    assert [secret for secret in secrets if secret in told] == []


def test_nothing_secret_is_logged(settings: Settings, people: People, house: House, lines) -> None:  # type: ignore[no-untyped-def]
    app = create_app(settings)
    with PageClient(app, base_url="http://evoke.test") as one:
        secrets = use_every_form(one)
        one.post("/sign-in", data={"email": OWNER, "password": NEW})
        with house.database.write() as session:
            session.exec(update(SignIn).values(renewed_at=utc_now() - RENEWED_EVERY))
        secrets |= {one.cookies[COOKIE], one.get("/account").headers["set-cookie"].split("=")[1].split(";")[0]}
    app.state.house.database.close()
    check(lines, secrets)


def test_not_even_when_everything_fails(
    settings: Settings, people: People, lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors that nobody expected, with the secrets in their messages."""

    def broken(*values: object, **named: object) -> None:
        raise ValueError(f"cannot read {values!r} {named!r} {SAID} {PASSWORD} {NEW}")

    monkeypatch.setattr("web.pages.sign_in.begin_try", broken)
    monkeypatch.setattr(account, "make_api_token", broken)
    monkeypatch.setattr(sessions, "take_upload", broken)
    app = create_app(settings)
    with PageClient(app, base_url="http://evoke.test") as one:
        assert one.post("/sign-in", data={"email": OWNER, "password": PASSWORD}).status_code == 500
        monkeypatch.undo()
        one.post("/sign-in", data={"email": OWNER, "password": PASSWORD})
        monkeypatch.setattr(sessions, "take_upload", broken)
        assert one.post("/sessions", data={"transcript": TALK}).status_code == 500
    app.state.house.database.close()
    assert "unexpected error at POST /sign-in" in lines.text
    assert "ValueError" in lines.text
    check(lines, {PASSWORD, NEW, SAID})
