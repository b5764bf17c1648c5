"""What must be agreed before a conversation is worked on: the rules alone, and the form's fields."""

from dataclasses import replace
from datetime import date

import pytest

from coding.ledger import Given, Ledger, TookPart, usual_ledger, what_is_missing
from coding.ledger_form import fields_of_participants, read_ledger
from models.consent import HowGiven, LawfulBasis, Scope, Who
from models.practice import SessionKind

DAY = date(2026, 11, 4)
YES = {Scope.SUPERVISION: Given(HowGiven.FORM, DAY)}
STAFF = TookPart(Who.STAFF, "Worker", YES)
MOTHER = TookPart(Who.FAMILY_MEMBER, "Mother", YES)
REAL = Ledger((STAFF, MOTHER), LawfulBasis.PUBLIC_TASK)


def missing(ledger: Ledger, kind: SessionKind = SessionKind.REAL_PRACTICE, *, on: bool = True) -> set[str]:
    return set(what_is_missing(ledger, kind=kind, real_practice_on=on, today=DAY))


def test_real_practice_needs_everybody_and_the_basis() -> None:
    assert missing(REAL) == set()
    assert missing(REAL, on=False) == {"kind"}
    assert missing(replace(REAL, basis=None)) == {"lawful_basis"}
    assert missing(replace(REAL, people=())) == {"person-1-who"}
    assert missing(replace(REAL, people=(STAFF, STAFF))) == {"person-2-who"}
    silent = replace(MOTHER, agreed={})
    assert missing(replace(REAL, people=(STAFF, silent))) == {"person-2-supervision"}
    research_only = replace(MOTHER, agreed={Scope.RESEARCH: Given(HowGiven.FORM, DAY)})
    assert missing(replace(REAL, people=(STAFF, MOTHER, research_only))) == {"person-3-supervision"}


@pytest.mark.parametrize(("until", "holds"), [(DAY, True), (date(2026, 11, 3), False), (None, True)])
def test_an_agreement_ends_after_its_last_day(until: date | None, holds: bool) -> None:
    father = replace(MOTHER, agreed={Scope.SUPERVISION: Given(HowGiven.FORM, date(2026, 1, 1), until)})
    assert (missing(replace(REAL, people=(STAFF, father))) == set()) is holds


@pytest.mark.parametrize("kind", [SessionKind.ROLE_PLAY, SessionKind.SIMULATED])
def test_one_tick_stands_for_two_people_and_supervision_only(kind: SessionKind) -> None:
    usual = usual_ledger(kind, DAY)
    assert missing(usual, kind, on=False) == set()
    for scope in Scope.further():
        assert len(what_is_missing(usual, kind=kind, real_practice_on=True, today=DAY, scope=scope)) == 2
    assert usual_ledger(SessionKind.REAL_PRACTICE, DAY).people == ()


def test_the_fields_of_the_form() -> None:
    wrong: dict[str, str] = {}
    fields = {
        "person-1-who": "staff", "person-1-supervision": "yes",
        "person-2-who": "", "person-2-supervision": "yes",
        "person-4-who": "family_member", "person-4-label": "  Older   sister ", "person-4-supervision": "on",
        "person-4-research": "yes", "person-4-how": "recorded", "person-4-heard_at": "1:02:09",
        "agreed_until": "2027-11-04", "lawful_basis": "public_task",
    }  # fmt: skip
    ledger = read_ledger(fields, held_on=DAY, today=DAY, wrong=wrong)
    assert wrong == {}
    worker, sister = ledger.people
    assert (worker.who, worker.label, set(worker.agreed)) == (Who.STAFF, "Staff member 1", {Scope.SUPERVISION})
    assert (sister.label, set(sister.agreed)) == ("Older sister", {Scope.SUPERVISION, Scope.RESEARCH})
    assert sister.agreed[Scope.RESEARCH] == Given(HowGiven.RECORDED, DAY, date(2027, 11, 4), 3729.0)
    assert ledger.basis is LawfulBasis.PUBLIC_TASK


@pytest.mark.parametrize(("name", "value"), [
    ("person-1-who", "dog"), ("person-1-how", "shouted"), ("person-1-heard_at", "later"), ("person-1-label", "x" * 61),
    ("agreed_on", "2999-01-01"), ("agreed_on", "soon"), ("agreed_until", "2020-01-01"), ("lawful_basis", "because"),
])  # fmt: skip
def test_what_cannot_be_read_is_told_at_its_field(name: str, value: str) -> None:
    wrong: dict[str, str] = {}
    read_ledger({"person-1-who": "staff", name: value}, held_on=DAY, today=DAY, wrong=wrong)
    assert set(wrong) == {name}
    assert wrong[name].endswith(".")


def test_participants_in_json() -> None:
    wrong: dict[str, str] = {}
    sent = [{"who": "staff", "agreed_to": ["supervision"]}, {"who": "actor", "label": "Jo", "agreed_to": ["research"]}]
    assert fields_of_participants(sent, wrong) == {
        "person-1-who": "staff", "person-1-supervision": "yes",
        "person-2-who": "actor", "person-2-label": "Jo", "person-2-research": "yes",
    }  # fmt: skip
    assert wrong == {}
    for bad in ("all", [1], [{"who": "staff", "agreed_to": "supervision"}], [{"agreed_to": ["gossip"]}], [{}] * 7):
        wrong.clear()
        fields_of_participants(bad, wrong)
        assert wrong
