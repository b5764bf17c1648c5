"""Feedback goes from the coach who signed off to the practitioner, with a thread; what is unread can be taken back."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from coding.feedback.contests import contest_code
from coding.feedback.lines import signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.text import MOST_OF_A_POINT, AlreadyRead, FeedbackWrong
from coding.feedback.thread import NoFeedbackYet, note_read, take_back_message, write_message
from coding.feedback.write import FeedbackSent, NothingToTakeBack, take_back_feedback
from coding.forget_words import forget_words
from coding.retention import WordsWent
from models.audit import AuditEvent
from models.columns import new_id
from models.errors import NotAllowed, NotFound
from models.feedback import Feedback, FeedbackMessage
from models.mail import FOLDER
from models.person import Person
from models.practice import PracticeSession
from models.retention import Part, RetentionStep
from models.review import Review
from tests.coding.feedback.conftest import WORDS, Signed
from tests.conftest import People, work_off
from training.feedback_view import FeedbackPage, build_feedback_page
from training.own_data import own_data
from web.render import render
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def say(signed: Signed, words: str, *, by: object = None, client_id: UUID | None = None) -> FeedbackMessage:
    with signed.write() as (session, practice):
        return write_message(
            session, practice=practice, words=words, client_id=client_id or new_id(), by=by or signed.owner  # type: ignore[arg-type]
        )  # fmt: skip


def page(signed: Signed, *, by: object = None) -> FeedbackPage:
    with signed.house.database.read() as session:
        practice = session.get_one(PracticeSession, signed.practice_id)
        return build_feedback_page(session, practice, reader=by or signed.owner)  # type: ignore[arg-type]


def read(signed: Signed, *, by: object = None) -> None:
    with signed.house.database.read() as session:
        practice = session.get_one(PracticeSession, signed.practice_id)
    note_read(signed.house.database, practice, by=by or signed.owner)  # type: ignore[arg-type]


def test_a_draft_from_the_codes_waits_for_its_coach_alone(signed: Signed) -> None:
    draft = page(signed, by=signed.coach).draft
    assert draft is not None
    assert draft.suggested
    first, second = draft.well
    assert "what they might mean" not in second.text
    assert [line.text for line in (*first.quotes, *second.quotes)]
    assert draft.to_try.text
    for other in (signed.owner, signed.second):
        shown = page(signed, by=other)
        assert shown.draft is None
        assert (shown.sent, shown.signed_by) == ((), "Cass Coach")


def test_it_is_kept_as_a_draft_sent_and_read_with_its_quotations(signed: Signed, worker: Worker) -> None:
    signed.give(send=False, words=replace(WORDS, to_try=None))
    kept = page(signed, by=signed.coach).draft
    assert kept is not None
    assert (kept.suggested, kept.well[0].numbers, kept.to_try.text) == (False, "3, 4", "")
    assert page(signed).sent == ()
    signed.give()
    (sent,) = page(signed).sent
    assert [one.text for one in (*sent.well, sent.to_try) if one] == [
        "You gave back what it means to her.", "You left the choice with her.",
        "Try to stay with Friday at the sister’s.",
    ]  # fmt: skip
    assert [line.text[:2] for line in sent.well[0].quotes] == ["CR", "ST"]
    assert sent.read_at is None
    read(signed, by=signed.second)
    assert page(signed).sent[0].read_at is None
    read(signed)
    assert page(signed).sent[0].read_at
    assert page(signed, by=signed.coach).draft is None
    with pytest.raises(FeedbackSent):
        signed.give()


def test_only_who_signed_gives_it(signed: Signed, people: People) -> None:
    for by, refused in (
        (signed.second, NotAllowed), (signed.owner, NotAllowed), (people.teammate, NotFound),
        (people.stranger, NotFound),
    ):  # fmt: skip
        with pytest.raises(refused):
            signed.give(by=by)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (FeedbackWords((), WORDS.to_try), "well_1"),
        (FeedbackWords((Point("  "),), WORDS.to_try), "well_1"),
        (replace(WORDS, to_try=None), "to_try"),
        (replace(WORDS, to_try=Point("x" * (MOST_OF_A_POINT + 1))), "to_try"),
        (replace(WORDS, to_try=Point("Try it.", ("99",))), "to_try_lines"),
        (replace(WORDS, well=(Point("Good.", ("0", "1", "2", "3", "4")),)), "well_1_lines"),
    ],
)
@on_sqlite
def test_what_is_not_whole_is_not_sent(signed: Signed, words: FeedbackWords, field: str) -> None:
    with pytest.raises(FeedbackWrong) as wrong:
        signed.give(words=words)
    assert list(wrong.value.fields) == [field]
    assert page(signed).sent == ()


def test_until_it_is_read_it_can_be_taken_back_and_sent_again(signed: Signed, worker: Worker) -> None:
    with pytest.raises(NothingToTakeBack), signed.write() as (session, practice):
        take_back_feedback(session, practice=practice, by=signed.coach)
    signed.give()
    with pytest.raises(NotAllowed), signed.write() as (session, practice):
        take_back_feedback(session, practice=practice, by=signed.second)
    with signed.write() as (session, practice):
        take_back_feedback(session, practice=practice, by=signed.coach)
    assert page(signed).sent == ()
    draft = page(signed, by=signed.coach).draft
    assert draft is not None
    assert draft.well[0].text == "You gave back what it means to her."
    signed.give()
    read(signed)
    with pytest.raises(AlreadyRead), signed.write() as (session, practice):
        take_back_feedback(session, practice=practice, by=signed.coach)


def test_both_talk_below_it_and_what_comes_twice_stands_once(signed: Signed, people: People) -> None:
    with pytest.raises(NoFeedbackYet):
        say(signed, "Hello?")
    signed.give()
    again = new_id()
    say(signed, "Thank you.\r\nWhy that line?", client_id=again)
    say(signed, "Thank you.\r\nWhy that line?", client_id=again)
    say(signed, "Because she went on.", by=signed.coach)
    shown = page(signed).messages
    assert [(one.by, one.words, one.new) for one in shown] == [
        ("Olu Owner", "Thank you.\nWhy that line?", False), ("Cass Coach", "Because she went on.", True),
    ]  # fmt: skip
    assert [one.new for one in page(signed, by=signed.coach).messages] == [True, False]
    for words in ("  ", "x" * 4001):
        with pytest.raises(FeedbackWrong):
            say(signed, words)
    for by in (people.teammate, people.stranger, people.lead):
        with pytest.raises(NotFound):
            say(signed, "Mine", by=by)


def test_a_message_is_taken_back_by_its_writer_until_the_other_side_read_it(signed: Signed) -> None:
    signed.give()
    mine, theirs = say(signed, "Too quick."), say(signed, "Another", by=signed.coach)
    with pytest.raises(NotFound), signed.write() as (session, practice):
        take_back_message(session, practice=practice, message_id=theirs.id, by=signed.owner)
    read(signed)  # one's own stays unread by that
    with signed.write() as (session, practice):
        take_back_message(session, practice=practice, message_id=mine.id, by=signed.owner)
    assert [one.words for one in page(signed).messages] == ["Another"]
    with pytest.raises(AlreadyRead), signed.write() as (session, practice):
        take_back_message(session, practice=practice, message_id=theirs.id, by=signed.coach)


def test_mail_says_that_there_is_something_and_nothing_of_it(signed: Signed, worker: Worker) -> None:
    signed.give()
    gone = say(signed, "My secret words.")
    with signed.write() as (session, practice):
        take_back_message(session, practice=practice, message_id=gone.id, by=signed.owner)
    say(signed, "Words that stay.")
    assert work_off(worker) == 4  # three notices, and the check of the machine that the sign-off asks for
    mails = [one.read_text() for one in (signed.house.settings.data_dir / FOLDER).iterdir()]
    assert sorted(mail.partition("To: ")[2].partition("\n")[0] for mail in mails) == [
        "cass.coach@example.org", "olu.owner@example.org",
    ]  # fmt: skip
    for mail in mails:
        assert f"/sessions/{signed.practice_id}/feedback" in mail
        for word in ("secret", "stay", "sister", "Tuesday", "Friday"):
            assert word not in mail


def test_what_was_read_before_its_mail_went_out_needs_none(signed: Signed, worker: Worker) -> None:
    signed.give()
    read(signed)
    work_off(worker)
    assert not (signed.house.settings.data_dir / FOLDER).exists()


def test_the_words_lie_sealed_and_no_trail_has_them(signed: Signed) -> None:
    signed.give()
    say(signed, "The nettle soup.")
    with signed.house.database.read() as session:
        kept = b"".join(row.sealed for row in session.exec(select(Feedback)))
        kept += b"".join(row.sealed for row in session.exec(select(FeedbackMessage)))
        kept += repr(session.connection().execute(text("SELECT details FROM audit_event")).all()).encode()
        actions = session.exec(select(AuditEvent.action).order_by(col(AuditEvent.sequence))).all()
    assert b"sister" not in kept
    assert b"nettle" not in kept
    assert actions[-2:] == ["feedback_sent", "feedback_message_sent"]


def test_when_what_was_said_goes_so_does_every_word_about_it(signed: Signed) -> None:
    signed.give()
    say(signed, "The nettle soup.")
    with signed.write() as (session, practice):
        forget_words(session, practice)
        session.add(
            RetentionStep(
                organisation_id=practice.organisation_id, session_id=practice.id, kind=practice.kind, part=Part.WORDS,
                since=practice.created_at, since_coded=True, period="12 months",
            )
        )  # fmt: skip
    shown = page(signed)
    assert [(one.by, one.well, one.gone) for one in shown.sent] == [("Cass Coach", (), True)]
    assert [(one.by, one.words) for one in shown.messages] == [("Olu Owner", "")]
    assert not shown.may_talk
    assert page(signed, by=signed.coach).draft is None
    with pytest.raises(WordsWent):
        say(signed, "Still there?")


@on_sqlite
def test_a_copy_has_what_a_practitioner_was_told_and_of_a_coach_that_they_told(signed: Signed) -> None:
    signed.give()
    say(signed, "The nettle soup.")
    say(signed, "It was the soup.", by=signed.coach)
    with signed.write() as (session, practice):
        line = signed_lines(session, session.get_one(Review, signed.review_id))[1]
        given = {"code": "ST", "subtype": None, "reason": "She did not."}
        contest_code(session, practice=practice, utterance_id=line.id, by=signed.owner, **given)  # type: ignore[arg-type]
    with signed.house.database.read() as session:
        owners = own_data(session, session.get_one(Person, signed.owner.person_id))
        coachs = own_data(session, session.get_one(Person, signed.coach.person_id))
    (one,) = owners["sessions"]
    assert one["feedback"][0]["to_try"] == "Try to stay with Friday at the sister’s."
    assert one["feedback"][0]["lines"] == [3, 4, 5, 7]
    assert [row["words"] for row in one["feedback_messages"]] == ["The nettle soup.", "It was the soup."]
    assert [(row["line"], row["text"], row["reason"]) for row in one["contested_codes"]] == [(2, None, "She did not.")]
    assert line.text not in str(owners)  # another's words
    assert [row["sent_at"] is not None for row in coachs["feedback_given"]] == [True]
    assert len(coachs["messages_to_others"]) == 1
    assert "soup" not in str(coachs)
    for data in (owners, coachs):
        html = render("data_paper.html", nonce="", person=None, data=data)
        assert ("nettle" in html) is (data is owners)
