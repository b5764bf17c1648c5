"""Evoke within the page of a learning platform at another site, in a browser that keeps no cookies of frames."""

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from models.lti import LtiMatch, LtiPlatform
from models.lti_keys import key_set
from models.lti_launches import launches_of
from models.lti_platforms import PlatformDetails, end_platform, keep_platform, platform_that_says
from tests.browser.checks import check_look
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.lti_platform import CLIENT, DEPLOYMENT, INSTRUCTOR, LEARNER, FakePlatform, fake_platform
from training.modules.load import shipped_library

MODULE = shipped_library().modules[0]
OWNER = "olu.owner@example.org"


@pytest.fixture
def platform(site: Site) -> Iterator[FakePlatform]:
    with fake_platform() as one:
        one.issuer = one.issuer.replace("127.0.0.1", "localhost")  # to a browser, another site than Evoke's
        one.tool_site = site.address
        details = PlatformDetails(
            name="Ferndale Learning", issuer=one.issuer, client_id=CLIENT, deployments=DEPLOYMENT,
            authorization_endpoint=f"{one.issuer}/authorize", token_endpoint=f"{one.issuer}/token",
            jwks_uri=f"{one.issuer}/keys", match=LtiMatch.EMAIL, domains="example.org",
        )  # fmt: skip
        with site.worker.database.write() as session:
            kept = keep_platform(session, details=details, settings=site.worker.settings, by=site.admin)
            one.tool_keys = {"keys": key_set(session, site.admin.organisation_id)}
        one.login_path = f"/lti/login/{site.admin.organisation_id}"
        yield one
        with site.worker.database.write() as session:
            end_platform(session, platform=session.get_one(LtiPlatform, kept.id), by=site.admin)


def login_address(platform: FakePlatform, *, storage: str = "") -> str:
    """Without where it is to lead: the site of tests does not know its own port. `storage` names the frame in which the
    platform keeps things."""
    parts = urlsplit(platform.login_address())
    sent = [(name, value) for name, value in parse_qsl(parts.query) if name != "target_link_uri"]
    sent += [("lti_storage_target", storage)] if storage else []
    return parts._replace(query=urlencode(sent)).geturl()


STORAGE = """<script>
  const kept = {}, asked = [];
  addEventListener("message", ({ data, origin, source }) => {
    if (origin !== TOOL || !data.subject?.startsWith("lti.")) return;
    asked.push(data.subject);
    if (data.subject === "lti.put_data") kept[data.key] = data.value;
    const { key, message_id } = data;
    const answer = { subject: `${data.subject}.response`, message_id, key, value: GIVEN_BACK };
    setTimeout(() => source.postMessage(answer, origin), 500);
  });
</script>"""
"""Keeps what a tool within the page asks it to (LTI client-side postMessages 1.0), and takes its time."""


def course(platform: FakePlatform, *, storage: str = "", before: str = "", **said: object) -> None:
    """A course's page that shows Evoke within it, and the page that answers for who somebody is. `before` stands in it
    above the frame."""

    def authorize(asked: dict[str, str]) -> str:
        form = platform.launch(asked, email=OWNER, **said)  # type: ignore[arg-type]
        fields = "".join(f'<input type="hidden" name="{k}" value="{html.escape(v)}">' for k, v in form.items())
        send = "<script>document.forms[0].submit()</script>"
        return f'<form method="post" action="{platform.tool_site}/lti/launch">{fields}</form>{send}'

    address = login_address(platform, storage=storage)
    frame = f'<iframe name="tool" width="900" height="700" src="{html.escape(address)}"></iframe>'
    platform.pages = {
        "/course": lambda _: f"<title>Course</title>{before}{frame}",
        "/authorize": authorize,
    }


def test_an_activity_within_the_course_opens_a_window_of_its_own(
    open_page: OpenPage, site: Site, platform: FakePlatform
) -> None:
    course(platform, target=f"module:{MODULE.slug}", column=True, roles=(LEARNER,))
    page = open_page(None, f"{platform.issuer}/course")
    button = page.frame_locator("iframe").get_by_role("button", name="Open Evoke in a new window")
    expect(button).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Olu Owner")).to_be_visible()
    with page.context.expect_page() as opened:
        button.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(MODULE.head.title)
    assert opened.value.url.startswith(f"{site.address}/learn/{MODULE.slug}")


def keeps(site: Site, *, given_back: str) -> str:
    return STORAGE.replace("TOOL", json.dumps(site.address)).replace("GIVEN_BACK", given_back)


@pytest.mark.parametrize("target", ["_parent", "keeper"])
def test_the_platforms_storage_stands_for_the_cookie(
    open_page: OpenPage, site: Site, platform: FakePlatform, target: str
) -> None:  # fmt: skip
    script = keeps(site, given_back="kept[key]")
    beside = f'<iframe name="keeper" srcdoc="{html.escape(script)}"></iframe>'
    course(platform, storage=target, before=script if target == "_parent" else beside, target=f"module:{MODULE.slug}")
    page = open_page(None, f"{platform.issuer}/course")
    button = page.frame_locator("iframe[name=tool]").get_by_role("button", name="Open Evoke in a new window")
    expect(button).to_be_enabled()
    keeper = page.main_frame if target == "_parent" else page.frame("keeper")
    assert keeper is not None
    assert keeper.evaluate("asked") == ["lti.put_data", "lti.get_data"]
    with page.context.expect_page() as opened:
        button.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(MODULE.head.title)


@pytest.mark.parametrize("given_back", ["'of another browser'", "null", None])
def test_where_the_storage_gives_back_something_else_or_nothing_the_launch_is_refused(
    open_page: OpenPage, site: Site, platform: FakePlatform, given_back: str | None
) -> None:
    """None: it was offered, and nobody answers."""
    before = "" if given_back is None else keeps(site, given_back=given_back)
    course(platform, storage="_parent", before=before, target=f"module:{MODULE.slug}")
    page = open_page(None, f"{platform.issuer}/course")
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("button", name="Open Evoke in a new window").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Evoke could not be opened")


def test_no_other_page_can_be_shown_within_another_site(
    open_page: OpenPage, platform: FakePlatform, site: Site
) -> None:
    platform.pages = {"/course": lambda _: f'<title>Course</title><iframe src="{site.address}/sign-in"></iframe>'}
    page = open_page(None)
    heard: list[str] = []
    other = page.context.new_page()
    other.on("console", lambda message: heard.append(message.text))
    other.goto(f"{platform.issuer}/course")
    other.wait_for_timeout(500)
    assert any("frame-ancestors" in one for one in heard)


def test_content_is_chosen_within_the_course(open_page: OpenPage, platform: FakePlatform) -> None:
    course(platform, choose={"of": "theirs"}, roles=(INSTRUCTOR,))
    page = open_page(None, f"{platform.issuer}/course")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Hand in your role play").check()
    with page.expect_request(f"{platform.issuer}/chosen") as sent:
        frame.get_by_role("button", name="Put it into the course").click()
    signed = re.fullmatch("JWT=(.+)", sent.value.post_data or "")
    assert signed is not None
    assert [one["custom"]["evoke_open"] for one in platform.chosen(signed[1])] == ["role-play"]


def test_the_pages_look_right(open_page: OpenPage, site: Site, platform: FakePlatform) -> None:
    course(platform, choose={"of": "theirs"}, roles=(INSTRUCTOR,))
    page = open_page(None, login_address(platform))
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall your course open?")
    check_look(page)
    course(platform, extra={"https://purl.imsglobal.org/spec/lti/claim/deployment_id": "deployment-2"})
    page.goto(login_address(platform))
    expect(page.get_by_role("heading", level=1)).to_have_text("Evoke could not be opened")
    check_look(page)
    with site.worker.database.read() as session:
        row = platform_that_says(
            session, issuer=platform.issuer, client_id=CLIENT, organisation_id=site.admin.organisation_id
        )
        assert row is not None
        assert launches_of(session, row.id, most=1)[0].reason == "deployment"
    look_at_administration(open_page(site.admin, f"/connections/lti/{row.id}"))


def look_at_administration(page: Page) -> None:
    check_look(page)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("key set was read")).to_be_visible()
    check_look(page)
    page.get_by_role("button", name="Allow it").click()
    expect(page.get_by_role("alert")).to_contain_text("may open Evoke now")
    page.goto("/connections/lti")
    page.get_by_role("button", name="Make a registration address").click()
    check_look(page)
