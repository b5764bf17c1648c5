"""What is told of what people agreed to: never so that it tells of one conversation."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from api.house import House
from models.columns import new_id, utc_now
from models.consent import Agreement, HowGiven, Participant, Scope, Who
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.practice import SessionKind
from models.withdrawal import Why, Withdrawal
from tests.conftest import People, add_person
from tests.training.figures.planted import plant_session
from tests.web.conftest import Client
from training.figures.about import LEAST_OF, About, about, about_shown
from training.figures.reach import consent_yield
from training.figures.rows import months_before
from training.figures.snapshot import bodies, keep

LAST_MONTH = months_before(utc_now().date(), 1)[0]


@pytest.fixture
def five(house: House, people: People) -> list[Actor]:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        return [add_person(session, home, f"Practitioner {number}", role=Role.TRAINEE) for number in range(5)]


def converse(
    session: Session, who: Actor, *, agreed: tuple[Scope, ...], day: date = LAST_MONTH, expires_on: date | None = None
) -> None:  # fmt: skip
    practice = plant_session(session, practitioner=who, team=None, day=day, kind=SessionKind.REAL_PRACTICE)
    for position in (1, 2):
        one = Participant(session_id=practice.id, position=position, who=Who.FAMILY_MEMBER)
        session.add(one)
        session.flush()
        for scope in Scope:
            session.add(
                Agreement(
                    participant_id=one.id, scope=scope, given=scope in agreed or position == 1, how=HowGiven.FORM,
                    given_on=day, expires_on=expires_on, recorded_by_id=who.person_id,
                )
            )  # fmt: skip


def test_few_and_nearly_all_are_told_as_such_and_no_two_counts_of_a_group_tell_themselves_apart() -> None:
    for of in range(LEAST_OF, 40):
        told = [about(count, of) for count in range(of + 1)]
        for count, one in enumerate(told):
            assert one.least <= count <= one.most
            alike = [other for other, same in enumerate(told) if same == one]
            assert alike == list(range(one.least, one.most + 1)), "what is told is all that follows"
            assert one.exact == (5 <= count <= of - 5)
    assert [about_shown(about(count, 20), 20) for count in (0, 4, 5, 15, 16, 20)] == [
        "fewer than 5", "fewer than 5", "5", "15", "nearly all", "nearly all",
    ]  # fmt: skip
    assert about(0) == About(0, 4)


def test_of_ten_conversations_none_and_all_are_not_told(
    house: House, people: People, five: list[Actor], client: Client
) -> None:
    with house.database.write() as session:
        for number in range(12):
            agreed = (Scope.SUPERVISION, *([Scope.TEAM_LEARNING] if number < 6 else []))
            converse(session, five[number % 5], agreed=agreed)
        session.add(Withdrawal(organisation_id=people.lead.organisation_id, session_id=new_id(), why=Why.ASKED))
        found = consent_yield(session, people.lead.organisation_id, now=utc_now())
        assert found is not None
        assert found.sessions == 12
        assert found.agreed[Scope.SUPERVISION] == About(8, 12)
        assert found.agreed[Scope.TEAM_LEARNING] == About(6, 6)
        assert found.agreed[Scope.RESEARCH] == found.waiting == found.withdrawn == About(0, 4)
        keep(session, people.lead.organisation_id, bodies(session, people.lead.organisation_id, now=utc_now()))
    lead = client(people.lead)
    page = lead.get("/authority").text
    assert "everybody agreed to supervision in nearly all, to learning in the team in 6" in page
    assert "to research in fewer than 5" in page
    told = lead.get("/api/v1/figures/authority").json()["consent"]
    assert told["agreed"]["research"] == {"least": 0, "most": 4}
    rows = [line.split(",") for line in lead.get("/authority/figures.csv").text.splitlines() if ",consent," in line]
    by_name = {row[3]: row[4:] for row in rows}
    assert by_name["sessions"][0] == "12"
    assert by_name["agreed_team_learning"][0] == "6"
    assert by_name["agreed_research"] == ["", "0", "4", "", "", "yes"]


def test_nothing_is_told_of_few_conversations_of_few_practitioners_or_of_this_month(
    house: House, people: People, five: list[Actor]
) -> None:
    def told() -> bool:
        return consent_yield(session, people.lead.organisation_id, now=utc_now()) is not None

    with house.database.write() as session:
        for _ in range(20):
            converse(session, five[0], agreed=())
        assert not told()
        for one in five[1:4]:
            converse(session, one, agreed=())
        converse(session, five[4], agreed=(), day=utc_now().date().replace(day=1))
        assert not told()
        converse(session, five[4], agreed=())
        assert told()


def test_an_agreement_that_ended_is_none(house: House, people: People, five: list[Actor]) -> None:
    today = utc_now().date()
    with house.database.write() as session:
        for number in range(12):
            ended = today - timedelta(days=1) if number < 6 else today
            converse(session, five[number % 5], agreed=(Scope.RESEARCH,), expires_on=ended)
        found = consent_yield(session, people.lead.organisation_id, now=utc_now())
        assert found is not None
        assert found.agreed[Scope.RESEARCH] == About(6, 6)
