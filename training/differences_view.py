"""The lines where two coaches coded a session otherwise, with what was said around them, and what was agreed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from coding.about_session import about_for
from coding.agreement.stretches import Stretch
from coding.double.agree import BothCodings, Difference
from coding.scheme.codes import CodedUtterance, Speaker
from coding.scheme.glossary import CODES, SUBTYPES
from models.double_coding import Choice
from models.permissions import Actor
from models.person import Person
from models.review import Review

AROUND = 2
"""Lines of the first coder before a difference, and after it."""


@dataclass(frozen=True)
class CodedLine:
    """`role` is practitioner or client, `name` the code in words."""

    role: str
    text: str
    code: str
    name: str


@dataclass(frozen=True)
class DifferenceView:
    """`choice`, `code` and `reason` are what was agreed on, empty where nothing was; `shown` says it in words, such as
    "Complex reflection". `split` says that the two drew the lines differently."""

    place: str
    number: int
    before: tuple[CodedLine, ...]
    first: tuple[CodedLine, ...]
    second: tuple[CodedLine, ...]
    after: tuple[CodedLine, ...]
    split: bool
    codes: tuple[tuple[str, str], ...]
    choice: str
    code: str
    reason: str
    by: str
    shown: str


@dataclass(frozen=True)
class DifferencesView:
    """`left` are still to be agreed on, `next_place` the first of them. `agreed` is the agreed coding, as far as it is
    decided."""

    session_id: UUID
    title: str
    first_by: str
    second_by: str
    lines: int
    left: int
    next_place: str
    differences: tuple[DifferenceView, ...]
    agreed: tuple[CodedLine, ...]

    def at(self, place: str) -> DifferenceView | None:
        """The one asked for, else the first that is left, else none."""
        wanted = place or self.next_place
        return next((one for one in self.differences if one.place == wanted), None)


def build_differences_view(session: Session, both: BothCodings, *, reader: Actor) -> DifferencesView:
    left = [one.place for one in both.differences if one.agreed is None]
    return DifferencesView(
        session_id=both.practice.id,
        title=about_for(session, both.practice, reader).title,
        first_by=_name(session, session.get_one(Review, both.task.first_review_id).reviewer_id),
        second_by=_name(session, both.task.second_id),
        lines=len(both.first),
        left=len(left),
        next_place=left[0] if left else "",
        differences=tuple(_difference(session, both, one, number) for number, one in enumerate(both.differences, 1)),
        agreed=_lines(both.agreed_coding()),
    )


def _difference(session: Session, both: BothCodings, one: Difference, number: int) -> DifferenceView:
    agreed = one.agreed
    begins, ends = _around(both, one.stretch)
    return DifferenceView(
        place=one.place,
        number=number,
        before=_lines(both.first[max(0, begins - AROUND) : begins]),
        first=_lines([both.first[n] for n in one.stretch.first]),
        second=_lines([both.second[n] for n in one.stretch.second]),
        after=_lines(both.first[ends : ends + AROUND]),
        split=(len(one.stretch.first), len(one.stretch.second)) != (1, 1),
        codes=tuple((code.value, f"{CODES[code].name} ({code.value})") for code in one.codes),
        choice=agreed.choice.value if agreed else "",
        code=(agreed.code or "") if agreed else "",
        reason=agreed.reason if agreed else "",
        by=_name(session, agreed.by_id) if agreed else "",
        shown=_shown(both, one),
    )


def _around(both: BothCodings, stretch: Stretch) -> tuple[int, int]:
    """Places of the first coder's lines between which it lies."""
    if stretch.first:
        return min(stretch.first), max(stretch.first) + 1
    at = both.stretches.index(stretch)
    before = [place for one in both.stretches[:at] for place in one.first]
    return len(before), len(before)


def _shown(both: BothCodings, one: Difference) -> str:
    if one.agreed is None:
        return ""
    if one.agreed.choice is Choice.CODE:
        return next(CODES[code].name for code in one.codes if code.value == one.agreed.code)
    side, places = (both.first, one.stretch.first) if one.agreed.choice is Choice.FIRST else (
        both.second, one.stretch.second
    )  # fmt: skip
    names = [line.name for line in _lines([side[n] for n in places])]
    return ", then ".join(names) or "No line of its own"


def _lines(said: Sequence[CodedUtterance]) -> tuple[CodedLine, ...]:
    return tuple(
        CodedLine(
            "practitioner" if one.speaker is Speaker.PRACTITIONER else "client", one.text,
            one.code.value if one.code else "",
            (CODES[one.code].name if one.code else "") + (f", {SUBTYPES[one.subtype]}" if one.subtype else ""),
        )
        for one in said
    )  # fmt: skip


def _name(session: Session, person_id: UUID | None) -> str:
    return session.get_one(Person, person_id).name
