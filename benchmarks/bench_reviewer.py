"""A coach who reviews with the keyboard alone: reads every line, corrects what is wrong, and signs off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page

from benchmarks.bench_site import Said
from coding.scheme.codes import Behaviour, QuestionType

KEYS: dict[str, str] = {
    "SR": "3", "CR": "4", "AF": "5", "Seek": "6", "Emphasize": "7", "GI": "8", "PWP": "9", "Persuade": "p",
    "Confront": "c", "NC": "0", "CT": "1", "ST": "2", "FN": "0",
}  # fmt: skip
READ = """() => [...document.querySelectorAll("[data-lines] [role=option]")].map((line) => [
    line.querySelector(".evoke-bench-line__text").textContent, line.querySelector(".evoke-chip")?.textContent ?? ""])"""


def key_of(said: Said) -> str:
    if said.code is Behaviour.Q:
        return "2" if said.subtype is QuestionType.CLOSED else "1"
    return KEYS[said.code.value]


@dataclass
class Reviewer:
    """`pressed` counts the keys, `read` the lines that were looked at. `between(line)` is called before each line."""

    page: Page
    truth: Sequence[Said]
    between: Callable[[int], None] = lambda line: None
    pressed: int = 0
    corrected: int = 0
    words: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def review(self) -> None:
        """Down the conversation: Shift and Enter for a turn that is right, and its keys for a line that is wrong."""
        self.shown = [(text, code) for text, code in self.page.evaluate(READ)]
        assert len(self.shown) == len(self.truth), (len(self.shown), len(self.truth))
        first = 0
        while first < len(self.truth):
            after = first
            while after < len(self.truth) and self.truth[after].speaker is self.truth[first].speaker:
                after += 1
            self._turn(first, after)
            first = after

    def _turn(self, first: int, after: int) -> None:
        self.between(first)
        at = first
        for place in range(first, after):
            said, (text, code) = self.truth[place], self.shown[place]
            self.words += len(text.split())
            if code == said.code.value:
                continue
            for _ in range(place - at):
                self.press("j")
            at = place
            self.press(key_of(said))
            self.corrected += 1
        self.press("Shift+Enter")

    def sign_off(self) -> None:
        self.press("f")
        self.page.get_by_role("dialog").wait_for()
        self.press("Enter")
        self.page.get_by_text("Checked and signed by").wait_for(timeout=60_000)
