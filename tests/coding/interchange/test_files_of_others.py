"""Files as other programs write them: read where they can be, and what cannot is said and kept."""

import sqlite3

import pytest

from coding.interchange.casaa_read import read_cacti
from coding.interchange.errors import CodesBroken, CodesWithoutWords, ElanBroken, NobodyPractises, NoCodes
from coding.interchange.formats import read_coded
from coding.interchange.place import TimedLine, place_marks
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker, TalkKind
from coding.transcript.errors import CsvColumnsMissing, NotATranscript, TranscriptError

CSV = (
    "speaker,text,code,mood\nAnna,How was it?,OQ0,calm\nBea,I must stop.,N+,\nAnna,Stop it now.,WA,\nAnna,Go on.,DI,\n"
)
ELAN = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="A. Coder" DATE="2020-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="1500"/>
<TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="1600"/><TIME_SLOT TIME_SLOT_ID="t4" TIME_VALUE="3000"/></TIME_ORDER>
<TIER TIER_ID="Social worker" LINGUISTIC_TYPE_REF="default-lt"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>How are you?
</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="Mum" LINGUISTIC_TYPE_REF="default-lt"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="t3" TIME_SLOT_REF2="t4"><ANNOTATION_VALUE>I want to stop
</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="all behaviour" LINGUISTIC_TYPE_REF="free"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>open question
</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a4" TIME_SLOT_REF1="t3" TIME_SLOT_REF2="t4"><ANNOTATION_VALUE>D+
</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="gaze" LINGUISTIC_TYPE_REF="gaze" PARENT_REF="Mum"><ANNOTATION>
<REF_ANNOTATION ANNOTATION_ID="a5" ANNOTATION_REF="a2"><ANNOTATION_VALUE>down</ANNOTATION_VALUE></REF_ANNOTATION>
</ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""


def test_codes_of_misc_are_read_and_those_without_a_counterpart_stay_in_the_notes() -> None:
    (session,) = read_coded("old.csv", CSV.encode())
    question, need, warning, direct = session.lines
    assert (question.role, question.code, question.subtype) == (Speaker.PRACTITIONER, Behaviour.Q, QuestionType.OPEN)
    assert (need.role, need.code, need.subtype) == (Speaker.CLIENT, ClientTalk.CT, TalkKind.NEED)
    assert (warning.code, warning.note) == (Behaviour.CONFRONT, "In the file: WA")
    assert (direct.code, direct.foreign, direct.note) == (None, "DI", "In the file: DI")
    assert question.note == "mood: calm"
    said = " ".join(session.remarks)
    assert "OQ0 as Q open (1)" in said
    assert "Evoke has none for: DI (1)" in said
    assert "mood" in said


def test_a_foreign_elan_file_is_read_by_what_its_tiers_hold() -> None:
    (session,) = read_coded("visit.eaf", ELAN.encode())
    assert [(line.speaker, line.role, line.text, line.code, line.subtype) for line in session.lines] == [
        ("Social worker", Speaker.PRACTITIONER, "How are you?", Behaviour.Q, QuestionType.OPEN),
        ("Mum", Speaker.CLIENT, "I want to stop", ClientTalk.CT, TalkKind.DESIRE),
    ]
    assert [(line.start, line.end) for line in session.lines] == [(0, 1500), (1600, 3000)]
    assert session.lines[1].note == "gaze: down"
    assert session.coder == "A. Coder"
    assert any("gaze" in one for one in session.remarks)


def test_a_line_that_was_moved_in_elan_has_its_new_time() -> None:
    from datetime import UTC, datetime

    from coding.interchange.formats import write_coded

    (session,) = read_coded("old.csv", CSV.encode())  # without any times
    written = write_coded(session, "eaf", name="s", at=datetime(2026, 1, 1, tzinfo=UTC)).data
    moved = written.replace(b'TIME_SLOT_ID="ts8" TIME_VALUE="4000"', b'TIME_SLOT_ID="ts8" TIME_VALUE="4700"')
    assert moved != written
    (again,) = read_coded("s.eaf", moved)
    assert [(line.start, line.end) for line in again.lines] == [(None, None)] * 3 + [(3000, 4700)]


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("bomb.eaf", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><ANNOTATION_DOCUMENT/>', ElanBroken),
        ("cut.eaf", ELAN.encode()[:900], ElanBroken),
        ("other.xml", b"<?xml version='1.0'?><html/>", ElanBroken),
        ("plain.csv", b"speaker,text\nWorker,Hello\n", CsvColumnsMissing),
        ("empty.csv", b"speaker,text,code\nWorker,Hello,\n", NoCodes),
        ("who.csv", b"speaker,text,code\nA,Hello,XX\nB,Hi,YY\n", NobodyPractises),
        ("notes.txt", b"Worker: hello", NotATranscript),
        ("a.json", b'{"sessions": 3}', CodesBroken),
        ("session.casaa", b"Audio File:\ta.wav\n00:00:01.0\t9\tGI\n", CodesWithoutWords),
        ("session.casaa", b"SQLite format 3\x00" + b"\xff" * 4000, CodesWithoutWords),
    ],
)
def test_what_cannot_be_read_says_what_to_do(name: str, data: bytes, error: type[TranscriptError]) -> None:
    with pytest.raises(error) as raised:
        read_coded(name, data)
    assert len(raised.value.message) > 40


def test_the_two_older_files_of_cacti() -> None:
    newer = b"Audio File:\tC:\\a.wav\n00:00:02.5\t14\tOQ0\n00:01:10.0\t34\tD+\n"
    assert [(one.time, one.code) for one in read_cacti("a.casaa", newer).marks] == [(2500, "OQ0"), (70_000, "D+")]
    oldest = b"Audio File:\ta.wav\r\n1\t0:00:00\t0:00:03\t0\t99\t14\tOQ0\r\n2\t0:00:03\t0:00:05\t99\t120\r\n"
    found = read_cacti("a.casaa", oldest)
    assert [(one.time, one.code) for one in found.marks] == [(3000, "OQ0")]
    assert found.remarks == ("1 lines of the file have no code and were left out (line 3).",)
    globals_file = b"Global Ratings\nAudio File:\ta.wav\nEMPATHY:\t4\nSPIRIT:\t3\nNotes:\nwarm\n"
    rated = read_cacti("a.globals", globals_file)
    assert (dict(rated.ratings), rated.notes) == ({"EMPATHY": "4", "SPIRIT": "3"}, "warm")


def _database(script: str) -> bytes:
    database = sqlite3.connect(":memory:")
    database.executescript(script)
    return database.serialize()


TABLES = (
    "CREATE TABLE speakers (speaker_id, speaker_name); CREATE TABLE codes (code_id, code_name string, speaker_id);"
    "CREATE TABLE ratings (rating_id, rating_name, response_value); CREATE TABLE attributes (name, value);"
    "CREATE TABLE utterances_ratings (utterance_id, rating_id);"
)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE other (a);",
        TABLES + "CREATE VIEW utterances AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS utterance_id, '0:00:01' AS time_marker, 1 AS code_id, '' AS annotation FROM n;",
    ],
)
def test_a_database_that_is_not_cactis_does_nothing(script: str) -> None:
    with pytest.raises(CodesBroken):
        read_cacti("a.casaa", _database(script))


def test_a_broken_database_is_told() -> None:
    whole = _database(TABLES + "CREATE TABLE utterances (utterance_id, time_marker, code_id, annotation);")
    for data in (whole[:200], whole[:3600] + b"\xff" * 496 + whole[4096:], b"SQLite format 3\x00"):
        with pytest.raises(CodesBroken):
            read_cacti("a.casaa", data)


def test_marks_go_to_the_lines_that_end_with_them() -> None:
    worker, parent = Speaker.PRACTITIONER, Speaker.CLIENT
    lines = [TimedLine(worker, 0, 2000), TimedLine(parent, 2100, 4000), TimedLine(worker, 4100, 9000)]
    marks = read_cacti("a.casaa", b"Audio File:\ta\n0:00:02.4\t9\tGI\n0:00:03.9\t30\tC+\n0:00:04.4\t11\tCQ0\n"
                                  b"0:00:09.3\t3\tAF\n0:30:00\t3\tAF\n").marks  # fmt: skip
    placed = place_marks(lines, marks)
    assert {place: mark.code for place, mark in placed.marks.items()} == {0: "GI", 1: "C+", 2: "AF"}
    assert [(mark.code, near) for mark, near in placed.left] == [("CQ0", 1), ("AF", 2)]


def test_thousands_of_marks_are_placed_at_once() -> None:
    lines = [TimedLine(Speaker.PRACTITIONER, at * 1000, at * 1000 + 900) for at in range(3000)]
    rows = [f"{at // 3600}:{at // 60 % 60:02d}:{at % 60:02d}.9\t9\tGI" for at in range(3000)]
    marks = read_cacti("a.casaa", "\n".join(["Audio File:\ta", *rows]).encode()).marks
    placed = place_marks(lines, marks)
    assert len(placed.marks) == 3000
    assert all(mark.time == place * 1000 + 900 for place, mark in placed.marks.items())


def test_a_file_whose_lines_all_last_its_whole_time_is_given_up() -> None:
    def tier(name: str, count: int, said: str) -> str:
        ref = 'TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t4"'
        one = f"<ALIGNABLE_ANNOTATION {ref}><ANNOTATION_VALUE>{said}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>"
        return f'<TIER TIER_ID="{name}">{f"<ANNOTATION>{one}</ANNOTATION>" * count}</TIER>'

    head = ELAN[: ELAN.index("<TIER")]
    heavy = f"{head}{tier('Worker', 1100, 'hello')}{tier('code', 1100, 'CT')}</ANNOTATION_DOCUMENT>"
    with pytest.raises(ElanBroken, match="lie over one another"):
        read_coded("heavy.eaf", heavy.encode())
