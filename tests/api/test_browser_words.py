import pytest

from api.browser_words import browser_words

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/120.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 13; SM-S901B) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Linux; Android 13) SamsungBrowser/23.0 {CHROME} Mobile", "Samsung Internet on Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) CriOS/120.0 Mobile/15E148 Safari/604.1", "Chrome on an iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) EdgiOS/120.0 Version/17 Safari/604.1", "Edge on an iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 13_4) Version/16.5 Safari/605.1.15", "Safari on a Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) Trident/7.0", "A browser on Windows"),
        ("<script>Firefoxes</script>", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_in_words(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words
