"""Who was heard when is kept for whoever hears by the same method, and for nobody else."""

from api.house import House
from models.columns import new_id, utc_now
from models.keys import make_session_key
from models.practice import PracticeSession, Recording, SessionKind
from models.session_words import RecordingWords, heard_turns_of, keep_heard_turns, keep_recording_words
from tests.conftest import People

TURNS = [{"start": 0.5, "end": 2.0, "speaker": 1, "channel": 0}]


def test_turns_heard_by_another_method_are_not_used(house: House, people: People) -> None:
    owner, session_id, recording_id = people.owner, new_id(), new_id()
    with house.database.write() as session:
        make_session_key(session, organisation_id=owner.organisation_id, session_id=session_id)
        session.add(
            PracticeSession(
                id=session_id, organisation_id=owner.organisation_id, practitioner_id=owner.person_id,
                added_by_id=owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
                agreement_confirmed=True,
            )
        )  # fmt: skip
        session.flush()
        recording = Recording(
            id=recording_id, session_id=session_id, storage_key="one.sealed", size_bytes=1, sha256="x"
        )
        keep_recording_words(session, recording, RecordingWords("talk.wav"))
        session.add(recording)
    with house.database.write() as session:
        recording = session.get_one(Recording, recording_id)
        assert heard_turns_of(session, recording, method="voices-1") is None
        keep_heard_turns(session, recording, TURNS, method="voices-1")
    with house.database.read() as session:
        recording = session.get_one(Recording, recording_id)
        assert heard_turns_of(session, recording, method="voices-1") == TURNS
        assert heard_turns_of(session, recording, method="voices-2") is None
