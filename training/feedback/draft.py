"""A draft of feedback on a coded conversation: two things done well and one to try, each with lines to quote.

It is a first draft for the coach to make their own: the same conversation gives the same draft, and what the codes do
not show is not said.
"""

from collections.abc import Collection, Iterable, Iterator

from coding.feedback.point import FeedbackWords, Point
from coding.review.draft import Draft
from coding.scheme.codes import ClientTalk
from training.feedback.reading import Reading, Spot, read
from training.feedback.rules import STRENGTHS, STRONG_KINDS, TRIES, Strength, Try

WELL = 2
"""How many things done well."""
_SHORT, _LONG = 4, 40
"""Words of a line that is good to quote."""
AS_HERE = " You can do it already, as in the last line here."


def draft_feedback(draft: Draft) -> FeedbackWords:
    """Of a conversation whose scored lines all have a code. Fewer than two strengths, or nothing to try, where codes
    show no more."""
    reading = read(draft)
    well = _two(reading)
    quoted = {key for point in well for key in point.keys}
    return FeedbackWords(well, next(filter(None, (_to_try(reading, one, quoted) for one in TRIES)), None))


def _two(reading: Reading) -> tuple[Point, ...]:
    """The second of another kind where there is one, else at least of other codes: not the same thing said twice."""
    first = next(_strengths(reading, STRENGTHS), None)
    if first is None:
        return ()
    strength, point = first
    other_kind = [one for one in STRENGTHS if one.kind != strength.kind]
    other_codes = [one for one in STRENGTHS if one.kind == strength.kind and one.codes != strength.codes]
    second = next(_strengths(reading, [*other_kind, *other_codes], taken=point.keys), None)
    return (point,) if second is None else (point, second[1])


def _strengths(
    reading: Reading, strengths: Iterable[Strength], *, taken: Collection[str] = ()
) -> Iterator[tuple[Strength, Point]]:
    for one in strengths:
        shows = [spot for spot in reading.theirs(one.codes) if _shows(spot, one) and spot.line.key not in taken]
        enough = not one.outweighs or (reading.reflections >= 3 and reading.reflections > reading.questions)
        if shows and enough:
            best = max(shows, key=_worth)
            yield one, Point(_filled(one.text, reading), _quoted(best, one), one.name)


def _shows(spot: Spot, strength: Strength) -> bool:
    if spot.spoilt or (strength.subtype is not None and spot.line.subtype is not strength.subtype):
        return False
    if strength.answers is not None and (spot.before is None or spot.before.code is not strength.answers):
        return False
    return not strength.then or spot.followed_by({ClientTalk.CT})


def _worth(spot: Spot) -> tuple[bool, int, int, bool, int]:
    """What a coach pinned, then what was followed by the strongest and the most change talk, then what reads well."""
    change = [line for line in spot.after if line.code is ClientTalk.CT]
    strong = sum(line.subtype in STRONG_KINDS for line in change)
    return spot.pinned, strong, len(change), _SHORT <= len(spot.line.text.split()) <= _LONG, -spot.place


def _quoted(spot: Spot, strength: Strength) -> tuple[str, ...]:
    if strength.answers is not None and spot.before is not None:
        return (spot.before.key, spot.line.key)
    if strength.then:
        change = [line for line in spot.after if line.code is ClientTalk.CT]
        strongest = next((line for line in change if line.subtype in STRONG_KINDS), change[0])
        return (spot.line.key, strongest.key)
    return (spot.line.key,)


def _to_try(reading: Reading, one: Try, quoted: Collection[str]) -> Point | None:
    keys = one.find(reading)
    if not keys:
        return None
    own = [
        spot for spot in reading.theirs(one.own)
        if not spot.spoilt and spot.line.key not in {*quoted, *keys}
        and (one.own_subtype is None or spot.line.subtype is one.own_subtype)
    ]  # fmt: skip
    text = _filled(one.text, reading)
    if not own:
        return Point(text, keys, one.name)
    return Point(text + AS_HERE, (*keys, max(own, key=_worth).line.key), one.name)


def _filled(text: str, reading: Reading) -> str:
    return text.format(
        questions=_many(reading.questions, "question"), reflections=_many(reading.reflections, "reflection")
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count or 'no'} {what}s"
