"""Words of an answer: cut, bared of their endings, and told apart into small words, words that any talk has, and those
that say what it is about. Pure."""

import re
from functools import cache

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SMALL = """
a about after again all always am an and any anybody anyone anything are around as ask at away back be because been
before being both but by came can cannot can't come could couldn't did didn't do does doesn't doing done don't down
each either else enough even ever every everybody everyone everything far few first for from get gets getting give
given go goes going gone got had hadn't has hasn't have haven't having he he'd he'll he's her here hers him his how
how's i i'd i'll i'm i've if in into is isn't it it'd it'll it's its itself just keep kept last least less let let's
like little lot made make makes many may maybe me might more most much must my myself need needs never next no nobody
none not nothing now of off often on once one ones only or other others our out over own perhaps put quite rather
really right said same say saying says see seem seems she she'd she'll she's should shouldn't since so some somebody
someone something sometimes soon still such sure take taken than thank thanks that that's the their them then there
there's these they they'd they'll they're they've thing things this those though through till time to today together
told too took towards two under until up upon us use used very want wants was wasn't way we we'd we'll we're we've
well went were weren't what what's when where which while who who's whole whom whose why will with without won't would
wouldn't yes yet you you'd you'll you're you've your yours yourself
"""
_OF_ANY_TALK = """
able afraid agree answer bad begin best better big bit bring call care chance change choice choose clear close course
day days deal decide decision difference different difficult each easy else end excuse exactly fact fair fault feel
feeling feels felt fine find follow forward friend good great guess happen happened happening happens happy hard
harder hear heard hearing hello help helped helpful helps hold hope honest honestly idea ideas important imagine
instead kind know knows known learn leave leaves left life listen listening live lived long longer look looked looking
looks lose love mean means meant mind moment moments morning mornings name need nice night nights noticed okay ok old
open part parts people person place plan play please point possible problem promise question questions reach read
ready real reason reasons remember rest sad safe scared sense set share show small sorry sound sounds stand start
started stay stop stopped story strong stuff support suppose talk talked talking tell telling terrible think thinking
thought thoughts tired tough tried tries trouble true trust truth try trying turn understand understanding wait walk
wanted watch week weeks weekend whatever willing wish wonder wondering word words work worked working works world
worried worries worry worst worth wrong year years young tomorrow yesterday glad proud angry upset matter matters
matters today's possible permission offer suggest suggestion advice brilliant amazing fantastic lovely already early
late quick quickest short staff run runs running second third fifth lucky luck musn't mustn't managed manage manages
step steps case cases job family families parent parents
"""
_ENDINGS = ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ly", "er", "s")


def words_of(text: str) -> list[str]:
    """In small letters, with straight apostrophes."""
    return [one.replace("’", "'") for one in _WORD.findall(text.lower())]


@cache
def stem(word: str) -> str:
    """Without its ending, so that "drinks", "drinking" and "drink" meet. Not a word of a dictionary."""
    bare = word.partition("'")[0] if "'" in word else word
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= 3:
            bare = bare[: -len(ending)]
            break
    if len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "aeiou":
        bare = bare[:-1]  # stopped, stop
    return bare[:-1] if len(bare) > 3 and bare[-1] in "ey" else bare


SMALL = frozenset(_SMALL.split())
"""Little words of English, without which hardly a sentence is made."""
COMMON = SMALL | frozenset(_OF_ANY_TALK.split())
_COMMON_STEMS = frozenset(stem(one) for one in COMMON)


def topic_stems(*texts: str) -> frozenset[str]:
    """Of the words that say what a text is about."""
    words = (word for text in texts for word in words_of(text))
    return frozenset(
        stem(one) for one in words if one not in COMMON and stem(one) not in _COMMON_STEMS and len(one) > 2
    )
