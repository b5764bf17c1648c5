"""Coaches code made-up conversations and see, alone, where they part from the agreed codes."""

import pytest
from sqlmodel import select

from coding.corpus.calibration import CHOSEN, calibration_set
from coding.corpus.load import demo_conversations
from models.audit import AuditEvent
from models.double_coding import CalibrationTry
from tests.conftest import People
from tests.web.conftest import Client, client

__all__ = ["client"]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_the_set_has_every_code_and_enough_that_both_coders_gave_alike() -> None:
    known = calibration_set()
    assert list(known) == [one.conversation for one in CHOSEN]
    assert not set(known) & demo_conversations()
    agreed = [code for one in known.values() for code in one.agreed if code is not None]
    assert len(set(agreed)) == 14
    for one in known.values():
        assert len(one.agreed) == len(one.lines)
        assert 0.9 < sum(code is not None for code in one.agreed) / len(one.lines) < 1  # where the two differ, none
        assert all(code in (None, line.code) for code, line in zip(one.agreed, one.lines, strict=True))


def test_what_is_coded_is_kept_until_all_is_and_then_compared(client: Client, people: People, house) -> None:  # type: ignore[no-untyped-def]
    known = calibration_set()["c30"]
    coach = client(people.colleague)
    assert coach.get("/calibration").text.count("Not begun") == 5
    all_codes = {f"line-{place}": str(line.code) for place, line in enumerate(known.lines)}
    some = dict(list(all_codes.items())[:10]) | {"line-999": "Q", "line-1": "no code", "do": "save"}
    coach.post("/calibration/c30", data=some)
    assert "9 coded so far" in coach.get("/calibration").text
    refused = coach.post("/calibration/c30", data=some | {"do": "compare"})
    assert (refused.status_code, 'href="#line-1"' in refused.text) == (422, True)
    assert refused.text.count(" selected") == 9

    confront = [f"line-{place}" for place, code in enumerate(known.agreed) if code == "Confront"]
    data = all_codes | {confront[0]: "GI", confront[1]: "GI", "do": "compare"}
    page = coach.post("/calibration/c30", data=data).text
    agreed = sum(code is not None for code in known.agreed)
    assert f"You gave {agreed - 2} of {agreed} lines the agreed code." in page
    assert f"{len(confront) - 2} of {len(confront)}" in page
    assert "2 as giving information" in page
    assert page.count("Agreed: <strong>Confront") == 2
    assert "no certified coder has checked them" in page
    assert "Not begun" in client(people.stranger_coach).get("/calibration").text
    again = coach.get("/calibration/c30?again=yes").text
    assert " selected" not in again
    with house.database.read() as session:
        assert [len(one.codes) for one in session.exec(select(CalibrationTry))] == [len(known.lines)]
        (event,) = (one for one in session.exec(select(AuditEvent)) if one.action == "calibration_finished")
        assert event.details == {"conversation": "c30"}


@on_sqlite
def test_it_is_for_those_who_code(client: Client, people: People) -> None:
    for actor in (people.owner, people.lead, people.stranger):
        for path in ("/calibration", "/calibration/c30"):
            assert client(actor).get(path).status_code == 404
        assert client(actor).post("/calibration/c30", data={}).status_code == 404
    for path in ("/calibration/a01", "/calibration/zz"):
        assert client(people.colleague).get(path).status_code == 404
