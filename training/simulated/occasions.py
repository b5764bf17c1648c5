"""What a turn is besides what it does: silence, a farewell, abuse, a question about something known. Found by words,
before any code is asked for. Pure."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from training.exercises.odd import as_they_feel
from training.listed_words import first_in
from training.simulated.format import Fact


class Occasion(StrEnum):
    SILENCE = "silence"
    ABUSE = "abuse"
    LEAVING = "leaving"
    MACHINE = "machine"
    OFF_TOPIC = "off_topic"


_LISTENING = (
    r"m+|h+m+|m+h+m+|uh[- ]?huh|ok(ay)?|right|yes|yeah|yep|no|nope|sure|oh|ah|i see|go on|fine|good|and|so|well|really"
)
_SHORT = re.compile(rf"(?:(?:{_LISTENING})\W*){{0,3}}", re.IGNORECASE)
_ABUSE = re.compile(
    r"\b(?:(?:fuck|piss) off|fuck you|(?:you(?:'re| are|)|stupid|lazy|fat|dirty|useless|thick|filthy) (?:\w+ ){0,3}"
    r"(?:bitch|cunt|slag|slut|whore|scum|bastard|cow|moron|idiot|junkie|retard|tramp|liar)|shut (?:the fuck )?up"
    r"|you(?:'re| are) (?:\w+ )?(?:scum|disgusting|pathetic|worthless|stupid|trash|an idiot)|i hate you"
    r"|i(?:'ll| will| could|'m going to|'m gonna) (?:kill|hit|slap|hurt|smack|batter) you)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|never)\b|n't\b", re.IGNORECASE)
_LEAVING = re.compile(
    r"\b(?:good ?bye|bye(?:[- ]bye)?|see you (?:next|on|again|soon|later|then|tomorrow)"
    r"|(?:let'?s|we(?:'ll| will| should| can| could)?|i(?:'ll| will| should)) (?:\w+ ){0,2}"
    r"(?:stop|leave it|finish|end|wrap up|call it a day)(?: it)? (?:here|there|now|for (?:today|now))"
    r"|i(?:'ll| will| must| have to| need to| should|'d better) (?:be )?(?:get(?:ting)? going|go(?:ing)? now"
    r"|head(?:ing)? off)"
    r"|take care(?: now| then)?[.! ]*$)",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"\b(?:are you (?:a |an )?(?:\w+ )?(?:bot|chat ?bot|robot|machine|computer|ai|real(?: person)?|program(?:me)?)"
    r"|chat ?gpt|language model|(?:ignore|forget|disregard) (?:all |your |the |any )*(?:previous |prior |earlier )?"
    r"(?:instructions?|prompts?|rules)|your (?:system )?prompt|as an ai)\b",
    re.IGNORECASE,
)
_OFF_TOPIC = re.compile(
    r"\b(?:capital of|tell me a joke|write (?:me )?a (?:poem|song|story|code)|"
    r"(?:what|who) (?:won|is|was) the (?:score|president|king|prime minister)|stock market|recipe for|"
    r"what(?:'s| is) (?:\d+ ?[-+*x/] ?\d+)|horoscope|eurovision)\b",
    re.IGNORECASE,
)
_FOUND_BY = (
    (Occasion.ABUSE, _ABUSE),
    (Occasion.MACHINE, _MACHINE),
    (Occasion.LEAVING, _LEAVING),
    (Occasion.OFF_TOPIC, _OFF_TOPIC),
)


def occasion_of(text: str) -> Occasion | None:
    plain = _plain(text)
    if not re.search(r"\w", plain) or _SHORT.fullmatch(plain.strip(" .,!?…-")):
        return Occasion.SILENCE
    for occasion, pattern in _FOUND_BY:
        if any(_is_meant(occasion, plain, found) for found in pattern.finditer(plain)):
            return occasion
    return Occasion.OFF_TOPIC if _is_no_talk(plain) else None


_NOT_YET = re.compile(r"\b(?:before|until|when|if) $", re.IGNORECASE)


def _is_meant(occasion: Occasion, text: str, found: re.Match[str]) -> bool:
    """An insult may be given back as what the parent feels, and an end be spoken of that is still to come."""
    before = re.split(r"[.!?;]", text[: found.start()])[-1]
    if occasion is Occasion.ABUSE and as_they_feel(f"{before}{found.group()}"):
        return False
    if occasion is Occasion.LEAVING and _NOT_YET.search(before):
        return False
    return not _DENIED.search(found.group())


def _is_no_talk(text: str) -> bool:
    """Keys pressed at random: hardly a word with a vowel and a usual length."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return not words or sum(1 for w in words if re.search(r"[aeiouyà-ÿ]", w) and len(w) <= 20) < len(words) / 2


_ASKS_WHAT_IS = re.compile(
    r"\b(?:how (?:much|many|often|long|old|far)|who|when|where|which|what (?:time|day|happened|kind|sort|did)"
    r"|do you know|tell me about|can you tell me)\b",
    re.IGNORECASE,
)
_ASKS_WHAT_COULD_BE = re.compile(
    r"\b(?:would|could|might|want|wish|hope|worr\w+|feel\w*|matter\w*|important|better|different\w*|chang\w+|if)\b",
    re.IGNORECASE,
)
F = TypeVar("F", bound=Fact)


def asks_for_a_fact(question: str, *, closed: bool) -> bool:
    """Rather than for a wish, a worry or a reason, which a parent answers as they feel just then."""
    if _ASKS_WHAT_COULD_BE.search(question):
        return False
    return closed or _ASKS_WHAT_IS.search(question) is not None


def topic_in(text: str, facts: Sequence[F]) -> F | None:
    """The first of `facts` one of whose words stands in the text."""
    return next((fact for fact in facts if first_in(text, fact.looked_for)), None)


def _plain(text: str) -> str:
    return text.replace("’", "'")
