"""Sending what will be refused, and seeing that nothing of it stays."""

import html
from typing import Any

from sqlmodel import SQLModel, func, select

from api.house import House
from models.audit import AuditEvent
from models.job import Job
from models.keys import SessionKey
from models.practice import PracticeSession, Recording
from models.transcript import TranscriptVersion
from tests.web.conftest import PageClient

DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "title": "Tuesday’s practice"}
NO_FILE = {"file": ("", b"")}
TABLES: tuple[type[SQLModel], ...] = (PracticeSession, Recording, Job, TranscriptVersion, SessionKey, AuditEvent)
FORM = b'--edge\r\nContent-Disposition: form-data; name="agreement_confirmed"\r\n\r\nyes\r\n'
FILE = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n'
END = b"--edge--\r\n"
TYPE = "multipart/form-data; boundary=edge"


def kept(house: House) -> dict[str, Any]:
    """All that a request can leave behind: rows, and files down to the smallest scrap."""
    with house.database.read() as session:
        rows = {table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in TABLES}
    files = house.settings.data_dir / "files"
    return rows | {"files": sorted(str(path) for path in files.rglob("*") if path.is_file())}


def refused(owner: PageClient, house: House, *, code: str, says: str, status: int = 422, **sent: Any) -> str:
    """The sentence, the same for the program and on the page."""
    before = kept(house)
    answer = owner.post("/api/v1/sessions", **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    sentence = str(answer.json()["detail"])
    assert says in sentence
    assert len(sentence) < 500
    assert sentence.endswith(".")
    page = owner.post("/sessions", **sent)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert sentence in html.unescape(page.text)
    assert kept(house) == before
    return sentence
