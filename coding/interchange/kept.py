"""A kept session as a coded conversation: the machine's layer, or the one a person signed off."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlmodel import Session, col, select

from coding.about_session import about_for
from coding.coding_words import CodingWords, coding_words
from coding.interchange.coded import CodedLine, CodedSession
from coding.interchange.times import ms_from_seconds
from coding.retention import WordsWent, steps_of
from coding.review.begin import coding_to_review, times_of
from coding.review.draft import RATINGS, read_subtype
from coding.review.sign_off import signed_off
from coding.scheme.codes import Speaker, parse_code
from coding.transcript.versions import utterances_of, words_of
from coding.transcript.words import Turn, Utterance
from models.coding import CodedBy, CodeRow, Coding
from models.errors import EvokeError
from models.person import Person
from models.practice import PracticeSession
from models.retention import Part
from models.review import Rating
from models.sealed import open_from
from models.transcript import TranscriptVersion


class Layer(StrEnum):
    MACHINE = "machine"
    PERSON = "person"


class NoSuchLayer(EvokeError):
    status = 409
    code = "no_such_layer"


def layers_of(session: Session, practice: PracticeSession) -> tuple[Layer, ...]:
    """Those there are; a person's first, because it is the one that counts."""
    person = (Layer.PERSON,) if signed_off(session, practice.id) else ()
    return (*person, *((Layer.MACHINE,) if coding_to_review(session, practice) else ()))


def coded_session_of(session: Session, practice: PracticeSession, layer: Layer) -> CodedSession:
    """As others may read it: with placeholders in its title too. Raises NoSuchLayer, WordsWent, WordsGone."""
    if Part.WORDS in steps_of(session, practice.id):
        raise WordsWent(
            "What was said in this session is gone, and its codes belong to lines that are not there any more."
        )
    version, coding = _kept(session, practice, layer)
    turns, words = words_of(session, version).turns, coding_words(session, coding)
    codes = {row.utterance_id: row for row in session.exec(select(CodeRow).where(col(CodeRow.coding_id) == coding.id))}
    by_turn: dict[int, list[Utterance]] = {}
    for one in utterances_of(session, version.id):
        by_turn.setdefault(one.turn_position, []).append(one)
    lines = tuple(line for turn in turns for line in _lines(turn, by_turn.get(turn.position, []), codes, coding, words))
    ratings = {row.name: row for row in session.exec(select(Rating).where(col(Rating.coding_id) == coding.id))}
    evidence = {
        name: tuple(open_from(session, ratings[name], session_id=practice.id, column="evidence"))
        for name in RATINGS
        if name in ratings
    }
    title = about_for(session, practice, None).title or f"Session of {practice.held_on.isoformat()}"
    return CodedSession(
        title, lines, {name: ratings[name].value for name in RATINGS if name in ratings},
        {name: places for name, places in evidence.items() if places}, _coder(session, coding),
        kind=practice.kind, picked=practice.picked,
    )  # fmt: skip


def _kept(session: Session, practice: PracticeSession, layer: Layer) -> tuple[TranscriptVersion, Coding]:
    if layer is Layer.PERSON:
        review = signed_off(session, practice.id)
        if review is None:
            raise NoSuchLayer("Nobody has signed this session off yet. Take the machine’s codes, or come back later.")
        version = session.get_one(TranscriptVersion, review.made_transcript_id or review.transcript_id)
        return version, session.get_one(Coding, review.made_coding_id)
    found = coding_to_review(session, practice)
    if found is None:
        raise NoSuchLayer("This session is not coded yet, so there is nothing to take away. Come back when it is.")
    return found


def _coder(session: Session, coding: Coding) -> str:
    if coding.coded_by is CodedBy.PERSON and coding.person_id is not None:
        return session.get_one(Person, coding.person_id).name
    return coding.model_version or ""


def _lines(
    turn: Turn, said: Sequence[Utterance], codes: Mapping[int, CodeRow], coding: Coding, words: CodingWords
) -> list[CodedLine]:
    """What a person wrote to a line is its note; a machine's reasons are none."""
    role = Speaker.PRACTITIONER if turn.speaker_label in words.practitioner_labels else Speaker.CLIENT
    by_person = coding.coded_by is CodedBy.PERSON
    lines = []
    for one, (started, ended) in zip(said, times_of(turn, [u.text for u in said]), strict=True):
        row = codes.get(one.id)
        code = parse_code(role, row.code) if row else None
        lines.append(
            CodedLine(
                speaker=turn.speaker_label, role=role, text=one.text, code=code,
                subtype=read_subtype(code, row.subtype) if row else None,
                note=words.reasons[one.sequence] if by_person else "", start=ms_from_seconds(started),
                end=ms_from_seconds(ended),
                confidence=round(row.confidence, 4) if row and row.confidence is not None else None,
                unsure=bool(row and row.unsure),
            )
        )  # fmt: skip
    return lines
