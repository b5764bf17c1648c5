"""Everything in a text that may tell who somebody is."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from coding.transcript.identifiers.codes import find_codes
from coding.transcript.identifiers.dates import find_dates
from coding.transcript.identifiers.emails import find_emails
from coding.transcript.identifiers.kinds import ORDER, Found, GivenName
from coding.transcript.identifiers.names_given import NameBook
from coding.transcript.identifiers.names_other import find_other_names
from coding.transcript.identifiers.numbers import find_numbers
from coding.transcript.identifiers.places import find_places
from coding.transcript.identifiers.reading import name_tokens
from coding.transcript.identifiers.spoken import tokens_of

_BEFORE = 12
"""Turns in which the question may lie that a number or date answers."""
More = Callable[[str], Iterable[Found]]
"""What else may look, such as a model that knows names."""


class Finder:
    """Looks through one conversation; `names` are those given with it."""

    def __init__(self, names: Sequence[GivenName], *, more: Sequence[More] = ()) -> None:
        self._book = NameBook(names)
        self._more = more

    def find(self, text: str, before: str = "") -> list[Found]:
        """In order of place, none over another. `before` is what was said just before, one turn a line: the
        question it answers."""
        tokens, names = tokens_of(text), name_tokens(text)
        found = [
            *find_emails(text),
            *find_dates(text, tokens, before),
            *find_numbers(text, tokens, before),
            *find_codes(text, tokens, before),
            *find_places(text),
            *self._book.find(text, names),
            *find_other_names(text, names),
            *(one for look in self._more for one in look(text)),
        ]
        return _apart(found)

    def through(self, texts: Iterable[str]) -> Iterator[list[Found]]:
        """For what was said one after the other, each with the last of what came before it."""
        before: deque[str] = deque(maxlen=_BEFORE)
        for text in texts:
            yield self.find(text, "\n".join(before))
            before.append(" ".join(text.split("\n")))


def find_identifiers(text: str, names: Sequence[GivenName] = (), before: str = "") -> list[Found]:
    """For a single text; see `Finder`."""
    return Finder(names).find(text, before)


def _apart(found: Sequence[Found]) -> list[Found]:
    """Where two overlap the surer kind stays, of one kind a given name, then the longer."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (ORDER[one.kind], not one.given, one.start - one.end)):
        if not any(one.overlaps(other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
