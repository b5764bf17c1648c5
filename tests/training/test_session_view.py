"""What a person reads is what was kept: counts trace to their lines, and scores carry their doubt."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import Session

from api.house import House
from coding.actions import add_transcript_session, say_who_is_practitioner
from coding.details import SessionDetails
from coding.scheme.codes import ClientTalk
from coding.scheme.summary import ScoreName
from coding.transcript.parsed import DoubtfulText
from coding.transcript.read import read_transcripts
from models.coding import Score
from models.columns import utc_now
from models.practice import PracticeSession, SessionKind, Stage
from tests.conftest import CONVERSATION, People, work_off
from training.build_session_view import NOT_REAL, build_session_view
from training.score_view import score_view
from training.session_view import SessionView
from web.worker import Worker


def add(
    session: Session, people: People, *, goal: str = "drink less", kind: SessionKind = SessionKind.ROLE_PLAY,
    doubtful: bool = False,
) -> UUID:  # fmt: skip
    (parsed,) = read_transcripts("talk.txt", CONVERSATION.encode())
    if doubtful:  # the second turn, as a machine would mark it
        first, second, *rest = parsed.turns
        doubts = (DoubtfulText(0, len(second.text), ("low probability",)),)
        parsed = replace(parsed, turns=(first, replace(second, doubts=doubts), *rest), doubtful_share=0.25)
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=kind, held_on=utc_now().date(), agreement_confirmed=True,
        change_goal=goal, hold=True,
    )  # fmt: skip
    return add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner).id


def view(house: House, session_id: UUID) -> SessionView:
    with house.database.read() as session:
        return build_session_view(session, session.get_one(PracticeSession, session_id))


@pytest.fixture
def coded(house: House, people: People, worker: Worker) -> SessionView:
    with house.database.write() as session:
        session_id = add(session, people)
    assert work_off(worker) == 1
    return view(house, session_id)


def test_every_count_names_the_lines_it_rests_on(coded: SessionView) -> None:
    lines = {u.id: (u, turn.role) for turn in coded.turns for u in turn.utterances}
    for count in coded.counts:
        assert (count.count == 0) == (count.utterance_ids == ())
        assert all(lines[one][0].code == count.code for one in count.utterance_ids)
        volleys = {lines[one][0].volley for one in count.utterance_ids}
        if count.code in [talk.value for talk in ClientTalk]:
            assert volleys <= {None}
            assert len(count.utterance_ids) == count.count
        else:
            assert None not in volleys
            assert len(volleys) == count.count
        assert count.low is not None
        assert count.high is not None
        assert count.low <= count.count <= count.high


def test_every_score_says_how_sure_the_machine_and_people_are(coded: SessionView) -> None:
    assert coded.scores
    assert coded.extras
    for score in (*coded.scores, *coded.extras):
        assert score.human_agreement
        assert (score.shown == "") == (score.value is None)
        assert score.shown or score.note
    assert not any(score.outside_miti for score in coded.scores)
    assert all(score.outside_miti for score in coded.extras)
    assert {u.code for t in coded.turns for u in t.utterances if t.role == "client"} <= {"CT", "ST", "FN"}


def test_what_cannot_be_judged_is_said(house: House, people: People, worker: Worker) -> None:
    with house.database.write() as session:
        with_goal = add(session, people)
        without = add(session, people, goal="", kind=SessionKind.REAL_PRACTICE)
    waiting = view(house, with_goal)
    assert (waiting.stage, waiting.turns, waiting.scores, waiting.counts) == (Stage.QUEUED.value, (), (), ())
    work_off(worker)
    assert any("A coach gives the rating." in sentence for sentence in view(house, with_goal).cannot_judge)
    assert not any("change goal" in sentence for sentence in view(house, with_goal).cannot_judge)
    assert any("change goal" in sentence for sentence in view(house, without).cannot_judge)
    assert NOT_REAL in view(house, without).notes
    assert NOT_REAL not in view(house, with_goal).notes


@pytest.mark.parametrize(
    ("low", "high", "band"), [(20.0, 90.0, ""), (42.0, 90.0, "fair"), (20.0, 48.0, "fair"), (None, None, "fair")]
)
def test_a_band_is_not_claimed_when_anything_is_possible(low: float | None, high: float | None, band: str) -> None:
    kept = Score(name=ScoreName.PERCENT_COMPLEX.value, value=45.0, low=low, high=high, band="fair")
    shown = score_view(ScoreName.PERCENT_COMPLEX, kept)
    assert shown.band == band
    assert shown.band_shown == (band or "too unsure to place")


def test_doubtful_words_are_marked_on_their_lines_and_stay_when_the_speakers_are_swapped(
    house: House, people: People, worker: Worker
) -> None:
    with house.database.write() as session:
        session_id = add(session, people, doubtful=True)
    work_off(worker)
    first = view(house, session_id)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, session_id)
        other = next(label for label in first.speaker_labels if label not in first.practitioner_labels)
        say_who_is_practitioner(session, practice=practice, label=other, by=people.owner)
    work_off(worker)
    swapped = view(house, session_id)

    assert swapped.practitioner_labels != first.practitioner_labels
    for one in (first, swapped):
        assert one.doubtful_share == 0.25
        marked = [line for turn in one.turns for line in turn.utterances if line.doubts]
        assert one.doubtful_count == len(marked) >= 1
        assert {turn.position for turn in one.turns for line in turn.utterances if line.doubts} == {1}
        assert {line.doubts for line in marked} == {("hard to make out",)}


def test_a_transcript_that_a_person_wrote_has_no_quality(coded: SessionView) -> None:
    assert (coded.doubtful_share, coded.doubtful_count) == (None, 0)
