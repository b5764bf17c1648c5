"""Sound as a browser records it, in chunks, and the calls that bring it."""

from typing import Any

from sqlmodel import col, select

from api.house import House
from coding.speech.decode import decode
from models.audit import AuditEvent
from models.practice import Recording
from models.storage import open_recording
from tests.coding.speech.making import tone, write_sound
from tests.web.conftest import PageClient

BASE = "/api/v1/recordings-in-progress"
DETAILS = {"kind": "simulated", "agreement_confirmed": "yes", "change_goal": "drink less"}
NEW = {"details": DETAILS, "media_type": "audio/webm;codecs=opus", "microphones": 1}


def webm(seconds: float, *, hertz: float = 440.0) -> bytes:
    return write_sound(tone(seconds, 48_000, hertz=hertz), 48_000, "webm", "libopus", bit_rate=32_000)


def cut(sound: bytes, pieces: int = 3) -> list[bytes]:
    size = -(-len(sound) // pieces)
    return [sound[at : at + size] for at in range(0, len(sound), size)]


def begin(client: PageClient, **also: Any) -> str:
    answer = client.post(BASE, json={**NEW, **also})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["url"]
    return str(answer.json()["url"])


def put(client: PageClient, url: str, number: int, sound: bytes, *, part: int = 0, seconds: float | None = None) -> Any:
    query = {"part": part, "seconds": 2.0 * (number + 1) if seconds is None else seconds}
    return client.put(f"{url}/chunks/{number}", content=sound, params=query)


def put_all(client: PageClient, url: str, *parts: bytes) -> int:
    number = 0
    for part, sound in enumerate(parts):
        for piece in cut(sound):
            assert put(client, url, number, piece, part=part).status_code == 200
            number += 1
    return number


def send(client: PageClient, url: str, chunks: int, **details: str) -> Any:
    return client.post(f"{url}/send", json={"chunks": chunks, "details": details})


def files(house: House) -> list[str]:
    return sorted(house.storage.keys())


def decoded(house: House) -> tuple[Recording, Any]:
    with house.database.read() as session:
        recording = session.exec(select(Recording)).one()
        return recording, decode(open_recording(session, house.storage, recording))


def actions(house: House) -> list[str]:
    with house.database.read() as session:
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.at)))
        return [
            event.action for event in events if event.action not in ("signed_in", "session_seen", "session_exported")
        ]
