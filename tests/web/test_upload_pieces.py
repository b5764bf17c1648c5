"""Pieces of a large recording: nothing that came is lost, and nothing comes twice."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from fastapi import Request
from sqlmodel import select

from api import take_piece as taking
from api.house import House
from models.keys import SessionKey
from models.resumable_upload import ResumableUpload, UploadPiece, pieces_of
from models.upload_pieces import PieceStore
from tests.conftest import People
from tests.live_server import Website
from tests.web.chunks import files
from tests.web.conftest import Client
from tests.web.resumable import FIELDS, begin, begun, checksum, count, metadata, send
from tests.web.streams import program, wait

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_no_clear_byte_lies_on_disk(client: Client, people: People, house: House, wav: bytes) -> None:
    owner = client(people.owner)
    send(owner, begun(owner, len(wav)), 0, wav)
    stored = [path.read_bytes() for path in (house.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert stored
    assert not any(wav[at : at + 48] in one for one in stored for at in range(0, len(wav) - 48, 4096))


def test_another_offset_is_told_which_is_waited_for(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begun(owner, 30)
    assert send(owner, url, 0, b"0123456789").status_code == 204
    for offset in (0, 5, 11, 30, 4000):
        answer = send(owner, url, offset, b"x")
        assert (answer.status_code, answer.json()["code"], answer.json()["offset"]) == (409, "offset_differs", 10)
        assert (answer.headers["upload-offset"], answer.headers["tus-resumable"]) == ("10", "1.0.0")
    assert send(owner, url, 10, b"x" * 21).status_code == 413
    assert owner.post(f"{begun(owner, 4)}/finish").json()["code"] == "upload_unfinished"


def test_more_than_was_said_without_a_length_is_refused(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begun(owner, 100_000)
    answer = send(owner, url, 0, (b"x" * 30_000 for _ in range(4)))  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert owner.head(url).headers["upload-offset"] == "0"
    assert files(house) == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_another_checksum_is_not_kept(
    client: Client, people: People, house: House, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "KEPT_EVERY", 100_000)
    owner = client(people.owner)
    url, piece = begun(owner, 500_000), b"sound" * 100_000
    answer = send(owner, url, 0, piece[:-1] + b"!", **checksum(piece, algorithm))
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum_differs")
    assert (owner.head(url).headers["upload-offset"], files(house)) == ("0", [])
    assert send(owner, url, 0, piece, **checksum(piece, algorithm)).headers["upload-offset"] == "500000"
    assert count(house, UploadPiece) == len(files(house)) == 1


@on_sqlite
def test_a_long_piece_with_a_checksum_is_kept_whole_or_not_at_all(site: Website, house: House, people: People) -> None:
    """One that comes as several files."""
    size = 2 * taking.KEPT_EVERY + 700_000
    piece = bytes(range(250)) * (size // 250)
    with program(site, house, people.owner) as one:
        new = {"upload-length": str(size), "upload-metadata": metadata(FIELDS)}
        url = one.post("/api/v1/uploads", headers=new).headers["location"]
        headers = {"upload-offset": "0", "content-type": taking.PIECE_TYPE, **checksum(piece, "sha256")}
        answer = one.patch(url, content=piece[:-1] + b"!", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (460, "checksum_differs")
        assert (one.head(url).headers["upload-offset"], files(house), count(house, UploadPiece)) == ("0", [], 0)
        assert one.patch(url, content=piece, headers=headers).headers["upload-offset"] == str(size)
    assert count(house, UploadPiece) == len(files(house)) == 3
    with house.database.read() as session:
        upload = session.exec(select(ResumableUpload)).one()
        store = PieceStore.of(session, house.storage, upload)
        kept = b"".join(some for one in pieces_of(session, upload) for some in store.read(one.id))
    assert kept == piece


@on_sqlite
def test_what_came_over_a_connection_that_is_silent_counts(site: Website, house: House, people: People) -> None:
    """As when a network is left: nobody says that the connection broke."""
    host, _, port = site.address.rpartition("//")[2].partition(":")
    with program(site, house, people.owner) as one, socket.create_connection((host, int(port))) as wire:
        new = {"upload-length": "300000", "upload-metadata": metadata(FIELDS)}
        url = one.post("/api/v1/uploads", headers=new).headers["location"]
        head = (
            f"PATCH {url} HTTP/1.1\r\nhost: {host}:{port}\r\nauthorization: {one.headers['authorization']}\r\n"
            f"upload-offset: 0\r\ncontent-type: {taking.PIECE_TYPE}\r\ncontent-length: 300000\r\n\r\n"
        )
        wire.sendall(head.encode() + b"x" * 100_001)
        wait(lambda: one.head(url).headers["upload-offset"] == "100001")
        piece = {"upload-offset": "100001", "content-type": taking.PIECE_TYPE}
        assert one.patch(url, content=b"y" * 99_999, headers=piece).headers["upload-offset"] == "200000"
        wire.sendall(b"x" * 199_999)  # it was alive after all; what comes over it now is too late
        assert b" 409 " in wire.recv(4096)
        assert one.head(url).headers["upload-offset"] == "200000"
    assert count(house, UploadPiece) == len(files(house)) == 2


@on_sqlite
def test_a_website_that_stops_keeps_what_came(client: Client, people: People, house: House) -> None:
    url = begun(client(people.owner), 1000)
    bodies = [b"x" * 400, b"y" * 200]
    headers = {"upload-offset": "0", "content-type": taking.PIECE_TYPE}

    async def take() -> None:
        waiting = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not bodies:
                waiting.set()
                await asyncio.sleep(60)
            return {"type": "http.request", "body": bodies.pop(0), "more_body": True}

        scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
        upload_id = UUID(url.rpartition("/")[2])
        taken = asyncio.create_task(taking.take_piece(Request(scope, receive), house, people.owner, upload_id))
        await waiting.wait()
        taken.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taken

    asyncio.run(take())
    assert client(people.owner).head(url).headers["upload-offset"] == "600"
    assert count(house, UploadPiece) == len(files(house)) == 1


@on_sqlite
def test_headers_that_cannot_be_read(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    for headers, status, code in (
        ({"tus-resumable": "0.2.2"}, 412, "tus_version"),
        ({"upload-length": "-1"}, 400, "header_wrong"),
        ({"upload-length": "ten"}, 400, "header_wrong"),
        ({"upload-length": "9" * 40}, 400, "header_wrong"),
        ({"upload-defer-length": "1"}, 400, "header_wrong"),
        ({"upload-metadata": "title"}, 422, "session_details_wrong"),
        ({"upload-metadata": "title ???"}, 400, "header_wrong"),
        ({"upload-metadata": "title /w=="}, 400, "header_wrong"),
        ({"upload-metadata": "title YQ==,title YQ=="}, 400, "header_wrong"),
        ({"upload-metadata": metadata({**FIELDS, "filename": "talk.docx"})}, 422, "recordings_only"),
        ({"upload-metadata": metadata({**FIELDS, "agreement_confirmed": "no"})}, 422, "session_details_wrong"),
        ({"upload-metadata": metadata({**FIELDS, "practitioner": str(people.lead.person_id)})}, 422,
         "session_details_wrong"),
        ({"upload-length": "0"}, 422, "empty_recording"),
        ({"upload-length": "3000000000"}, 413, "too_large"),
    ):  # fmt: skip
        answer = begin(owner, 10, **headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), headers
        assert answer.headers["tus-resumable"] == "1.0.0"
    assert count(house, ResumableUpload) == count(house, SessionKey) == 0
    url = begun(owner, 10)
    for headers, status, code in (
        ({"content-type": "text/plain"}, 415, "not_a_piece"),
        ({"upload-offset": ""}, 400, "header_wrong"),
        ({"upload-offset": "-1"}, 400, "header_wrong"),
        ({"upload-checksum": "md4 YQ=="}, 400, "header_wrong"),
        ({"upload-checksum": "sha1 YQ=="}, 400, "header_wrong"),
        ({"upload-checksum": "sha1"}, 400, "header_wrong"),
    ):
        answer = send(owner, url, 0, b"x", **headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), headers
    assert owner.head(url).headers["upload-offset"] == "0"
    assert send(owner, url, 0, b"").headers["upload-offset"] == "0"


def test_of_two_who_send_the_same_one_is_first(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begun(owner, 2_000_000)
    with ThreadPoolExecutor(4) as threads:
        sent = [threads.submit(send, client(people.owner), url, 0, bytes([one]) * 1_000_000) for one in range(4)]
        answers = [one.result() for one in sent]
    assert sorted(one.status_code for one in answers) == [204, 409, 409, 409]
    assert {one.headers["upload-offset"] for one in answers} == {"1000000"}
    assert len(files(house)) == count(house, UploadPiece) == 1
