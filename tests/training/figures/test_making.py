"""The job that makes an authority's tables: which rows it takes, and what comes of two at once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from api.house import House
from coding.retention import set_periods
from coding.retention_periods import Periods
from coding.session_figures import ask_for_all_figures
from models.coding import CodedBy
from models.columns import utc_now
from models.figures import OVERVIEW, FigureSnapshot
from models.organisation import Organisation, Team
from models.permissions import Actor, Grant
from models.person import Role
from models.practice import PracticeSession, SessionKind, Stage
from models.retention import KeptFigures
from tests.conftest import People, add_person, work_off
from tests.training.figures.authority import SLICE, plant_authority
from tests.training.figures.planted import plant_session
from training.figures import snapshot
from training.figures.about import About
from training.figures.added import team_figures
from training.figures.reach import counted, reach
from training.figures.reach_told import Counted, Reach
from training.figures.rows import months_before
from training.figures.snapshot import bodies, first_whole, keep, overview_of, slice_view
from training.session_view import TeamFigures
from web.worker import Worker


def sessions_told(house: House, organisation_id: UUID) -> int:
    with house.database.read() as session:
        return int(session.get_one(FigureSnapshot, (organisation_id, SLICE)).body["counts"]["whole"][0])


def test_tables_of_before_a_session_went_do_not_take_the_place_of_later_ones(
    house: House, people: People, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = plant_authority(house, people, worker)
    home, times = people.lead.organisation_id, []

    def overtaken(session: Session, organisation_id: UUID, *, now: datetime) -> dict[str, dict[str, Any]]:
        """While these are made a session goes, and another worker makes and keeps tables without it."""
        found = bodies(session, organisation_id, now=now)
        if organisation_id == home:
            times.append(now)
        if times == [now]:
            with house.database.write() as other:
                practice = other.exec(select(PracticeSession).where(col(PracticeSession.team_id) == planted.north))
                one = practice.first()
                assert one is not None
                one.withdrawn_at = utc_now()
                other.add(one)
                other.flush()
                keep(other, organisation_id, bodies(other, organisation_id, now=utc_now()))
        return found

    assert sessions_told(house, home) == 54
    monkeypatch.setattr(snapshot, "bodies", overtaken)
    with house.database.write() as session:
        ask_for_all_figures(session)
    work_off(worker)
    assert sessions_told(house, home) == 53
    assert len(times) == 2


def test_tables_that_are_dated_ahead_are_replaced(house: House, people: People, worker: Worker) -> None:
    """Else the job would wait for a clock."""
    plant_authority(house, people, worker)
    with house.database.write() as session:
        kept = session.get_one(FigureSnapshot, (people.lead.organisation_id, OVERVIEW))
        kept.made_at = utc_now() + timedelta(days=2)
        session.add(kept)
        ask_for_all_figures(session)
    work_off(worker)
    with house.database.read() as session:
        assert session.get_one(FigureSnapshot, (people.lead.organisation_id, OVERVIEW)).made_at <= utc_now()


@pytest.fixture
def eight(house: House, people: People) -> list[Actor]:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        session.add(people.team)
        return [
            add_person(session, home, f"Person {number}", team=people.team, role=Role.TRAINEE, role_team=people.team)
            for number in range(8)
        ]


def plant_months(house: House, who: list[Actor], team: Team, months: list[date]) -> None:
    with house.database.write() as session:
        for one in who:
            for month in months:
                plant_session(session, practitioner=one, team=team, day=month.replace(day=9))


def test_a_month_of_which_sessions_go_night_by_night_is_in_no_table(
    house: House, people: People, worker: Worker, eight: list[Actor]
) -> None:
    months = months_before(utc_now().date(), 24)
    plant_months(house, eight, people.team, [months[0], months[1], months[-1]])
    with house.database.write() as session:
        ask_for_all_figures(session)
    work_off(worker)
    with house.database.read() as session:
        view, overview = slice_view(session, people.lead.organisation_id, _slice()), _overview(session, people)
        assert view is not None
        assert f"month:{months[0]:%Y-%m}" not in (*view.counts, *view.hidden)
        assert view.counts[f"month:{months[1]:%Y-%m}"].sessions == 8
        assert overview.first[SessionKind.ROLE_PLAY] == months[1]


def test_a_kind_that_is_kept_for_less_has_fewer_months(house: House, people: People) -> None:
    with house.database.write() as session:
        home = people.lead.organisation_id
        lead = Actor(people.lead.person_id, home, "Data protection", grants=(Grant(Role.DATA_PROTECTION),))
        for kind, months in ((SessionKind.REAL_PRACTICE, 6), (SessionKind.SIMULATED, 1)):
            set_periods(session, organisation_id=home, kind=kind, periods=Periods(30, 1, months), by=lead)
        first = first_whole(session, home, today=date(2026, 11, 26))
    assert first == {
        SessionKind.ROLE_PLAY: date(2024, 12, 1), SessionKind.REAL_PRACTICE: date(2026, 6, 1),
        SessionKind.SIMULATED: date(2026, 11, 1),
    }  # fmt: skip


def test_home_counts_what_the_tables_hide_no_more_than_they_do(house: House, people: People, worker: Worker) -> None:
    """Of the small team nothing, of the one hidden beside it nothing, of the team nobody is in nothing was added."""
    plant_authority(house, people, worker)
    with house.database.read() as session:
        found = {one.team: one for one in team_figures(session, people.lead)}
        view = slice_view(session, people.lead.organisation_id, _slice())
        names = {id_: name for id_, (name, _) in _overview(session, people).teams.items()}
        assert view is not None
        hidden = {names[key.removeprefix("team:")] for key in view.hidden if key.startswith("team:")}
        assert team_figures(session, people.owner) == []
    assert "Small" in hidden
    assert len(hidden) == 2
    for name in hidden:
        assert (found[name].sessions, found[name].ready) == (None, None)
    assert found["Empty"] == TeamFigures("Empty", 0, 0, 0)
    shown = found.keys() - hidden - {"Empty"}
    assert [found[name] for name in shown] == [TeamFigures(name, 24, 24, 0) for name in shown]


def test_home_counts_simulated_ones_apart_waiting_ones_and_those_whose_time_is_over(
    house: House, people: People, worker: Worker, eight: list[Actor]
) -> None:
    month = months_before(utc_now().date(), 1)
    plant_months(house, eight, people.team, month)
    with house.database.read() as session:
        assert team_figures(session, people.lead) == [TeamFigures(people.team.name, None, None, None)]
    with house.database.write() as session:
        for one in eight[:6]:
            plant_session(session, practitioner=one, team=people.team, day=month[0], kind=SessionKind.SIMULATED)
            waits = plant_session(session, practitioner=one, team=people.team, day=month[0])
            waits.stage = Stage.CODING
            session.add(waits)
        new = plant_session(session, practitioner=eight[0], team=people.team, day=utc_now().date())
        new.created_at = datetime.now(UTC)
        session.add(
            KeptFigures(
                organisation_id=people.lead.organisation_id, team_id=people.team.id, kind=SessionKind.ROLE_PLAY,
                month=month[0], coded_by=CodedBy.MACHINE, scores={}, globals={}, counts={},
            )
        )  # fmt: skip
        ask_for_all_figures(session)
    work_off(worker)
    with house.database.read() as session:
        assert team_figures(session, people.lead) == [TeamFigures(people.team.name, 15, 9, 6)]


def test_a_talk_with_a_simulated_parent_is_no_recording(house: House, people: People, eight: list[Actor]) -> None:
    day = utc_now().date()

    def whole() -> Counted:
        return counted(session, people.lead.organisation_id, now=utc_now())["whole"]

    with house.database.write() as session:
        before = whole()
        plant_session(session, practitioner=eight[0], team=people.team, day=day)
        plant_session(session, practitioner=eight[1], team=people.team, day=day, kind=SessionKind.SIMULATED)
        assert (whole().ever, whole().lately) == (before.ever + 1, before.lately + 1)


def test_three_of_ten_who_never_recorded_are_kept_as_few(house: House, people: People, eight: list[Actor]) -> None:
    with house.database.write() as session:
        for one in eight[1:]:
            plant_session(session, practitioner=one, team=people.team, day=utc_now().date())
        team = f"team:{people.team.id}"
        exact = counted(session, people.lead.organisation_id, now=utc_now())[team]
        assert (exact.people, exact.ever) == (10, 7)
        made = bodies(session, people.lead.organisation_id, now=utc_now())[OVERVIEW]
        told = reach(session, people.lead.organisation_id, now=utc_now())
        few, nearly_all = About(0, 4), About(6, 10)
        assert told[team] == Reach(10, never=few, ever=nearly_all, enough=few)
        keep(session, people.lead.organisation_id, {OVERVIEW: made})
        session.flush()
        assert _overview(session, people).reach == told


def test_counts_that_were_kept_exactly_are_told_no_more(house: House, people: People) -> None:
    with house.database.write() as session:
        made = bodies(session, people.lead.organisation_id, now=utc_now())[OVERVIEW]
        del made["reached"]
        made["reach"] = {"whole": {"people": 12, "ever": 11, "lately": 3, "enough": 1, "some": 1}}
        keep(session, people.lead.organisation_id, {OVERVIEW: made})
        session.flush()
        assert _overview(session, people).reach == {}


def _slice() -> Any:
    return next(one for one in snapshot.SLICES if one.name == SLICE)


def _overview(session: Session, people: People) -> snapshot.Overview:
    found = overview_of(session, people.lead.organisation_id)
    assert found is not None
    return found
