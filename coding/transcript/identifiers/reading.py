"""Words as they may be names, and whether a word that is also an everyday word is meant as a name here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coding.transcript.identifiers.word_set import word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?")
_TAIL = re.compile(r"['’](?:s|ll|d|ve|re|m)$|['’]$", re.I)
_OPENERS = word_set("hi hello hiya hey thanks cheers morning afternoon evening bye okay alright sorry dear")
_STRONG = word_set("hi hello hiya hey cheers called named uncle auntie aunty aunt name's mr mrs miss ms dr")
_DOES = word_set(
    "says said told wants wanted goes went came comes thinks thought likes liked loves loved knows knew doesn't "
    "hasn't isn't wasn't hates hated gets got keeps kept rang phoned texted lives lived"
)
_SOMEBODYS = word_set(
    "tell ask asked told partner husband wife mate friend son daughter sister brother neighbour boyfriend girlfriend"
)
_IS_NOW = word_set("is was isn't wasn't has")
_IS = word_set("is was has had does did can could and or")
_MONTH_BEFORE = word_set(
    "in of last next this since until till by early mid late during every each end before after from st nd rd th"
)
_ENDS = ".?!"


@dataclass(frozen=True)
class NameToken:
    """`word` without its `tail`, which is a possessive or a shortened verb; `end` is where the word ends."""

    start: int
    end: int
    word: str
    tail: str
    begins: bool

    @property
    def capital(self) -> bool:
        return self.word[0].isupper()

    @property
    def small_talk(self) -> bool:
        """Written without any capital, as speech recognition may do."""
        return self.word.islower()


def name_tokens(text: str) -> list[NameToken]:
    tokens = []
    for found in _WORD.finditer(text):
        whole = found.group()
        tail = _TAIL.search(whole)
        word = whole[: tail.start()] if tail else whole
        if not word:
            continue
        before = text[max(0, found.start() - 12) : found.start()].rstrip(" \t\n\"'“‘(-–")
        tokens.append(
            NameToken(
                found.start(), found.start() + len(word), word, tail.group() if tail else "",
                not before or before[-1] in _ENDS,
            )
        )  # fmt: skip
    return tokens


def reads_as_name(text: str, tokens: Sequence[NameToken], place: int) -> bool:
    """For Will, May, Hope and the like: by capital, by what stands beside it, or by its possessive."""
    token = tokens[place]
    before = tokens[place - 1].word.lower() if place else ""
    before += tokens[place - 1].tail.lower().replace("’", "'") if place else ""
    after = tokens[place + 1].word.lower() if place + 1 < len(tokens) else ""
    after += tokens[place + 1].tail.lower().replace("’", "'") if place + 1 < len(tokens) else ""
    mark_before = text[: token.start].rstrip()[-1:]
    mark_after = text[token.end + len(token.tail) :].lstrip()[:1]
    if token.word.lower() in ("may", "april", "june", "august") and (before in _MONTH_BEFORE or mark_before.isdigit()):
        return False
    if token.word.lower() in ("may", "april", "june", "august") and re.match(r"\s*\d", text[token.end :]):
        return False
    if token.tail.lower() in ("'s", "’s"):
        return True
    called_out = mark_after in (",", "?", ".", "!", "") and (mark_before in (",", "") or token.begins)
    if token.capital and not token.begins:
        return True
    if token.capital:
        return called_out or after in _DOES or after in _IS
    if before == "is" and place > 1 and tokens[place - 2].word.lower() == "name":
        return True
    thanked = before == "you" and place > 1 and tokens[place - 2].word.lower() == "thank"
    if (before in _OPENERS or thanked) and not token.capital and mark_after in (",", "") and len(tokens) > 1:
        return True
    if before in _STRONG | _SOMEBODYS:
        return after not in ("you", "i", "it", "be", "we")
    return (called_out and len(tokens) > 1 and mark_before == ",") or after in _DOES or after in _IS_NOW
