"""From utterances to volleys: practitioner speech that the client does not interrupt (MITI 4.2.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coding.scheme.codes import Behaviour, ClientTalk, CodedUtterance, Speaker

_LISTENING_WORDS = """
    yeah yes yep yup ya right mm mmm mhm hm hmm mm-hm mm-hmm mmhm mmhmm uh-huh uh huh ok okay sure oh ah i see
"""
_BACK_CHANNEL = frozenset(_LISTENING_WORDS.split())
_ASKS_FOR_ANSWER = (Behaviour.Q, Behaviour.SEEK, Behaviour.SR, Behaviour.CR)


@dataclass(frozen=True)
class Volley:
    """`index` is 0-based; `utterances` are the practitioner's, in order."""

    index: int
    utterances: tuple[CodedUtterance, ...]


def is_back_channel(text: str) -> bool:
    """Whether the words only show listening ("mm, right, yeah"). Says nothing of whether they answer something."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower().replace("’", "'"))
    return len(words) <= 4 and all(word in _BACK_CHANNEL for word in words)


def _answers(client: CodedUtterance, before: CodedUtterance | None) -> bool:
    """A back-channel that answers the question or reflection just made is a turn of its own."""
    if client.code in (ClientTalk.CT, ClientTalk.ST):
        return True
    if before is None or not re.search(r"\w", client.text):
        return False
    if before.code is None:
        return before.text.rstrip().endswith("?")
    return before.code in _ASKS_FOR_ANSWER


def volley_indices(conversation: Sequence[CodedUtterance]) -> list[int | None]:
    """The volley of each utterance, None for the client's. Volleys are numbered from 0 in order."""
    indices: list[int | None] = []
    index, open_volley = -1, False
    last_said: CodedUtterance | None = None
    for utterance in conversation:
        if utterance.speaker is Speaker.CLIENT:
            if not is_back_channel(utterance.text) or _answers(utterance, last_said):
                open_volley = False
            indices.append(None)
            continue
        if not open_volley:
            index, open_volley = index + 1, True
        last_said = utterance
        indices.append(index)
    return indices


def volleys(conversation: Sequence[CodedUtterance]) -> tuple[Volley, ...]:
    gathered: dict[int, list[CodedUtterance]] = {}
    for utterance, index in zip(conversation, volley_indices(conversation), strict=True):
        if index is not None:
            gathered.setdefault(index, []).append(utterance)
    return tuple(Volley(index, tuple(said)) for index, said in gathered.items())
