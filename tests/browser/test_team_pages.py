"""A team's pages, looked at as `test_every_page` does; the sheet for its meeting is one page of paper."""

import re

import pytest
from playwright.sync_api import expect

from coding.actions import add_transcript_session
from coding.check_names import finish_check
from coding.context import Workshop
from coding.details import SessionDetails
from coding.excerpts import let_team_read
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.write import save_feedback
from coding.review.actions import begin_review
from coding.review.sign_off import sign_off_review
from coding.transcript.read import read_transcripts
from models.columns import utc_now
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Role
from models.practice import SessionKind
from tests.browser.checks import DESK, check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.coding.scripted_coder import ScriptedCoder
from tests.conftest import add_person

WORDS = "and then I considered how evenings go"
TALK = "".join(
    f"{who}: {code} Number {number} {turn} is that {WORDS}.\n"
    for number in range(3)
    for turn, (who, code) in enumerate((
        ("Worker", "Q"), ("Parent", "ST"), ("Worker", "CR"), ("Parent", "CT"), ("Worker", "AF"), ("Parent", "CT"),
    ))
) + "".join(f"Worker: Q Is it number {one}?\nParent: FN It is.\n" for one in range(9))  # fmt: skip


@pytest.fixture
def south(site: Site, monkeypatch: pytest.MonkeyPatch) -> tuple[Actor, Actor, str]:
    """A team beside the owner's with a coach and three people, who let it read of a signed-off session each. The coach,
    one of the three, and the team's address. As many words as a sheet ever holds."""
    monkeypatch.setattr(Workshop, "coder", ScriptedCoder())
    database, mark = site.worker.database, utc_now().strftime("%H%M%S%f")
    with database.write() as session:
        home = session.get_one(Organisation, site.owner.organisation_id)
        team = Team(organisation_id=home.id, name=f"Family Safeguarding South and the Coast {mark}")
        session.add(team)
        session.flush()
        coach = add_person(session, home, f"Sue Coach{mark}", team=team, role=Role.COACH, role_team=team)
        people = [
            add_person(session, home, f"{name} Number{mark}", team=team, role=Role.TRAINEE, role_team=team)
            for name in ("Ann", "Bea", "Cat", "Dee")
        ]
        parsed = read_transcripts("talk.txt", TALK.encode())[0]
        added = []
        for who in people[:3]:
            details = SessionDetails(
                practitioner_id=who.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
                agreement_confirmed=True, title="South", change_goal="calm evenings",
            )  # fmt: skip
            added.append(add_transcript_session(session, details=details, parsed=parsed, name="", by=who))
        team_id = team.id
    site.work()
    with database.write() as session:
        for who, one in zip(people, added, strict=False):
            practice = session.merge(one)
            session.refresh(practice)
            finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=who)
            review = begin_review(session, practice=practice, by=coach)
            sign_off_review(session, review=review, expected=0, by=coach)
            words = FeedbackWords((Point("You stayed with her."), Point("You waited.")), Point("Go one step deeper."))
            save_feedback(session, practice=practice, words=words, send=True, by=coach).read_at = utc_now()
            let_team_read(session, practice=practice, agreed=True, by=who)
    return coach, people[0], f"/team/{team_id}"


def test_a_team_and_the_sheet_for_its_meeting(open_page: OpenPage, south: tuple[Actor, Actor, str]) -> None:
    coach, _, path = south
    page = open_page(coach, "/team")
    expect(page).to_have_url(re.compile(path))
    expect(page.get_by_role("link", name="Team", exact=True)).to_have_attribute("aria-current", "page")
    page.set_viewport_size({"width": DESK, "height": 900})
    tops = page.locator("#navigation > li").evaluate_all(
        "all => all.map(e => Math.round(e.getBoundingClientRect().top))"
    )
    assert len(set(tops)) == 1, "the menu has one row"
    page.get_by_text("How to read this").click()
    check_look(page)
    page.get_by_role("button", name="Prepare the team meeting").click()
    expect(page.locator("article")).to_have_count(3)
    check_look(page)
    page.get_by_label("Words to leave out").first.fill("evenings")
    page.get_by_role("button", name="Change the sheet").click()
    expect(page.locator("article").first).to_contain_text("how […] go")
    check_look(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="To read aloud and talk about")).to_be_visible()
    for gone in ("Before you print it", "See the session it comes from", "Change the sheet", "Team"):
        expect(page.get_by_text(gone, exact=True).first).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1, "the sheet is one page"
    expect(page.locator(".evoke-pack__themes li")).to_have_count(3)  # as full as it can be


def test_what_the_practitioner_is_asked_and_how_they_are_doing(
    open_page: OpenPage, south: tuple[Actor, Actor, str]
) -> None:
    _, who, _ = south
    page = open_page(who, "/progress")
    expect(page.locator("[data-said]")).to_contain_text("Go one step deeper.")
    expect(page.locator("[data-plan]")).to_contain_text("1 of 3 to 4 sessions")
    check_look(page)
    page.locator("[data-sessions] a").first.click()
    expect(page.get_by_text("You said yes.")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Not unless you say yes.")).to_be_visible()
    check_look(page)


def test_a_coach_of_several_teams_and_one_without_people(open_page: OpenPage, site: Site) -> None:
    with site.worker.database.write() as session:
        home = session.get_one(Organisation, site.owner.organisation_id)
        mark = utc_now().strftime("%H%M%S%f")
        everywhere = add_person(session, home, f"Eva Everywhere{mark}", role=Role.COACH)
        team = Team(organisation_id=home.id, name=f"Empty_team_with_a_very_long_name_{mark}")
        session.add(team)
    page = open_page(everywhere, "/team")
    check_look(page)
    page.get_by_role("link", name="Empty_team").click()
    expect(page.get_by_text("Nobody else is in this team yet.")).to_be_visible()
    check_look(page)
    page.goto(page.url + "/pack")
    expect(page.get_by_text("Not enough yet.")).to_be_visible()
    check_look(page)
