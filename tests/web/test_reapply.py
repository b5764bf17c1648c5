"""What was deleted, withdrawn or ended after a backup is done again to what the backup brings back; twice is once."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, SQLModel, col, select

from api.house import House
from coding.consent import switch_real_practice
from coding.excerpts import let_team_read, team_may_read
from coding.hold import hold_view, is_held
from coding.recordings import begin_recording
from coding.restore.again_sessions import REASON_LOST
from coding.restore.reapply import Reapplied, reapply
from coding.retention import steps_of
from models.api_token import make_api_token
from models.audit import AuditEvent
from models.columns import new_id, utc_now
from models.consent import RealPracticeSwitch
from models.conversation import Conversation
from models.deletion_ledger import Entry
from models.keys import WordsGone, make_session_key, open_session_key
from models.live import LiveSession
from models.name_check import check_of, keep_names
from models.organisation import Organisation
from models.people.evaluation import set_evaluation_opt_in
from models.people.leaving import let_return, mark_as_left
from models.person import ApiToken, Person, Role
from models.practice import PracticeSession
from models.recording_in_progress import RecordingInProgress, RecordingState
from models.retention import Part, SessionHold
from models.session_words import session_words
from models.sign_in import actor_of
from models.workbook import NoteWords, WorkbookNote, keep_note_words
from tests.conftest import People, add_person, work_off
from tests.web.conftest import Client
from tests.web.test_withdrawal import add
from web.worker import Worker

PERIOD = {"period": "12 months after it was coded", "since": "2025-01-02T03:04:05+00:00"}


class Noted:
    """Entries in the order in which they are made."""

    def __init__(self, people: People) -> None:
        self.by, self.at, self.entries = people.owner, utc_now(), list[Entry]()

    def add(self, action: str, subject: UUID, **details: str) -> None:
        self.at += timedelta(seconds=1)
        self.entries.append(
            Entry(new_id(), self.at, action, subject, self.by.organisation_id, self.by.person_id, details)
        )

    def again(self, house: House) -> Reapplied:
        with house.database.write() as session:
            return reapply(session, reversed(self.entries))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_each_is_done_again_and_only_once(client: Client, people: People, house: House, worker: Worker) -> None:
    owner = client(people.owner)
    words, sound, held = (UUID(add(owner, title=title)) for title in ("Words go", "Sound goes", "Held"))
    work_off(worker)
    noted = Noted(people)
    with house.database.write() as session:
        ids = _something_of_each(session, people, words, sound)
    home = people.owner.organisation_id
    noted.add("hold_placed", held)
    noted.add("session_withdrawn", held, why="asked")
    noted.add("excerpt_refused", sound)
    noted.add("workbook_note_deleted", ids["note"])
    noted.add("name_check_ended", sound)
    noted.add("recording_let_go", sound, **PERIOD)
    noted.add("words_let_go", words, **PERIOD)
    noted.add("live_session_deleted", ids["live"])
    noted.add("api_token_revoked", ids["token"])
    noted.add("left", people.teammate.person_id)
    noted.add("real_practice_switched_off", new_id())
    noted.add("opted_out_of_evaluation", home)
    noted.add("left", ids["administrator"])
    noted.add("role_taken", people.colleague.person_id)
    noted.add("session_withdrawn", new_id(), why="mistake")

    result = noted.again(house)
    assert {one.action for one in result.told} == {"left", "role_taken"}, "somebody must stay to look after people"
    assert result.already == {"session_withdrawn": 1}, "that session came after the backup"
    assert result.done == {
        **{one.action: 1 for one in noted.entries if one.action != "role_taken"}, "left": 1,
    }  # fmt: skip
    with house.database.read() as session:
        gone = session.get_one(PracticeSession, held)
        assert gone.withdrawn_at is not None
        assert is_held(session, held), "its deletion waits for the hold"
        hold = session.exec(select(SessionHold)).one()
        assert hold_view(session, hold).reason == REASON_LOST
        assert not team_may_read(session, sound)
        assert session.exec(select(WorkbookNote)).all() == []
        check = check_of(session, sound)
        assert check is not None
        assert (check.names, check.said) == (None, None)
        assert Part.RECORDING in steps_of(session, sound)
        step = steps_of(session, words)[Part.WORDS]
        assert (step.period, step.since) == ("12 months", datetime.fromisoformat(PERIOD["since"]))
        assert session_words(session, session.get_one(PracticeSession, words)).title == ""
        assert session.exec(select(LiveSession)).all() == []
        assert session.get_one(ApiToken, ids["token"]).revoked_at is not None
        assert session.get_one(Person, people.teammate.person_id).left_at is not None
        newest = select(RealPracticeSwitch).order_by(col(RealPracticeSwitch.created_at).desc())
        assert not session.exec(newest.limit(1)).one().is_on
        assert not session.get_one(Organisation, home).evaluation_opt_in
        said = set(session.exec(select(AuditEvent.action)).all())
    assert set(result.done) <= said, "the trail tells of each"

    once_more = noted.again(house)
    assert not once_more.done
    assert once_more.already.total() == len(noted.entries) - len(once_more.told)

    noted.add("hold_lifted", held)
    noted.add("organisation_shredded", home)
    assert set(noted.again(house).done) == {"hold_lifted", "organisation_shredded"}
    with house.database.read() as session, pytest.raises(WordsGone):
        open_session_key(session, sound)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_the_backup_tells_of_is_not_done_again(people: People, house: House) -> None:
    """Somebody left, and came back, in the last hours before it was made."""
    with house.database.write() as session:
        person = session.get_one(Person, people.teammate.person_id)
        mark_as_left(session, person=person, by=None)
        let_return(session, person=person, settings=house.settings, by=None)
    with house.database.write() as session:
        rows = session.exec(select(AuditEvent).where(col(AuditEvent.action).in_(["left", "returned"])))
        result = reapply(session, [Entry.of(row.as_values()) for row in rows])
        assert (result.already, result.done, result.told) == ({"left": 1, "returned": 1}, {}, [])
        assert session.get_one(Person, people.teammate.person_id).left_at is None


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_was_on_its_way_to_a_session_that_was_deleted_goes_too(people: People, house: House) -> None:
    """The backup has a recording and a talk, under the ids of the sessions that they became later."""
    noted, by = Noted(people), people.owner
    form = {"kind": "role_play", "agreement_confirmed": "yes"}
    with house.database.write() as session:
        sent, open_one = (
            begin_recording(session, details=form, media_type="audio/webm", microphones=1, by=by).id for _ in range(2)
        )
        talk = Conversation(
            organisation_id=by.organisation_id, person_id=by.person_id, scenario="a", scenario_version=1, seed="1"
        )  # fmt: skip
        make_session_key(session, organisation_id=by.organisation_id, session_id=talk.id)
        session.add(talk)
        session.flush()
        talk_id = talk.id
    noted.add("further_uses_withdrawn", open_one, scopes="0: research")
    noted.add("session_withdrawn", sent, why="asked")
    noted.add("words_let_go", talk_id, **PERIOD)
    result = noted.again(house)
    assert [one.subject_id for one in result.told] == [open_one], "what was agreed to lies in a form not yet sent"
    assert result.done == {"session_withdrawn": 1, "words_let_go": 1}
    with house.database.read() as session:
        states = {one.id: one.state for one in session.exec(select(RecordingInProgress))}
        assert states == {sent: RecordingState.THROWN_AWAY, open_one: RecordingState.OPEN}
        assert session.get(Conversation, talk_id) is None
        for gone in (sent, talk_id):
            with pytest.raises(WordsGone):
                open_session_key(session, gone)


def _something_of_each(session: Session, people: People, words: UUID, sound: UUID) -> dict[str, UUID]:
    organisation = session.get_one(Organisation, people.owner.organisation_id)
    administrator = add_person(session, organisation, "Ada Administrator", role=Role.ADMINISTRATOR)
    practice = session.get_one(PracticeSession, sound)
    let_team_read(session, practice=practice, agreed=True, by=people.owner)
    if check_of(session, sound) is None:
        keep_names(session, session_id=sound, names=())
    note = WorkbookNote(session_id=sound, by_id=people.owner.person_id)
    keep_note_words(session, note, NoteWords({"what": "we talked"}))
    live = LiveSession(
        organisation_id=organisation.id, started_by_id=people.owner.person_id, code="BCDFGH",
        expires_at=utc_now() + timedelta(hours=1),
    )  # fmt: skip
    session.add(live)
    make_api_token(session, person=session.get_one(Person, people.owner.person_id), name="a laptop")
    switch_real_practice(session, organisation_id=organisation.id, on=True, by=_fresh(session, administrator.person_id))
    set_evaluation_opt_in(session, organisation=organisation, opt_in=True, by=None)
    session.flush()
    token = session.exec(select(ApiToken).where(col(ApiToken.name) == "a laptop")).one()
    rows: dict[str, SQLModel] = {"note": note, "live": live, "token": token}
    return {name: row.id for name, row in rows.items()} | {"administrator": administrator.person_id}  # type: ignore[attr-defined]


def _fresh(session: Session, person_id: UUID):  # type: ignore[no-untyped-def]
    return actor_of(session, session.get_one(Person, person_id))
