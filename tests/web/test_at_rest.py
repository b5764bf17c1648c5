"""What is said is readable in Evoke by those who may, and lies nowhere in the clear: not in the database, its log, the
files, or a temporary folder."""

import tempfile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlmodel import select

from api.house import House
from models.keys import SessionKey, shred_session_key
from models.settings import Settings
from tests.coding.speech.making import wav
from tests.conftest import People, work_off
from tests.web.conftest import Client
from web.worker import Worker

pytestmark = pytest.mark.usefixtures("own_temporary_folder")
PHRASE = "the green teapot of Wilhelmina"
TALK = f"""\
Worker: What would you like us to talk about?
Wilhelmina: I broke {PHRASE}, and I want to drink less.
Worker: You broke {PHRASE} and that was enough for you.
Wilhelmina: Yes, I do not want that again.
"""
DETAILS = {
    "kind": "role_play", "agreement_confirmed": "yes", "title": f"About {PHRASE}", "change_goal": f"buy {PHRASE} anew",
    "hotwords": PHRASE,
}  # fmt: skip


def bytes_at_rest(settings: Settings) -> dict[str, bytes]:
    """Every byte that somebody with the disk, or with a dump of the database, would have."""
    folders = (settings.data_dir, Path(tempfile.gettempdir()))
    found = {str(p): p.read_bytes() for folder in folders for p in folder.rglob("*") if p.is_file()}
    if settings.database_url:
        with psycopg.connect(settings.database_url) as connection:
            named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in named:
                with connection.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as rows:  # type: ignore[arg-type]
                    found[table] = b"".join(bytes(row) for row in rows)
    return found


def where(settings: Settings, *wanted: str) -> set[str]:
    return {
        place
        for place, held in bytes_at_rest(settings).items()
        for word in wanted
        if word.encode() in held or word.encode("utf-16-le") in held
    }


def test_what_can_be_read_lies_nowhere_in_the_clear(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    talk = owner.post("/api/v1/sessions", data=DETAILS, files={"file": (f"{PHRASE}.txt", TALK.encode())}).json()
    assert work_off(worker) == 1
    sound = owner.post(
        "/api/v1/sessions", data=DETAILS | {"title": ""}, files={"file": (f"{PHRASE}.wav", wav(b"\x80" * 16_000))}
    )
    details = {name: value for name, value in DETAILS.items() if name != "hotwords"}
    new = {"details": details, "media_type": "audio/webm", "microphones": 1}
    begun = owner.post("/api/v1/recordings-in-progress", json=new).json()
    assert PHRASE in owner.get(f"/sessions/{talk['id']}").text  # the program’s door has a stand-in for the name
    assert PHRASE in owner.get("/").text
    assert f"{PHRASE}.wav" in owner.get(f"/sessions/{sound.json()['id']}").text
    assert owner.get(begun["url"]).json()["details"]["title"] == f"About {PHRASE}"
    assert where(house.settings, PHRASE, "Wilhelmina") == set()


def test_it_would_be_found_if_it_lay_there(house: House, people: People) -> None:
    """The search itself: a person's name is no secret and is found in the database, and a file in the clear too."""
    (house.settings.data_dir / "files" / "clear").write_text(PHRASE)
    found = where(house.settings, "Olu Owner", PHRASE)
    assert str(house.settings.data_dir / "files" / "clear") in found
    assert len(found) > 1


def test_without_its_key_a_session_cannot_be_opened_and_the_others_can(
    client: Client, people: People, house: House, worker: Worker
) -> None:
    owner = client(people.owner)
    gone, kept = (
        owner.post("/api/v1/sessions", data=DETAILS, files={"file": ("a.txt", TALK.encode())}).json() for _ in range(2)
    )
    work_off(worker)
    for _ in range(2):  # as when a deletion is taken up again
        with house.database.write() as session:
            shred_session_key(session, UUID(gone["id"]))
    answer = owner.get(gone["url"])
    assert (answer.status_code, answer.json()["code"]) == (410, "words_gone")
    assert owner.get(f"/sessions/{gone['id']}").status_code == 410
    assert PHRASE in owner.get(f"/sessions/{kept['id']}").text
    titles = {row["id"]: row["title"] for row in owner.get("/api/v1/sessions").json()["sessions"]}
    assert titles == {gone["id"]: "(deleted for good)", kept["id"]: "About the green teapot of [person 1]"}
    assert client(people.stranger).get(gone["url"]).status_code == 404
    with house.database.read() as session:
        key = session.exec(select(SessionKey).where(SessionKey.session_id == UUID(gone["id"]))).one()
    assert (key.wrapped, key.organisation_key_id) == (None, None)
