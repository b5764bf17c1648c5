"""The pages of agreement between coaches, looked at full: a session coded twice, with differences left to settle."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from coding.review.actions import begin_review, take_steps
from coding.review.kept import draft_of
from coding.review.sign_off import sign_off_review
from coding.review.steps import Recode, Step
from coding.scheme.codes import Speaker
from models.columns import new_id, utc_now
from models.double_coding import DoubleCodingRule
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession
from tests.browser.bench import ready
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.conftest import add_person
from tests.web.test_drift import add_coded_twice


@pytest.fixture(scope="module")
def second(site: Site) -> Iterator[Actor]:
    """A second coach of the team, and every session is drawn, for these tests alone."""
    with site.worker.database.write() as session:
        home = session.get_one(Organisation, site.owner.organisation_id)
        team = session.exec(select(Team).where(col(Team.organisation_id) == home.id)).first()
        rule = session.exec(select(DoubleCodingRule).where(col(DoubleCodingRule.organisation_id) == home.id)).first()
        rule = rule or DoubleCodingRule(organisation_id=home.id, seed=b"of the browser tests")
        rule.percent = 100
        session.add(rule)
        sid = add_person(session, home, "Sid Second", team=team, role=Role.COACH, role_team=team)
    yield sid
    with site.worker.database.write() as session:
        session.get_one(DoubleCodingRule, rule.id).percent = 0
        session.get_one(Person, sid.person_id).left_at = utc_now()


def sign(site: Site, path: str, by: Actor, *, every: int) -> None:
    """Lines without a code get NC or FN; of those that have one every so many gets it instead."""
    with site.worker.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(path.rpartition("/")[2]))
        review = begin_review(session, practice=practice, by=by)
        steps: list[Step] = [
            Recode(line.key, "NC" if line.role is Speaker.PRACTITIONER else "FN")
            for place, line in enumerate(draft_of(session, review).lines)
            if line.code is None or place % every == 0
        ]
        given = [(new_id(), step) for step in steps]
        take_steps(session, review=review, steps=given, expected=0, by=by)
        sign_off_review(session, review=review, expected=len(steps), by=by)


def test_a_session_is_coded_blind_compared_and_settled(
    open_page: OpenPage, site: Site, second: Actor, long_talk: str
) -> None:
    path = ready(site, long_talk)
    sign(site, path, site.coach, every=9)
    check_look(open_page(second))
    page = open_page(second, path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Code this session blind")
    check_look(page)
    page.get_by_role("button", name="Open the bench").press("Enter")
    expect(page.locator("[data-bench][data-ready]")).to_be_visible()
    expect(page.get_by_text("You code this blind.")).to_be_visible()
    expect(page.locator(".evoke-bench-line__machine")).to_have_count(0)
    expect(page.locator("[data-progress]")).to_have_text(re.compile(r"^0 of (\d+) looked at, \1 without a code$"))
    page.keyboard.press("f")
    expect(page.get_by_role("dialog")).to_contain_text("have no code")
    expect(page.get_by_role("dialog")).not_to_contain_text("machine")
    page.keyboard.press("Escape")
    sign(site, path, second, every=5)
    site.work()

    page = open_page(site.coach, f"{path}/agreement")
    check_look(page)
    page.get_by_label("Cass Coach has it").press("Space")  # with the keyboard alone
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("It only keeps the talk going.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Agreed:")).to_be_visible()
    page.get_by_role("button", name="Save, and go to the next").click()
    expect(page.get_by_role("alert")).to_contain_text("Write why")
    check_look(page)

    page = open_page(site.lead, "/agreement")
    expect(page.get_by_text("coded by two coaches.")).to_be_visible()
    for fold in page.locator("details").all():
        fold.evaluate("(e) => { e.open = true; }")
    check_look(page)


@pytest.mark.parametrize("path", ["/double-coding", "/double-coding?done=yes"])
def test_what_is_drawn(open_page: OpenPage, site: Site, second: Actor, path: str) -> None:
    check_look(open_page(site.lead, path))


@pytest.mark.parametrize("path", ["/calibration", "/calibration/f01"])
def test_the_calibration_set(open_page: OpenPage, site: Site, path: str) -> None:
    check_look(open_page(site.coach, path))


def test_a_chart_of_a_coach(open_page: OpenPage, site: Site, second: Actor) -> None:
    check_look(open_page(second, f"/agreement/drift/{second.person_id}"))
    with site.worker.database.write() as session:
        for month, differ in enumerate((20, 21, 19, 22, 20, 18, 20, 55)):
            for day in (3, 17):
                at = datetime(2025, month + 1, day, tzinfo=UTC)
                add_coded_twice(session, site.owner, (site.coach, second), at, lines=100, differ=differ)
    page = open_page(site.lead, f"/agreement/drift/{second.person_id}")
    expect(page.get_by_text("Something may have changed in August 2025").first).to_be_visible()
    check_look(page)
