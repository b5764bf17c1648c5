"""The usual short forms of a name, other spellings of it, and what is made of it in speech."""

from functools import cache
from pathlib import Path

from coding.transcript.identifiers.sounds import plain

_FILE = Path(__file__).with_name("short_forms.txt")
_LETTER_NAMES = {
    "b": ("bee",), "c": ("cee",), "d": ("dee",), "e": ("ee", "eee"), "g": ("gee",), "j": ("jay", "jj"), "k": ("kay",),
    "l": ("el", "elle"), "m": ("em",), "n": ("en",), "p": ("pee",), "r": ("ar",), "s": ("ess",), "t": ("tee", "ty"),
    "v": ("vee",), "z": ("zed", "zee"),
}  # fmt: skip
_ENDINGS = (
    "", "e", "y", "ie", "i", "ey", "s", "z", "za", "zza", "o", "a", "er", "ers", "ster", "bo", "sy", "kins", "ka", "ek",
    "us", "ini", "ita", "ito", "el",
)  # fmt: skip


@cache
def _forms() -> dict[str, frozenset[str]]:
    """From every name in the table to all that stand in a line with it, where it heads the line or they do."""
    found: dict[str, set[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head, *short = (plain(name) for name in line.split())
        found.setdefault(head, set()).update(short)
        for name in short:
            found.setdefault(name, set()).add(head)
    return {name: frozenset(forms) for name, forms in found.items()}


@cache
def known_names() -> frozenset[str]:
    return frozenset(_forms())


def forms_of(first_name: str) -> frozenset[str]:
    """Of a first name in plain letters; not the name itself. A short form gives its long ones, and their short ones."""
    forms = _forms()
    near = forms.get(first_name, frozenset())
    longer = [name for name in near if len(name) > len(first_name)]
    return near.union(*(forms.get(name, frozenset()) for name in longer)) - {first_name}


def is_made_from(said: str, first_name: str) -> bool:
    """Whether `said` could be a short form that no table holds: "Oyin" of Oyinkansola, "Emeka" of Chukwuemeka, "Mase"
    of Mason, "Tee" of Tiana. Both in plain letters."""
    if said in _LETTER_NAMES.get(first_name[:1], ()):
        return True
    if len(said) < 3 or len(first_name) < 5 or said == first_name:
        return False
    if len(first_name) >= 7 and len(said) >= 4 and (said in first_name):
        return True
    for ending in _ENDINGS:
        stem = said.removesuffix(ending) if ending else said
        if len(stem) >= 3 and (stem != said or not ending) and first_name.startswith(stem):
            return True
        # "Robby" of Robert, "Gazza" of Gareth: the last letter is doubled before the ending.
        if len(stem) >= 4 and stem[-1] == stem[-2] and ending and first_name.startswith(stem[:-1]):
            return True
    return False
