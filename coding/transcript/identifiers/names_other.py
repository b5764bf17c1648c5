"""Names that nobody gave: after a title, in an introduction, or known as a first name."""

from collections.abc import Iterator, Sequence

from coding.transcript.identifiers.common_words import is_common, is_word_too
from coding.transcript.identifiers.first_names import first_names, is_no_person
from coding.transcript.identifiers.kinds import Found, Kind
from coding.transcript.identifiers.reading import NameToken, reads_as_name
from coding.transcript.identifiers.sounds import plain
from coding.transcript.identifiers.word_set import word_set

_TITLES = word_set(
    "mr mrs miss ms mx dr mister missus doctor sister father uncle auntie aunty aunt nanny granny grandad grandpa "
    "pastor reverend imam pc sergeant judge sir lady baby"
)
FORMAL = word_set("mr mrs miss ms mx dr mister missus")
_INTRODUCES = (
    ("my", "name", "is"), ("my", "name's"), ("the", "name's"), ("name", "is"), ("called",), ("named",), ("known", "as"),
    ("ask", "for"), ("i'm",), ("this", "is"), ("speak", "to"), ("speaking", "to"), ("talk", "to"), ("it's",),
    ("call", "me"), ("call", "him"), ("call", "her"), ("is", "that"),
)  # fmt: skip
_SURE = (("my", "name", "is"), ("my", "name's"), ("the", "name's"), ("called",), ("named",), ("call", "me"))
_RELATIVES = word_set(
    "our mate friend partner sister brother son daughter boyfriend girlfriend husband wife neighbour cousin nephew "
    "niece man lady woman lad girl boy worker mum dad stepdad stepmum ex"
)


def find_other_names(text: str, tokens: Sequence[NameToken]) -> Iterator[Found]:
    """First names, with the surname behind them where one stands there."""
    small = not any(token.capital and token.word != "I" for token in tokens)
    place = 0
    while place < len(tokens):
        if not _is_name(text, tokens, place, small=small):
            place += 1
            continue
        last = place
        while last + 1 < len(tokens) and _is_surname(text, tokens, last):
            last += 1
        word = plain(tokens[place].word)
        yield Found(tokens[place].start, tokens[last].end, Kind.NAME, word)
        place = last + 1


def _is_name(text: str, tokens: Sequence[NameToken], place: int, *, small: bool) -> bool:
    token = tokens[place]
    letters = plain(token.word)
    if len(letters) < 2 or is_no_person(letters) or letters in _TITLES or (token.word.isupper() and len(letters) < 5):
        return False
    before = [f"{one.word}{one.tail}".lower().replace("’", "'") for one in tokens[max(0, place - 3) : place]]
    looks = token.capital or small
    if before and before[-1] in _TITLES and not _apart(text, tokens, place, after=before[-1]):
        return not is_common(token.word) if before[-1] not in FORMAL else looks or not is_common(token.word)
    if letters in first_names():
        if is_word_too(token.word):
            sure = not token.begins or token.tail in ("'s", "’s")
            return (token.capital and sure and reads_as_name(text, tokens, place)) or _introduced(before, _SURE)
        return looks and (token.capital or len(letters) > 3)
    if is_common(token.word) or not looks:
        return False
    if _introduced(before, _SURE) and not _apart(text, tokens, place):
        return True
    if not token.capital:
        return False
    if _introduced(before, _INTRODUCES) and not _apart(text, tokens, place):
        return not token.begins
    return bool(before) and before[-1] in _RELATIVES and not token.word.isupper()


def _introduced(before: Sequence[str], ways: Sequence[tuple[str, ...]]) -> bool:
    return any(tuple(before[-len(way) :]) == way for way in ways)


def _apart(text: str, tokens: Sequence[NameToken], place: int, *, after: str = "") -> bool:
    """Whether anything stands between a word and the one before it, but the full stop of "Mr."."""
    between = text[tokens[place - 1].end + len(tokens[place - 1].tail) : tokens[place].start]
    return bool(between.strip(" .\t" if after in FORMAL else " \t"))


def _is_surname(text: str, tokens: Sequence[NameToken], last: int) -> bool:
    """A capital right behind a name, that is no everyday word."""
    token = tokens[last + 1]
    if tokens[last].tail or text[tokens[last].end : token.start].strip(" "):
        return False
    return token.capital and not is_common(token.word) and not is_no_person(plain(token.word)) and token.word != "I"
