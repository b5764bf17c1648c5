"""Names and text with signs that a page or a database cannot hold, or that could lead somewhere."""

import html
import json
from uuid import UUID

import pytest
from sqlmodel import select

from api.house import House
from models.practice import PracticeSession, Recording
from models.session_words import recording_words, session_words
from tests.coding.speech.making import wav
from tests.web.conftest import CONVERSATION, PageClient, work_off
from tests.web.refusals import DETAILS, END, FILE, FORM, NO_FILE, TYPE, refused
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (b"../../../etc/passwd.txt", "passwd"),
        (b"C:\\fakepath\\talk one.txt", "talk one"),
        (b"/etc/../.txt.txt", ".txt"),
        (b"x" * 3000 + b".txt", "x" * 145 + "…"),
        ("Übung – мама 👩 ’24.txt".encode(), "Übung – мама 👩 ’24"),
        (b"a\x00b\x1b[31m\x7f\tc\xc2\x85.txt", "ab[31m c"),
        (b"\xff\xfe.txt", "\ufffd\ufffd"),
        ("\u202etxt.kcart\u2066.txt".encode(), "txt.kcart"),
        (b"<script>alert(1)<script>.TXT", "<script>alert(1)<script>"),
    ],
)
def test_a_file_may_be_called_anything(owner: PageClient, house: House, name: bytes, title: str) -> None:
    content = FORM + FILE % (name, CONVERSATION.encode()) + END
    answer = owner.post("/sessions", content=content, headers={"content-type": TYPE})
    assert answer.status_code == 200, answer.text  # followed to the session's own page, which is valid
    assert title in html.unescape(answer.text)
    with house.database.read() as session:
        newest = session.exec(select(PracticeSession).order_by(PracticeSession.id.desc())).first()  # type: ignore[attr-defined]
        assert newest is not None
        assert session_words(session, newest).title == title
    assert {path.name for path in house.settings.data_dir.parent.iterdir()} == {"data"}


@on_sqlite
def test_a_recording_may_be_called_anything(owner: PageClient, house: House) -> None:
    for name, shown in ((b"\x01", "file"), (b"../" + b"y" * 900 + b".wav", "y" * 145 + "….wav")):
        content = FORM + FILE % (name, wav(b"\x80" * 9000)) + END
        answer = owner.post("/api/v1/sessions", content=content, headers={"content-type": TYPE})
        assert answer.status_code == 201, answer.text
        with house.database.read() as session:
            here = Recording.session_id == UUID(answer.json()["id"])
            recording = session.exec(select(Recording).where(here)).one()
            assert recording_words(session, recording).original_name == shown
        assert (house.settings.data_dir / "files" / recording.storage_key).is_file()


@on_sqlite
def test_a_name_inside_a_message_is_short_and_shows_as_text(owner: PageClient, house: House) -> None:
    for name in (b"z" * 3000 + b".txt", b"<b>\x00\x1b&amp;.txt"):
        content = FORM + FILE % (name, b"") + END
        headers = {"content-type": TYPE}
        refused(owner, house, code="empty_file", says="is empty", content=content, headers=headers)


def test_signs_no_database_can_hold_are_left_out(owner: PageClient, house: House, worker: Worker) -> None:
    spoilt = "a\x00b\x1b\ufffec"
    table = f"speaker,text\nWor\x00ker,He\x00llo?\nParent{'x' * 300},Hi.\n"
    fields = {"title": spoilt, "change_goal": spoilt}
    sent = [
        {"data": DETAILS | fields, "files": {"file": ("a.csv", ("\ufeff" + table).encode("utf-16-le"))}},
        {"data": DETAILS | fields | {"transcript": "Wor\x00ker: Hello?\nParent: Hi\x00.\n"}, "files": NO_FILE},
        {
            "content": json.dumps({
                "agreement_confirmed": True, "title": "a\ud800b", "change_goal": "x\x00",
                "turns": [{"speaker": "W\x00\ud800", "role": "practitioner", "text": "He\x00llo \udfff?"},
                          {"speaker": "P" * 300, "text": "Hi.", "start": 9, "end": 2, "turn": "2"}],
            }).encode(),
            "headers": {"content-type": "application/json"},
        },
    ]  # fmt: skip
    urls = []
    for one in sent:
        answer = owner.post("/api/v1/sessions", **one)  # type: ignore[arg-type]
        assert answer.status_code == 201, answer.text
        urls.append(answer.json()["url"])
    work_off(worker)
    titles = []
    for url in urls:
        read = owner.get(url).json()
        assert read["stage"] == "ready", read
        titles.append(read["title"])
        assert "practitioner" in [turn["role"] for turn in read["turns"]]
        assert owner.get(url.removeprefix("/api/v1")).status_code == 200
    assert titles == ["abc", "abc", "a\ufffdb"]


@on_sqlite
def test_a_long_label_is_still_the_practitioners(owner: PageClient, worker: Worker) -> None:
    label = "Worker " + "of the long name " * 20
    table = f"speaker,text\n{label},How are you?\nParent,Tired.\n"
    answer = owner.post("/api/v1/sessions", data=DETAILS, files={"file": ("a.csv", table.encode())})
    work_off(worker)
    read = owner.get(answer.json()["url"]).json()
    assert [turn["role"] for turn in read["turns"]] == ["practitioner", "client"]
