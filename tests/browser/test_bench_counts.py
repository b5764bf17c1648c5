"""What the browser makes of a step, and counts, is what the server makes of it and counts: on random drafts."""

import json
import random
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from coding.corpus.load import AuthoredConversation, load_corpus
from coding.review.draft import RATINGS, Draft, DraftLine, draft_as_json, subtypes_of
from coding.review.figures import figures_of
from coding.review.steps import step_as_json
from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from coding.scheme.glossary import show
from coding.scheme.summary import THRESHOLDS, ScoreName, band_of
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.coding.review.drafts import a_step, begun, some_work, try_step
from training.review_view import figures_as_json

APPLY = """async (given) => {
    let [draft, steps] = JSON.parse(given);
    const { apply, StepWrong } = await import("/static/built/bench_apply.js");
    const { figuresOf } = await import("/static/built/bench_figures.js");
    const found = [];
    for (const step of steps) {
        try { draft = apply(draft, step); found.push([draft, figuresOf(draft)]); }
        catch (error) { if (!(error instanceof StepWrong)) throw error; found.push([null, null]); }
    }
    return JSON.stringify(found);
}"""
COUNT = """async (given) => {
    const { figuresOf } = await import("/static/built/bench_figures.js");
    return JSON.stringify(JSON.parse(given).map(figuresOf));
}"""
SHOW = """async (given) => {
    const [lines, values] = JSON.parse(given);
    const { bandOf, show } = await import("/static/built/bench_show.js");
    return JSON.stringify(values.map(([name, value]) => [show(lines, name, value), bandOf(lines, name, value)]));
}"""
on_random_drafts = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def page(open_page: OpenPage, site: Site) -> Page:
    return open_page(None, "/sign-in")


def asked(page: Page, script: str, given: object) -> Any:
    """As text both ways, which Playwright carries fast."""
    return json.loads(page.evaluate(script, json.dumps(given)))


def counted(draft: Draft) -> dict[str, Any]:
    """The server's figures in the form of the browser's."""
    found = figures_as_json(figures_of(draft))
    return found | {"scores": {one["name"]: one["value"] for one in found["scores"]}}


def same(browser: dict[str, Any], server: dict[str, Any]) -> None:
    assert browser["scores"] == pytest.approx(server["scores"], abs=1e-9)
    assert {**browser, "scores": None} == {**server, "scores": None}


@on_random_drafts
@given(data=st.data())
def test_steps_are_done_as_on_the_server(page: Page, data: st.DataObject) -> None:
    steps, drafts = data.draw(some_work())
    last = data.draw(a_step(drafts[-1]))  # one that may be refused
    # A browser knows characters that are newer than the server's Python; there the server's word is taken.
    typed = "".join(getattr(step, "text", "") for step in (*steps, last))
    assume(all(unicodedata.category(one) != "Cn" for one in typed))
    after = try_step(drafts[-1], last)
    found = asked(page, APPLY, [draft_as_json(begun()), [step_as_json(one) for one in (*steps, last)]])
    for (draft, figures), server in zip(found, [*drafts[1:], after], strict=True):
        assert draft == (server and draft_as_json(server))
        if server is not None:
            same(figures, counted(server))


def a_conversation(dice: random.Random, talks: Sequence[AuthoredConversation]) -> Draft:
    """Real turns in any order, coded at random, some lines not at all; listening sounds among them."""
    said = dice.choice(talks).utterances
    sounds = ("Mm.", "Yeah, yeah.", "Right…", "uh huh", "…", "Yes?", "Okay!", "I, uh", "Tak.", "")
    lines = []
    for number in range(dice.randint(0, 40)):
        role = dice.choice(list(Speaker))
        text = dice.choice(sounds) if dice.random() < 0.3 else dice.choice(said).text
        codes: list[Any] = [None, *(Behaviour if role is Speaker.PRACTITIONER else ClientTalk)]
        code = dice.choice(codes)
        subtype = dice.choice([None, *subtypes_of(code)])
        label = role.value if dice.random() < 0.9 else f"{role.value} 2"
        lines.append(DraftLine(str(number), role, label, text, code, subtype, accepted=dice.random() < 0.5))
    segment = None
    if lines and dice.random() < 0.3:
        first, last = sorted(dice.choices(range(len(lines)), k=2))
        segment = (str(first), str(last))
    ratings = {name: dice.randint(1, 5) for name in RATINGS if dice.random() < 0.6}
    return Draft(tuple(lines), ratings=ratings, segment=segment)


def test_the_browser_counts_what_the_server_counts(page: Page) -> None:
    dice, talks = random.Random(7), load_corpus()[:40]
    drafts = [a_conversation(dice, talks) for _ in range(300)]
    found = asked(page, COUNT, [draft_as_json(draft) for draft in drafts])
    for browser, draft in zip(found, drafts, strict=True):
        same(browser, counted(draft))


def test_figures_are_shown_as_the_server_shows_them(page: Page) -> None:
    values = [(name.value, part / whole * scale) for name in ScoreName for whole in range(1, 31)
              for part in range(2 * whole + 1) for scale in [100.0 if "percent" in name else 1.0]]  # fmt: skip
    lines = {name.value: list(both) for name, both in THRESHOLDS.items()}
    found = asked(page, SHOW, [lines, values])
    for (name, value), (shown, band) in zip(values, found, strict=True):
        assert (shown, band) == (show(ScoreName(name), value), band_of(ScoreName(name), value)), (name, value)
