"""Which answers do not go onto a screen by themselves: abuse, threats, and web addresses. Plain rules; a trainer may
let one through. Pure."""

import re

from training.live.line import Line

_ABUSE = re.compile(
    r"\b(?:(?:fuck|piss|bugger|sod) off|fuck(?:ing)? (?:you|him|her|them)|shut (?:up|your (?:face|mouth))|cunts?|"
    r"bitch(?:es)?|bastards?|slags?|sluts?|retards?|wankers?|twats?|you(?:'re| are) (?:\w+ )?(?:stupid|pathetic|"
    r"disgusting|useless|worthless|scum|an idiot|a (?:liar|loser|junkie))|(?:i'll|i will|i'm going to|gonna) "
    r"(?:kill|hit|punch|slap|beat|hurt) (?:you|him|her|them))\b"
)
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")


def should_hold_back(answer: str, line: Line) -> bool:
    """What the parent said before may be given back."""
    said = _plain(" ".join(one.text for one in line.before))
    text = _plain(answer)
    abuse = [found for found in _ABUSE.finditer(text) if found.group() not in said]
    return bool(abuse) or _ADDRESS.search(text) is not None


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())
