"""Signing a review off: what a person made of a coding becomes a coding of its own, beside the machine's."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.coding_words import CodingWords, keep_coding_words
from coding.corrections.check import ask_for_check
from coding.double.second import draw_at_sign_off, second_signed
from coding.review.actions import OutOfStep, open_review, record, require_review, state_of
from coding.review.apply import replay
from coding.review.draft import Draft, DraftLine
from coding.review.figures import DraftFigures, figures_of
from coding.review.kept import begun_of, draft_of, keep_following
from coding.review.layers import origins, words_changed
from coding.review.steps import Recode
from coding.scheme.codes import Speaker
from coding.scheme.summary import GlobalRating
from coding.session_figures import put_figures
from coding.transcript.versions import add_utterances, keep_version, utterance_ids, utterances_of, words_of
from coding.transcript.words import Replaced, TranscriptWords, Turn
from models.asked_once import asked_once
from models.coding import CodedBy, CodeRow, Coding, Score, VolleyCount
from models.columns import utc_now
from models.errors import EvokeError
from models.lti_grades import role_play_signed
from models.many_rows import put_rows, row
from models.permissions import Actor
from models.practice import PracticeSession, Stage
from models.review import Rating, Review, ReviewState
from models.sealed import seal_into
from models.transcript import TranscriptVersion
from models.webhook import say_happened
from models.webhook_kept import Happened
from models.xapi import note_statement
from models.xapi_kept import StatementKind


class CannotSignOff(EvokeError):
    status = 409
    code = "cannot_sign_off_yet"


def sign_off_review(session: Session, *, review: Review, expected: int, by: Actor) -> Coding:
    """The person's coding, with a transcript version of its own where words, speakers or boundaries changed. `expected`
    is how many steps the signer knows of. One that is signed off already changes nothing.

    Raises NotFound, NotAllowed, ReviewClosed, WordsWent, OutOfStep, CannotSignOff.
    """
    if review.state is ReviewState.SIGNED_OFF:
        require_review(session, by, review.id)
        return session.get_one(Coding, review.made_coding_id)
    practice = open_review(session, review, by)
    stepped = state_of(session, review)
    if review.steps != expected:
        raise OutOfStep(steps=review.steps, last=stepped.last)
    if practice.stage is not Stage.READY:
        raise CannotSignOff("This session is being coded again. Sign off when that is done.")
    begun, draft = begun_of(session, review), stepped.now
    figures = figures_of(draft)
    if figures.uncoded:
        lines = "1 line has" if figures.uncoded == 1 else f"{figures.uncoded} lines have"
        raise CannotSignOff(f"{lines} no code. Give each one a code: NC or FN where nothing else fits.")
    version = session.get_one(TranscriptVersion, review.transcript_id)
    if words_changed(begun, draft):
        version = _new_version(session, version, begun, draft)
        review.made_transcript_id = version.id
    coding = _keep_coding(session, version, draft, figures, by)
    review.state, review.closed_at, review.made_coding_id = ReviewState.SIGNED_OFF, utc_now(), coding.id
    session.add(review)
    record(
        session, "review_signed_off", review, practice, by, lines=str(figures.lines), looked_at=str(figures.looked_at),
        transcript="changed" if review.made_transcript_id else "as it was",
    )  # fmt: skip
    if review.blind:
        second_signed(session, review=review)
    else:
        put_figures(session, practice)
        _say_reviewed(session, practice)
        role_play_signed(session, session_id=practice.id, ratings=_globals(draft))
        draw_at_sign_off(session, review=review, practice=practice)
        ask_for_check(session, practice)
        _tell_reviewed(session, practice, by)
    return coding


def _tell_reviewed(session: Session, practice: PracticeSession, by: Actor) -> None:
    """To the organisation's learning record store: once a session, however often it is
    reviewed, and without a score."""
    note_statement(
        session, kind=StatementKind.SESSION_REVIEWED, organisation_id=practice.organisation_id,
        person_id=practice.practitioner_id, subject_id=practice.id, facts={"coach": str(by.person_id)},
        session_id=practice.id,
    )  # fmt: skip


def sign_off_change(
    session: Session, *, practice: PracticeSession, after: Review, steps: Sequence[Recode], by: Actor
) -> Review:
    """A signed-off review that follows `after`, which stays as it is: the same in all but these codes, so that its
    transcript is the same too. The caller has checked that `by` may, and locked the session.

    Raises CannotSignOff, StepWrong.
    """
    if practice.stage is not Stage.READY:
        raise CannotSignOff("This session is being coded again. Change the code when that is done.")
    version = session.get_one(TranscriptVersion, after.made_transcript_id or after.transcript_id)
    before = draft_of(session, after)
    draft = replay(before, steps)
    coding = _keep_coding(session, version, draft, figures_of(draft), by)
    review = Review(
        session_id=after.session_id, transcript_id=after.transcript_id, coding_id=after.coding_id,
        reviewer_id=by.person_id, state=ReviewState.SIGNED_OFF, closed_at=utc_now(), made_coding_id=coding.id,
        made_transcript_id=after.made_transcript_id, follows_id=after.id,
    )  # fmt: skip
    keep_following(session, review, begun=begun_of(session, after), draft=before, steps=steps)
    record(session, "review_signed_off", review, practice, by, after_a_contest="yes")
    put_figures(session, practice)
    _say_reviewed(session, practice)  # its ratings are those of `after`: a gradebook has them already
    ask_for_check(session, practice)
    return review


def _say_reviewed(session: Session, practice: PracticeSession) -> None:
    """Not of a blind review, of which nobody is to know before both are done."""
    say_happened(
        session, Happened.SESSION_REVIEWED, organisation_id=practice.organisation_id, session_id=practice.id
    )  # fmt: skip


def _globals(draft: Draft) -> list[int]:
    """The ratings of MITI 4.2.1 that the session allows, without those of authority. None of them where one was not
    given: the mean of some would pass for that of all."""
    names = [one.value for one in GlobalRating if one.value not in draft.skipped]
    given = [draft.ratings[name] for name in names if name in draft.ratings]
    return given if len(given) == len(names) else []


@asked_once
def signed_off(session: Session, practice_id: UUID) -> Review | None:
    """The review of the session that was signed off last, blind ones apart: its coding is the one that counts."""
    return session.exec(_SIGNED_LAST, params={"id": practice_id}).first()


_SIGNED_LAST = (
    select(Review)
    .where(
        col(Review.session_id) == bindparam("id"), col(Review.state) == ReviewState.SIGNED_OFF,
        col(Review.blind).is_(False),
    )
    .order_by(col(Review.closed_at).desc(), col(Review.id).desc())
    .limit(1)
)  # fmt: skip


def _keep_coding(
    session: Session, version: TranscriptVersion, draft: Draft, figures: DraftFigures, by: Actor
) -> Coding:  # fmt: skip
    coding = Coding(transcript_id=version.id, coded_by=CodedBy.PERSON, person_id=by.person_id)
    words = CodingWords(_practitioners(draft), tuple(line.note for line in draft.lines))
    keep_coding_words(session, coding, words)
    session.add(coding)
    session.flush()
    put_rows(session, CodeRow, [
        row(
            coding_id=coding.id, utterance_id=utterance_id, code=line.code.value,
            subtype=line.subtype.value if line.subtype else None, volley=figures.volley_of[line.key],
        )
        for utterance_id, line in zip(utterance_ids(session, version.id), draft.lines, strict=True)
        if line.key in figures.volley_of and line.code is not None
    ])  # fmt: skip
    put_rows(session, VolleyCount, [
        row(coding_id=coding.id, volley=at, code=code.value) for at, code in figures.volley_codes
    ])  # fmt: skip
    session.add_all(
        Score(coding_id=coding.id, name=one.name, value=one.value, band=one.band, note=one.note)
        for one in figures.scores
    )  # fmt: skip
    places = {line.key: place for place, line in enumerate(draft.lines)}
    for name, value in draft.ratings.items():
        rating = Rating(coding_id=coding.id, name=name, value=value)
        pinned = sorted(places[key] for key in draft.evidence.get(name, ()))
        seal_into(session, rating, pinned, session_id=version.session_id, column="evidence")
        session.add(rating)
    session.flush()
    return coding


def _practitioners(draft: Draft) -> tuple[str, ...]:
    return tuple(label for label, role in draft.speakers.items() if role is Speaker.PRACTITIONER)


def _new_version(session: Session, last: TranscriptVersion, begun: Draft, draft: Draft) -> TranscriptVersion:
    """A turn in which nothing changed stays as it was, with the times of its words and what was doubtful."""
    words = words_of(session, last)
    turn_of = {str(one.sequence): one.turn_position for one in utterances_of(session, last.id)}
    known = {line.key: line for line in begun.lines}
    groups: list[tuple[int, list[DraftLine]]] = []
    for line in draft.lines:
        at = turn_of[origins(known, line)[0]]
        if not groups or groups[-1][0] != at or groups[-1][1][-1].speaker_label != line.speaker_label:
            groups.append((at, []))
        groups[-1][1].append(line)
    whole = {at: [known[key] for key in known if turn_of[key] == at] for at in set(turn_of.values())}
    turns = tuple(
        replace(words.turns[at], position=position)
        if _same(whole[at], lines)
        else _turn(words.turns, position, at, lines)
        for position, (at, lines) in enumerate(groups)
    )  # fmt: skip
    kept = TranscriptWords(turns, _practitioners(draft), words.notes)
    version = keep_version(session, last, kept, utterances_given=True)
    add_utterances(session, version.id, [tuple(line.text for line in lines) for _, lines in groups])
    return version


def _same(before: Sequence[DraftLine], now: Sequence[DraftLine]) -> bool:
    return [(one.key, one.text, one.speaker_label) for one in before] == [
        (one.key, one.text, one.speaker_label) for one in now
    ] and not any(one.joined for one in now)


def _turn(turns: Sequence[Turn], position: int, at: int, lines: Sequence[DraftLine]) -> Turn:
    """Its placeholders are looked for anew: what was replaced still is."""
    text = " ".join(line.text for line in lines)
    stands = {(one.placeholder, one.keeps): one for turn in turns[at : at + 2] for one in turn.replaced}
    replaced: list[Replaced] = []
    for (placeholder, keeps), one in stands.items():
        start = text.find(placeholder + keeps)
        while start >= 0:
            end = start + len(placeholder + keeps)
            if not any(other.start < end and other.end > start for other in replaced):
                replaced.append(replace(one, start=start, end=end))
            start = text.find(placeholder + keeps, end)
    return Turn(
        position, lines[0].speaker_label, text, lines[0].started, lines[-1].ended,
        replaced=tuple(sorted(replaced, key=lambda one: one.start)),
    )  # fmt: skip
