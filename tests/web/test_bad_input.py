"""Whatever is sent, by a person or a program: a sentence that says what to do, and nothing half kept."""

import html
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from api.house import House
from api.multipart import FIELD_LIMIT
from coding.transcript.versions import latest_transcript, turns_of
from models.practice import PracticeSession, Recording
from models.session_words import session_words
from models.settings import Settings
from tests.coding.speech.making import tone, wav, write_sound, write_video
from tests.coding.transcript.rendering import as_text
from tests.web.bad_files import BAD, LONG, lines, made
from tests.web.conftest import CONVERSATION, PageClient, work_off
from tests.web.refusals import DETAILS, END, FILE, FORM, NO_FILE, TYPE, kept, refused
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"upload_limit_mb": 30, "transcript_limit_mb": 3})


@on_sqlite
@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_what_to_do(owner: PageClient, house: House, case: str) -> None:
    name, _, code, says = BAD[case]
    refused(owner, house, code=code, says=says, data=DETAILS, files={"file": (name, made(case))})


@pytest.mark.parametrize("case", ["text named as sound", "one speaker"])
def test_nothing_is_kept_in_either_database_and_the_next_good_one_is_taken(
    owner: PageClient, house: House, case: str
) -> None:
    name, _, code, says = BAD[case]
    refused(owner, house, code=code, says=says, data=DETAILS, files={"file": (name, made(case))})
    before = kept(house)
    sound = write_sound(tone(1), 16_000, "wav", "pcm_s16le")
    assert owner.post("/api/v1/sessions", data=DETAILS, files={"file": ("talk.wav", sound)}).status_code == 201
    after = kept(house)
    assert len(after["files"]) == len(before["files"]) + 1
    assert (after["Recording"], after["PracticeSession"]) == (before["Recording"] + 1, before["PracticeSession"] + 1)


@on_sqlite
def test_a_recording_cut_short_that_still_plays_is_taken_with_a_note(owner: PageClient, house: House) -> None:
    whole = write_video(sound=tone(20), seconds=20, faststart=True)
    files = {"file": ("talk.mp4", whole[: len(whole) * 2 // 3])}
    assert owner.post("/api/v1/sessions", data=DETAILS, files=files).status_code == 201
    with house.database.read() as session:
        (note,) = session.exec(select(Recording)).one().notes
    assert "missing or damaged" in note


@on_sqlite
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"])
def test_every_encoding_is_read_right(owner: PageClient, house: House, encoding: str) -> None:
    said = "It’s “fine” – £20 a week, in the café…"
    text = f"Worker: {said}\r\nParent: I don’t know.\r\n"
    answer = owner.post("/api/v1/sessions", data=DETAILS, files={"file": ("a.txt", text.encode(encoding))})
    assert answer.status_code == 201, answer.text
    with house.database.read() as session:
        transcript = latest_transcript(session, UUID(answer.json()["id"]))
        assert transcript is not None
        turns = turns_of(session, transcript.id)
    assert [turn.text for turn in turns] == [said, "I don’t know."]


@on_sqlite
def test_ten_speakers_are_taken_and_one_is_guessed_to_be_the_practitioner(
    owner: PageClient, house: House, worker: Worker
) -> None:
    talk = [*lines(9, 18), ("Voice J", "What would you like to be different? What would help you with that?")]
    answer = owner.post("/api/v1/sessions", data=DETAILS, files={"file": ("a.txt", as_text(talk).encode())})
    assert answer.status_code == 201, answer.text
    work_off(worker)
    read = owner.get(answer.json()["url"]).json()
    assert read["stage"] == "ready"
    assert {turn["speaker_label"] for turn in read["turns"] if turn["role"] == "practitioner"} == {"Voice J"}
    assert len({turn["speaker_label"] for turn in read["turns"]}) == 10


@on_sqlite
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", TYPE),
        (b"nonsense", TYPE),
        (FORM, TYPE),
        (FORM + FILE % (b"a.wav", b"x" * 3000), TYPE),
        ((FORM + FILE % (b"a.wav", b"x" * 3000) + END)[:-3], TYPE),
        (FORM + b"--edge\r\nno header at all\r\n\r\nx\r\n" + END, TYPE),
        (FORM + b"--edge\r\nContent-Disposition: " + b"x" * 10_000 + b"\r\n\r\nx\r\n" + END, TYPE),
        (FORM + END, "multipart/form-data"),
        (FORM + END, "multipart/form-data; boundary=" + "e" * 300),
        (FORM + END, "multipart/form-data; boundary=other"),
        (b"transcript=Worker%3A+Hello", "application/x-www-form-urlencoded"),
        (CONVERSATION.encode(), "text/plain"),
        (b"{", "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"[]", "application/json"),
        (b'{"turns": ' + b"[" * 100_000, "application/json"),
        (b'{"turns": [], "held_on": ' + b"9" * 5000 + b"}", "application/json"),
    ],
)
def test_a_damaged_body_is_refused(owner: PageClient, house: House, body: bytes, content_type: str) -> None:
    refused(
        owner, house, code="upload_broken", says=" ", content=body, headers={"content-type": content_type}
    )  # fmt: skip


@on_sqlite
def test_two_files_or_a_file_and_a_paste_are_not_chosen_between(owner: PageClient, house: House) -> None:
    two = [("file", ("a.wav", wav(b"\x80" * 900))), ("file", ("b.txt", CONVERSATION.encode()))]
    refused(owner, house, code="upload_broken", says="one file at a time", data=DETAILS, files=two)
    for name, data in (("a.txt", CONVERSATION.encode()), ("a.wav", wav(b"\x80" * 9000))):
        refused(
            owner, house, code="two_things_sent", says="Take one of them out",
            data=DETAILS | {"transcript": CONVERSATION}, files={"file": (name, data)},
        )  # fmt: skip


@on_sqlite
def test_nothing_sent_is_said(owner: PageClient, house: House) -> None:
    for more in ({}, {"transcript": " \n"}):
        refused(owner, house, code="nothing_sent", says="Choose a recording", data=DETAILS | more, files=NO_FILE)


@on_sqlite
def test_what_is_too_large_is_refused_with_the_limit(owner: PageClient, house: House) -> None:
    for name, size, says in (
        ("a.wav", 30_000_001, "larger than 30 MB"),
        ("a.txt", 3_000_001, "3 MB at most"),
        ("a.pdf", 3_000_001, "3 MB at most"),
    ):
        files = {"file": (name, b"x" * size)}
        refused(owner, house, code="too_large", status=413, says=says, data=DETAILS, files=files)
    much = DETAILS | {"transcript": "Worker: " + "x" * FIELD_LIMIT}
    refused(owner, house, code="too_large", status=413, says="Save it as a file", data=much, files=NO_FILE)
    endless = b"".join(b'--edge\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n\r\n' % n for n in range(20_000))
    headers = {"content-type": TYPE}
    refused(
        owner, house, code="too_large", status=413, says="too much", content=FORM + endless + END, headers=headers
    )  # fmt: skip
    words = {"turns": [{"speaker": "A", "text": "x" * 3_000_001}]}
    refused(owner, house, code="too_large", status=413, says="at most 3 MB", json=words)


@on_sqlite
def test_a_paste_is_judged_like_a_file_and_not_lost(owner: PageClient, house: House) -> None:
    alone = "Worker: Is it so?\nWorker: I think “so” & <more>."
    sent = DETAILS | {"transcript": alone, "change_goal": "drink less", "held_on": "2026-01-02"}
    refused(owner, house, code="one_speaker_only", says="only one person speaks", data=sent, files=NO_FILE)
    page = html.unescape(owner.post("/sessions", data=sent, files=NO_FILE).text).replace("\r\n", "\n")
    for text in (alone, "drink less", "2026-01-02", "Tuesday’s practice"):
        assert text in page
    too_long = DETAILS | {"transcript": as_text(LONG)}
    refused(owner, house, code="transcript_too_long", says="60,000 words", data=too_long, files=NO_FILE)


@on_sqlite
def test_json_details_of_a_wrong_kind_are_named_and_numbers_are_read(owner: PageClient, house: House) -> None:
    turns = [{"speaker": "Worker", "text": "How are you?"}, {"speaker": "Mum", "text": "Tired."}]
    body: dict[str, Any] = {"agreement_confirmed": True, "turns": turns}
    refused(owner, house, code="session_details_wrong", says="as text", json=body | {"title": ["x"]})
    nothing: list[list[dict[str, str]]] = [[], [{}], [{"speaker": "Worker"}]]
    for wordless in nothing:
        refused(owner, house, code="no_words", says="no spoken words", json=body | {"turns": wordless})
    answer = owner.post("/api/v1/sessions", json=body | {"held_on": 20260327, "title": 5, "change_goal": None})
    assert answer.status_code == 201, answer.text
    with house.database.read() as session:
        practice = session.get_one(PracticeSession, UUID(answer.json()["id"]))
        assert session_words(session, practice).title == "5"
    assert practice.held_on.isoformat() == "2026-03-27"


@on_sqlite
def test_how_many_speak_is_one_to_six_or_not_known(owner: PageClient, house: House) -> None:
    for sent in ("0", "7", "two", "²"):
        refused(
            owner, house, code="session_details_wrong", says="how many people speak",
            data=DETAILS | {"speakers": sent, "transcript": "Worker: Hello?\nParent: Hi."}, files=NO_FILE,
        )  # fmt: skip
    too_many_words = DETAILS | {"hotwords": "x" * 501, "transcript": "Worker: Hello?\nParent: Hi."}
    refused(owner, house, code="session_details_wrong", says="500 characters", data=too_many_words, files=NO_FILE)
