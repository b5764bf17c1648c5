"""Which words are everyday English, seen in conversations whose names are written with capitals."""

import re
from collections import Counter
from functools import cache

from coding.corpus.load import load_corpus_rows
from coding.transcript.identifiers.word_set import word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TEXT = 4  # the column of `load_corpus_rows`
_MORE = (
    "teacher dentist surgery clinic paediatrician midwife hospital solicitor magistrate probation recovery sobriety "
    "relapse bookies casino methadone naloxone asylum interpreter mosque chapel temple church jeep transit lorry"
)
_MAY_BE_NAMES = word_set(
    "will may mark grace hope rose joy faith dawn summer autumn april june august art bill bob rob sue pat jack frank "
    "drew gene guy nick ray rich penny dean dale lane bell king price stone street church park reed rush love long "
    "short best good wise sharp bright strong cook baker butcher carter hunter porter shepherd walker weaver bird fox "
    "wolf bush ash berry sage crystal amber destiny harmony patience charity mercy blessing prince princess chance "
    "grant kit buddy sonny chuck chip merry christian bishop cross temple melody star sky river ocean storm"
)


@cache
def _common() -> frozenset[str]:
    small, capital = Counter[str](), Counter[str]()
    for row in load_corpus_rows():
        for place, word in enumerate(_WORD.findall(row[_TEXT])):
            if word[0].islower():
                small[word.replace("’", "'")] += 1
            elif place:
                capital[word.lower().replace("’", "'")] += 1
    seen = {word for word, times in small.items() if times > capital[word]}
    return frozenset(seen | set(_MORE.split()))


def is_common(word: str) -> bool:
    """Whether a word (any case) is an everyday word."""
    plain = word.lower().replace("’", "'")
    common = _common()
    return plain in common or plain.removesuffix("'s") in common


def is_word_too(name: str) -> bool:
    """Whether a name is also a word that people say: Will, May, Hope."""
    return name.lower() in _MAY_BE_NAMES or is_common(name)
