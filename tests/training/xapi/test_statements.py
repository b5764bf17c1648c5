"""Statements are right by the specification's own rules, say what the profile says, and hold nothing they must not."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.xapi import statement_id
from models.xapi_kept import StatementKind
from tests.training.xapi.rules import check_profile, check_statement, matching_templates
from training.xapi import actors
from training.xapi import statements as make
from training.xapi.names import Names
from training.xapi.profile import profile
from training.xapi.statements import Answer, Happened

NAMED = Names("https://evoke.example.gov.uk")
PERSON = UUID("0199aaaa-0000-7000-8000-000000000001")
KEY = b"k" * 32
AGENTS = [
    actors.pseudonymous(PERSON, key=KEY, site=NAMED.site),
    actors.by_email("olu.owner@example.org"),
    actors.account("https://lms.example.gov.uk", "oowner"),
]
AT = datetime(2026, 11, 27, 9, 5, 0, 123456, tzinfo=UTC)


def happened(agent: dict[str, Any] = AGENTS[0]) -> Happened:
    return Happened(UUID("0199aaaa-0000-7000-8000-00000000000a"), agent, AT)


def every(agent: dict[str, Any] = AGENTS[0]) -> list[dict[str, Any]]:
    answer = Answer("open-1", "open-questions", "Open questions", "partly", 0.62, 40)
    return [
        make.module_completed(happened(agent), NAMED, slug="affirming", title="Affirming", edition="2"),
        make.module_progressed(happened(agent), NAMED, slug="affirming", title="A", edition="own 1", percent=40),
        make.exercise_answered(happened(agent), NAMED, answer, with_score=False),
        make.exercise_answered(happened(agent), NAMED, answer, with_score=True),
        make.session_reviewed(happened(agent), NAMED, session="ab" * 16, coach=AGENTS[0]),
        make.parent_finished(happened(agent), NAMED, scenario="wine-at-night", title="Wine", seconds=312.456),
    ]


@pytest.mark.parametrize("agent", AGENTS, ids=["pseudonym", "email", "account"])
def test_every_statement_is_right_by_the_specification_and_fits_one_template(agent: dict[str, Any]) -> None:
    published = profile(NAMED)
    seen = set()
    for statement in every(agent):
        check_statement(statement)
        assert statement["actor"] == agent
        assert statement["timestamp"] == "2026-11-27T09:05:00.123Z"
        assert statement["context"]["contextActivities"]["category"][0]["id"] == published["versions"][0]["id"]
        found = matching_templates(statement, published)
        assert len(found) == 1
        seen |= set(found)
    assert seen == {template["id"] for template in published["templates"]}


def test_the_test_statement_is_right_too() -> None:
    check_statement(make.connection_test(happened(), NAMED, PERSON))


def test_the_profile_is_right_by_its_specification() -> None:
    check_profile(profile(NAMED))


def test_a_score_stands_in_a_statement_only_where_it_is_asked_for() -> None:
    answer = Answer("open-1", "open-questions", "Open questions", "met", 0.91, 40)
    without = make.exercise_answered(happened(), NAMED, answer, with_score=False)
    assert set(without["result"]) == {"duration"}
    with_it = make.exercise_answered(happened(), NAMED, answer, with_score=True)
    assert with_it["result"] == {"duration": "PT40S", "score": {"scaled": 0.91}, "success": True}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer("e", "m", "M", "unsure", 0.5), {"score": {"scaled": 0.5}}),
        (Answer("e", "m", "M", "not_yet", 0.08), {"score": {"scaled": 0.08}, "success": False}),
        (Answer("e", "m", "M", "met", 0.31, by_coach=True), {"score": {"scaled": 1.0}, "success": True}),
        (Answer("e", "m", "M", "met"), {"score": {"scaled": 1.0}, "success": True}),
        (Answer("e", "m", "M", "partly"), {"score": {"scaled": 0.5}}),
    ],
)
def test_scores(answer: Answer, expected: dict[str, Any]) -> None:
    made = make.exercise_answered(happened(), NAMED, answer, with_score=True)
    check_statement(made)
    assert made["result"] == expected


def test_a_pseudonym_is_always_the_same_and_another_for_each_person_key_and_thing() -> None:
    one = actors.pseudonym(KEY, "person", PERSON)
    assert one == actors.pseudonym(KEY, "person", PERSON)
    others = {
        actors.pseudonym(b"l" * 32, "person", PERSON),
        actors.pseudonym(KEY, "session", PERSON),
        actors.pseudonym(KEY, "person", UUID(int=PERSON.int + 1)),
    }
    assert len(others - {one}) == 3
    assert str(PERSON) not in str(AGENTS[0])


def test_a_statements_id_follows_from_what_happened() -> None:
    organisation = UUID(int=7)
    one = statement_id(organisation, StatementKind.MODULE_COMPLETED, PERSON, "")
    assert one.version == 5
    assert one == statement_id(organisation, StatementKind.MODULE_COMPLETED, PERSON, "")
    assert one != statement_id(organisation, StatementKind.MODULE_PROGRESSED, PERSON, "")
    assert one != statement_id(organisation, StatementKind.MODULE_COMPLETED, PERSON, "40")
    assert one != statement_id(UUID(int=8), StatementKind.MODULE_COMPLETED, PERSON, "")


@given(st.floats(min_value=0, max_value=10**9))
def test_durations_are_iso_8601(seconds: float) -> None:
    made = make.parent_finished(happened(), NAMED, scenario="s", title="T", seconds=seconds)
    check_statement(made)
