"""The pages of learning, looked at as `test_every_page` does."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.columns import utc_now
from models.learning import ModuleProgress
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from training.modules.load import shipped_library


def test_learning_from_a_module(open_page: OpenPage, site: Site) -> None:
    module = shipped_library().modules[0]
    page = open_page(site.owner, "/learn")
    check_look(page)
    page.goto(f"/learn/{module.slug}")
    check_look(page)
    page.goto(f"/learn/{module.slug}/whole")
    check_look(page)
    page.goto(f"/learn/{module.slug}/parts/1")
    page.get_by_role("button", name="Next:").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(module.parts[1].title)
    check_look(page)
    page.goto(f"/learn/{module.slug}/check")
    page.get_by_role("button", name="See how it went").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer to question 1")
    check_look(page)
    for question in page.locator("fieldset").all():
        question.get_by_role("radio").first.check()
    page.get_by_role("button", name="See how it went").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("right")
    check_look(page)


def test_exercises_and_what_coaches_see_of_them(open_page: OpenPage, site: Site) -> None:
    """Written with the keyboard alone; what is written survives a reload before it is sent."""
    known = shipped_library().exercises.values()
    placed = next(one for one in known if one.exercise.kind == "answer_the_parent" and "Q" in one.exercise.want.avoid)
    page = open_page(site.owner, f"/learn/{placed.module.slug}/exercises/{placed.exercise.id}")
    check_look(page)
    field = page.get_by_label("What do you say?")
    expect(field).to_be_focused()
    page.keyboard.type("What do you think about it?")
    expect(page.get_by_text("Kept.")).to_be_visible()
    page.reload()
    expect(field).to_have_value("What do you think about it?")
    field.press("Control+Enter")
    expect(page.get_by_role("heading", name="Not there yet")).to_be_visible()
    check_look(page)
    page.get_by_text("That is not fair").click()
    page.get_by_label("What did you mean?").fill("I meant to stay with her.")
    page.get_by_role("button", name="Send it to a coach").click()
    expect(page.get_by_text("You sent this to the coaches of your team")).to_be_visible()
    check_look(page)
    for kind in ("open_the_question", "spot_the_code", "hear_the_change_talk", "order_the_summary"):
        placed = next(one for one in known if one.exercise.kind == kind)
        page.goto(f"/learn/{placed.module.slug}/exercises/{placed.exercise.id}")
        page.locator("form[data-exercise] button[type=submit], form[data-exercise] button:not([type])").first.click()
        expect(page.get_by_role("alert")).to_contain_text("There is a problem")
        check_look(page)
        _choose(page)
        page.locator("form[data-exercise] button[type=submit], form[data-exercise] button:not([type])").first.click()
        page.wait_for_url("**/answers/**")
        check_look(page)
    page = open_page(site.coach, "/learn/objections")
    check_look(page)
    page.get_by_role("link", name="Olu").click()
    check_look(page)
    page.get_by_label("The score stays").check()
    page.get_by_label("Why?").fill("It asks.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("No answer waits for you")).to_be_visible()
    check_look(page)
    check_look(open_page(site.lead, "/learn/items"))


def _choose(page: Page) -> None:
    for field in page.locator("form[data-exercise] fieldset").all():
        field.get_by_role("radio").first.check()
    for place, field in enumerate(page.locator("form[data-exercise] select").all(), 1):
        field.select_option(str(place))
    if page.locator("textarea").count():
        page.locator("textarea").fill("How is it for you?")


@pytest.mark.parametrize("who", ["owner", "coach"])
def test_the_practice_plan(open_page: OpenPage, site: Site, coded: str, who: str) -> None:
    page = open_page(getattr(site, who), "/plan")
    for details in page.locator("details").all():
        details.evaluate("(e) => { e.open = true; }")
    check_look(page)
    if who == "coach":
        page.goto("/plan/team")
        check_look(page)
        page.get_by_role("link", name="Olu Owner").click()
        page.get_by_role("button", name="Suggest it").click()
        expect(page.get_by_role("alert")).to_contain_text("Say in a sentence why")
        check_look(page)


def test_changing_what_there_is_to_learn(open_page: OpenPage, site: Site, tmp_path: Path) -> None:
    module = shipped_library().modules[0]
    page = open_page(site.lead, "/content")
    page.get_by_role("button", name="Check it and see it").click()
    expect(page.get_by_role("alert")).to_contain_text("Give a name")
    check_look(page)
    page.goto(f"/content/{module.slug}")
    for name, label in (("module.md", "module.md"), ("exercises.yaml", "exercises.yaml")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        download.value.save_as(tmp_path / name)
        page.get_by_label(label).set_input_files(tmp_path / name)
    page.get_by_role("button", name="Check it and see it").click()
    expect(page.get_by_text("Version 1, a draft")).to_be_visible()
    for details in page.locator("details").all():
        details.evaluate("(e) => { e.open = true; }")
    check_look(page)
    page.get_by_role("button", name="Throw it away").click()
    (tmp_path / "module.md").write_text("---\ntitle: No more\n---\n", encoding="utf-8")
    page.get_by_label("module.md").set_input_files(tmp_path / "module.md")
    page.get_by_label("exercises.yaml").set_input_files(tmp_path / "exercises.yaml")
    page.get_by_role("button", name="Check it and see it").click()
    expect(page.get_by_role("alert")).to_contain_text("have to be mended")
    check_look(page)


@pytest.mark.parametrize("who", ["coach", "lead"])
def test_pathways_of_teams(open_page: OpenPage, site: Site, who: str) -> None:
    page = open_page(getattr(site, who), "/cohorts/pathways/new")
    page.get_by_role("button", name="Make the pathway").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the pathway a name")
    check_look(page)
    page.get_by_label("What is it called?").fill(f"first_three_months_of_the_{who}" * 2)
    page.get_by_label("Place: Affirming").fill("1")
    page.get_by_label("Due in days: Affirming").fill("30")
    page.get_by_role("button", name="Make the pathway").click()
    check_look(page)
    page.get_by_role("button", name="Give it to the team").click()
    expect(page.get_by_role("heading", name="A gentle reminder")).to_be_visible()
    check_look(page)
    path = page.url
    check_look(open_page(site.owner, path))
    page.goto(path)
    page.get_by_role("button", name="End this pathway").click()


def test_a_talk_with_a_simulated_parent(open_page: OpenPage, site: Site) -> None:
    check_look(open_page(site.owner, "/practice/parents?topic=none"))
    page = open_page(site.owner, "/practice/parents")
    check_look(page)
    page.goto("/practice/parents/wine-at-night")
    page.get_by_text("How this works").click()
    check_look(page)
    page.get_by_role("button", name="Begin").click()
    said = page.get_by_label("What do you say?")
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_role("alert")).to_contain_text("Write what you would say")
    check_look(page)
    for number, words in enumerate(("You're worn out.", "What_would_be_different_" * 8), 2):
        said.fill(words)
        said.press("Enter")
        expect(page.locator(".evoke-turn--client:not([aria-hidden])")).to_have_count(number, timeout=30_000)
        expect(said).to_have_value("")
    check_look(page)
    said.fill("not sent yet")
    page.reload()
    expect(page.locator(".evoke-turn--practitioner")).to_have_count(2)
    expect(page.get_by_label("What do you say?")).to_have_value("not sent yet")
    page.get_by_role("button", name="Take my last turn back").click()
    expect(page.locator(".evoke-turn--practitioner")).to_have_count(1)
    page.get_by_role("button", name="Finish and see how it went").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("After your talk with Kelly")
    page.get_by_text("Every turn in a table").click()
    check_look(page)
    page.goto("/practice/parents")
    expect(page.get_by_text("Met", exact=True).last).to_be_visible()


def test_progress_certificate_and_record(open_page: OpenPage, site: Site, coded: str) -> None:
    """A certificate is one sheet of paper with nothing but itself on it."""
    module, now = shipped_library().modules[2], utc_now()
    with site.worker.database.write() as session:
        session.add(
            ModuleProgress(
                person_id=site.owner.person_id, module=module.slug, edition=module.edition, read_at=now,
                completed_at=now, completed_edition=module.edition,
            )
        )  # fmt: skip
    page = open_page(site.owner, "/progress")
    check_look(page)
    page.get_by_role("button", name=f"Get the certificate of {module.head.title}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(module.head.title)
    check_look(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("Certificate of completion")).to_be_visible()
    for gone in ("Take it with you", "Your progress", "Take this certificate back"):
        expect(page.get_by_text(gone, exact=True)).to_be_hidden()
    page.emulate_media(media="screen")
    certificate = page.url.rpartition("/")[2]
    page.goto("/progress/record/new")
    check_look(page)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words what it was.")
    check_look(page)
    page.get_by_label("What was it?").fill("A module")
    page.get_by_label("How many minutes did it take?").fill("15")
    page.get_by_label("What did you take from it?").fill("To wait.")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Your entry is kept.")).to_be_visible()
    check_look(page)
    outside = open_page(None, f"/certificates/{certificate}")
    expect(outside.get_by_role("heading", level=1)).to_have_text("This certificate holds")
    check_look(outside)
