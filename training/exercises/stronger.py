"""What would make an answer stronger, by rules about what was written: the first two that hold. Pure.

Each rule looks at the parts of the answer and quotes it. None judges the person.
"""

import re
from collections.abc import Callable

from coding.scheme.codes import Behaviour, QuestionType
from models.exercise import Outcome
from training.exercises.format import Written
from training.exercises.score import Score
from training.exercises.seen import Seen, quoted
from training.exercises.wording import but, long, many_questions, reassuring, sounds_like, understand
from training.exercises.words import SMALL, stem, words_of

MOST = 2
_Rule = Callable[[Seen], str]


def stronger(exercise: Written, answer: str, score: Score) -> tuple[str, ...]:
    seen = Seen(exercise, answer, score)
    if score.outcome is Outcome.MET:
        return _told(seen, _WORDING)
    of_codes = _told(seen, _OF_CODES) or tuple(filter(None, [_lacking(seen)]))
    return (*of_codes, *_told(seen, (reassuring, *_WORDING)))[:MOST]


def _told(seen: Seen, rules: tuple[_Rule, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in (rule(seen) for rule in rules) if one))[:MOST]


def _known(seen: Seen) -> str:
    """One of the answers that the exercise itself speaks about, or nearly."""
    words = set(words_of(seen.answer))
    for weak in seen.exercise.weak:
        theirs = set(words_of(weak.text))
        if len(words & theirs) >= 0.8 * len(words | theirs):
            return weak.why
    return ""


def _confronting(seen: Seen) -> str:
    part = seen.first(Behaviour.CONFRONT)
    if part is None:
        return ""
    if re.search(r"\b(?:not|nobody|never|\w+n't)\b", part.text.lower().replace("’", "'")):
        return (
            f"{quoted(part.text)} argues with how it is for them. Say first what they feel, as they feel it; "
            f"the rest is "
            "heard after that."
        )
    return (
        f"{quoted(part.text)} is likely to be heard as blame. Say what you see or what you heard, without the "
        f"verdict, and "
        "let the parent say what they make of it."
    )


_ORDER = re.compile(
    r"\byou(?:'ll| will)? (?:really |just )?(?:need to|should|have to|must|ought to|had better)\b|\byou'd better\b|"
    r"\bwhy don't you\b|\bhave you (?:tried|thought about|considered)\b|\bif i were you\b|\bi(?:'d|"
    r" would) (?:suggest|advise|"
    r"recommend)\b|\btry (?:to|and|not)\b|\bcouldn't you\b|\byou could (?:always )?\b",
    re.I,
)


def _persuading(seen: Seen) -> str:
    part = next((one for one in seen.parts if one.code is Behaviour.PERSUADE), None)
    part = part or (seen.first(Behaviour.PWP) if Behaviour.PWP not in seen.wanted else None)
    if part is None:
        return ""
    found = _ORDER.search(part.text.replace("’", "'"))
    words = f"“{found.group().strip()}”" if found else quoted(part.text)
    if seen.wanted & {Behaviour.PWP, Behaviour.SEEK, Behaviour.EMPHASIZE}:
        return (
            f"{words} gives the advice before it is asked for. Ask first whether they would like to hear it, say it in "
            "one sentence, then ask what they make of it."
        )
    return f"{words} steers. Leave your own idea out of this turn: stay with what the parent has just told you."


def _question_after(seen: Seen) -> str:
    """A reflection with a question behind it, where only the reflection was asked for."""
    if Behaviour.Q not in seen.exercise.want.avoid or seen.place is None:
        return ""
    after = next((one for one in seen.parts[seen.place + 1 :] if one.code is Behaviour.Q), None)
    if after is not None:
        return (
            f"You asked {quoted(after.text)} after it. Stop one breath earlier: without the question, the "
            f"parent goes on "
            "from where they are."
        )
    before = next((one for one in seen.parts[: seen.place] if one.code is Behaviour.Q), None)
    if before is None:
        return ""
    return f"Leave {quoted(before.text)} out and begin with what you say after it."


_NEARLY = re.compile(r"^(?:so,? |and |but )*(?:you|it|that|sounds|there|part of you|for you)\b", re.I)


def _asked_instead(seen: Seen) -> str:
    if not seen.wants_reflection or seen.place is not None:
        return ""
    part = seen.first(Behaviour.Q)
    if part is None:
        return ""
    if _NEARLY.match(part.text) and part.text.rstrip().endswith("?"):
        return (
            f"{quoted(part.text)} is nearly a reflection. Take the question mark away, let your voice go down "
            f"at the end, "
            "and it is one."
        )
    return (
        f"{quoted(part.text)} asks. Say your guess at the answer instead, as a statement that "
        f"begins with “you”, and wait."
    )


def _too_near(seen: Seen) -> str:
    part = seen.first(Behaviour.SR)
    if part is None or Behaviour.CR not in seen.wanted or Behaviour.SR in seen.wanted or seen.place is not None:
        return ""
    theirs = {stem(one) for turn in seen.exercise.before if turn.by == "parent" for one in words_of(turn.text)}
    said = [one for one in dict.fromkeys(words_of(part.text)) if one not in SMALL and stem(one) in theirs]
    same = ""
    if said:
        same = f"“{'” and “'.join(said[:2])}” {'are' if said[1:] else 'is'} the parent’s own. "
    return (
        f"{same}You gave back what was said. Go one step further: what does it mean to them, what do they feel, or "
        "what would they say next?"
    )


def _closed(seen: Seen) -> str:
    if seen.exercise.want.question is not QuestionType.OPEN or seen.place is not None:
        return ""
    part = next((one for one in seen.parts if one.question is QuestionType.CLOSED), None)
    if part is None:
        if seen.first(Behaviour.Q):
            return ""
        asked = next((one for one in seen.parts if one.text.rstrip().endswith("?")), None)
        if asked is not None:
            return (
                f"{quoted(asked.text)} asks them to agree to something of yours. Ask about them: "
                f"begin with what or how."
            )
        return "There is no question in it yet. Ask one that begins with what, how or “tell me”."
    start = " ".join(part.text.split()[:2]).rstrip(",")
    if re.search(r"\bor\b", part.text.lower()):
        return f"{quoted(part.text)} offers answers to pick from. Stop before the “or”, and begin with what or how."
    return (
        f"A question that begins “{start} …” can be answered with yes, no or one fact. Begin "
        f"with what, how or “tell me about”."
    )


def _informing(seen: Seen) -> str:
    part = seen.first(Behaviour.GI)
    if part is None or Behaviour.GI in seen.wanted or seen.place is not None:
        return ""
    return f"{quoted(part.text)} is about what you know. What has the parent just told you? Begin there."


_PRAISE = re.compile(
    r"\b(?:well done|good (?:girl|boy|job|for you)|brilliant|amazing|great|excellent|"
    r"i'm (?:so )?(?:proud|pleased|impressed|glad))\b"
)


def _praise(seen: Seen) -> str:
    if Behaviour.AF not in seen.wanted or seen.place is not None:
        return ""
    found = _PRAISE.search(seen.answer.replace("’", "'").lower())
    if found:
        words = seen.answer[found.start() : found.end()]
        return f"“{words}” is praise from above. Name what the parent did or cares about, beginning with “you”."
    return "Name one thing that the parent did, tried or cares about, as a fact about them: “You …”."


_LACKING = {
    Behaviour.SEEK: "Share the lead: ask whether they want to hear it, or what they make of it.",
    Behaviour.EMPHASIZE: "Say plainly what is theirs to decide, such as “That’s up to you”.",
    Behaviour.PWP: "Ask before you advise, or say with it that the choice is theirs.",
    Behaviour.CR: "Say as a statement what you think it means to them or how it feels, beginning with “you”.",
    Behaviour.SR: "Give back the heart of what was said, as a statement beginning with “you”.",
    Behaviour.Q: "Ask one question that they can answer at length.",
    Behaviour.GI: "Say the fact or your concern plainly, without telling them what to do about it.",
}


def _lacking(seen: Seen) -> str:
    """What is not there at all, where no rule before has said so."""
    if seen.place is not None or seen.exercise.want.question is not None:
        return ""
    return next((_LACKING[code] for code in seen.exercise.want.any_of if code in _LACKING), "")


def _too_close(seen: Seen) -> str:
    if seen.score.outcome is not Outcome.UNSURE or not seen.parts:
        return ""
    part = max(seen.parts, key=lambda one: (one.unsure, -one.share))
    if not part.rival:
        return ""
    return (
        f"{quoted(part.text)} lies between {part.name[0].lower()}{part.name[1:]} and "
        f"{part.rival[0].lower()}{part.rival[1:]}. Fewer and plainer words would settle it."
    )


_WORDING: tuple[_Rule, ...] = (many_questions, but, understand, long, sounds_like)
_OF_CODES: tuple[_Rule, ...] = (
    _known, _confronting, _persuading, _question_after, _asked_instead, _too_near, _closed, _praise, _informing,
    _too_close,
)  # fmt: skip
