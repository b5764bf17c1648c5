"""The made-up programme that pages are measured on is one that the application itself could have kept."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlmodel import col, func, select

from api.house import House
from benchmarks.programme import Size, fill
from coding.session_figures import figures_from
from coding.transcript.versions import words_of
from models.coding import CodedBy, CodeRow, Coding, Score
from models.figures import SessionFigure
from models.practice import PracticeSession, SessionKind
from models.session_words import session_words
from models.transcript import TranscriptVersion, UtteranceRow
from training.build_session_view import build_session_view

SIZE = Size(authorities=2, teams=4, people=30, sessions=60, utterances=20)


def test_its_rows_agree_with_each_other(house: House) -> None:
    programme = fill(house.database, SIZE)
    with house.database.read() as session:
        practices = session.exec(select(PracticeSession)).all()
        kept = {(row.session_id, row.coded_by): row for row in session.exec(select(SessionFigure))}
        made = [row for practice in practices for row in figures_from(session, practice)]
        later = {"skill_shares"}  # of the made-up programme worked out with its tables
        assert {(row.session_id, row.coded_by): row.model_dump(exclude=later) for row in made} == {
            key: row.model_dump(exclude=later) for key, row in kept.items()
        }
        streams = Counter(row.coded_by for row in made)
        assert streams[CodedBy.MACHINE] == len(practices) == SIZE.sessions
        assert 0 < streams[CodedBy.PERSON] < SIZE.sessions / 2
        assert {practice.kind for practice in practices} == set(SessionKind)
        assert session.exec(select(func.count()).select_from(UtteranceRow)).one() == programme.utterances
        codes = select(CodeRow.coding_id, func.count()).group_by(col(CodeRow.coding_id))
        assert set(dict(session.exec(codes).all())) == set(session.exec(select(Coding.id)))
        assert set(session.exec(select(Score.coding_id).distinct())) == set(session.exec(select(Coding.id)))
        for practice in practices[:3]:
            assert session_words(session, practice).title
            of = select(TranscriptVersion).where(col(TranscriptVersion.session_id) == practice.id)
            assert words_of(session, session.exec(of).one()).turns == ()


def test_with_words_a_session_is_read_as_any_other(house: House) -> None:
    size = replace(SIZE, sessions=20, months=11, words=True)
    fill(house.database, size)
    with house.database.read() as session:
        for practice in session.exec(select(PracticeSession)).all():
            view = build_session_view(session, practice)
            lines = [line for turn in view.turns for line in turn.utterances]
            assert len(lines) >= size.utterances * 3 // 5
            assert all(line.text and line.code for line in lines)
            version = session.exec(select(TranscriptVersion).where(col(TranscriptVersion.session_id) == practice.id))
            kept = version.one()
            words = words_of(session, kept)
            untimed = tuple(replace(turn, times=()) for turn in words.turns)
            assert words_of(session, kept, times=False) == replace(words, turns=untimed)
            heard = practice.kind is not SessionKind.SIMULATED
            for turn, shown in zip(words.turns, view.turns, strict=True):
                assert turn.text == " ".join(line.text for line in shown.utterances)
                said = [turn.text[start:end] for start, end, _, _ in turn.times]
                assert said == (turn.text.split() if heard else [])
            if view.coded_by == CodedBy.MACHINE:
                assert all(line.reason for line in lines)
                assert all(dict(line.probabilities)[line.code] == pytest.approx(line.confidence) for line in lines)
                assert len(view.globals) == 4
