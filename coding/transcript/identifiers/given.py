"""Names as somebody types them into a form: one a line, and behind a comma who it is."""

import re

MOST_NAMES = 60
LONGEST = 100
"""Characters of one name."""
_PARTED = re.compile(r"\s*(?:,|;|:|\t|\s[-–—]\s|[–—])\s*")


class NamesWrong(ValueError):
    """Says what to do."""


def read_names(text: str) -> list[tuple[str, str]]:
    """(name, who) of each line: "Kayleigh Marsh, child" or "Kayleigh Marsh – child" or only the name.

    Raises NamesWrong.
    """
    found = []
    for line in text.splitlines():
        name, *who = _PARTED.split(line.strip(), maxsplit=1)
        if not name:
            continue
        if len(line) > LONGEST:
            raise NamesWrong(
                f"Write one name a line, with at most {LONGEST} characters. This one is longer: {line[:40]}…"
            )
        found.append((" ".join(name.split()), " ".join(" ".join(who).split())))
    if len(found) > MOST_NAMES:
        raise NamesWrong(f"Give at most {MOST_NAMES} names: those most likely to be said.")
    return found
