"""What is drawn follows from the session and a secret alone, and every session has the same chance."""

from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from api.house import House
from coding.double.rule import Rule, RuleWrong, draws, is_drawn, number_of, rule_of, seed_of, set_rule
from models.audit import AuditEvent
from models.double_coding import DoubleCodingRule
from tests.conftest import People

SEED = b"a seed of the tests, 32 bytes long"


def test_a_share_is_drawn_whatever_the_ids_are_like() -> None:
    ids = [UUID(int=number) for number in range(20_000)]
    numbers = [number_of(SEED, one.bytes) for one in ids]
    assert all(0 <= one < 1 for one in numbers)
    for percent in (1, 10, 50):
        drawn = [one for one in ids if is_drawn(SEED, one, percent)]
        expected, spread = 20_000 * percent / 100, (20_000 * percent / 100 * (1 - percent / 100)) ** 0.5
        assert abs(len(drawn) - expected) < 4 * spread
        # neighbours are as likely to be drawn together as by chance
        together = sum(is_drawn(SEED, UUID(int=one.int + 1), percent) for one in drawn)
        assert abs(together - len(drawn) * percent / 100) < 5 * (len(drawn) * percent / 100) ** 0.5


def test_the_draw_can_be_repeated_and_a_larger_share_holds_the_smaller() -> None:
    ids = [uuid4() for _ in range(500)]
    shares = {percent: {one for one in ids if is_drawn(SEED, one, percent)} for percent in (0, 10, 30, 100)}
    assert shares[0] == set()
    assert shares[100] == set(ids)
    assert shares[10] < shares[30]
    assert shares[30] == {one for one in ids if is_drawn(SEED, one, 30)}
    assert shares[30] != {one for one in ids if is_drawn(b"another seed", one, 30)}


def test_each_authority_has_a_seed_of_its_own_that_stays(house: House, people: People) -> None:
    here, away = people.lead.organisation_id, people.stranger.organisation_id
    with house.database.write() as session:
        assert rule_of(session, here) == Rule(10, False)
        seeds = seed_of(session, here), seed_of(session, away)
        assert seeds[0] != seeds[1]
    with house.database.write() as session:
        set_rule(session, organisation_id=here, rule=Rule(100, True), by=people.lead)
        set_rule(session, organisation_id=here, rule=Rule(100, True), by=people.lead)
        assert (seed_of(session, here), rule_of(session, away)) == (seeds[0], Rule())
        assert draws(session, here, uuid4()) == 100
    with house.database.read() as session:
        event = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "double_coding_set")).one()
        assert event.details == {
            "share": "10 % before, now 100 %",
            "machine": "hidden from the second coach before, now shown to the second coach",
        }


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_no_share_is_refused(house: House, people: People) -> None:
    with house.database.write() as session:
        for percent in (-1, 101):
            with pytest.raises(RuleWrong, match="from 0 to 100"):
                set_rule(
                    session, organisation_id=people.lead.organisation_id, rule=Rule(percent), by=people.lead
                )  # fmt: skip
    with house.database.read() as session:
        assert session.exec(select(DoubleCodingRule)).first() is None
