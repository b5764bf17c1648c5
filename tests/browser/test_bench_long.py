"""Twenty minutes of talk, of which the machine coded every seventh line wrong, put right with the keyboard alone and
signed off, while the server is killed and started again in the middle."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import col, select

from api.access import COOKIE
from benchmarks.bench_reviewer import Reviewer
from benchmarks.bench_site import bench_site
from models.coding import CodedBy, CodeRow, Coding
from models.database import Database

LINES = 250


@pytest.mark.slow
def test_no_key_is_lost_when_the_server_is_killed_midway(browser: Browser, tmp_path: Path) -> None:
    with bench_site(tmp_path / "data", lines=LINES) as site:
        context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": site.cookie, "url": site.address}])
        page = context.new_page()
        page.goto(f"/sessions/{site.practice_id}")
        page.get_by_role("button", name="Review this session").press("Enter")
        expect(page.locator("[data-bench][data-ready]")).to_be_visible(timeout=60_000)
        saved = page.locator("[data-saved]")
        told: list[str] = []

        def between(line: int) -> None:
            if line > 100 and site.process and site.process.poll() is None and not told:
                site.kill()
                told.append("killed")
            if line > 160 and told == ["killed"]:
                expect(saved).to_contain_text("are kept here and will be sent")
                site.start()
                told.append("started")

        coach = Reviewer(page, site.truth, between)
        coach.review()
        assert told == ["killed", "started"]
        assert coach.corrected == round(LINES * 0.15)
        expect(page.locator("[data-progress]")).to_contain_text(f"{LINES} of {LINES} looked at, 0 unsure left")
        expect(saved).to_have_text("All saved", timeout=60_000)
        coach.sign_off()
        context.close()
        database = Database.of(site.settings)
        with database.read() as session:
            coding = session.exec(select(Coding).where(col(Coding.coded_by) == CodedBy.PERSON)).one()
            rows = select(CodeRow).where(col(CodeRow.coding_id) == coding.id).order_by(col(CodeRow.utterance_id))
            codes = [row.code for row in session.exec(rows)]
        database.close()
        assert codes == [said.code.value for said in site.truth]
