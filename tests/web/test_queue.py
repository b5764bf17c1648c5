"""The coach's queue: what waits, for whom and until when, and who may share it out."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, update
from sqlmodel import Session, select

from coding.review.sign_off import sign_off_change, sign_off_review
from coding.review.steps import Recode
from coding.session_figures import put_figures
from coding.taken import CannotTake, hand_back, take_session, taken_of
from models.coding import CodedBy, CodeRow, Coding
from models.columns import utc_now
from models.errors import NotAllowed, NotFound
from models.figures import SessionFigure
from models.keys import make_session_key
from models.name_check import check_of
from models.permissions import Actor
from models.practice import PracticeSession, SessionKind, Stage
from models.review import Review
from models.session_words import SessionWords, keep_session_words
from models.transcript import TranscriptSource, TranscriptVersion, UtteranceRow
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People
from tests.web.conftest import Client, admin, client
from tests.web.test_audit import noted
from tests.web.test_team import statements
from training.coach_load import build_load_view
from training.queue_view import build_queue_view, next_to_review
from training.waits_for_review import waiting_count

__all__ = ["admin", "bench", "client"]


def add_coded(session: Session, people: People, *, unsure: int, lines: int = 10, days_ago: int = 0) -> UUID:
    """A coded session of the owner's with its names checked, in rows alone."""
    practice = PracticeSession(
        organisation_id=people.owner.organisation_id, team_id=people.team.id, practitioner_id=people.owner.person_id,
        added_by_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, stage=Stage.READY, progress=100, created_at=utc_now() - timedelta(days=days_ago),
    )  # fmt: skip
    make_session_key(session, organisation_id=practice.organisation_id, session_id=practice.id)
    keep_session_words(session, practice, SessionWords(f"Unsure {unsure}", "", f"Unsure {unsure}", ""))
    session.add(practice)
    session.flush()
    version = TranscriptVersion(
        session_id=practice.id, version=1, source=TranscriptSource.FILE, method="import", utterances_given=True
    )
    session.add(version)
    session.flush()
    coding = Coding(transcript_id=version.id, coded_by=CodedBy.MACHINE, model_version="linear-2")
    rows = [UtteranceRow(transcript_id=version.id, turn_position=at, position=0, sequence=at) for at in range(lines)]
    session.add_all([coding, *rows])
    session.flush()
    session.add_all(
        CodeRow(coding_id=coding.id, utterance_id=row.id, code="NC", confidence=0.5, unsure=at < unsure)
        for at, row in enumerate(rows)
    )
    session.flush()
    return practice.id


def test_what_waits_is_said_until_it_is_signed_off(bench: Bench, client: Client, people: People) -> None:
    house, coach = bench.house, client(bench.coach)
    page = coach.get("/queue").text
    assert "1 session waits." in page
    assert "Due in 14 days" in page
    assert "Olu Owner has never had a session signed off" in page
    assert "Nobody has it" in page
    assert "1 session waits for a review" in coach.get("/").text
    opened = coach.post("/queue/next", follow_redirects=False)
    assert opened.headers["location"] == f"/sessions/{bench.practice_id}/bench"
    assert "You have taken it." in coach.get("/queue").text
    assert f"{bench.coach.name} has it" in client(bench.second).get("/queue").text
    assert [row.details["coach_id"] for row in noted(house, "session_taken")] == [str(bench.coach.person_id)]
    with house.database.read() as session:
        assert next_to_review(session, bench.second) is None
    review_id = bench.begin()
    assert "You have begun it." in coach.get("/queue").text
    with house.database.write() as session:
        sign_off_review(session, review=session.get_one(Review, review_id), expected=0, by=bench.coach)
    assert "Nothing waits for a review." in coach.get("/queue").text
    with house.database.write() as session:
        add_coded(session, people, unsure=3)
    assert "Olu Owner last heard from a coach today" in coach.get("/queue").text


def test_taking_giving_and_handing_back(bench: Bench, client: Client, people: People) -> None:
    house, path = bench.house, f"/sessions/{bench.practice_id}"
    coach, second = client(bench.coach), client(bench.second)
    assert second.post(f"{path}/take", follow_redirects=False).status_code == 303
    assert coach.post(f"{path}/take", follow_redirects=False).status_code == 409  # taken meanwhile
    assert bench.second.name in coach.get(f"{path}/take").text
    given = coach.post(f"{path}/take", data={"coach": str(bench.second.person_id)}, follow_redirects=False)
    assert given.status_code == 303
    assert coach.post(f"{path}/take", data={"coach": str(people.owner.person_id)}).status_code == 409
    assert second.post(f"{path}/hand-back", follow_redirects=False).status_code == 303
    with house.database.read() as session:
        assert taken_of(session, bench.practice_id) is None
    assert coach.post(f"{path}/take", data={"coach": str(bench.second.person_id)}, follow_redirects=False).is_redirect
    acts = [row.action for row in noted(house, "session_taken", "session_given", "session_handed_back")]
    assert acts == ["session_taken", "session_handed_back", "session_given"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_owner_colleague_and_stranger(bench: Bench, client: Client, people: People, admin: Actor) -> None:
    house = bench.house
    for who in (people.owner, people.teammate):
        assert client(who).get("/queue").status_code == 404
        assert client(who).post("/queue/next").status_code == 404
    elsewhere = client(people.stranger_coach)
    assert "Nothing waits for a review." in elsewhere.get("/queue").text
    assert elsewhere.post(f"/sessions/{bench.practice_id}/take").status_code == 404
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, bench.practice_id)
        with pytest.raises(NotAllowed):
            take_session(session, practice=practice, coach_id=bench.coach.person_id, by=people.owner)
        with pytest.raises(NotFound):
            hand_back(session, practice=practice, by=people.stranger_coach)
        with pytest.raises(CannotTake):
            take_session(session, practice=practice, coach_id=people.lead.person_id, by=bench.coach)
    lead = client(people.lead).get("/queue").text
    assert bench.coach.name in lead
    assert "Tuesday" not in lead  # the title of the session
    assert "Review next" not in lead
    assert client(people.lead).post("/queue/days", data={"days": "3"}).status_code == 404
    assert client(admin).post("/queue/days", data={"days": "0"}).status_code == 422
    assert "Enter a whole number of days" in client(admin).post("/queue/days", data={"days": "<b>"}).text
    assert client(admin).post("/queue/days", data={"days": "3"}, follow_redirects=False).status_code == 303
    assert "Due in 3 days" in client(bench.coach).get("/queue").text


def test_due_dates_load_and_the_best_one(bench: Bench, people: People) -> None:
    with bench.house.database.write() as session:
        late = add_coded(session, people, unsure=1, days_ago=20)
        doubtful = add_coded(session, people, unsure=9, days_ago=2)
        practice = session.get_one(PracticeSession, late)
        take_session(session, practice=practice, coach_id=bench.second.person_id, by=bench.second)
    with bench.house.database.read() as session:
        view = build_queue_view(session, bench.coach)
        assert [row.overdue for row in view.rows] == [True, False, False]
        assert (view.waiting, view.overdue, view.rows[0].due) == (3, 1, "Overdue by 6 days")
        assert view.next is not None
        assert view.next.row.id == doubtful
        assert view.next.reason.startswith("The machine is unsure of 90 % of its lines")
        assert next(row.id for row in build_queue_view(session, bench.second).rows) == late  # one's own come first
        load = build_load_view(session, people.lead)
        assert build_load_view(session, bench.coach) is None
    assert load is not None
    of_second = next(one for one in load.coaches if one.name == bench.second.name)
    assert (of_second.has, of_second.overdue, of_second.signed) == (1, 1, 0)
    assert (load.free, load.free_overdue) == (2, 0)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_one_code_changed_after_a_contest_is_no_review_more(bench: Bench, people: People) -> None:
    with bench.house.database.write() as session:
        review = session.get_one(Review, bench.begin())
        sign_off_review(session, review=review, expected=0, by=bench.coach)
        practice = session.get_one(PracticeSession, bench.practice_id)
        sign_off_change(session, practice=practice, after=review, steps=[Recode("2", "SR")], by=bench.second)
        load = build_load_view(session, people.lead)
    assert load is not None
    assert {one.name: one.signed for one in load.coaches if one.signed} == {bench.coach.name: 1}


def test_names_are_checked_before_a_review(bench: Bench, people: People, client: Client) -> None:
    from models.name_check import keep_said

    with bench.house.database.write() as session:
        waits = add_coded(session, people, unsure=9)
        keep_said(session, session_id=waits, said=())
        assert check_of(session, waits) is not None
    with bench.house.database.read() as session:
        assert next_to_review(session, bench.coach) == bench.practice_id
    assert f"/sessions/{waits}/names" in client(bench.coach).get("/queue").text


def test_how_much_is_unsure_is_the_same_as_kept_and_by_the_codes(bench: Bench, people: People) -> None:
    def candidates() -> dict[UUID, str]:
        with bench.house.database.read() as session, statements(bench.house) as seen:
            rows = {row.id: row.unsure for row in build_queue_view(session, bench.coach).rows}
        by_codes.append(any("unsure IS" in one for one in seen))
        return rows

    by_codes = list[bool]()
    with bench.house.database.write() as session:
        ids = [add_coded(session, people, unsure=unsure) for unsure in (0, 3, 10)]
        session.exec(update(SessionFigure).values(unsure_share=None))
    before = candidates()
    assert [before[one] for one in ids] == ["0 %", "30 %", "100 %"]
    with bench.house.database.write() as session:
        for practice in session.exec(select(PracticeSession)):
            put_figures(session, practice)
    assert candidates() == before
    assert by_codes == [True, False]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_however_many_wait_it_takes_as_many_queries(bench: Bench, people: People) -> None:
    engine, asked = bench.house.database.read_engine, [0]
    event.listen(engine, "before_cursor_execute", lambda *_: asked.append(asked.pop() + 1))
    needed = []
    for number in (60, 60):
        with bench.house.database.write() as session:
            for at in range(number):
                add_coded(session, people, unsure=at % 3, lines=2, days_ago=at % 30)
        asked[0] = 0
        with bench.house.database.read() as session:
            view = build_queue_view(session, bench.coach)
        needed.append(asked[0])
        assert len(view.rows) == 50
    assert view.waiting == 121
    assert needed[0] == needed[1]
    with bench.house.database.read() as session:
        assert waiting_count(session, bench.coach) == 121
