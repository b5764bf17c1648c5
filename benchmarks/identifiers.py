"""How much of what may tell who somebody is gets found, in conversations that nobody tuned the rules on."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.identifier_score import Score, lines_of, score
from benchmarks.placeholders import placeholder_figures
from coding.coder.figures import Figure, at_least, for_information

FOLDER = Path(__file__).with_name("identifiers")
STRUCTURED = {
    "NHS numbers": ("nhs_number",),
    "phone numbers": ("phone", "phone_spoken"),
    "postcodes": ("postcode",),
    "e-mail addresses": ("email", "email_spoken"),
    "dates of birth": ("date_of_birth",),
}
NAMES = {"names given at upload": ("name_given",)}
OTHER = {
    "given names misheard": ("name_misheard",),
    "names nobody gave": ("name_other",),
    "addresses": ("address",),
    "schools": ("school",),
    "vehicle plates": ("vehicle",),
    "National Insurance numbers": ("ni_number",),
    "case numbers": ("case_number",),
    "halves of postcodes": ("postcode_part",),
}


def measure() -> Iterator[Figure]:
    """On the held-back conversations, the rules alone, without a model that knows names; and what placeholders do to
    codes."""
    total = score(lines_of(FOLDER / "utterances.csv", FOLDER / "names.csv"))
    every = tuple(kind for kinds in STRUCTURED.values() for kind in kinds)
    yield at_least(f"found of {_marked(total, every)} structured identifiers", total.recall(every), 0.98)
    for name, kinds in STRUCTURED.items():
        yield at_least(f"found of {_marked(total, kinds)} {name}", total.recall(kinds), 0.98)
    for name, kinds in NAMES.items():
        yield at_least(f"found of {_marked(total, kinds)} {name} and their short forms", total.recall(kinds), 0.9)
    for name, kinds in OTHER.items():
        yield for_information(f"found of {_marked(total, kinds)} {name}", total.recall(kinds))
    yield for_information("share of finds that were identifiers", total.precision)
    yield from placeholder_figures()


def _marked(total: Score, kinds: tuple[str, ...]) -> int:
    return sum(total.marked[kind] for kind in kinds)
