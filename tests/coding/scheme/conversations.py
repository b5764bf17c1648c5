"""Conversations for the scheme's tests: written by hand, and generated."""

from hypothesis import strategies as st

from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, QuestionType, Speaker

P, C = Speaker.PRACTITIONER, Speaker.CLIENT


def said(*lines: tuple[Speaker, str, Code | None]) -> list[CodedUtterance]:
    """Consecutive lines of one speaker are utterances of one turn."""
    conversation: list[CodedUtterance] = []
    for speaker, text, code in lines:
        last = conversation[-1] if conversation else None
        same = last is not None and last.speaker is speaker
        turn = (last.turn if same else last.turn + 1) if last else 0
        number = last.utterance + 1 if same and last else 0
        subtype = (QuestionType.CLOSED if text.startswith("Is") else QuestionType.OPEN) if code is Behaviour.Q else None
        conversation.append(CodedUtterance(turn, number, speaker, text, code, subtype))
    return conversation


_practitioner = st.tuples(
    st.just(P), st.sampled_from(["Tell me more.", "You want this?", "Okay."]), st.sampled_from(list(Behaviour))
)
_client = st.tuples(
    st.just(C), st.sampled_from(["I might.", "Yeah.", "mm-hm", "No way, not me."]), st.sampled_from(list(ClientTalk))
)
conversations = st.lists(_practitioner | _client, max_size=25).map(lambda lines: said(*lines))
