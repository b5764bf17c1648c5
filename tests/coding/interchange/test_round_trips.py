"""What is written and read again is the same: lines, times, speakers, codes, subtypes, ratings, evidence, notes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from coding.interchange.casaa_read import read_cacti
from coding.interchange.casaa_write import CODE_IDS
from coding.interchange.coded import CodedLine, CodedSession
from coding.interchange.formats import read_coded, write_coded
from coding.interchange.known_codes import name_of, read_code
from coding.interchange.place import TimedLine, place_marks
from coding.interchange.raw import rating_name
from coding.review.draft import RATINGS, subtypes_of
from coding.scheme.codes import Behaviour, ClientTalk, Code, Speaker
from coding.transcript.turns import tidy
from models.practice import Picked, SessionKind

AT = datetime(2026, 3, 27, 9, 30, tzinfo=UTC)
AWKWARD = [
    "=1+1",
    "'=x",
    "-",
    "'cause",
    "@all",
    'says "no", then',
    "a;b\tc",
    "<b>&amp;",
    "…",
    "émigré",
    "[child 1]",
    "+44",
]
WORDS = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
SAID = WORDS.map(tidy).filter(bool)
NOTES = st.one_of(st.just(""), st.lists(SAID, min_size=1, max_size=3).map("\n".join))
MILLISECONDS = st.integers(0, 7_200_000)
SPEAKERS = {
    "Worker": Speaker.PRACTITIONER,
    "Parent": Speaker.CLIENT,
    "code@Nan": Speaker.CLIENT,
    "=Dad": Speaker.CLIENT,
}


@st.composite
def a_line(draw: DrawFn, *, sure: bool) -> CodedLine:
    speaker = draw(st.sampled_from(list(SPEAKERS)))
    role = SPEAKERS[speaker]
    codes: tuple[Code, ...] = tuple(Behaviour) if role is Speaker.PRACTITIONER else tuple(ClientTalk)
    code = draw(st.one_of(st.none(), st.sampled_from(codes)))
    times = sorted(draw(st.lists(MILLISECONDS, min_size=2, max_size=2)))
    start, end = (draw(st.one_of(st.none(), st.just(time))) for time in times)
    confidence = draw(st.one_of(st.none(), st.integers(0, 10_000).map(lambda share: share / 10_000))) if sure else None
    return CodedLine(
        speaker=speaker, role=role, text=draw(SAID), code=code, note=draw(NOTES), start=start, end=end,
        subtype=draw(st.sampled_from((None, *subtypes_of(code)))), confidence=confidence,
        unsure=sure and draw(st.booleans()),
    )  # fmt: skip


@st.composite
def a_session(draw: DrawFn, *, sure: bool = False, about: bool = False) -> CodedSession:
    lines = draw(st.lists(a_line(sure=sure), min_size=1, max_size=12))
    lines.append(CodedLine("Worker", Speaker.PRACTITIONER, "Thank you.", Behaviour.NC))
    ratings = draw(st.dictionaries(st.sampled_from(RATINGS), st.integers(1, 5)))
    pinned = draw(st.dictionaries(st.sampled_from(RATINGS), st.sets(st.integers(0, len(lines) - 1), min_size=1)))
    return CodedSession(
        draw(SAID), tuple(lines), {name: ratings[name] for name in RATINGS if name in ratings},
        {name: tuple(sorted(pinned[name])) for name in RATINGS if name in pinned}, draw(st.one_of(st.just(""), SAID)),
        kind=draw(st.sampled_from(SessionKind)) if about else None,
        picked=draw(st.sampled_from(Picked)) if about else None,
    )  # fmt: skip


def again(session: CodedSession, form: str) -> CodedSession:
    written = write_coded(session, form, name="session", at=AT)
    (read,) = read_coded(written.name, written.data)
    return read


@given(a_session(sure=True, about=True))
@settings(max_examples=60, deadline=None)
def test_csv_and_json_hold_everything(session: CodedSession) -> None:
    for form in ("csv", "json"):
        assert again(session, form) == session
        assert write_coded(session, form, name="session", at=AT).lost == ()


@given(a_session())
@settings(max_examples=60, deadline=None)
def test_elan_holds_all_but_how_sure_the_machine_is(session: CodedSession) -> None:
    assert again(session, "eaf") == session


@given(a_session(), st.sampled_from(["N", "Q", "CR", "code"]))
@settings(max_examples=20, deadline=None)
def test_elan_takes_talk_that_reads_like_a_code_for_talk(session: CodedSession, word: str) -> None:
    same = replace(session, lines=tuple(replace(line, text=word) for line in session.lines))
    assert again(same, "eaf") == same


@given(a_session(sure=True))
@settings(max_examples=30, deadline=None)
def test_elan_tells_that_it_does_not_hold_that(session: CodedSession) -> None:
    written = write_coded(session, "eaf", name="session", at=AT)
    unsure = any(line.confidence is not None or line.unsure for line in session.lines)
    assert any("How sure" in one for one in written.lost) is unsure
    bare = tuple(replace(line, confidence=None, unsure=False) for line in session.lines)
    assert again(session, "eaf") == replace(session, lines=bare)


@given(a_session())
@settings(max_examples=60, deadline=None)
def test_cacti_holds_codes_subtypes_notes_ratings_and_evidence(session: CodedSession) -> None:
    """And gives each back to the line it came from, by its time."""
    timed = tuple(
        replace(line, start=place * 4000, end=place * 4000 + 3500 + place % 10 * 7)
        for place, line in enumerate(session.lines)
    )
    session = replace(session, lines=timed)
    written = write_coded(session, "casaa", name="session", at=AT)
    found = read_cacti(written.name, written.data)
    lines = [TimedLine(line.role, line.start, line.end) for line in session.lines]
    placed = place_marks(lines, found.marks)
    coded = {place: line for place, line in enumerate(session.lines) if line.code}
    assert not placed.left
    assert placed.marks.keys() == coded.keys()
    for place, mark in placed.marks.items():
        line = coded[place]
        assert mark.role is line.role
        assert mark.note == line.note
        reading = read_code(line.role, mark.code)
        assert reading is not None
        assert (reading.code, reading.subtype, reading.less) == (line.code, line.subtype, False)
        assert abs(mark.time - (line.end or 0)) <= 50
        pinned = {name for name, places in session.evidence.items() if place in places and name in session.ratings}
        assert {rating_name(name) for name in mark.evidence_of} == pinned
    assert {rating_name(name): int(value) for name, value in found.ratings.items()} == session.ratings
    assert any("no words" in one for one in written.lost)
    assert any("no time or no code" in one for one in written.lost) is (len(coded) < len(session.lines))


@given(a_session())
@settings(max_examples=30, deadline=None)
def test_the_two_text_files_of_cacti_hold_codes_and_ratings(session: CodedSession) -> None:
    text = write_coded(session, "casaa-text", name="session", at=AT)
    timed = [line for line in session.lines if line.code and (line.start is not None or line.end is not None)]
    if timed:
        marks = read_cacti(text.name, text.data).marks
        assert sorted(mark.code for mark in marks) == sorted(
            name_of(line.code, line.subtype) for line in timed if line.code
        )
    rated = write_coded(session, "globals", name="session", at=AT)
    found = read_cacti(rated.name, rated.data).ratings
    assert {rating_name(name): int(value) for name, value in found.items()} == session.ratings


@pytest.mark.parametrize(("pair", "number"), CODE_IDS.items())
def test_each_code_has_a_name_of_its_own(pair: tuple[Code, None], number: int) -> None:
    code, subtype = pair
    role = Speaker.PRACTITIONER if isinstance(code, Behaviour) else Speaker.CLIENT
    reading = read_code(role, name_of(code, subtype))
    assert reading is not None
    assert (reading.code, reading.subtype) == pair
    assert number > 1000
