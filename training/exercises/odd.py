"""What an answer is before anybody looks at its codes: nothing, too much, a copy, no words, not English, not to the
parent, or something that matters more than the exercise. Pure; every rule is plain, and reads only the words."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from training.exercises.format import AdviceWithPermission, OpenTheQuestion, Written
from training.exercises.topic import About, Topic, what_about
from training.exercises.words import SMALL, words_of
from training.listed_words import ABOUT_SUICIDE, first_in

MOST_WORDS = 200
"""Of an answer that is scored. A long turn of a conversation has about 60."""
MOST_SCORED = 2_000
"""Characters of one, whatever its words."""
MOST_CHARACTERS = 20_000
"""That are taken at all."""


class Odd(StrEnum):
    """Why an answer was not scored; HOSTILE and HARM_SPOKEN_OF stand beside a score."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    COPIED = "copied"
    SAME_LINE = "same_line"
    NO_WORDS = "no_words"
    NOT_ENGLISH = "not_english"
    OFF_TOPIC = "off_topic"
    INSTRUCTIONS = "instructions"
    OWN_DISTRESS = "own_distress"
    THREAT = "threat"
    HOSTILE = "hostile"
    HARM_SPOKEN_OF = "harm_spoken_of"

    @classmethod
    def beside_a_score(cls) -> tuple["Odd", ...]:
        return (cls.HOSTILE, cls.HARM_SPOKEN_OF)

    @classmethod
    def scored_if_asked(cls) -> tuple["Odd", ...]:
        """Where the rule may be mistaken, and who wrote it knows better."""
        return (cls.COPIED, cls.NO_WORDS, cls.NOT_ENGLISH, cls.OFF_TOPIC, cls.INSTRUCTIONS, cls.OWN_DISTRESS)


def look_at(answer: str, exercise: Written, topic: Topic, *, anyway: bool = False) -> Odd | None:
    """The first that holds of what matters most. With `anyway`, of those alone that nobody can ask away."""
    found = _found(answer, exercise, topic)
    return next((odd for odd in found if not anyway or odd not in Odd.scored_if_asked()), None)


def _found(answer: str, exercise: Written, topic: Topic) -> Iterator[Odd]:
    words = words_of(answer)
    if not re.search(r"\w", answer):
        yield Odd.TOO_LONG if len(answer) > MOST_SCORED else Odd.NO_WORDS if answer.strip() else Odd.EMPTY
    if speaks_of_own_distress(answer):
        yield Odd.OWN_DISTRESS
    if _THREAT.search(_plain(answer)):
        yield Odd.THREAT
    if len(words) > MOST_WORDS or len(answer) > MOST_SCORED:
        yield Odd.TOO_LONG
    if _INSTRUCTIONS.search(_plain(answer)):
        yield Odd.INSTRUCTIONS
    if is_hostile(answer):
        yield Odd.HOSTILE
    if (language := _not_english(answer, words, exercise)) is not None:
        yield language
    line = exercise.line if isinstance(exercise, OpenTheQuestion | AdviceWithPermission) else ""
    if line and words == words_of(line):
        yield Odd.SAME_LINE
    if _is_copied(words, [turn.text for turn in exercise.before]):
        yield Odd.COPIED
    if what_about(answer, topic) is About.ELSE:
        yield Odd.OFF_TOPIC
    if speaks_of_harm(answer):
        yield Odd.HARM_SPOKEN_OF


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def speaks_of_own_distress(text: str) -> bool:
    """Whether who wrote it says that they want to die or to harm themselves."""
    return _OWN_DISTRESS.search(_plain(text)) is not None


_OWN_DISTRESS = re.compile(
    r"\bi(?:'m| am| feel)? (?:really |just |so )?(?:want|wanna|going|gonna|wish|thinking|need)?(?: (?:to|of|i))? ?"
    r"(?:die|was dead|were dead|be dead|kill(?:ing)? myself|end(?:ing)? (?:it all|my life)|take my own life|"
    r"hurt(?:ing)? myself|harm(?:ing)? myself|cut(?:ting)? myself)\b"
    r"|\bi(?:'m| am) (?:feeling )?suicidal\b|\bi (?:can't|cannot) go on (?:any ?more|like this|living)\b"
    r"|\bi don't want to (?:live|be here any ?more|be alive)\b"
)
_THREAT = re.compile(
    r"\b(?:i'll|i will|i'm going to|i am going to|i'm gonna|i want to|i could|we'll|somebody should|someone should) "
    r"(?:just |really |fucking |bloody )?(?:kill|hit|punch|slap|smack|beat|stab|strangle|shake|hurt) "
    r"(?:you|him|her|them|the (?:baby|child|kids?|parents?)|your (?:baby|child|kids?|face))\b"
)
_INSTRUCTIONS = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your |my )*(?:previous|prior|above|earlier|other) "
    r"(?:instructions?|prompts?|rules|text)\b|\bsystem prompt\b|\byou are (?:now )?an? (?:ai|language model|assistant|"
    r"chatbot|grader|coder)\b|\bas an ai\b|\b(?:mark|score|rate|grade|code|classify|count) (?:this|it|me|my answer|the "
    r"(?:answer|following))(?: \w+){0,3} as (?:met|correct|right|passed?|complex|an?|cr|sr|af|full)\b"
    r"|\b(?:respond|reply|answer|output) (?:only )?(?:with|in) (?:json|yes|\"?met)|<\s*/?\s*(?:script|system|user)\b"
    r"|\{\{.*\}\}|\bdrop table\b|\[\s*inst\s*\]|<\|"
)
_INSULTS = (
    r"(?:you(?:'re| are)?|what an?|such an?) (?:\w+ ){0,2}?(?:stupid|pathetic|disgusting|useless|worthless|idiot|moron|"
    r"scum|thick|lazy|trash|filthy|evil|monster|liar|loser|cow|bitch|bastard|slag|slut|junkie|smackhead|alkie|"
    r"drunk|waste of space|unfit (?:mother|father|parent|mum|dad)|(?:bad|terrible|awful|rubbish|crap) "
    r"(?:mother|father|parent|mum|dad|person))"
)
_ABUSE = re.compile(
    rf"\b{_INSULTS}\b|\bshut (?:up|your)\b|\b(?:fuck|piss|bugger|sod) off\b|\bfuck(?:ing)? you\b|\bscrew you\b|"
    r"\bgo to hell\b|\byou (?:make me sick|disgust me|people (?:are|make|never|always))\b|\bi hate you\b|"
    r"\byour (?:kids?|children) (?:hate you|would be better off without you|deserve better than you)\b|"
    r"\byou (?:don't|do not) deserve (?:your |to have )?(?:kids?|children|him|her|them)\b|\bnobody (?:likes|"
    r"wants) you\b|"
    r"^(?:oh,? |just |please |you (?:just )?(?:need|have) to )*(?:get a grip|grow up)\b"
)
_AS_THEY_FEEL = re.compile(
    r"\b(?:you feel|you felt|you're feeling|feel like|felt like|feels like|makes? you feel|as if|as though|"
    r"called you|calls you|"
    r"call you|calling you|tell(?:s|ing)? you|told you|thinks? you|think that you|thinking you|sees? you|"
    r"saying you|says you|"
    r"said you|treat you|judg\w+|looks? at you|believe you|worr\w+ (?:that )?you|afraid (?:that )?you|"
    r"scared (?:that )?you)\b"
)
_DENIED = re.compile(r"\b(?:don't think you|not|isn't|aren't|never)\b")


def not_for_a_screen(answer: str) -> bool:
    """What a room should not read before somebody has looked: abuse, a threat, or that who wrote it is in distress."""
    text = _plain(answer)
    return bool(_OWN_DISTRESS.search(text) or _THREAT.search(text)) or is_hostile(answer)


def is_hostile(answer: str) -> bool:
    """Abuse of the parent. What they feel, or feel that others think of them, may be given back as such."""
    for sentence in re.split(r"(?<=[.!?;])\s+", _plain(answer)):
        found = _ABUSE.search(sentence)
        said = sentence[: found.end()] if found else ""
        if found and not _DENIED.search(said) and not as_they_feel(said) and not _SO_IT_FEELS.search(sentence):
            return True
    return False


def as_they_feel(said: str) -> bool:
    """Whether words up to an insult, from the beginning of their sentence, make it one that the parent feels or hears
    from others."""
    return _AS_THEY_FEEL.search(_plain(said)) is not None


_SO_IT_FEELS = re.compile(r"\bthat's (?:how|what) (?:it|you|they|everybody|people|she|he)\b")


_HARM = re.compile(
    r"\bsuicid\w*|\bkill(?:ing|ed)? (?:yourself|himself|herself|themselves|you|him|her)\b|\bself[- ]?harm\w*"
    r"|\b(?:hurt|harm|cut)(?:ting|ing)? (?:yourself|himself|herself|themselves)\b|\bend(?:ing)? (?:your|her|"
    r"his) (?:own )?"
    r"life\b|\btak(?:e|ing) (?:your|her|his) own life\b|\bwant(?:ing)? to die\b|\bbetter off dead\b|\boverdos\w+"
    r"|\bstrangl\w+|\bchok(?:ed|ing|es) (?:you|her|him)\b|\b(?:hit|hits|hitting|punch\w*|beats?|beating) "
    r"(?:you|her|him|the (?:kids?|children|baby))\b"
)


def speaks_of_harm(answer: str) -> bool:
    return _HARM.search(_plain(answer)) is not None or first_in(answer, ABOUT_SUICIDE) != ""


_OTHER_TONGUES = {
    "Welsh": "mae yn y ddim rydw wyt dych chi eich fod wedi gyda beth sut pam teimlo rydych hynny cael mynd "
    "ydych am ei ar bod",
    "Polish": "jest nie się że czy pan pani jak bardzo dla ale proszę dziękuję mnie tak może dziecko rozumiem czuje",
    "Romanian": "este nu sunteți ce pentru dar foarte copilul înțeleg vreau să mai cum când poate simțiți am ați",
    "French": "vous est les des une pas que pour avec mais je tu votre comment dans sur être sentez c'est",
    "Spanish": "usted que los las una para con pero como está muy su hijo siente qué cómo más por es",
    "Portuguese": "você não uma para com mas como está muito seu sua filho sente que mais por é",
    "Italian": "lei che gli una per con ma come è molto suo figlio sente di non più sono",
    "German": "sie ist nicht das und ich ein eine aber wie für mit sich kind fühlen was haben es zu",
}  # fmt: skip
_TONGUES = {name: frozenset(words.split()) - SMALL for name, words in _OTHER_TONGUES.items()}


def _not_english(answer: str, words: list[str], exercise: Written) -> Odd | None:
    letters = [one for one in answer if one.isalpha()]
    if letters and sum(not one.isascii() and ord(one) > 0x24F for one in letters) > len(letters) / 2:
        return Odd.NOT_ENGLISH  # another script
    if not words:
        return Odd.NO_WORDS
    known = SMALL.union(*(words_of(text) for text in _texts(exercise)))
    english = sum(one in known for one in words)
    foreign = max(sum(one in tongue for one in words) for tongue in _TONGUES.values())
    if foreign >= 2 and foreign >= english and foreign * 4 >= len(words):
        return Odd.NOT_ENGLISH
    if english == 0 and (len(words) > 4 or all(_is_mash(one) for one in words)):
        return Odd.NO_WORDS
    return Odd.NO_WORDS if sum(map(_is_mash, words)) * 2 > len(words) else None


def _is_mash(word: str) -> bool:
    """What no English word looks like: no vowel, a run of six consonants, the same letter four times."""
    if len(word) < 4:  # hmm, mhm, GP
        return False
    return (
        not re.search(r"[aeiouy]", word)
        or re.search(r"[^aeiouy']{6}", word) is not None
        or re.search(r"(.)\1\1\1", word) is not None
        or re.search(r"asdf|qwer|sdfg|dfgh|fghj|ghjk|hjkl|zxcv|xcvb|uiop|(?:[jkl;]{2}[asdf]{2})", word) is not None
    )


def _texts(exercise: Written) -> Iterable[str]:
    yield from (turn.text for turn in exercise.before)
    yield from exercise.about
    yield from exercise.models


def _is_copied(words: list[str], said: list[str]) -> bool:
    """At least four words in a row as they were said, and hardly a word beside them. "You" for "I" is no copy."""
    if len(words) < 4:
        return False
    for text in said:
        longest = _longest_run(words, words_of(text))
        if longest >= 4 and longest >= 0.85 * len(words):
            return True
    return False


def _longest_run(one: list[str], other: list[str]) -> int:
    best, before = 0, [0] * (len(other) + 1)
    for word in one:
        now = [0] * (len(other) + 1)
        for place, theirs in enumerate(other, 1):
            if word == theirs:
                now[place] = before[place - 1] + 1
        best, before = max(best, max(now)), now
    return best
