"""The difference of two layers: what a review began from, and what a person made of it."""

from dataclasses import dataclass
from enum import StrEnum

from coding.review.draft import Draft, DraftLine
from coding.scheme.codes import Code, Subtype


class Change(StrEnum):
    """`BOUNDARY`: the line was split, or joined with others, so that it has no one line before."""

    CODE = "code"
    SUBTYPE = "subtype"
    WORDS = "words"
    SPEAKER = "speaker"
    ROLE = "role"
    BOUNDARY = "boundary"


@dataclass(frozen=True)
class LineChange:
    """One line that is not as it was. `was` are the keys of the lines before that it is made of."""

    key: str
    was: tuple[str, ...]
    changes: tuple[Change, ...]
    code_before: Code | None
    subtype_before: Subtype | None
    code: Code | None
    subtype: Subtype | None


def layer_diff(before: Draft, now: Draft) -> tuple[LineChange, ...]:
    """In the order of `now`; `now` came from `before` by steps."""
    lines = {line.key: line for line in before.lines}
    found = (_change(lines, line) for line in now.lines)
    return tuple(change for change in found if change is not None)


def words_changed(before: Draft, now: Draft) -> bool:
    """Whether words, speakers or boundaries did, so that it is another transcript."""
    return [(line.key, line.joined, line.speaker_label, line.text) for line in before.lines] != [
        (line.key, line.joined, line.speaker_label, line.text) for line in now.lines
    ]


def origins(known: dict[str, DraftLine], line: DraftLine) -> tuple[str, ...]:
    """The keys before, of the lines that this one is made of."""
    return tuple(dict.fromkeys(_origin(known, key) for key in (line.key, *line.joined)))


def _origin(known: dict[str, DraftLine], key: str) -> str:
    while key not in known:  # "12.1.2" came from "12.1", and that from "12"
        key = key.rpartition(".")[0]
    return key


def _change(known: dict[str, DraftLine], line: DraftLine) -> LineChange | None:
    was = origins(known, line)
    before = known[was[0]]
    differs = {
        Change.CODE: line.code is not before.code,
        Change.SUBTYPE: line.code is before.code and line.subtype is not before.subtype,
        Change.SPEAKER: line.speaker_label != before.speaker_label,
        Change.ROLE: line.role is not before.role,
        Change.BOUNDARY: line.key not in known or bool(line.joined),
    }
    differs[Change.WORDS] = not differs[Change.BOUNDARY] and line.text != before.text
    changes = tuple(one for one in Change if differs[one])
    if not changes:
        return None
    return LineChange(line.key, was, changes, before.code, before.subtype, line.code, line.subtype)
