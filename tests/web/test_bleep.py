"""Whoever checks the names may have a tone put over them in the recording that is kept."""

import io
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import select

from api.house import House
from coding.bleep_recording import Bleeped
from coding.speech.bleep import LOUDNESS, TONE
from coding.speech.errors import RecordingUnreadable
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from coding.transcript.versions import add_transcript_version
from models.audit import AuditEvent
from models.practice import Recording
from models.queue import enqueue
from models.settings import Settings
from models.storage import open_recording
from models.transcript import TranscriptSource
from tests.coding.speech.test_bleep import recording, samples_of, strongest
from tests.conftest import People, work_off
from tests.web.conftest import Client
from tests.web.test_sessions import DETAILS
from web.worker import Worker

HEARD = ParsedTranscript(
    "heard",
    (
        ParsedTurn("1", "Speaker 1", ("So Kayleigh came?",), start=0.2, end=2.4,
                   times=((0, 2, 0.2, 0.5), (3, 11, 1.0, 1.6), (12, 17, 1.9, 2.4))),
        ParsedTurn("2", "Speaker 2", ("She did, yes.",), start=3.0, end=4.0),
    ),
)  # fmt: skip


def heard(owner, people: People, house: House, sound: io.BytesIO) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    """A session whose recording is as if it had been heard, and the file's digest."""
    sent = owner.post(
        "/api/v1/sessions", data=DETAILS | {"names": "Kayleigh, mum"}, files={"file": ("talk.wav", sound.getvalue())}
    )
    session_id = sent.json()["id"]
    with house.database.write() as session:
        kept = session.exec(select(Recording)).one()
        version = add_transcript_version(
            session, practice_id=UUID(session_id), parsed=HEARD, source=TranscriptSource.SPEECH, method="a test",
            recording=kept,
        )  # fmt: skip
        enqueue(session, "code_transcript", organisation_id=people.owner.organisation_id, transcript_id=version.id)
        return session_id, kept.sha256


def test_a_tone_lies_over_the_name_in_the_stored_recording(
    client: Client, people: People, worker: Worker, house: House
) -> None:
    owner = client(people.owner)
    sound = recording("pcm_s16le", "wav", 16_000, 1)
    session_id, before = heard(owner, people, house, sound)
    work_off(worker)
    assert "soft tone" in owner.get(f"/sessions/{session_id}/names").text
    owner.post(f"/sessions/{session_id}/names", data={"right": "yes", "bleep": "yes"})
    work_off(worker)

    with house.database.read() as session:
        kept = session.exec(select(Recording)).one()
        assert kept.sha256 != before
        with open_recording(session, house.storage, kept) as file:
            clear = io.BytesIO(file.read())
        assert [e.details for e in session.exec(select(AuditEvent)) if e.action == "recording_bleeped"] == [
            {"places": "1"}
        ]
    assert len(clear.getvalue()) == kept.size_bytes
    assert not any("bleeped" in key for key in list(house.storage.keys()))
    now, rate = samples_of(clear)
    inside = now[int(1.0 * rate) : int(1.6 * rate), 0].astype(float)
    assert abs(strongest(inside, rate) - TONE) < 5
    assert np.abs(inside).max() <= 32767 * LOUDNESS + 1
    was, _ = samples_of(sound)
    assert np.array_equal(now[int(1.75 * rate) :], was[int(1.75 * rate) :])


def test_a_tone_that_failed_is_told_on_the_page_and_tried_again(
    client: Client, people: People, worker: Worker, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, stranger = client(people.owner), client(people.stranger)
    session_id, before = heard(owner, people, house, recording("pcm_s16le", "wav", 16_000, 1))
    page, again = f"/sessions/{session_id}", f"/sessions/{session_id}/bleep"
    work_off(worker)
    assert owner.post(again).status_code == 409  # nobody asked for a tone

    def broken(recording_id: UUID, settings: Settings) -> Bleeped:
        raise RecordingUnreadable

    with monkeypatch.context() as patch:
        patch.setattr("coding.bleep_recording._run_child", broken)
        owner.post(f"{page}/names", data={"right": "yes", "bleep": "yes"})
        assert "until that is done they can still be heard" in owner.get(page).text.lower()
        work_off(worker)
    assert "The names can still be heard in the recording." in owner.get(page).text
    assert f'action="{again}"' in owner.get(page).text
    assert stranger.post(again).status_code == 404

    owner.post(again)
    work_off(worker)
    assert "data-bleep" not in owner.get(page).text
    assert owner.post(again).status_code == 409
    with house.database.read() as session:
        assert session.exec(select(Recording)).one().sha256 != before
