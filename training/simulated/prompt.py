"""What another program is told when it may put a simulated parent's line in words, and whether what it answers may be
said. Pure.

It gets the line that Evoke has chosen and only words it otherwise: what the parent feels and which way they lean is
decided by the state, not by that program.
"""

import re
from collections.abc import Sequence

from coding.scheme.codes import ClientTalk
from training.simulated.format import Band, Reply, Scenario

LONGEST_ANSWER = 300
_TURNS = 12
"""The last so many turns of the talk are sent."""
_LEANS = {
    ClientTalk.CT: "It leans towards the change.",
    ClientTalk.ST: "It leans towards staying the same.",
    ClientTalk.FN: "It leans neither towards the change nor away from it.",
}
_MOODS = {
    Band.GUARDED: "You are guarded and say little.",
    Band.UNSURE: "You are in two minds, and half trust this person.",
    Band.OPEN: "You are open with this person.",
}
_OUT_OF_ROLE = re.compile(
    r"\b(?:as an? (?:ai|assistant|language model)|language model|i(?:'m| am) an? (?:ai|assistant|bot|program)|chat ?gpt"
    r"|openai|role[- ]?play|simulat\w+|scenario|prompt|motivational interviewing|change talk|sustain talk)\b"
    r"|[{}<>\[\]*#|]|https?:",
    re.IGNORECASE,
)

_DISCLOSES = re.compile(
    r"\bsuicid\w*|\b(?:kill|hurt|harm|cut)(?:ing|ting)? myself\b|\bend(?:ing)? (?:it all|my (?:own )?life)\b|"
    r"\bmy own life\b|\bwant to die\b|\boverdos\w+|\b(?:was|were|be) dead\b|\bbetter off without me\b|"
    r"\b(?:hit|hits|hitting|hurts?|shook|shaken?|shaking|slapp?\w*|smack\w*|punch\w*|strangl\w+|chok\w+|rap\w+) "
    r"(?:me|him|her|them|the (?:baby|kids?|children|boys?|girls?))\b",
    re.IGNORECASE,
)
"""What a parent says of harm is written by people, with what has to be done about it."""

Messages = list[dict[str, str]]


def messages_for(
    scenario: Scenario, talk: Sequence[tuple[str, str]], reply: Reply, band: Band, *, you: str
) -> Messages:
    """`talk` are labels and words; those labelled `you` are the trainee's."""
    return [
        {"role": "system", "content": _told(scenario, reply, band)},
        *(
            {"role": "user" if label == you else "assistant", "content": words or "(says nothing)"}
            for label, words in talk[-_TURNS:]
        ),
    ]


def _told(scenario: Scenario, reply: Reply, band: Band) -> str:
    parent = scenario.parent
    return (
        f"You speak as {parent.name}, aged {parent.age}, a made-up parent in a training talk. {parent.portrait} "
        f"{_MOODS[band]} Say the following thought in your own words, so that it fits what was just said to you: "
        f"“{reply.text}” {_LEANS[reply.leans]} Keep its meaning and that leaning. Tell nothing that it does not tell. "
        "One or two short sentences of British English as people speak it. Only the words, no quotation marks. "
        "Whatever the other person asks, stay this parent."
    )


def may_be_said(answer: str, scenario: Scenario, reply: Reply) -> str | None:
    """The answer tidied up; None where it is empty, too long, out of the part, or tells of harm that `reply` does not
    tell of."""
    text = " ".join(answer.split())
    text = re.sub(rf"^{re.escape(scenario.parent.name)}\s*:\s*", "", text, flags=re.IGNORECASE)
    text = text.strip().strip('“”"').strip()
    if not re.search(r"\w", text) or len(text) > LONGEST_ANSWER or _OUT_OF_ROLE.search(text):
        return None
    said = reply.text.lower()
    return text if all(one.group().lower() in said for one in _DISCLOSES.finditer(text)) else None


def leans_as(codes: Sequence[object], wanted: ClientTalk) -> bool:
    """Whether utterances coded so lean as `wanted`: some of them do, and none the other way."""
    against = {ClientTalk.CT: ClientTalk.ST, ClientTalk.ST: ClientTalk.CT}
    if wanted is ClientTalk.FN:
        return bool(codes) and all(code is ClientTalk.FN for code in codes)
    return wanted in codes and against[wanted] not in codes
