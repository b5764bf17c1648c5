"""E-mail addresses, written, or spoken with "at" and "dot"."""

import re
from collections.abc import Iterator

from coding.transcript.identifiers.kinds import Found, Kind

_WRITTEN = re.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.I)
_ENDINGS = "com|net|org|uk|co|gov|ac|nhs|info|example|test|invalid|eu|ie|me|io|pl|london|scot|wales|cymru|biz"
_HOSTS = "gmail|googlemail|hotmail|outlook|yahoo|icloud|btinternet|aol|msn|protonmail|virginmedia|talktalk"
_DOT = r"(?:\.|\s+(?:dot|point|full stop)\s+)"
_ASIDE = r"(?:,?\s*(?:all )?(?:one word|no spaces|together|lower ?case)\b)?"
_AT = rf"(?:\s*@\s*|{_ASIDE}\s*,?\s+at\s+(?:the\s+)?)"
_LABEL = r"[a-z\d-]+(?:\s+(?:hyphen|dash)\s+[a-z\d-]+)*"
_DOMAIN = rf"{_LABEL}(?:\s?[a-z\d-]+){{0,2}}?(?:{_DOT}{_LABEL})*?{_DOT}(?:{_ENDINGS})(?:{_DOT}(?:{_ENDINGS}))*\b"
_SPOKEN_DOMAIN = re.compile(rf"{_AT}(?:(?:{_DOMAIN})|(?:{_HOSTS})\b)", re.I)
_JOIN = r"(?:[._+-]|\s+(?:(?:dot|point|full stop|underscore|under score|hyphen|dash|minus|plus|apostrophe)\s+)+)"
_NUMBERS = (
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety double triple number hundred"
).replace(" ", "|")
_PIECE = r"[a-z\d]+"
_TAIL = rf"(?:[\s-]+(?:\d+|{_NUMBERS})\b)*"
_LOCAL = re.compile(rf"(?:{_PIECE}{_TAIL}{_JOIN})*(?:{_PIECE}){_TAIL}$", re.I)
_LETTERS = re.compile(r"(?:\b[a-z]\b[\s,.-]+)+$", re.I)

_NO_PART = "is|it|it's|the|my|me|her|his|to|on|that's|so|send|email|mail|address|use|at|and|or|you|can|try|yeah|yes|a"
_WORDS = re.compile(
    r"(?:^|[.?!,]\s|\b(?:it's|it’s|it is|that's|that’s|e-?mail|address|is|to|on|me at|so)\s)\s*"
    rf"((?:(?!(?:{_NO_PART})\b)[a-z\d]+\s+){{1,3}})$",
    re.I,
)
"""The words of a name before "at" that nothing joins: "it's rosie posie at …"."""


def find_emails(text: str) -> Iterator[Found]:
    for found in _WRITTEN.finditer(text):
        end = found.end()
        yield Found(found.start(), end, Kind.EMAIL, text[found.start() : end].lower())
    for domain in _SPOKEN_DOMAIN.finditer(text):
        local = _LOCAL.search(text, 0, domain.start()) if "." in domain.group() or _is_said(domain.group()) else None
        if local is None or not _is_address(local.group(), domain.group()):
            continue
        start = local.start()
        words = _WORDS.search(text, 0, start)
        if words and re.search(_DOT, domain.group(), re.I):
            start = words.start(1)
        spelled = _LETTERS.search(text, 0, start)
        if spelled:
            start = spelled.start()
        said = re.sub(r"\W|dot|underscore", "", text[start : domain.end()].lower())
        yield Found(start, domain.end(), Kind.EMAIL, said)


def _is_said(domain: str) -> bool:
    return bool(re.search(rf"\b(dot|point)\b|@|\b({_HOSTS})\b", domain, re.I))


def _is_address(local: str, domain: str) -> bool:
    """A sentence such as "I work at sky" has neither a dot in the domain nor anything but a plain word before it."""
    if re.search(_DOT, domain, re.I):
        return True
    return bool(re.search(rf"{_JOIN}|\d", local)) or "mail" in domain.lower()
