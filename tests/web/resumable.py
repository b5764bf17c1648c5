"""A large recording in pieces, as a program sends it."""

import base64
import hashlib
from typing import Any

from sqlmodel import func, select

from api.house import House
from models.practice import Recording
from models.storage import open_recording
from tests.web.conftest import PageClient

UPLOADS = "/api/v1/uploads"
TYPE = {"content-type": "application/offset+octet-stream", "tus-resumable": "1.0.0"}
FIELDS = {"agreement_confirmed": "yes", "kind": "simulated", "title": "Friday", "filename": "talk – 1.wav"}


def metadata(fields: dict[str, str]) -> str:
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in fields.items())


def begin(client: PageClient, size: int, fields: dict[str, str] | None = None, **headers: str) -> Any:
    sent = {"upload-length": str(size), "upload-metadata": metadata(FIELDS if fields is None else fields)}
    return client.post(UPLOADS, headers={"tus-resumable": "1.0.0", **sent, **headers})


def begun(client: PageClient, size: int, fields: dict[str, str] | None = None) -> str:
    answer = begin(client, size, fields)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def send(client: PageClient, url: str, offset: int, piece: bytes, **headers: str) -> Any:
    return client.patch(url, content=piece, headers={**TYPE, "upload-offset": str(offset), **headers})


def checksum(piece: bytes, algorithm: str = "sha1") -> dict[str, str]:
    digest = hashlib.new(algorithm, piece).digest()
    return {"upload-checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}


def kept(house: House) -> bytes:
    with house.database.read() as session:
        recording = session.exec(select(Recording)).one()
        with open_recording(session, house.storage, recording) as clear:
            return clear.read()


def count(house: House, table: type[Any]) -> int:
    with house.database.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()
