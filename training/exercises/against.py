"""What stands against an answer that its codes alone would call met: a threat dressed as a choice, an order that the
coder takes for a reflection, words that its exercise warns of. Pure; each rule gives a sentence, or nothing.

No model answer of the modules falls under one (a test holds that).
"""

import re
from collections.abc import Sequence

from coding.scheme.codes import Behaviour, Code
from training.exercises.format import Written
from training.listed_words import first_in

Part = tuple[str, Code]
"""An utterance of the answer and its code."""
_REFLECTIONS = frozenset(Behaviour.reflections())


def against(exercise: Written, parts: Sequence[Part]) -> str:
    """Why the answer is only partly there; empty where nothing speaks against it."""
    return _warned_of(exercise, parts) or _threatening(exercise, parts) or _ordering(exercise, parts)


def _warned_of(exercise: Written, parts: Sequence[Part]) -> str:
    answer = " ".join(text for text, _ in parts)
    return next((one.why for one in exercise.beware if first_in(answer, one.words)), "")


_OR_ELSE = re.compile(
    r"\b(?:you|we both) know (?:full well |very well |exactly )?(?:what(?:'s| is| will|'ll| would)? (?:happens?|"
    r"happening|next|com\w+|the consequences)|what it (?:means|leads to)|where (?:this|it|that) (?:ends|leads|goes))"
    r"|\bdon't say (?:that )?(?:i|we|nobody) (?:didn't|never) warn|\bon your (?:own )?head\b|\bor else\b"
    r"|\b(?:take|face|live with|accept|suffer) the consequences\b"
    r"|\b(?:but|and|or|otherwise|then) (?:[\w']+ ){0,3}?(?:you'll|you will|you(?:'re| are) going to|you could|"
    r"you might) (?:just )?(?:lose|go back to (?:prison|court|jail)|be recalled|end up|never see|regret)\b"
    r"|\b(?:but|and|or|otherwise|then) (?:[\w']+ ){0,8}?(?:i'll|i will|we'll|we will|they'll|they will) "
    r"(?:just |only )?(?:have to |need to )?(?:take (?:him|her|them|the)|remove|recall|go (?:back )?to court|breach|"
    r"report|escalate)\b"
    r"|\bwhether you (?:[\w']+ ){0,3}?(?:lose|go (?:back )?to (?:prison|court|jail))\b"
)


def threat_in(text: str) -> str:
    """The words that make a threat of it; empty where there are none."""
    found = _OR_ELSE.search(_plain(text))
    return found.group() if found else ""


def _threatening(exercise: Written, parts: Sequence[Part]) -> str:
    """Where the choice was to be left with them."""
    if Behaviour.EMPHASIZE not in exercise.want.any_of or all(code is not Behaviour.EMPHASIZE for _, code in parts):
        return ""
    found = threat_in(" ".join(text for text, _ in parts))
    if not found:
        return ""
    return (
        f"“{found}” makes a threat of the choice, and a threat leaves none. Say plainly what is fixed, without "
        "a warning in it, and then what is theirs to decide."
    )


_DO = (
    r"(?:stay|keep|get|go|come|stop|start|leave|talk|speak|tell|ring|call|see|take|put|try|think|listen|calm|sort|make|"
    r"cut|give|show|let|work|focus|avoid|move|engage|attend|find|change|say|do|be (?:honest|careful|strict|firm|"
    r"patient|more|less))"
)
_YOU_MUST = re.compile(
    rf"^(?:so |and |now |well |look,? |just |maybe |perhaps )*you(?:'ve| have)? ?(?:really |just |do |will |'ll )*"
    rf"(?:need to|should|ought to|must|had better|'d better|got to|gotta) (?:really |just |all |now )?{_DO}\b"
)
_DO_IT = re.compile(
    r"^(?:so |now |well |look,? |just |please |then |maybe |perhaps )*"
    r"(?:don't (?:let|give|go|worry about|listen|tell|take|be|do|say|drink|see|get|try)|do not \w+|stay away|keep away|"
    r"take (?:the|a|it|them|him|her|his|your|some)|put (?:the|it|them|him|her|your)|stop \w+ing|stop (?:the|it)|"
    r"leave (?:him|her|the|it|them)|ring (?:the|your|him|her|us)|call (?:the|your|him|her|us)|go (?:to|and|back|home)|"
    r"get (?:a|the|some|your|rid|yourself|him|her|help)|try (?:to|and|not|a|the)|think (?:about|of)|make sure|"
    r"talk to|speak to|tell (?:him|her|them|your|the)|let (?:him|her|them)|give (?:him|her|them|it|up)|"
    r"listen to|calm down|focus on|remember (?:to|that)|cut (?:down|out|it)|"
    r"be (?:strict|firm|honest|careful|patient))\b"
)
_AS_THEIRS = re.compile(
    r"\b(?:feel\w*|felt|think|thought|as if|as though|like|tell yourself|you know|part of you|for you|sometimes|"
    r"everyone|everybody|they say|said|says|worr\w+|afraid|able to|away from it)\b"
)


def _ordering(exercise: Written, parts: Sequence[Part]) -> str:
    """Where a reflection was wanted. What they themselves feel that they must is none."""
    if _REFLECTIONS.isdisjoint(exercise.want.any_of):
        return ""
    for text, code in parts:
        if code in _REFLECTIONS and (found := order_in(text)):
            return (
                f"“{found.capitalize()} …” tells the parent what to do, though the coder hears a reflection. "
                "Say what they want or feel, as theirs: “You want …”, “It matters to you …”."
            )
    return ""


def order_in(text: str) -> str:
    """The words with which it tells somebody what to do; empty where there are none, or where it is given back as what
    they feel or think themselves."""
    plain = _plain(text)
    found = _YOU_MUST.search(plain) or _DO_IT.search(plain)
    if found is None or plain.endswith("?") or _AS_THEIRS.search(plain.replace(found.group(), "")):
        return ""
    return found.group()


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())
