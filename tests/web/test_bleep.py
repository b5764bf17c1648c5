"""Whoever checks the names may have a tone put over them in the recording that is kept."""

import io
from uuid import UUID

import numpy as np
from sqlmodel import select

from api.house import House
from coding.speech.bleep import LOUDNESS, TONE
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from coding.transcript.versions import add_transcript_version
from models.audit import AuditEvent
from models.practice import Recording
from models.queue import enqueue
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


def test_a_tone_lies_over_the_name_in_the_stored_recording(
    client: Client, people: People, worker: Worker, house: House
) -> None:
    owner = client(people.owner)
    sound = recording("pcm_s16le", "wav", 16_000, 1)
    sent = owner.post(
        "/api/v1/sessions", data=DETAILS | {"names": "Kayleigh, mum"}, files={"file": ("talk.wav", sound.getvalue())}
    )
    session_id = sent.json()["id"]
    with house.database.write() as session:  # as if it had been heard
        kept = session.exec(select(Recording)).one()
        version = add_transcript_version(
            session, practice_id=UUID(session_id), parsed=HEARD, source=TranscriptSource.SPEECH, method="a test",
            recording=kept,
        )  # fmt: skip
        enqueue(session, "code_transcript", organisation_id=people.owner.organisation_id, transcript_id=version.id)
        before = kept.sha256
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
