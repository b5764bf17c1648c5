"""What a browser calls itself, in a few words that its owner knows again."""

import re

_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
"""The first that is named counts: most also name those they are made after."""
_SYSTEMS = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Macintosh", "a Mac"), ("Linux", "Linux"),
)  # fmt: skip


def browser_words(user_agent: str) -> str:
    """ "Firefox on Windows"; never the sender's own words, which could be anything."""
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}(iOS|A)?/", user_agent)), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if not browser:
        return f"A browser on {system}" if system else "An unknown browser"
    return f"{browser} on {system}" if system else browser
