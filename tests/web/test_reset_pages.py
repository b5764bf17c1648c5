"""A forgotten password, from the question to the new one."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from sqlmodel import select

from api.house import House
from models.job import Job
from models.tries import FREE, Tried
from tests.conftest import PASSWORD, People
from tests.web.conftest import Client, work_off
from web.worker import Worker

NEW = "three other words"
OWNER = "olu.owner@example.org"
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def mails(house: House) -> list[str]:
    """To whom, and the words, of all mail so far."""
    files = sorted((house.settings.data_dir / "mail").glob("*.eml"))
    read = [message_from_bytes(path.read_bytes(), policy=default) for path in files]
    return [f"To: {mail['To']}\n{mail.get_content()}" for mail in read]


def test_a_link_by_mail_sets_a_new_password_once(client: Client, people: People, house: House, worker: Worker) -> None:
    visitor, elsewhere = client(None), client(people.owner)
    assert "I have forgotten my password" in visitor.get("/sign-in").text
    told = visitor.post("/forgotten-password", data={"email": " Olu.Owner@example.org "})
    assert "Look into your mail" in told.text
    assert work_off(worker) == 1
    (mail,) = mails(house)
    assert f"To: {OWNER}" in mail
    (path,) = re.findall(r"http://\S+(/reset-password/[\w-]+)", mail)
    for _ in range(2):  # a program that checks mail looks first
        assert OWNER in visitor.get(path).text
    short = visitor.post(path, data={"password": "short"})
    assert short.status_code == 422
    done = visitor.post(path, data={"password": NEW})
    assert "Your new password is set." in done.text
    assert elsewhere.get("/").url.path == "/sign-in"
    assert visitor.post("/sign-in", data={"email": OWNER, "password": PASSWORD}).status_code == 401
    assert visitor.post("/sign-in", data={"email": OWNER, "password": NEW}).url.path == "/"
    for answer in (visitor.get(path), visitor.post(path, data={"password": NEW})):
        assert answer.status_code == 410
        assert "Ask for a new one" in answer.text


@on_sqlite
def test_nobody_learns_who_has_an_account(client: Client, people: People, house: House) -> None:
    told = []
    for email in (OWNER, "nobody@example.org"):
        answer = client(None).post("/forgotten-password", data={"email": email})
        told.append((answer.status_code, re.sub(r'nonce="[^"]*"', "", answer.text.replace(email, ""))))
    assert told[0] == told[1]
    with house.database.read() as session:
        assert [job.name for job in session.exec(select(Job))] == ["send_reset"]


@on_sqlite
def test_asking_again_and_again_is_slowed_down(client: Client, people: People) -> None:
    visitor = client(None)
    assert visitor.post("/forgotten-password", data={"email": "nonsense"}).status_code == 422
    for _ in range(FREE[Tried.RESET]):
        assert visitor.post("/forgotten-password", data={"email": OWNER}).status_code == 200
    refused = visitor.post("/forgotten-password", data={"email": OWNER})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


@on_sqlite
def test_a_newer_link_ends_the_one_before(client: Client, people: People, house: House, worker: Worker) -> None:
    visitor = client(None)
    for _ in range(2):
        visitor.post("/forgotten-password", data={"email": OWNER})
        work_off(worker)
    found = {path for mail in mails(house) for path in re.findall(r"(/reset-password/[\w-]+)", mail)}
    assert sorted(visitor.get(path).status_code for path in found) == [200, 410]
