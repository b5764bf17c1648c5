"""Names given with the upload, as they come up in talk: in part, short, misspelt, in lower case, with a possessive."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coding.transcript.identifiers.common_words import is_common, is_word_too
from coding.transcript.identifiers.first_names import is_no_person
from coding.transcript.identifiers.kinds import Found, GivenName, Kind
from coding.transcript.identifiers.reading import NameToken, reads_as_name
from coding.transcript.identifiers.short_forms import forms_of, is_made_from, known_names
from coding.transcript.identifiers.sounds import distance, plain, skeleton
from coding.transcript.identifiers.who import SOMEBODY, label_of
from coding.transcript.identifiers.word_set import word_set

_PREFIXES = word_set("mac mc o oh de van von bin al el ni fitz")
_TITLES = word_set("mr mrs miss ms mx dr mister missus doctor sir")
_BEFORE_SURNAME = re.compile(r"^(o|mc|mac|al|el|bin|ibn|abu|de|van|von|fitz)(?=['’\s-]|(?<=mc)|(?<=mac))['’\s-]?", re.I)


@dataclass(frozen=True)
class _Part:
    """One word of a given name, in plain letters. `place` is whose it is, in the list of names."""

    letters: str
    place: int
    is_surname: bool

    @property
    def sound(self) -> str:
        return _sound(self.letters)


@lru_cache(4096)
def _sound(letters: str) -> str:
    return skeleton(letters)


class NameBook:
    """Looks for the names of one conversation. Built once, asked of every turn."""

    def __init__(self, names: Sequence[GivenName]) -> None:
        self._names = names
        self._parts: list[_Part] = []
        self._exact: dict[str, list[_Part]] = {}
        self._forms: dict[str, list[_Part]] = {}
        for place, given in enumerate(names):
            self._add(place, given.name)

    def _add(self, place: int, name: str) -> None:
        words = [word for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", name) if plain(word) not in _TITLES]
        for number, word in enumerate(words):
            is_surname = number > 0 and number == len(words) - 1
            pieces = {plain(word), *(plain(piece) for piece in word.split("-"))}
            pieces |= {plain(_BEFORE_SURNAME.sub("", word))} if is_surname else set()
            for letters in sorted(piece for piece in pieces if len(piece) > 1):
                part = _Part(letters, place, is_surname)
                self._parts.append(part)
                self._exact.setdefault(letters, []).append(part)
                for form in () if is_surname else forms_of(letters):
                    self._forms.setdefault(form, []).append(part)

    def find(self, text: str, tokens: Sequence[NameToken]) -> Iterator[Found]:
        if not self._parts:
            return
        place = 0
        while place < len(tokens):
            pair = self._heard_as_two(text, tokens, place)
            if pair is not None:
                yield self._found(tokens[place].start, tokens[place + 1].end, [pair], "")
                place += 2
                continue
            parts, keeps = self._of(text, tokens, place)
            if not parts:
                place += 1
                continue
            last, shared = place, parts
            while last + 1 < len(tokens):  # "Kate Ellery": one person named in full is one find
                more = self._goes_on(text, tokens, last, shared) if not keeps else None
                if more is None:
                    break
                (shared, keeps), last = more, last + 1
            yield self._found(tokens[place].start, tokens[last].end, shared, keeps, title=_title_before(tokens, place))
            place = last + 1

    def _of(self, text: str, tokens: Sequence[NameToken], place: int) -> tuple[list[_Part], str]:
        """Whose name the token may be, and what of it stays behind."""
        token = tokens[place]
        letters = plain(token.word)
        parts = self._known(letters)
        if not parts and letters.endswith("s") and len(letters) > 4 and not is_common(token.word):
            parts = self._known(letters[:-1])  # "Alfies bag"
            if parts and (not is_word_too(letters[:-1]) or reads_as_name(text, tokens, place)):
                return parts, "'s"
        if parts:
            sure = len(letters) > 2 or (token.capital and not token.word.isupper())
            return (parts, "") if sure and self._is_meant(text, tokens, place) else ([], "")
        if is_common(token.word) or len(letters) < 3 or is_no_person(letters):
            return [], ""
        return self._nearly(token, letters), ""

    def _known(self, letters: str) -> list[_Part]:
        return self._exact.get(letters) or self._forms.get(letters) or []

    def _is_meant(self, text: str, tokens: Sequence[NameToken], place: int) -> bool:
        if not is_word_too(tokens[place].word):
            return True
        following = plain(tokens[place + 1].word) if place + 1 < len(tokens) and not tokens[place].tail else ""
        people = {part.place for part in self._known(plain(tokens[place].word))}
        if any(part.place in people and part.is_surname for part in self._exact.get(following, ())):
            return True
        return reads_as_name(text, tokens, place) or _title_before(tokens, place)

    def _nearly(self, token: NameToken, letters: str) -> list[_Part]:
        """For a word that is no everyday word: a short form nobody wrote down, a misspelling, or something that sounds
        the same."""
        if token.capital or len(letters) > 3:
            made = [
                part for part in self._parts
                if not part.is_surname and is_made_from(letters, part.letters)
                and (token.capital or part.letters.startswith(letters))
            ]  # fmt: skip
            if made:
                return made
        if len(letters) < 4 and not token.capital:
            return []
        somebody_else = letters in known_names()
        return [
            part for part in self._parts
            if _close(letters, part, somebody_else=somebody_else, capital=token.capital and not token.begins)
        ]  # fmt: skip

    def _heard_as_two(self, text: str, tokens: Sequence[NameToken], place: int) -> _Part | None:
        """One name that was written down as two words: "Agnes car" for Agnieszka."""
        if place + 1 >= len(tokens) or text[tokens[place].end : tokens[place + 1].start].strip(" -"):
            return None
        first, second = plain(tokens[place].word), plain(tokens[place + 1].word)
        if first in _PREFIXES:
            whole = self._exact.get(first + second) or self._exact.get(first[:1] + second)
            return next((part for part in whole or () if part.is_surname), None)
        if self._exact.get(first) or self._known(second) or len(first + second) < 5 or tokens[place].tail:
            return None
        for part in self._parts:
            if (
                len(part.letters) < 5
                or first[0] != part.letters[0]
                or _sound(first) == part.sound
                or _sound(second) == part.sound
            ):
                continue
            joined = first + second
            sounds = len(part.sound) >= 4 and _sound(joined) == part.sound
            if sounds or (len(joined) > 5 and distance(joined, part.letters, 1) <= 1 and not self._known(first)):
                return part
        return None

    def _goes_on(
        self, text: str, tokens: Sequence[NameToken], last: int, parts: Sequence[_Part]
    ) -> tuple[list[_Part], str] | None:
        if text[tokens[last].end : tokens[last + 1].start].strip(" \t") or tokens[last].tail:
            return None
        token = tokens[last + 1]
        letters = plain(token.word)
        known = self._known(letters)
        if not known and not is_common(token.word) and len(letters) > 2:
            known = self._nearly(token, letters)
        people = {part.place for part in parts}
        shared = [part for part in known if part.place in people]
        if not shared or (is_common(token.word) and not token.capital and not tokens[last].small_talk):
            return None
        return shared, ""

    def _found(self, start: int, end: int, parts: Sequence[_Part], keeps: str, *, title: bool = False) -> Found:
        places = list(dict.fromkeys(part.place for part in parts))
        same_as = str(places[0])
        if len(places) > 1 and all(part.is_surname for part in parts):
            adults = [place for place in places if label_of(self._names[place].who) not in ("child", SOMEBODY)]
            same_as = str(adults[0]) if title and len(adults) == 1 else f"family {parts[0].letters}"
        return Found(start, end, Kind.NAME, same_as, given=True, keeps=keeps)


def _title_before(tokens: Sequence[NameToken], place: int) -> bool:
    return place > 0 and plain(tokens[place - 1].word) in _TITLES


def _close(letters: str, part: _Part, *, somebody_else: bool, capital: bool) -> bool:
    longer = max(len(letters), len(part.letters))
    if min(len(letters), len(part.letters)) < 4:
        return False
    sound = _sound(letters)
    same_start = letters[0] == part.letters[0] or (capital and letters[0] not in "aeiouhy")
    if sound == part.sound and (len(sound) > 2 or (same_start and longer < 7)):
        return True
    if somebody_else:
        return False
    most = 2 if longer > 6 or (capital and longer > 5) else 1
    return letters[0] == part.letters[0] and distance(letters, part.letters, most) <= most
