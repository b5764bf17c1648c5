"""A coded session taken to other programs: both layers, every format, told what it lacks, and noted."""

import pytest

from coding.interchange.casaa_read import read_cacti
from coding.interchange.formats import FORMATS, read_coded
from coding.interchange.kept import Layer, coded_session_of
from coding.review.sign_off import sign_off_review
from coding.review.steps import Pin, Rate, Recode, WriteNote
from coding.scheme.codes import Behaviour
from models.audit import AuditEvent
from models.practice import PracticeSession
from models.retention import Part, RetentionStep
from models.review import Review
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People
from tests.web.conftest import Client, client
from tests.web.test_audit import noted

__all__ = ["bench", "client"]


def sign_off(bench: Bench) -> None:
    """With line 2 coded otherwise, a note on it, and a rating that rests on it."""
    review_id = bench.begin()
    bench.take(
        review_id, Recode("2", "SR"), WriteNote("2", "Gives it\nback."), Rate("empathy", 4), Pin("2", "empathy")
    )  # fmt: skip
    with bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        sign_off_review(session, review=review, expected=review.steps, by=bench.coach)


def test_both_layers_come_back_as_they_are_kept(bench: Bench, client: Client) -> None:
    sign_off(bench)
    coach, path = client(bench.coach), f"/api/v1/sessions/{bench.practice_id}/export"
    with bench.house.database.read() as session:
        practice = session.get_one(PracticeSession, bench.practice_id)
        kept = {layer: coded_session_of(session, practice, layer) for layer in Layer}
    assert kept[Layer.PERSON].lines[2].code is Behaviour.SR
    assert kept[Layer.MACHINE].lines[2].code is Behaviour.CR
    assert kept[Layer.PERSON].ratings == {"empathy": 4}
    assert kept[Layer.PERSON].evidence == {"empathy": (2,)}
    assert kept[Layer.PERSON].coder == bench.coach.name
    for form in ("csv", "json"):
        for layer in Layer:
            answer = coach.get(path, params={"format": form, "layer": layer.value})
            assert "evoke-left-out" not in answer.headers
            assert read_coded(f"s.{form}", answer.content) == [kept[layer]]
    default = coach.get(path)
    assert read_coded("s.json", default.content) == [kept[Layer.PERSON]]
    casaa = coach.get(path, params={"format": "casaa"})
    assert "no words" in casaa.headers["evoke-left-out"]
    assert read_cacti("s.casaa", casaa.content).ratings == {"EMPATHY": "4"}


def test_each_time_is_noted_with_format_and_layer(bench: Bench, client: Client) -> None:
    coach = client(bench.coach)
    for form in FORMATS:
        answer = coach.get(f"/sessions/{bench.practice_id}/export/{form}")
        assert answer.headers["content-disposition"].endswith(f'-machine{FORMATS[form].ending}"')
    rows: list[AuditEvent] = noted(bench.house, "session_exported")
    assert [(row.details["form"], row.details["layer"]) for row in rows] == [(form, "machine") for form in FORMATS]


def test_the_page_says_what_a_format_lacks(bench: Bench, client: Client) -> None:
    coach = client(bench.coach)
    page = coach.get(f"/sessions/{bench.practice_id}/export").text
    assert "so there is no file for CACTI" in page
    assert "export/casaa" not in page
    assert "How sure the machine is" in page
    assert ".globals" not in page
    sign_off(bench)
    page = coach.get(f"/sessions/{bench.practice_id}/export").text
    assert "CACTI’s ratings (.globals)" in page
    assert "Take the machine’s codes instead" in page


def test_a_stranger_finds_nothing_and_what_is_not_there_is_said(bench: Bench, client: Client, people: People) -> None:
    for path in (
        f"/sessions/{bench.practice_id}/export", f"/sessions/{bench.practice_id}/export/csv",
        f"/api/v1/sessions/{bench.practice_id}/export",
    ):  # fmt: skip
        for who in (people.stranger_coach, people.teammate, people.lead):
            assert client(who).get(path).status_code == 404
    assert not noted(bench.house, "session_exported")
    owner = client(people.owner)
    api = f"/api/v1/sessions/{bench.practice_id}/export"
    assert owner.get(api, params={"format": "eaf"}).content.startswith(b"<?xml")
    unsigned = owner.get(api, params={"layer": "person"})
    assert (unsigned.status_code, unsigned.json()["code"]) == (409, "no_such_layer")
    unknown = owner.get(api, params={"format": "xlsx"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "format_unknown")
    assert len(noted(bench.house, "session_exported")) == 1


def test_a_session_that_is_not_coded_has_nothing_to_take(
    bench: Bench, owner_session: str, client: Client, people: People
) -> None:
    answer = client(people.owner).get(f"/sessions/{owner_session}/export")
    assert answer.status_code == 409
    assert "not coded yet" in answer.text


@pytest.fixture
def owner_session(client: Client, people: People, bench: Bench) -> str:
    fields = {"agreement_confirmed": "yes", "transcript": "Worker: Hello.\nParent: Hi."}
    added = client(people.owner).post("/api/v1/sessions", files={"a": ("", b"")}, data=fields)
    return str(added.json()["id"])


def test_words_that_are_gone_cannot_be_taken(bench: Bench, client: Client) -> None:
    with bench.house.database.write() as session:
        practice = session.get_one(PracticeSession, bench.practice_id)
        session.add(
            RetentionStep(
                organisation_id=practice.organisation_id, session_id=practice.id, kind=practice.kind, part=Part.WORDS,
                since=practice.created_at, since_coded=True, period="1 day",
            )
        )  # fmt: skip
    for path in (f"/sessions/{bench.practice_id}/export", f"/api/v1/sessions/{bench.practice_id}/export"):
        assert client(bench.coach).get(path).status_code == 410
