"""What every answer carries, and what no request gets past."""

from collections.abc import Iterator

import pytest

from models.settings import Settings
from tests.conftest import PASSWORD, People
from tests.web.conftest import Client, PageClient
from web.app import create_app
from web.body_limit import FORM_BYTES
from web.pages import sign_in

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
FORM = "application/x-www-form-urlencoded"


@on_sqlite
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_unexpected_error_is_answered_with_every_header(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    def broken(_session: object) -> bool:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(sign_in, "is_empty", broken)
    with PageClient(create_app(settings), base_url="http://evoke.test", raise_server_exceptions=False) as visitor:
        answer = visitor.get("/sign-in", headers={"accept": accept})
        usual = visitor.get("/health")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"):
        assert name in answer.headers
        assert name in usual.headers
    assert answer.headers["cache-control"] == "no-store"


@on_sqlite
@pytest.mark.parametrize("authorization", ["Basic b2x1Om9sdQ==", "Bearer", "Bearerevoke_x", ""])
def test_only_a_token_lifts_the_check_for_other_sites(client: Client, people: People, authorization: str) -> None:
    owner = client(people.owner)
    headers = {"sec-fetch-site": "cross-site", "authorization": authorization}
    assert owner.post("/sign-out", headers=headers).status_code == 403
    assert owner.get("/").url.path == "/"
    with_token = {"sec-fetch-site": "cross-site", "authorization": "Bearer evoke_x"}
    assert owner.post("/api/v1/sessions", headers=with_token).status_code == 401  # the cookie does not count


@on_sqlite
@pytest.mark.parametrize("path", ["/sign-in", "/first-administrator", "/sign-out", "/sessions/x/retry", "/nothing"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_form_can_only_be_so_large(client: Client, people: People, path: str, declared: bool) -> None:
    large = b"email=" + b"x" * FORM_BYTES

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 9000):
            yield large[start : start + 9000]

    content = large if declared else pieces()
    visitor = client(None)
    answer = visitor.post(path, content=content, headers={"content-type": FORM}, follow_redirects=False)
    if declared or path in ("/sign-in", "/first-administrator", "/sign-out"):
        assert answer.status_code == 413
        assert "more than can be taken here" in answer.text
        assert "content-security-policy" in answer.headers  # and the client looks at the page itself
    else:
        assert answer.status_code in (303, 404)  # never read
    content = large if declared else pieces()
    program = {"content-type": FORM, "accept": "application/json"}
    if path == "/sign-in":
        assert visitor.post(path, content=content, headers=program).json()["code"] == "too_large"


@on_sqlite
def test_a_large_file_sent_to_a_form_is_never_put_on_disk(
    client: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spooled(*_: object, **__: object) -> None:
        raise AssertionError("a form's file was put on disk")

    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile.rollover", spooled)
    files = {"email": ("a.wav", b"x" * 3_000_000)}
    assert client(None).post("/sign-in", files=files).status_code == 413


@on_sqlite
def test_an_ordinary_form_goes_through(client: Client, people: People) -> None:
    form = {"email": "olu.owner@example.org", "password": PASSWORD, "next": "/" + "x" * 2000}
    assert client(None).post("/sign-in", data=form, follow_redirects=False).status_code == 303
