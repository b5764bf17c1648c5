"""From utterances to volleys: practitioner speech that the client does not interrupt (MITI 4.2.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coding.scheme.codes import Behaviour, ClientTalk, CodedUtterance, Speaker

_LISTENING = "yeah|yes|yep|yup|yah?|right|ok|okay|sure|oh|ah|i see|uh ?huh|m+|h+m+|m+h+m+"
_BACK_CHANNEL = re.compile(rf"(?:{_LISTENING})(?: (?:{_LISTENING}))*")
_CLOSING_MARKS = " \t\n\"'”’)]"
_ASKS_FOR_ANSWER = (Behaviour.Q, Behaviour.SEEK, Behaviour.SR, Behaviour.CR)


@dataclass(frozen=True)
class Volley:
    """`index` is 0-based; `utterances` are the practitioner's, in order."""

    index: int
    utterances: tuple[CodedUtterance, ...]


def is_back_channel(text: str) -> bool:
    """Whether the words only show listening ("mm, right, yeah"), or there are none ("…").

    Says nothing of whether they answer something. A broken-off start ("I, uh") is speech, and so is any word of a
    language other than English.
    """
    words = " ".join(re.findall(r"[^\W_]+", text.lower()))
    return not words or _BACK_CHANNEL.fullmatch(words) is not None


def _answers(client: CodedUtterance, before: CodedUtterance | None) -> bool:
    """A back-channel that answers the question or reflection just made is a turn of its own."""
    if client.code in (ClientTalk.CT, ClientTalk.ST):
        return True
    if before is None or not re.search(r"\w", client.text):
        return False
    if before.code is None:
        return before.text.rstrip(_CLOSING_MARKS).endswith("?")
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
    """`conversation` holds both speakers' utterances in the order they were said."""
    gathered: dict[int, list[CodedUtterance]] = {}
    for utterance, index in zip(conversation, volley_indices(conversation), strict=True):
        if index is not None:
            gathered.setdefault(index, []).append(utterance)
    return tuple(Volley(index, tuple(said)) for index, said in gathered.items())
